#!/usr/bin/env bash
# What the copy of the machine does once it is up (see boot.sh): takes the README at its word, then asks of the service what docs/operating.md and
# the unit promise. A fact a line in /trial/out/facts: "ok ..." or "NOT ...".
set -uo pipefail
exec >/trial/out/trial 2>&1
cd /trial/clone
facts=/trial/out/facts
data=/var/lib/potvrda

# fact "what is true" command...: the command succeeds.
fact() {
  local what=$1
  shift
  echo "--- $what"
  if "$@"; then echo "ok  $what" >>"$facts"; else echo "NOT $what" >>"$facts"; fi
}
# within SECONDS command...: the command succeeds at last, at most so late.
within() {
  local limit=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.2
  done
}
not() { ! "$@"; }
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\""; return 1; }; }
property() { systemctl show -P "$1" potvrda; }
active() { [ "$(property ActiveState)" = active ]; }
another_process() { active && [ "$(property MainPID)" != "$1" ]; }
mode() { stat -c '%a %U:%G' "$1"; }
by() { local who=$1; shift; runuser -u "$who" -- "$@"; }
section() { sed -n "/^## $1/,/^## /p" README.md; }
commands() { section "$1" | sed -n '/^```sh/,/^```/p' | grep -v '^```'; }
letters() { find /trial/letters -name '*.eml' | wc -l; }
more_letters_than() { [ "$(letters)" -gt "$1" ]; }
drop_in() { mkdir -p /etc/systemd/system/potvrda.service.d; cat >"/etc/systemd/system/potvrda.service.d/$1.conf"; systemctl daemon-reload; }

# The editor of this trial: what docs/operating.md has a person fill in, and pages and a mail server that are here.
install -m 755 /dev/stdin /usr/local/bin/editor <<'SCRIPT'
#!/bin/sh
cat >"$1" <<'SETTINGS'
data_dir = "/var/lib/potvrda"
contact = "person@ngo.example"
[operator]
emails = ["operator@ngo.example"]
[http]
allow_private_addresses = true
min_interval_ms = 0
[mail]
transport = "smtp"
from = "Potvrda <potvrda@ngo.example>"
host = "127.0.0.1"
security = "none"
username = "potvrda"
password_file = "/etc/potvrda/smtp-password"
[[source]]
name = "bills"
kind = "bills"
url = "http://parlament.test/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html"
[[source]]
name = "laws"
kind = "laws"
url = "http://parlament.test/akti/doneti-zakoni/doneti-zakoni.1033.html"
SETTINGS
SCRIPT
printf 'tajna lozinka\n' >/root/password

# 1. The README's commands, one by one, as they stand there.
mapfile -t lines < <(commands "Install on a server")
fact "the README installs in ten commands at most (${#lines[@]})" test "${#lines[@]}" -le 10 -a "${#lines[@]}" -ge 5
for line in "${lines[@]}"; do
  line=${line%%  #*}
  case $line in
    *' -f') line="timeout 2 $line; [ \$? = 124 ]" ;;
  esac
  fact "README: $line" bash -c "$line"
  # What operating.md says of the password, once there is somebody it can belong to.
  if [[ $line == *systemd-sysusers* ]]; then
    password=$(sed -n 's/^ *\(install .*smtp-password\)$/\1/p' /trial/clone/docs/operating.md 2>/dev/null | head -n 1)
    fact "operating.md: ${password:=install -o potvrda -g root -m 400 /root/password /etc/potvrda/smtp-password}" bash -c "${password/\/dev\/stdin/\/root\/password}"
  fi
done

# 2. It runs, as the unit says.
fact "the service came up, ready and enabled" bash -c '[ "$(systemctl is-active potvrda) $(systemctl is-enabled potvrda)" = "active enabled" ]'
fact "it said READY itself (Type=notify)" is "$(property Type) $(property NotifyAccess) $(property SubState)" "notify main running"
pid=$(property MainPID)
fact "it runs as potvrda, without capabilities, new privileges or forbidden calls" is \
  "$(awk '/^Uid:/ {print $2} /^CapEff:/ {print $2} /^NoNewPrivs:/ {print $2} /^Seccomp:/ {print $2}' "/proc/$pid/status" | xargs)" \
  "$(id -u potvrda) 0000000000000000 1 2"
fact "state directory 0750" is "$(mode $data)" "750 potvrda:potvrda"
fact "history.db 0640" is "$(mode $data/history.db)" "640 potvrda:potvrda"
fact "subscribers.db 0600" is "$(mode $data/subscribers.db)" "600 potvrda:potvrda"
fact "its side files have the same modes" is "$(stat -c %a $data/history.db-wal $data/history.db-shm $data/subscribers.db-wal $data/subscribers.db-shm | xargs)" "640 640 600 600"
fact "both baselines were recorded" within 20 bash -c "[ \"\$(sqlite3 $data/history.db \"SELECT count(*) FROM polls WHERE outcome = 'baseline'\")\" = 2 ]"
fact "the operator got the letter about the baseline, by a login with the password" within 20 more_letters_than 0
fact "nobody else got one" not grep -rLq '^To: .*operator@ngo.example' /trial/letters

# 3. Reading by hand: a member of the group, an outsider; while it runs.
useradd --create-home --groups potvrda ana
useradd --create-home petar
reading() {
  local when=$1 line
  mapfile -t lines < <(commands "Ask the history by hand")
  for line in "${lines[@]}"; do
    fact "$when, a member of the group: ${line:0:70}..." by ana bash -c "$line"
  done
  fact "$when, a member reads rows" test "$(by ana sqlite3 $data/history.db 'SELECT count(*) > 5 FROM bills')" = 1
  fact "$when, a member cannot write" not by ana sqlite3 $data/history.db "DELETE FROM polls"
  fact "$when, a member cannot make or remove a file there" not by ana bash -c "touch $data/x || rm -f $data/history.db-shm"
  fact "$when, a member cannot read the subscribers" not by ana sqlite3 $data/subscribers.db .schema
  fact "$when, a member cannot read the password" not by ana cat /etc/potvrda/smtp-password
  fact "$when, an outsider reads nothing" not by petar sqlite3 $data/history.db .schema
}
reading "running"

# 4. A new agreement is a letter, within the first look after a restart.
fact "beside the daemon a poll by hand is refused with 75" bash -c 'runuser -u potvrda -- potvrda poll; [ $? = 75 ]'
potvrda_says() { by potvrda potvrda "$@"; }
if potvrda subscriber --help >/dev/null 2>&1; then
  fact "a subscriber is added beside the daemon" potvrda_says subscriber add ngo@example.org --confirmed --reason "the trial"
  before=$(letters)
  row='<tr><td class="lawtitle"><strong>PREDLOG ZAKONA O POTVRĐIVANjU SPORAZUMA IZMEĐU VLADE REPUBLIKE SRBIJE I VLADE RUSKE FEDERACIJE O UZAJAMNOJ ZAŠTITI TAJNIH PODATAKA</strong></td><td nowrap>6. mart 2018.</td><td><a href="/upload/archive/files/lat/pdf/predlozi_zakona/404-18 - Lat.pdf">PDF</a></td></tr>'
  awk -v row="$row" '{print} /<table class="lawtable">/ {print row}' /trial/pages/bills_2017_10.html >/trial/bills
  systemctl restart potvrda
  fact "a new agreement is written about within 20 s of a restart" within 20 more_letters_than "$before"
  fact "the letter goes to the subscriber" grep -rlq '^To: .*ngo@example.org' /trial/letters
else
  echo "(this binary has no subscribers yet)"
fi
fact "SIGHUP (systemctl reload) reads the settings again and kills nothing" bash -c \
  'was=$(systemctl show -P MainPID potvrda); systemctl reload potvrda; sleep 1; [ "$(systemctl show -P MainPID potvrda)" = "$was" ] && journalctl -u potvrda | grep -q "settings read again"'

# 5. Killed, hung, stopped.
pid=$(property MainPID)
kill -KILL "$pid"
begun=$(date +%s%N)
fact "after SIGKILL another process is ready within 5 s" within 5 another_process "$pid"
echo "$(((($(date +%s%N)) - begun) / 1000000)) ms"

printf '[Service]\nWatchdogSec=6\n' | drop_in watchdog
systemctl restart potvrda
pid=$(property MainPID)
sleep 14
fact "the watchdog is fed: after two of its terms it is the same process" is "$(property MainPID)" "$pid"
kill -STOP "$pid"
fact "a process that hangs is killed and another started" within 25 another_process "$pid"
fact "the journal says that it was the watchdog" bash -c 'journalctl -u potvrda | grep -qi "watchdog timeout"'
fact "no core was left that could hold addresses" not find / $data -maxdepth 1 -name 'core*' -print -quit -exec false {} +
rm -r /etc/systemd/system/potvrda.service.d
systemctl daemon-reload

sed -i 's,zakoni-u-proceduri.1037.html,endless,' /etc/potvrda/potvrda.toml
systemctl restart potvrda
fact "a page that never comes is waited for" within 10 test -e /trial/asked-endless
begun=$(date +%s%N)
systemctl stop potvrda
took=$(((($(date +%s%N)) - begun) / 1000000))
fact "SIGTERM ends it within 10 s even so" test "$took" -lt 10000
echo "$took ms"
fact "and that is a success" is "$(property Result) $(property ExecMainStatus)" "success 0"
reading "stopped"

# 6. Wrong settings do not loop.
cp /etc/potvrda/potvrda.toml /root/good.toml
echo 'nonsense = 1' | cat - /root/good.toml >/etc/potvrda/potvrda.toml
fact "wrong settings: the start fails" not systemctl start potvrda
sleep 5
fact "with 78, and it is not tried again" is "$(property ActiveState) $(property ExecMainStatus) $(property NRestarts)" "failed 78 0"
fact "the journal names file, line and key" bash -c 'journalctl -u potvrda | grep -q "potvrda.toml:1.*nonsense"'
sed -i 's,/akti/zakoni-u-proceduri/endless,/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html,' /root/good.toml
cp /root/good.toml /etc/potvrda/potvrda.toml
fact "mended, it starts" systemctl start potvrda

# 7. The password as a credential: root's file, seen by the service alone.
install -m 600 /root/password /etc/potvrda/smtp-password
fact "root's own password file alone is refused with 78" bash -c 'systemctl restart potvrda; [ "$(systemctl show -P ExecMainStatus potvrda)" = 78 ]'
sed -i 's,"/etc/potvrda/smtp-password","smtp-password",' /etc/potvrda/potvrda.toml
printf '[Service]\nLoadCredential=smtp-password:/etc/potvrda/smtp-password\n' | drop_in credential
fact "as a credential it is read" systemctl restart potvrda
if potvrda subscriber --help >/dev/null 2>&1; then
  before=$(letters)
  potvrda_says subscriber add second@example.org
  fact "and mail goes out with it" within 70 more_letters_than "$before"
fi
fact "nobody else can read the credential" not by ana bash -c 'cat /run/credentials/potvrda.service/*'

systemd-analyze security potvrda --no-pager | tail -n 2
ls -la $data
journalctl --no-pager -o short-precise -u potvrda >/trial/out/journal
echo "the end" >>"$facts"
