//! Reads a scan by its pictures, where the programs that can are installed: pdftoppm draws the pages, tesseract reads Serbian off them.
//!
//! Never takes what it read for what was printed: who uses it says so.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, timeout};

use super::{Bounds, DocumentError, MIB, is_installed, run};

/// The reader of pictures.
pub const TESSERACT: &str = "tesseract";
const PDFTOPPM: &str = "pdftoppm";
/// Both scripts.
const LANGUAGES: [&str; 2] = ["srp", "srp_latn"];
/// Pages of one document that are read: of a scan, Article 1 stands on the first of them.
pub const PAGES_MAX: usize = 20;
const DRAWING: Bounds = Bounds { memory_bytes: 1024 * MIB, cpu_s: 60, output_bytes: 64 * 1024 * 1024 };
const READING: Bounds = Bounds { memory_bytes: 2048 * MIB, cpu_s: 120, output_bytes: 4 * 1024 * 1024 };
/// The question which languages there are is answered at once.
const ASKED_WITHIN: Duration = Duration::from_secs(10);

/// Whether scans can be read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ocr {
    /// In these languages: `srp+srp_latn`.
    Ready(String),
    /// One of the programs is not there.
    NoTool,
    /// They are, without Serbian.
    NoSerbian,
}

impl Ocr {
    /// Asks the programs.
    pub async fn here() -> Ocr {
        if !is_installed(TESSERACT) || !is_installed(PDFTOPPM) {
            return Ocr::NoTool;
        }
        let mut command = Command::new(TESSERACT);
        command.arg("--list-langs").stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let Ok(Ok(listed)) = timeout(ASKED_WITHIN, command.output()).await else { return Ocr::NoTool };
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let there: Vec<&str> = LANGUAGES.into_iter().filter(|l| listed.lines().any(|line| line.trim() == *l)).collect();
        if there.is_empty() { Ocr::NoSerbian } else { Ocr::Ready(there.join("+")) }
    }
}

/// The words of these pages of a PDF, each with its number, as far as the time goes, of [`PAGES_MAX`] pages at most. A page that is not there
/// ends it.
///
/// # Errors
/// See [`DocumentError`], where it was so with the first of them; a later page that cannot be drawn ends the document.
pub async fn recognise(
    body: &[u8],
    languages: &str,
    pages: impl IntoIterator<Item = usize>,
    within: Duration,
) -> Result<Vec<(usize, String)>, DocumentError> {
    let until = Instant::now() + within;
    let mut read = Vec::new();
    for page in pages.into_iter().take(PAGES_MAX) {
        match one(body, languages, page, until).await {
            Ok(Some(words)) => read.push((page, words)),
            Err(error) if read.is_empty() => return Err(error),
            Ok(None) | Err(_) => break,
        }
    }
    Ok(read)
}

/// The words of one page; none where there is no such page.
async fn one(body: &[u8], languages: &str, page: usize, until: Instant) -> Result<Option<String>, DocumentError> {
    let left = || until.saturating_duration_since(Instant::now());
    let number = page.to_string();
    let mut draw = Command::new(PDFTOPPM);
    draw.args(["-r", "300", "-gray", "-f", &number, "-l", &number, "-"]);
    let picture = run(draw, PDFTOPPM, body, &DRAWING, left()).await?;
    if picture.is_empty() {
        return Ok(None);
    }
    let mut read = Command::new(TESSERACT);
    read.args(["-", "-", "-l", languages]).env("OMP_THREAD_LIMIT", "1");
    let said = run(read, TESSERACT, &picture, &READING, left()).await?;
    Ok(Some(String::from_utf8_lossy(&said).into_owned()))
}
