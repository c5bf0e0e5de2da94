//! Finds the settings file, reads it, and checks what no single key can: what the keys say together, and the files they name.
//!
//! Never keeps a secret; never lets a program start on settings that are half right.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::reading::{Desk, Setting};
use super::words::check_words;
use super::{Problem, Settings, SourceKind, Transport};
use crate::domain::schedule::{Schedule, closest_runs_s};

/// Where settings are looked for when nobody says where.
const USUAL_FILE: &str = "/etc/potvrda/potvrda.toml";
/// Names the settings file.
const FILE_VARIABLE: &str = "POTVRDA_CONFIG";
/// Where systemd puts what `LoadCredential=` names.
const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";
/// A settings file longer than this is something else.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// No password and no key is longer.
const SECRET_BYTES_MAX: u64 = 64 * 1024;
/// Runs of polls closer together than this are no manners (docs/source.md asks for none; the site is a small one).
const POLL_GAP_S_MIN: u32 = 60;

impl Settings {
    /// The settings: from `path`, else from `$POTVRDA_CONFIG`, else from `/etc/potvrda/potvrda.toml` if it exists, else built in.
    /// `data_override` replaces `data_dir`. Everything that is wrong is told at once.
    pub fn load(path: Option<&Path>, data_override: Option<&Path>) -> Result<Settings, Vec<Problem>> {
        load(path, data_override, true)
    }

    /// The same for commands that neither fetch nor send: the files that settings name, which their user may not read, are not looked at.
    pub fn load_for_reading(path: Option<&Path>, data_override: Option<&Path>) -> Result<Settings, Vec<Problem>> {
        load(path, data_override, false)
    }

    /// Reads settings from the text of a file; `file` is its name in messages.
    pub fn parse(file: &Path, text: &str) -> Result<Settings, Vec<Problem>> {
        parse(file, text, false)
    }

    /// The effective settings as a settings file. It holds no secret, for settings hold none, and a proxy's credentials are masked.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

/// The settings file, if there is one.
pub fn settings_file(path: Option<&Path>) -> Option<PathBuf> {
    let named = || std::env::var_os(FILE_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
    let usual = || Some(PathBuf::from(USUAL_FILE)).filter(|file| file.exists());
    path.map(Path::to_path_buf).or_else(named).or_else(usual)
}

/// Where a secret lies: as written; or, where only a name is written and systemd keeps credentials for us, there.
pub fn secret_file(written: &Path) -> PathBuf {
    match std::env::var_os(CREDENTIALS_VARIABLE) {
        Some(directory) if written.components().count() == 1 => Path::new(&directory).join(written),
        _ => written.to_path_buf(),
    }
}

fn load(path: Option<&Path>, data_override: Option<&Path>, with_files: bool) -> Result<Settings, Vec<Problem>> {
    let mut settings = match settings_file(path) {
        None => Settings::default(),
        Some(file) => {
            let text = text_of(&file).map_err(|(line, what)| vec![Problem { file: file.clone(), line, what }])?;
            parse(&file, &text, with_files)?
        }
    };
    if let Some(data_dir) = data_override {
        settings.data_dir = data_dir.to_path_buf();
    }
    Ok(settings)
}

/// The text of a settings file, or what is wrong with it, and in which line.
fn text_of(file: &Path) -> Result<String, (Option<usize>, String)> {
    let mut bytes = Vec::new();
    let read = fs::File::open(file).and_then(|opened| opened.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    match read {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Err((None, "there is no such settings file".to_owned())),
        Err(why) => Err((None, format!("the settings file cannot be read: {why}"))),
        Ok(_) if bytes.len() as u64 > FILE_BYTES_MAX => Err((None, "this is no settings file: it is too long".to_owned())),
        Ok(_) => String::from_utf8(bytes).map_err(|why| {
            let sound = &why.as_bytes()[..why.utf8_error().valid_up_to()];
            let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count();
            (Some(line), "this is not UTF-8; save the file as UTF-8".to_owned())
        }),
    }
}

fn parse(file: &Path, text: &str, with_files: bool) -> Result<Settings, Vec<Problem>> {
    let (mut desk, document) = Desk::open::<Settings>(file.to_path_buf(), text);
    let settings = Settings::read(&document, "", &mut desk);
    if let Some(settings) = &settings {
        let mut check = Check { settings, document: &document, desk: &mut desk };
        check.schedules();
        check.sources();
        check.mail();
        check.web();
        if with_files {
            check.files();
        }
    }
    let problems = desk.close();
    settings.filter(|_| problems.is_empty()).ok_or(problems)
}

/// What the keys say together.
struct Check<'c, 'a> {
    settings: &'c Settings,
    document: &'c Spanned<DeValue<'a>>,
    desk: &'c mut Desk<'a>,
}

impl Check<'_, '_> {
    /// What is written at a key; parts of the path that are numbers count the entries of a list.
    fn written(&self, path: &[&str]) -> Option<&Spanned<DeValue<'_>>> {
        path.iter().try_fold(self.document, |value, part| match value.get_ref() {
            DeValue::Table(entries) => entries.get(*part),
            DeValue::Array(values) => values.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Notes a problem at a key, or at the nearest section above it that is written.
    fn wrong(&mut self, path: &[&str], what: String) {
        let span = (0..=path.len()).rev().find_map(|parts| self.written(&path[..parts])).map(Spanned::span);
        self.desk.wrong(span.unwrap_or_default(), what);
    }

    fn schedules(&mut self) {
        let times = &self.settings.schedule;
        // One bad expression hides none of what the others say.
        let sound = |values: &DeArray<'_>| values.iter().filter_map(|value| value.get_ref().as_str()?.parse().ok()).collect();
        let written = self.written(&["schedule", "poll"]).and_then(|value| value.get_ref().as_array()).map(sound);
        let poll: Vec<Schedule> = written.unwrap_or_else(|| times.poll.clone());
        let lists: [(&str, &[Schedule]); 3] = [
            ("poll", &poll),
            ("full_sweep", std::slice::from_ref(&times.full_sweep)),
            ("near_sitting", std::slice::from_ref(&times.near_sitting)),
        ];
        for (key, list) in lists {
            match closest_runs_s(list) {
                Some(gap) if gap < POLL_GAP_S_MIN => {
                    let what = format!("schedule.{key}: polls would come {gap} s apart; at least {POLL_GAP_S_MIN} s are wanted");
                    self.wrong(&["schedule", key], what);
                }
                None if self.is_empty_list(&["schedule", key]) => {
                    self.wrong(&["schedule", key], format!("schedule.{key} is empty: nothing would ever be polled"));
                }
                _ => {}
            }
        }
    }

    fn is_empty_list(&self, path: &[&str]) -> bool {
        self.written(path).and_then(|value| value.get_ref().as_array()).is_some_and(|values| values.is_empty())
    }

    fn sources(&mut self) {
        if self.is_empty_list(&["source"]) {
            self.wrong(&["source"], "source is empty: nothing would ever be read".to_owned());
        }
        // As written, not as read: a source that is wrong otherwise has its name nevertheless.
        let written = self.written(&["source"]).and_then(|value| value.get_ref().as_array()).into_iter().flatten();
        let names: Vec<Option<String>> = written.map(|source| Some(source.get_ref().get("name")?.get_ref().as_str()?.to_owned())).collect();
        for (at, name) in names.iter().enumerate() {
            if let Some(name) = name.as_ref().filter(|_| names[..at].contains(name)) {
                self.wrong(&["source", &at.to_string(), "name"], format!("source.name: there are two sources called {name:?}"));
            }
        }
        for (at, source) in self.settings.sources.iter().enumerate() {
            let place = at.to_string();
            if source.kind == SourceKind::Activities && source.selectors.is_some() {
                let what = "source.selectors: they are for law lists; a page of activities is read by its words";
                self.wrong(&["source", &place, "selectors"], what.to_owned());
            }
        }
    }

    fn mail(&mut self) {
        let mail = &self.settings.mail;
        let wants = |what: &str| format!("mail.{what} is missing: mail.transport = \"{}\" needs it", mail.transport);
        if mail.transport != Transport::Folder && self.written(&["mail", "from"]).is_none() {
            self.wrong(&["mail", "transport"], wants("from"));
        }
        if mail.transport == Transport::Smtp && self.written(&["mail", "host"]).is_none() {
            self.wrong(&["mail", "transport"], wants("host"));
        }
        for (one, other) in [("username", "password_file"), ("password_file", "username")] {
            if self.written(&["mail", one]).is_some() && self.written(&["mail", other]).is_none() {
                self.wrong(&["mail", one], format!("mail.{other} is missing: mail.{one} means nothing without it"));
            }
        }
        if mail.port == Some(0) {
            self.wrong(&["mail", "port"], "mail.port must be from 1 to 65535, not 0".to_owned());
        }
    }

    fn web(&mut self) {
        let Some(url) = &self.settings.public_url else { return };
        if url.query().is_some() || url.fragment().is_some() {
            self.wrong(&["public_url"], format!("public_url: {url} must end before any \"?\" or \"#\": paths are put behind it"));
        }
    }

    fn files(&mut self) {
        let mail = &self.settings.mail;
        if let Some(file) = &mail.password_file {
            self.file(&["mail", "password_file"], check_secret(&secret_file(file)));
        }
        if let Some(dkim) = &mail.dkim {
            self.file(&["mail", "dkim", "key_file"], check_secret(&secret_file(&dkim.key_file)));
            let label =
                |part: &str| !part.is_empty() && part.len() < 64 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            if !dkim.selector.split('.').all(label) {
                self.wrong(
                    &["mail", "dkim", "selector"],
                    "mail.dkim.selector: a name of letters, digits and hyphens, as it stands before `._domainkey`".to_owned(),
                );
            }
        }
        if let Some(file) = &self.settings.http.extra_ca_file {
            self.file(&["http", "extra_ca_file"], check_filled(file));
        }
        if let Some(dir) = &self.settings.mail.words_dir {
            check_words(dir).unwrap_or_else(|problems| self.desk.add(problems));
        }
    }

    fn file(&mut self, path: &[&str], checked: Result<(), String>) {
        if let Err(why) = checked {
            self.wrong(path, format!("{}: {why}", path.join(".")));
        }
    }
}

/// Whether a file can hold a secret: it holds something, and not everybody may read it.
fn check_secret(file: &Path) -> Result<(), String> {
    let shown = file.display();
    match fs::metadata(file) {
        Ok(about) if about.permissions().mode() & 0o007 != 0 => {
            Err(format!("{shown} is open to every user of this machine; run: chmod 600 {shown}"))
        }
        Ok(_) => check_filled(file).and_then(|()| check_text(file)),
        Err(why) => Err(format!("{shown} cannot be read: {why}")),
    }
}

/// Whether a file holds text, as passwords and keys in PEM are.
fn check_text(file: &Path) -> Result<(), String> {
    let mut bytes = Vec::new();
    let read = fs::File::open(file).and_then(|opened| opened.take(SECRET_BYTES_MAX).read_to_end(&mut bytes));
    match read {
        Ok(_) if std::str::from_utf8(&bytes).is_ok() => Ok(()),
        Ok(_) => Err(format!("{} holds no text, but other bytes", file.display())),
        Err(why) => Err(format!("{} cannot be read: {why}", file.display())),
    }
}

/// Whether a file is there and holds something.
fn check_filled(file: &Path) -> Result<(), String> {
    let shown = file.display();
    // Opening a pipe would wait for whoever writes to it.
    if fs::metadata(file).is_ok_and(|about| !about.is_file()) {
        return Err(format!("{shown} is not a file"));
    }
    let mut first = [0_u8; 256];
    match fs::File::open(file).and_then(|mut opened| opened.read(&mut first)) {
        Err(why) => Err(format!("{shown} cannot be read: {why}")),
        Ok(read) if first[..read].trim_ascii().is_empty() => Err(format!("{shown} is empty")),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::reading;

    const SHIPPED: &str = include_str!("../../config/potvrda.toml");

    fn problems(text: &str) -> Vec<String> {
        let said = Settings::parse(Path::new("potvrda.toml"), text).unwrap_err();
        said.iter().map(Problem::to_string).collect()
    }

    fn read(text: &str) -> Settings {
        Settings::parse(Path::new("potvrda.toml"), text).unwrap()
    }

    /// The shipped file with its examples put in force: `#key = value`, `#[section]`.
    fn with_examples() -> String {
        let example = |line: &str| line.starts_with('#') && !line.starts_with("# ");
        let line = |line: &str| if example(line) { line[1..].to_owned() } else { line.to_owned() };
        SHIPPED.lines().map(|text| line(text) + "\n").collect()
    }

    #[test]
    fn the_shipped_file_says_the_defaults_and_only_data_dir_differs() {
        let shipped = read(SHIPPED);
        assert_eq!(shipped.data_dir, Path::new("/var/lib/potvrda"));
        assert_eq!(Settings { data_dir: Settings::default().data_dir, ..shipped }, Settings::default());
    }

    #[test]
    fn the_shipped_file_has_every_key_and_its_examples_are_sound() {
        let (text, mut known) = (with_examples(), Vec::new());
        read(&text);
        Settings::paths("", &mut known);
        let document: toml::Table = text.parse().unwrap();
        let there = |path: &str| {
            path.split('.')
                .try_fold(&toml::Value::Table(document.clone()), |value, part| match value {
                    toml::Value::Array(entries) => entries.iter().find_map(|entry| entry.get(part)),
                    value => value.get(part),
                })
                .is_some()
        };
        let missing: Vec<_> = known.iter().filter(|path| !there(path)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        // One line of why above every key and section, shared by none.
        let lines: Vec<&str> = SHIPPED.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[1].contains(" = ") && !pair[1].starts_with("# ")) {
            let repeated = ["laws", "sittings", "home"].iter().any(|name| pair[1] == format!("name = {name:?}"))
                || (pair[0].starts_with("name = ") && pair[1].starts_with("kind = "))
                || (pair[0].starts_with("kind = ") && pair[1].starts_with("url = "));
            assert!(pair[0].starts_with("# ") || repeated, "no why above: {}", pair[1]);
        }
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same_settings() {
        for settings in [Settings::default(), read(SHIPPED), read(&with_examples())] {
            assert_eq!(read(&settings.to_toml().unwrap()), settings);
        }
    }

    #[test]
    fn credentials_of_a_proxy_are_not_shown() {
        let settings = read("http.proxy = \"http://ana:s3cret@proxy.ngo.example:3128\"");
        for shown in [settings.to_toml().unwrap(), format!("{settings:?}")] {
            assert!(!shown.contains("s3cret") && !shown.contains("ana:") && shown.contains("proxy.ngo.example"), "{shown}");
        }
    }

    const MISTAKES: &str = r#"data_dir = 5
contact = "nobody"
nonsense = 1
public_url = "ftp://ngo.example/"

[operator]
emails = ["a@b.example", "c d@e.example", "f"]

[schedule]
timezone = "Europe/Belgrad"
poll = ["0 25 * * *"]
daily = "8:00"
near_sitting = "*/10 * * * * *"

[[source]]
kind = "bill"
url = "parlament.gov.rs"

[htp]
timeout_s = 5

[http]
timeout = 30
timeout_s = 61
retries = "2"
min_interval_ms = -1
body_bytes_max = 8.5
allow_hosts = "x.example"

[mail]
transport = "smtp"
from = "Potvrda"
port = 70000
username = "u"
password = "hunter2"

[web]
listen = "8080"
trusted_proxies = ["10.0.0.0/33"]
"#;

    #[test]
    fn every_mistake_is_told_at_once_with_its_line() {
        let said = problems(MISTAKES);
        for (line, what) in [
            (1, "data_dir must be a text in quotation marks, not a whole number"),
            (2, "contact: \"nobody\" is no address that can be mailed: it has no @"),
            (3, "unknown key \"nonsense\"; did you mean"),
            (4, "public_url: \"ftp://ngo.example/\" must begin with http:// or https://"),
            (7, "operator.emails: \"c d@e.example\" is no address"),
            (7, "operator.emails: \"f\" is no address"),
            (10, "schedule.timezone: \"Europe/Belgrad\" is no time zone; did you mean \"Europe/Belgrade\"?"),
            (11, "schedule.poll: \"0 25 * * *\" is no schedule"),
            (12, "schedule.daily: \"8:00\" is no schedule"),
            (13, "schedule.near_sitting: polls would come 10 s apart; at least 60 s are wanted"),
            (15, "source.name is missing"),
            (16, "source.kind: \"bill\" is none of: bills, laws, activities"),
            (17, "source.url: \"parlament.gov.rs\" is no address of a page"),
            (19, "unknown key \"htp\"; did you mean \"http\"?"),
            (23, "unknown key \"timeout\"; did you mean \"timeout_s\"?"),
            (24, "http.timeout_s must be from 1 to 60, not 61"),
            (25, "http.retries must be a whole number, not a text"),
            (26, "http.min_interval_ms must be from 0 to"),
            (27, "http.body_bytes_max must be a whole number, not a fraction"),
            (28, "http.allow_hosts must be a list, not a text"),
            (31, "mail.host is missing: mail.transport = \"smtp\" needs it"),
            (32, "mail.from: \"Potvrda\" is no address"),
            (33, "mail.port must be from 0 to 65535, not 70000"),
            (34, "mail.password_file is missing"),
            (35, "unknown key \"password\": no secret stands in this file"),
            (38, "web.listen: \"8080\" is neither an address with a port"),
            (39, "web.trusted_proxies: \"10.0.0.0/33\" is no address or network"),
        ] {
            let start = format!("potvrda.toml:{line}: {what}");
            assert!(said.iter().any(|said| said.starts_with(&start)), "{start}\nis not among\n{}", said.join("\n"));
        }
        assert_eq!(said.len(), 27, "{}", said.join("\n"));
        assert!(!said.join("\n").contains("hunter2"));
    }

    #[test]
    fn a_key_under_the_wrong_heading_is_named_where_it_belongs() {
        assert_eq!(problems("foo = 5"), ["potvrda.toml:1: unknown key \"foo\"; did you mean \"mail.from\"?"]);
        assert_eq!(problems("timeout_s = 5"), ["potvrda.toml:1: unknown key \"timeout_s\"; did you mean \"http.timeout_s\"?"]);
        assert_eq!(
            problems("[http]\ncontact = \"a@b.example\""),
            ["potvrda.toml:2: unknown key \"contact\" here; did you mean \"contact\" above the first [section]?"]
        );
    }

    #[test]
    fn broken_toml_is_told_beside_the_other_mistakes() {
        let said = problems("contact = nobody\n[http]\ntimeout_s = 99\nretries =\n[mail\ntransport = \"x\"\n");
        assert!(said[0].starts_with("potvrda.toml:1: this is not TOML: "), "{said:?}");
        assert!(said.contains(&"potvrda.toml:3: http.timeout_s must be from 1 to 60, not 99".to_owned()), "{said:?}");
        assert!(said.iter().any(|said| said.starts_with("potvrda.toml:4: this is not TOML")), "{said:?}");
        assert!(said.iter().any(|said| said.starts_with("potvrda.toml:5: this is not TOML")), "{said:?}");
        assert!(said.iter().all(|said| !said.contains('\n')));
    }

    #[test]
    fn numbers_are_read_as_toml_writes_them() {
        assert_eq!(read("http.body_bytes_max = 1_048_576").http.body_bytes_max, 1 << 20);
        assert_eq!(read("http.body_bytes_max = 0x100000").http.body_bytes_max, 1 << 20);
        assert_eq!(read("http.min_interval_ms = 0").http.min_interval_ms, 0);
        assert_eq!(read("http.timeout_s = +7").http.timeout_s, 7);
        assert_eq!(problems("http.retries = 99999999999999999999").len(), 1);
    }

    #[test]
    fn a_source_replaces_the_whole_built_in_list() {
        let settings = read("[[source]]\nname = \"x\"\nkind = \"laws\"\nurl = \"http://127.0.0.1:1/a b\"\nselectors.row = \"li\"\n");
        assert_eq!(settings.sources.len(), 1);
        assert_eq!(settings.sources[0].url.as_str(), "http://127.0.0.1:1/a%20b");
        assert_eq!(settings.sources[0].selectors.as_ref().unwrap().row.as_ref().unwrap().as_str(), "li");
        let wrong =
            "[[source]]\nname = \"x\"\nkind = \"laws\"\nurl = \"http://a.example\"\nselectors = { row = \"li >\", titel = \"a\" }\n";
        let said = problems(wrong);
        assert!(said[0].starts_with("potvrda.toml:5: source.selectors.row: \"li >\" is no CSS selector"), "{said:?}");
        assert_eq!(said[1..], ["potvrda.toml:5: unknown key \"titel\"; did you mean \"title\"?"]);
        let useless = "[[source]]\nname = \"x\"\nkind = \"activities\"\nurl = \"http://a.example\"\nselectors.row = \"li\"\n";
        assert_eq!(
            problems(useless),
            ["potvrda.toml:5: source.selectors: they are for law lists; a page of activities is read by its words"]
        );
        assert_eq!(problems("source = []"), ["potvrda.toml:1: source is empty: nothing would ever be read"]);
        let twice = "[[source]]\nname = \"x\"\nkind = \"laws\"\nurl = \"http://a.example\"\n".repeat(2);
        assert_eq!(problems(&twice), ["potvrda.toml:6: source.name: there are two sources called \"x\""]);
        let said = problems(&twice.replacen("laws", "lows", 1));
        assert_eq!((said.len(), &said[1][..]), (2, "potvrda.toml:6: source.name: there are two sources called \"x\""), "{said:?}");
        assert_eq!(
            problems("[source]\nname = \"x\"\n"),
            ["potvrda.toml:1: source must be a list, not a section; write [[source]] before each"]
        );
        assert_eq!(problems("[[web]]\n"), ["potvrda.toml:1: web must be a section, not a list; write [web], once"]);
    }

    #[test]
    fn a_poll_schedule_may_come_once_a_minute_and_not_oftener() {
        read("schedule.poll = [\"* * * * *\"]");
        let said = problems("schedule.poll = [\"* * * * *\", \"30 */5 * * * *\"]\nschedule.full_sweep = \"* * * * * *\"");
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].contains("30 s apart") && said[1].contains("1 s apart"), "{said:?}");
        let beside_a_mistake = problems("schedule.poll = [\"* * * * * *\", \"61 * * * *\"]");
        assert!(beside_a_mistake.iter().any(|p| p.contains("1 s apart")) && beside_a_mistake.len() == 2, "{beside_a_mistake:?}");
        // As people have them in a crontab, with tabs.
        read("schedule.daily = \"0\\t9\\t*  *\\t*\"");
        assert_eq!(problems("schedule.poll = []"), ["potvrda.toml:1: schedule.poll is empty: nothing would ever be polled"]);
    }

    #[test]
    fn a_secret_is_there_holds_something_and_is_not_open_to_all() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, secret) = (folder.path().join("potvrda.toml"), folder.path().join("password"));
        let text = format!("\n[mail]\nusername = \"u\"\npassword_file = {:?}\n", secret.display().to_string());
        fs::write(&settings, text).unwrap();
        let said = || Settings::load(Some(&settings), None).map_err(|said| said[0].to_string());
        let refused = |why: &str| {
            let said = said().unwrap_err();
            let start = format!("{}:4: mail.password_file: {} ", settings.display(), secret.display());
            assert!(said.starts_with(&start) && said.contains(why), "{said}");
        };
        refused("cannot be read");
        fs::create_dir(&secret).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o700)).unwrap();
        refused("is not a file");
        fs::remove_dir(&secret).unwrap();
        assert!(Settings::load_for_reading(Some(&settings), None).is_ok());
        for (content, mode, why) in
            [("x", 0o644, "every user"), ("x", 0o602, "every user"), ("", 0o600, "is empty"), (" \n", 0o600, "is empty")]
        {
            fs::write(&secret, content).unwrap();
            fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
            refused(why);
        }
        fs::write(&secret, b"\xff\xfe\n").unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        refused("no text");
        for mode in [0o600, 0o400, 0o440] {
            fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
            fs::write(&secret, "s3cret\n").unwrap();
            fs::set_permissions(&secret, fs::Permissions::from_mode(mode)).unwrap();
            said().unwrap();
        }
    }

    #[test]
    fn files_that_are_no_settings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("potvrda.toml");
        let said = |path: &Path| Settings::load(Some(path), None).unwrap_err()[0].to_string();
        assert!(said(&file).ends_with("there is no such settings file"));
        assert!(said(folder.path()).contains("cannot be read"));
        fs::write(&file, b"# one\ncontact = \"\xff\"\n").unwrap();
        assert_eq!(said(&file), format!("{}:2: this is not UTF-8; save the file as UTF-8", file.display()));
        fs::write(&file, "#".repeat(2 << 20)).unwrap();
        assert!(said(&file).contains("too long"));
        fs::write(&file, "").unwrap();
        let settings = Settings::load(Some(&file), Some(Path::new("/elsewhere"))).unwrap();
        assert_eq!(settings, Settings { data_dir: "/elsewhere".into(), ..Settings::default() });
    }

    #[test]
    fn every_key_is_known_by_one_name() {
        let mut known = Vec::new();
        Settings::paths("", &mut known);
        assert_eq!(reading::join("", "a"), "a");
        let once: std::collections::BTreeSet<_> = known.iter().collect();
        assert_eq!(once.len(), known.len());
    }
}
