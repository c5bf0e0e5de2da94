//! Gives a letter to the machine's own mailer: `sendmail -i -f FROM -- TO`, the message on its input. Never through a shell.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{MailError, Message, Stage, plain_words};

/// A mailer only queues: one that takes longer hangs.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How often a mailer is looked at.
const GLANCE: Duration = Duration::from_millis(20);
/// What is kept of its complaints.
const WORDS_BYTES_MAX: u64 = 4096;

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
        let reader = std::thread::spawn(move || {
            let mut said = Vec::new();
            // A mailer whose words cannot be read has still ended with a code.
            let _ = complaints.take(WORDS_BYTES_MAX).read_to_end(&mut said);
            plain_words(&String::from_utf8_lossy(&said))
        });
        let ended = wait(&mut child).map_err(local)?;
        let Some(status) = ended else {
            return Err(MailError::Lost { stage: Stage::Content, why: "the mailer did not end".to_owned() });
        };
        let whole = writer.join().is_ok_and(|written| written.is_ok());
        let said = reader.join().unwrap_or_default();
        verdict(status, whole, said)
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
fn verdict(status: ExitStatus, whole: bool, said: String) -> Result<(), MailError> {
    let stage = Stage::Recipient;
    match status.code() {
        Some(0) if whole => Ok(()),
        Some(0) => Err(MailError::Lost { stage: Stage::Data, why: "the mailer did not read the whole letter".to_owned() }),
        // EX_NOUSER, EX_NOHOST
        Some(67 | 68) => Err(MailError::Never { stage, code: 550, why: said }),
        Some(code) => Err(MailError::Later { stage, code: 450, why: format!("the mailer ended with code {code} {said}") }),
        None => Err(MailError::Lost { stage: Stage::Content, why: "the mailer was killed".to_owned() }),
    }
}
