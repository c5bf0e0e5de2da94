//! The harness of every story: a data directory and settings of its own, the built binary, and the neighbours it talks to.
//!
//! Never mocks a part of the program: parliament and the mail server are real servers, on loopback.

// Each story uses the part it needs.
#![allow(dead_code)]

pub mod browser;
pub mod documents;
pub mod mail;
pub mod pages;
pub mod parliament;
pub mod tls;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use mail::MailServer;
use parliament::Parliament;

/// A data directory, its settings, and the binary.
pub struct House {
    folder: tempfile::TempDir,
    sources: Vec<String>,
    top: Vec<String>,
    tables: Vec<(String, String)>,
}

/// How a command ended.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one JSON document on stdout.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("not JSON ({e}):\n{}\n{}", self.stdout, self.stderr))
    }

    /// Fails the story unless the command ended with this code.
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

impl House {
    /// A house without sources; letters go into the folder `letters`.
    pub fn new() -> House {
        House::at(tempfile::tempdir().unwrap())
    }

    /// As `new`, in memory where the system has such a place: for stories of thousands of transactions, and none of a power cut.
    pub fn in_memory() -> House {
        House::at(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
    }

    fn at(folder: tempfile::TempDir) -> House {
        let letters = folder.path().join("letters");
        House {
            sources: Vec::new(),
            top: Vec::new(),
            tables: vec![(
                "mail".into(),
                format!("transport = \"folder\"\nfolder = {letters:?}\nfrom = \"Potvrda <potvrda@potvrda.example>\""),
            )],
            folder,
        }
    }

    /// Adds a page of this parliament as a source.
    pub fn source(mut self, name: &str, kind: &str, parliament: &Parliament, path: &str) -> House {
        self.sources.push(format!("[[source]]\nname = {name:?}\nkind = {kind:?}\nurl = {:?}\n", parliament.url(path)));
        self
    }

    /// Sends letters to this server. `more` are further lines of `[mail]`.
    pub fn mail(self, server: &MailServer, security: &str, more: &str) -> House {
        let table = format!(
            "transport = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = {security:?}\nfrom = \"Potvrda <potvrda@potvrda.example>\"\n{more}",
            server.port()
        );
        self.table("mail", &table)
    }

    /// A line before all tables.
    pub fn top(mut self, line: &str) -> House {
        self.top.push(line.to_owned());
        self
    }

    /// Replaces a table of the settings.
    pub fn table(mut self, name: &str, lines: &str) -> House {
        self.tables.retain(|(known, _)| known != name);
        self.tables.push((name.to_owned(), lines.to_owned()));
        self
    }

    /// The folder that everything is in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Takes subscribers.db back to the first of its schemas.
    pub fn keeps_people_as_the_first_schema_did(&self) {
        let old = "ALTER TABLE subscriber DROP COLUMN confirmed_after; DROP TRIGGER farewell_went; DROP INDEX subscriber_leaving; DROP TABLE bounce;
                   PRAGMA user_version = 1";
        rusqlite::Connection::open(self.data().join("subscribers.db")).unwrap().execute_batch(old).unwrap();
    }

    /// The letters of the folder transport, as text, by file name.
    pub fn letters(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path().join("letters")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
        paths.sort();
        paths.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()).collect()
    }

    /// Writes `potvrda.toml` and says where it is.
    pub fn settings(&self) -> PathBuf {
        let mut text = format!("data_dir = {:?}\ncontact = \"stories@potvrda.example\"\n{}\n", self.data(), self.top.join("\n"));
        if !self.tables.iter().any(|(name, _)| name == "http") {
            text += "[http]\nallow_private_addresses = true\nmin_interval_ms = 0\ntimeout_s = 10\n";
        }
        for (name, lines) in &self.tables {
            text += &format!("[{name}]\n{lines}\n");
        }
        text += &self.sources.join("");
        let path = self.path().join("potvrda.toml");
        // A daemon may be reading it.
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            let fresh = tempfile::NamedTempFile::new_in(self.path()).unwrap();
            std::fs::write(&fresh, text).unwrap();
            fresh.persist(&path).unwrap();
        }
        path
    }

    /// The binary with the settings and these arguments, not yet started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_potvrda"));
        command.arg("--config").arg(self.settings()).args(args).current_dir(self.path()).stdin(Stdio::null());
        command.env_remove("POTVRDA_CONFIG").env_remove("POTVRDA_LOG");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args).output().unwrap())
    }

    /// Starts a command that goes on; it is killed when dropped.
    pub fn start(&self, args: &[&str]) -> Running {
        Running::of(self.command(args))
    }

    /// Asks a database by hand; rows are lines, cells are parted by `|`. Nothing where sqlite3 is missing.
    pub fn query(&self, database: &str, sql: &str) -> Option<String> {
        let output = Command::new(tool("sqlite3")?).arg(self.data().join(database)).arg(sql).output().unwrap();
        assert!(output.status.success(), "{sql}\n{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
    }
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A command that goes on.
pub struct Running(Option<Child>);

impl Running {
    /// Starts a command that was prepared otherwise.
    pub fn of(mut command: Command) -> Running {
        Running(Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.0.as_ref().unwrap().id()
    }

    /// Sends it a signal by name (`TERM`).
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Whether it has ended by itself, or was ended.
    pub fn has_ended(&self) -> bool {
        // Not waited for yet, it is a zombie.
        std::fs::read_to_string(format!("/proc/{}/stat", self.id())).is_ok_and(|stat| stat.contains(") Z "))
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(mut self) {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits for its end, at most this long.
    pub fn end_within(mut self, limit: Duration) -> Ran {
        let mut child = self.0.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let out = std::thread::spawn(move || drain(&mut stdout));
        let err = std::thread::spawn(move || drain(&mut stderr));
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > limit {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("still running after {limit:?}:\n{}", err.join().unwrap());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        Ran { code: status.code().unwrap_or(-1), stdout: out.join().unwrap(), stderr: err.join().unwrap() }
    }
}

fn drain(from: &mut dyn Read) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until something holds, at most this long; says whether it came to hold.
pub fn eventually(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !holds() {
        if started.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// An outside tool by name. Where it is missing the story says so loudly and passes, unless `POTVRDA_TOOLS_REQUIRED` is set.
pub fn tool(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .map(|dir| dir.join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("POTVRDA_TOOLS_REQUIRED").is_none(), "{name} is missing, and POTVRDA_TOOLS_REQUIRED is set");
        eprintln!("SKIPPED: {name} is not installed, so this story was not told to its end");
    }
    found
}

/// A file of C under `tests/stories`, compiled so that it can be preloaded into the built program; none where there is no compiler. It lives as
/// long as its folder.
pub fn library(source: &str) -> Option<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("preloaded.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories").join(source);
    let done = Command::new(tool("cc")?).args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some((folder, library))
}
