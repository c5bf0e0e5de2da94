//! Gives a letter to the machine's own mailer: `sendmail -i -f FROM -- TO`, the message on its input. Never through a shell.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use super::{MailError, Message, Stage, plain_words};

/// A mailer only queues: one that takes longer hangs.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How often a mailer is looked at.
const GLANCE: Duration = Duration::from_millis(20);
/// What is kept of its complaints.
const WORDS_BYTES_MAX: u64 = 4096;
/// How long they are waited for when it has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The mailer.
pub struct Sendmail {
    command: PathBuf,
}

impl Sendmail {
    pub(super) fn at(command: &Path) -> Result<Self, MailError> {
        match std::fs::metadata(command) {
            Ok(meta) if meta.is_file() => Ok(Sendmail { command: command.to_owned() }),
            Ok(_) => Err(MailError::Local(format!("{} is no program", command.display()))),
            Err(error) => Err(MailError::Local(format!("{}: {error}", command.display()))),
        }
    }

    pub(super) fn send(&self, message: &Message) -> Result<(), MailError> {
        let local = |error: std::io::Error| MailError::Local(format!("{}: {error}", self.command.display()));
        let from = message.envelope.from().map_or_else(String::new, ToString::to_string);
        let mut child = Command::new(&self.command)
            .args(["-i", "-f", &from, "--"])
            .args(message.envelope.to().iter().map(ToString::to_string))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(local)?;
        let (Some(mut input), Some(complaints)) = (child.stdin.take(), child.stderr.take()) else {
            return Err(MailError::Local("the mailer has no input".to_owned()));
        };
        let bytes = message.bytes.clone();
        let writer = std::thread::spawn(move || input.write_all(&bytes));
        let said = Complaints::of(complaints);
        let ended = wait(&mut child).map_err(local)?;
        let Some(status) = ended else {
            return Err(MailError::Lost { stage: Stage::Content, why: "the mailer did not end".to_owned() });
        };
        let whole = writer.join().is_ok_and(|written| written.is_ok());
        verdict(status, whole, &said.so_far())
    }
}

/// What a mailer says on stderr, read beside it. A mailer that leaves something at work behind it leaves that its stderr too: its end is not
/// waited for.
struct Complaints {
    words: Arc<Mutex<Vec<u8>>>,
    ended: mpsc::Receiver<()>,
}

impl Complaints {
    fn of(stderr: ChildStderr) -> Self {
        let words = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = mpsc::channel();
        let into = Arc::clone(&words);
        std::thread::spawn(move || {
            let mut stderr = stderr.take(WORDS_BYTES_MAX);
            let mut chunk = [0; 512];
            // A mailer whose words cannot be read has still ended with a code.
            while let Ok(read @ 1..) = stderr.read(&mut chunk) {
                into.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&chunk[..read]);
            }
            // Nobody may be waiting any more.
            let _ = end.send(());
        });
        Complaints { words, ended }
    }

    /// What it said until it ended, and a moment longer.
    fn so_far(&self) -> String {
        // Whichever comes first.
        let _ = self.ended.recv_timeout(LAST_WORDS);
        plain_words(&String::from_utf8_lossy(&self.words.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// None where it had to be killed.
fn wait(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    let mut waited = Duration::ZERO;
    while waited < TIMEOUT {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(GLANCE);
        waited += GLANCE;
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

/// The codes of sysexits.h that mailers agree on.
fn verdict(status: ExitStatus, whole: bool, said: &str) -> Result<(), MailError> {
    let stage = Stage::Recipient;
    let ended = |code: i32| format!("the mailer ended with code {code} {said}").trim_end().to_owned();
    match status.code() {
        Some(0) if whole => Ok(()),
        Some(0) => Err(MailError::Lost { stage: Stage::Data, why: "the mailer did not read the whole letter".to_owned() }),
        // EX_NOUSER and EX_NOHOST, as RFC 3463 numbers them.
        Some(67) => Err(MailError::Never { stage, code: 550, why: format!("5.1.1 {}", ended(67)) }),
        Some(68) => Err(MailError::Never { stage, code: 550, why: format!("5.1.2 {}", ended(68)) }),
        Some(code) => Err(MailError::Later { stage, code: 450, why: ended(code) }),
        None => Err(MailError::Lost { stage: Stage::Content, why: "the mailer was killed".to_owned() }),
    }
}
