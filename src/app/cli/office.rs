//! `read-office`, hidden: the child in which this program reads Word files.

use std::io::{Read, Write};

use super::Failure;
use crate::io::document::office_text;

pub(super) fn run() -> Result<u8, Failure> {
    let failed = |error: std::io::Error| Failure::new(error.to_string(), "the document is broken, or none");
    let mut body = Vec::new();
    std::io::stdin().lock().read_to_end(&mut body).map_err(failed)?;
    let text = office_text(body).map_err(failed)?;
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(failed)?;
    Ok(0)
}
