#!/usr/bin/env bash
# What the copy of the machine does once it is up (see boot.sh): takes the README at its word, then asks of the service what docs/operating.md and
# the unit promise. A fact a line in /trial/out/facts: "ok ..." or "NOT ...".
set -uo pipefail
exec >/trial/out/trial 2>&1
cd /trial/clone || exit
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
  line=${line%%  *#*}
  case $line in
    *' -f') tried="timeout 2 $line; [ \$? = 124 ]" ;;
    */dev/stdin*) tried="$line </root/password" ;;
    *) tried=$line ;;
  esac
  fact "README: $line" bash -c "$tried"
done

# 2. It runs, as the unit says.
fact "the service came up, ready and enabled" bash -c '[ "$(systemctl is-active potvrda) $(systemctl is-enabled potvrda)" = "active enabled" ]'
active || { journalctl --no-pager -u potvrda >/trial/out/journal; echo "the end" >>"$facts"; exit 0; }
fact "it said READY itself (Type=notify)" is "$(property Type) $(property NotifyAccess) $(property SubState)" "notify main running"
pid=$(property MainPID)
fact "it runs as potvrda, without capabilities, new privileges or forbidden calls" is \
  "$(awk '/^Uid:/ {print $2} /^CapEff:/ {print $2} /^NoNewPrivs:/ {print $2} /^Seccomp:/ {print $2}' "/proc/$pid/status" | xargs)" \
  "$(id -u potvrda) 0000000000000000 1 2"
fact "state directory 0750" is "$(mode $data)" "750 potvrda:potvrda"
fact "history.db 0640" is "$(mode $data/history.db)" "640 potvrda:potvrda"
fact "subscribers.db 0600" is "$(mode $data/subscribers.db)" "600 potvrda:potvrda"
fact "the files beside them have their modes" is "$(find $data -name 'history.db-*' -not -perm 640 -print -or -name 'subscribers.db-*' -not -perm 600 -print)" ""
fact "both baselines were recorded" within 20 by potvrda bash -c "[ \"\$(sqlite3 $data/history.db \"SELECT count(*) FROM polls WHERE outcome = 'baseline'\")\" = 2 ]"
fact "the operator got the letter about the baseline, by a login with the password" within 20 more_letters_than 0
fact "nobody else got one" is "$(grep -rL '^To: .*operator@ngo.example' /trial/letters)" ""

if journalctl -u potvrda | grep -q 'pages at'; then
  fact "the pages answer" /usr/bin/python3 -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:8080/healthz", timeout=5)'
fi

# 3. A new agreement is a letter, within the first look after a restart.
fact "beside the daemon a poll by hand is refused with 75" bash -c 'runuser -u potvrda -- potvrda poll; [ $? = 75 ]'
fact "a subscriber is added beside the daemon" by potvrda potvrda subscriber add ngo@example.org --confirmed --reason "the trial"
before=$(letters)
row='<tr><td class="lawtitle"><strong>PREDLOG ZAKONA O POTVRĐIVANjU SPORAZUMA IZMEĐU VLADE REPUBLIKE SRBIJE I VLADE RUSKE FEDERACIJE O UZAJAMNOJ ZAŠTITI TAJNIH PODATAKA</strong></td><td nowrap>6. mart 2018.</td><td><a href="/upload/archive/files/lat/pdf/predlozi_zakona/404-18 - Lat.pdf">PDF</a></td></tr>'
awk -v row="$row" '{print} /<table class="lawtable">/ {print row}' /trial/pages/bills_2017_10.html >/trial/bills
systemctl restart potvrda
fact "a new agreement is written about within 20 s of a restart" within 20 more_letters_than "$before"
fact "the letter goes to the subscriber" grep -rlq '^To: .*ngo@example.org' /trial/letters

# 4. Reading by hand: a member of the group, an outsider; while it runs.
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
  fact "$when, a member cannot make or remove a file there" not by ana bash -c "touch $data/x || rm $data/history.db-shm"
  fact "$when, a member cannot read the subscribers" not by ana sqlite3 $data/subscribers.db .schema
  fact "$when, a member cannot read the password" not by ana cat /etc/potvrda/smtp-password
  fact "$when, an outsider reads nothing" not by petar sqlite3 $data/history.db .schema
}
reading "running"

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
fact "no core was left that could hold addresses" is "$(find / $data /tmp /var/lib/systemd/coredump -maxdepth 1 -type f -name 'core*' 2>/dev/null)" ""
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

# 7. The backup and the restore of docs/operating.md, line by line.
blocks() { sed -n "/^## $1/,/^## /p" docs/operating.md | sed -n '/^```sh/,/^```/p' | grep -v '^```'; }
mapfile -t lines < <(blocks "Backups, restoring, moving")
fact "operating.md says how to back up and restore (${#lines[@]} lines)" test "${#lines[@]}" -ge 9
known() { by potvrda sqlite3 -readonly $data/history.db 'SELECT count(*), max(hash) FROM changes'; by potvrda potvrda subscriber list; }
before=$(known)
before_letters=$(letters)
for line in "${lines[@]}"; do
  [ "$line" != "systemctl stop potvrda" ] || reading "after a backup"
  fact "operating.md: $line" bash -c "$line"
done
fact "all is as it was" is "$(known)" "$before"
within 10 active
sleep 2
fact "and nobody got a letter twice" is "$(letters)" "$before_letters"
fact "history.db is 0640 again, subscribers.db 0600" is "$(stat -c %a $data/history.db $data/subscribers.db | xargs)" "640 600"
reading "restored"

# 8. The password as a credential: root's file, seen by the service alone.
install -m 600 /root/password /etc/potvrda/smtp-password
fact "root's own password file alone is refused with 78" bash -c 'systemctl restart potvrda; [ "$(systemctl show -P ExecMainStatus potvrda)" = 78 ]'
sed -i 's,"/etc/potvrda/smtp-password","smtp-password",' /etc/potvrda/potvrda.toml
printf '[Service]\nLoadCredential=smtp-password:/etc/potvrda/smtp-password\n' | drop_in credential
fact "as a credential it is read" systemctl restart potvrda
before=$(letters)
fact "and mail goes out with it" bash -c 'runuser -u potvrda -- potvrda subscriber add second@example.org && systemctl restart potvrda'
fact "to whom was asked to confirm" within 20 more_letters_than "$before"
fact "nobody else can read the credential" not by ana bash -c 'cat /run/credentials/potvrda.service/*'

systemd-analyze security potvrda --no-pager | tail -n 2
ls -la $data
journalctl --no-pager -o short-precise -u potvrda >/trial/out/journal
echo "the end" >>"$facts"
