//! On a server: the unit is sound and shut tight, systemd is told the truth, and what the documents tell a volunteer to install is here.
//!
//! The service under a real systemd is `tests/systemd/boot.sh`: it takes root, and a minute.

use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::house::mail::{Fault, MailServer};
use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, Running, eventually, tool};

const README: &str = include_str!("../../README.md");
const OPERATING: &str = include_str!("../../docs/operating.md");
const UNIT: &str = include_str!("../../deploy/potvrda.service");

fn clone() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The unit as systemd would find it, with the built program in it.
fn unit_in(dir: &Path) -> PathBuf {
    assert!(UNIT.contains("\nExecStart=/usr/bin/potvrda run\n"), "the README installs it there");
    let path = dir.join("potvrda.service");
    std::fs::write(&path, UNIT.replace("/usr/bin/potvrda", env!("CARGO_BIN_EXE_potvrda"))).unwrap();
    path
}

fn analyze(args: &[&str], unit: &Path) -> Option<(bool, String)> {
    let output = Command::new(tool("systemd-analyze")?).args(args).arg(unit).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Some((output.status.success(), said))
}

#[test]
fn the_unit_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let unit = unit_in(dir.path());
    let verify = |unit: &Path| analyze(&["verify", "--recursive-errors=yes"], unit);
    let Some((sound, said)) = verify(&unit) else { return };
    assert!(sound && !said.contains("potvrda.service"), "{said}");
    // And a mistake in it would be told.
    std::fs::write(&unit, UNIT.replace("LimitCORE=", "LimitKORE=").replace("/usr/bin/potvrda", env!("CARGO_BIN_EXE_potvrda"))).unwrap();
    assert!(verify(&unit).is_some_and(|(sound, said)| !sound && said.contains("LimitKORE")));
}

#[test]
fn the_unit_leaves_an_exposure_of_two_at_most() {
    let dir = tempfile::tempdir().unwrap();
    let unit = unit_in(dir.path());
    let Some((within, said)) = analyze(&["security", "--no-pager", "--offline=true", "--threshold=20"], &unit) else { return };
    assert!(within, "{said}");
}

/// A socket that stands for systemd's, and the program told of it.
struct Systemd {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Systemd {
    fn new(dir: &Path) -> Systemd {
        let path = dir.join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        Systemd { socket, path }
    }

    fn starts(&self, house: &House) -> Running {
        let mut command = house.command(&["run"]);
        command.env("NOTIFY_SOCKET", &self.path).env("WATCHDOG_USEC", "300000").env_remove("WATCHDOG_PID");
        Running::of(command)
    }

    /// Whether this is said within the time.
    fn hears(&self, word: &str, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut said = [0_u8; 1024];
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.socket.set_read_timeout(Some(left)).unwrap();
            let Ok(length) = self.socket.recv(&mut said) else { return false };
            if String::from_utf8_lossy(&said[..length]).lines().any(|line| line == word) {
                return true;
            }
        }
        false
    }

    /// Forgets what was said until now.
    fn forgets(&self) {
        self.socket.set_nonblocking(true).unwrap();
        while self.socket.recv(&mut [0_u8; 1024]).is_ok() {}
        self.socket.set_nonblocking(false).unwrap();
    }
}

const SOON: Duration = Duration::from_secs(20);

fn a_house(parliament: &Parliament) -> House {
    House::new().source("bills", "bills", parliament, "/bills").table("web", "listen = \"off\"")
}

#[test]
fn systemd_is_told_ready_then_alive_then_stopping() {
    let parliament = Parliament::open();
    parliament.serve("/bills", Reply::Stall(Vec::new()));
    let house = a_house(&parliament);
    let systemd = Systemd::new(house.path());
    let daemon = systemd.starts(&house);
    assert!(systemd.hears("READY=1", SOON));
    for beat in 0..3 {
        assert!(systemd.hears("WATCHDOG=1", SOON), "beat {beat}");
    }
    // In the middle of a page that never comes.
    daemon.signal("TERM");
    assert!(systemd.hears("STOPPING=1", SOON));
    daemon.end_within(Duration::from_secs(10)).expect(0);
}

#[test]
fn the_watchdog_is_not_fed_while_a_database_does_not_answer() {
    let parliament = Parliament::open();
    parliament.serve("/bills", Reply::Stall(Vec::new()));
    let house = a_house(&parliament);
    let systemd = Systemd::new(house.path());
    let _daemon = systemd.starts(&house);
    assert!(systemd.hears("WATCHDOG=1", SOON));
    let (there, away) = (house.data().join("history.db"), house.path().join("away.db"));
    std::fs::rename(&there, &away).unwrap();
    systemd.hears("nothing", Duration::from_millis(300));
    systemd.forgets();
    assert!(!systemd.hears("WATCHDOG=1", Duration::from_secs(1)), "fed all the same");
}

#[test]
fn systemd_is_told_nothing_when_it_does_not_listen() {
    let parliament = Parliament::open();
    parliament.serve("/bills", Reply::Stall(Vec::new()));
    let house = a_house(&parliament);
    let mut command = house.command(&["run"]);
    command.env("NOTIFY_SOCKET", house.path().join("nobody"));
    let daemon = Running::of(command);
    assert!(eventually(SOON, || !parliament.asked().is_empty()), "it polls all the same");
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(10)).expect(0);
}

/// A daemon stopped while a letter to an operator is on its way: after the dot, before the server's reply.
fn stopped_after_the_dot(fault: Fault) -> (House, MailServer) {
    let parliament = Parliament::open();
    let row = RowSpec::bill("404-18", "Predlog zakona o bibliotečko-informacionoj delatnosti", "2. mart 2018.");
    parliament.serve("/bills", Reply::page(bills_page(&[row])));
    let server = MailServer::open();
    server.breaks(fault, 1);
    let house = a_house(&parliament).mail(&server, "none", "").table("operator", "emails = [\"operator@ngo.example\"]");
    let daemon = Running::of(house.command(&["run"]));
    assert!(eventually(SOON, || server.said().iter().any(|line| line.eq_ignore_ascii_case("DATA"))), "the letter is on its way");
    daemon.signal("TERM");
    daemon.end_within(Duration::from_secs(10)).expect(0);
    (house, server)
}

#[test]
fn a_stop_finishes_the_letter_on_its_way_and_it_goes_once() {
    let (house, server) = stopped_after_the_dot(Fault::SlowAfterDot(Duration::from_millis(1_500)));
    assert_eq!(server.accepted().len(), 1);
    house.run(&["outbox", "retry", "--all"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(server.accepted().len(), 1, "its reply was waited for and recorded");
}

#[test]
fn a_mail_server_that_never_answers_holds_up_no_stop_and_loses_no_letter() {
    let (house, server) = stopped_after_the_dot(Fault::StallAfterDot);
    assert_eq!(server.accepted().len(), 0);
    house.run(&["outbox", "retry", "--all"]).expect(0);
    house.run(&["deliver"]).expect(0);
    assert_eq!(server.accepted().len(), 1);
}

/// The lines of the shell blocks of a section.
fn commands<'t>(text: &'t str, section: &str) -> Vec<&'t str> {
    let from = text.find(&format!("\n## {section}\n")).unwrap_or_else(|| panic!("no section {section}"));
    let text = &text[from + 4..];
    let text = &text[..text.find("\n## ").unwrap_or(text.len())];
    text.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n")).flat_map(str::lines).collect()
}

#[test]
fn the_readme_installs_in_ten_commands_from_files_that_are_here() {
    let lines = commands(README, "Install on a server");
    assert!((5..=10).contains(&lines.len()), "{lines:#?}");
    let sources = lines.iter().filter(|line| line.starts_with("install -")).flat_map(|line| {
        let words = line.split_whitespace().filter(|word| word.contains('/') && !word.starts_with('/'));
        words.collect::<Vec<_>>()
    });
    let mut count = 0;
    for source in sources.filter(|source| !source.starts_with("target/release/")) {
        assert!(clone().join(source).is_file(), "{source}");
        count += 1;
    }
    assert_eq!(count, 3, "unit, user, settings");
}

#[test]
fn the_settings_that_the_manual_shows_are_sound() {
    let house = House::new();
    let password = house.path().join("password");
    std::fs::write(&password, "x\n").unwrap();
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut shown = 0;
    for block in OPERATING.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("toml\n")) {
        let file = house.path().join("shown.toml");
        std::fs::write(&file, block.replace("/etc/potvrda/smtp-password", password.to_str().unwrap())).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_potvrda")).arg("--config").arg(&file).args(["config", "check"]).output().unwrap();
        assert!(output.status.success(), "{block}\n{}", String::from_utf8_lossy(&output.stderr));
        shown += 1;
    }
    assert!(shown > 0);
}
