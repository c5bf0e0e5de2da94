//! Turns a PDF, DOC or DOCX into text, in a bounded child of its own: pdftotext for the one, this program itself for the others.
//!
//! Never parses a document in this process but in the hidden command that is such a child; never runs a shell; never keeps a file.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::timeout;

mod ocr;
mod office;

pub use ocr::{Ocr, recognise};
pub use office::{OFFICE_COMMAND, office_text};

/// What a document is, by its first bytes: servers misname.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `%PDF-` within the first kilobyte.
    Pdf,
    /// Word's old form: an OLE compound file.
    Doc,
    /// Word's new form: a zip.
    Docx,
    /// A page where a document was promised.
    Html,
    /// Anything else.
    Other,
}

/// A text, and who read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// As read; pages parted by form feeds where the form has pages.
    pub text: String,
    /// The program.
    pub by: &'static str,
}

/// Why there is no text.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum DocumentError {
    #[error("it is {what}, and no document we know")]
    Strange { what: &'static str },
    /// Not the document's fault: it waits, unread.
    #[error("{tool} is not installed here")]
    NoTool { tool: &'static str },
    #[error("{tool} could not read it: {why}")]
    Failed { tool: &'static str, why: String },
    #[error("{tool} did not end in time")]
    TimedOut { tool: &'static str },
    #[error("its text is longer than {bytes_max} bytes")]
    TooLong { bytes_max: usize },
}

impl DocumentError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            DocumentError::NoTool { .. } => "install poppler-utils: the documents that wait are read at the next poll",
            DocumentError::Strange { .. } => "open the link in a browser: the site may have put a page in its place",
            DocumentError::Failed { .. } | DocumentError::TimedOut { .. } | DocumentError::TooLong { .. } => {
                "open the document by hand: it is broken, locked, or made to be a burden"
            }
        }
    }
}

/// The reader of PDF.
pub const PDFTOTEXT: &str = "pdftotext";
const OFFICE: &str = "office_oxide";

/// A child has no more memory, computing time, or words than this: a bomb dies alone.
struct Bounds {
    memory_bytes: u64,
    cpu_s: u64,
    output_bytes: usize,
}

const PDF: Bounds = Bounds { memory_bytes: 512 * MIB, cpu_s: 25, output_bytes: 20 * 1024 * 1024 };
/// Our own program maps more than it uses: stacks of threads, arenas of the allocator.
const WORD: Bounds = Bounds { memory_bytes: 1024 * MIB, cpu_s: 25, output_bytes: 20 * 1024 * 1024 };
const MIB: u64 = 1024 * 1024;

/// What the bytes are.
pub fn form(body: &[u8]) -> Form {
    let start = body.get(..1024).unwrap_or(body);
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    if start.windows(5).any(|window| window == b"%PDF-") {
        Form::Pdf
    } else if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        Form::Doc
    } else if start.starts_with(b"PK\x03\x04") {
        Form::Docx
    } else if text.starts_with(b"<") {
        Form::Html
    } else {
        Form::Other
    }
}

/// Whether a program can be started by its name.
pub fn is_installed(tool: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(tool).is_file())
}

/// The text of a document, within this time.
///
/// # Errors
/// See [`DocumentError`]: each is a result that has a name.
pub async fn text(body: &[u8], within: Duration) -> Result<Read, DocumentError> {
    match form(body) {
        Form::Pdf => {
            let mut command = Command::new(PDFTOTEXT);
            command.args(["-enc", "UTF-8", "-q", "-", "-"]);
            let text = run(command, PDFTOTEXT, body, &PDF, within).await?;
            Ok(Read { text: String::from_utf8_lossy(&text).into_owned(), by: PDFTOTEXT })
        }
        Form::Doc | Form::Docx => {
            let mut command = Command::new(own_program()?);
            command.arg(OFFICE_COMMAND);
            let text = run(command, OFFICE, body, &WORD, within).await?;
            Ok(Read { text: String::from_utf8_lossy(&text).into_owned(), by: OFFICE })
        }
        Form::Html => Err(DocumentError::Strange { what: "a web page" }),
        Form::Other if body.is_empty() => Err(DocumentError::Strange { what: "empty" }),
        Form::Other if body.starts_with(b"{\\rtf") => Err(DocumentError::Strange { what: "RTF" }),
        Form::Other => Err(DocumentError::Strange { what: "of an unknown form" }),
    }
}

/// The text of a PDF in the order in which it was written into the file: tables and columns come out cell by cell.
///
/// # Errors
/// See [`DocumentError`].
pub async fn text_as_written(body: &[u8], within: Duration) -> Result<Read, DocumentError> {
    let mut command = Command::new(PDFTOTEXT);
    command.args(["-enc", "UTF-8", "-q", "-raw", "-", "-"]);
    let text = run(command, PDFTOTEXT, body, &PDF, within).await?;
    Ok(Read { text: String::from_utf8_lossy(&text).into_owned(), by: PDFTOTEXT })
}

/// This program, whose hidden command reads Word files; the name it was started under may lead to a newer one by now.
fn own_program() -> Result<PathBuf, DocumentError> {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return Ok(running.to_owned());
    }
    std::env::current_exe().map_err(|why| DocumentError::Failed { tool: OFFICE, why: why.to_string() })
}

/// Runs a child on these bytes and gathers what it says. It is given nothing to read before it is bounded.
async fn run(mut command: Command, tool: &'static str, input: &[u8], bounds: &Bounds, within: Duration) -> Result<Vec<u8>, DocumentError> {
    let failed = |why: String| DocumentError::Failed { tool, why };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).env("LC_ALL", "C.UTF-8");
    let mut child = command.spawn().map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => DocumentError::NoTool { tool },
        _ => failed(why.to_string()),
    })?;
    bound(child.id(), bounds).map_err(|why| failed(format!("it could not be bounded: {why}")))?;
    let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(failed("it has no input".to_owned()));
    };
    let mut said = Vec::new();
    let work = async {
        let feed = async {
            // A child that has heard enough closes its ear; what it says decides.
            let _ = to.write_all(input).await;
            drop(to);
            std::future::pending::<()>().await;
        };
        let mut capped = from.take(bounds.output_bytes as u64 + 1);
        tokio::select! {
            () = feed => {}
            read = capped.read_to_end(&mut said) => drop(read),
        }
        if said.len() > bounds.output_bytes {
            return Ok(None);
        }
        child.wait().await.map(Some)
    };
    match timeout(within, work).await {
        Err(_) => Err(DocumentError::TimedOut { tool }),
        Ok(Err(why)) => Err(failed(why.to_string())),
        Ok(Ok(None)) => Err(DocumentError::TooLong { bytes_max: bounds.output_bytes }),
        Ok(Ok(Some(status))) if status.success() => Ok(said),
        Ok(Ok(Some(status))) => Err(failed(match status.code() {
            Some(code) => format!("it ended with code {code}: broken, or locked by a password"),
            None => "it used too much memory or time, or crashed".to_owned(),
        })),
    }
}

/// What the child may use; and where memory runs out all the same, it goes first.
fn bound(child: Option<u32>, bounds: &Bounds) -> io::Result<()> {
    if let Some(id) = child {
        // A system without this file chooses for itself.
        let _ = std::fs::write(format!("/proc/{id}/oom_score_adj"), "1000");
    }
    let pid = child.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    for (resource, most) in [(Resource::As, bounds.memory_bytes), (Resource::Cpu, bounds.cpu_s), (Resource::Core, 0)] {
        prlimit(pid, resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn block<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn a_document_is_known_by_its_bytes_and_not_by_its_name() {
        for (bytes, what) in [
            (&b"%PDF-1.7"[..], Form::Pdf),
            (b"junk\n%PDF-1.4", Form::Pdf),
            (b"\xd0\xcf\x11\xe0\xa1", Form::Doc),
            (b"PK\x03\x04", Form::Docx),
            (b"\xef\xbb\xbf <!DOCTYPE html>", Form::Html),
            (b"", Form::Other),
            (b"MZ", Form::Other),
        ] {
            assert_eq!(form(bytes), what, "{bytes:?}");
        }
        let page = block(text(b"<html><body>404</body></html>", Duration::from_secs(5)));
        assert!(matches!(page, Err(DocumentError::Strange { what: "a web page" })), "{page:?}");
    }

    #[test]
    fn a_child_that_hangs_talks_for_ever_or_eats_memory_dies_alone() {
        let bounds = Bounds { memory_bytes: 64 * MIB, cpu_s: 5, output_bytes: 10_000 };
        let tried = |program: &str, args: &[&str], within| {
            let mut command = Command::new(program);
            command.args(args);
            block(run(command, "child", b"input", &bounds, within))
        };
        let short = Duration::from_millis(200);
        let hangs = tried("sleep", &["60"], short);
        assert!(matches!(hangs, Err(DocumentError::TimedOut { .. })), "{hangs:?}");
        let talks = tried("yes", &[], Duration::from_secs(20));
        assert!(matches!(talks, Err(DocumentError::TooLong { .. })), "{talks:?}");
        let eats = tried("awk", &["BEGIN { x = \"x\"; while (1) x = x x }"], Duration::from_secs(20));
        assert!(matches!(eats, Err(DocumentError::Failed { .. })), "{eats:?}");
        let echo = tried("cat", &[], Duration::from_secs(20));
        assert_eq!(echo.unwrap(), b"input");
        let absent = tried("no-such-program-here", &[], short);
        assert!(matches!(absent, Err(DocumentError::NoTool { .. })), "{absent:?}");
    }

    #[test]
    fn a_child_that_does_not_listen_to_its_end_is_heard_all_the_same() {
        let bounds = Bounds { memory_bytes: 64 * MIB, cpu_s: 5, output_bytes: 10_000 };
        let mut command = Command::new("head");
        command.args(["-c", "3"]);
        let said = block(run(command, "head", &vec![b'a'; 5_000_000], &bounds, Duration::from_secs(20)));
        assert_eq!(said.unwrap(), b"aaa");
    }
}
