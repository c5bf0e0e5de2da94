//! The child that reads Word files: bytes on its input, text on its output. The crate is young, so it never runs anywhere else.

use std::io::{self, Cursor};

use office_oxide::{Document, DocumentFormat};

use super::{Form, form};

/// The hidden command of this program that is such a child.
pub const OFFICE_COMMAND: &str = "read-office";

/// The text of a DOC or DOCX.
///
/// # Errors
/// It is none, or broken.
pub fn office_text(body: Vec<u8>) -> io::Result<String> {
    let format = match form(&body) {
        Form::Doc => DocumentFormat::Doc,
        Form::Docx => DocumentFormat::Docx,
        Form::Pdf | Form::Html | Form::Other => return Err(io::Error::other("no Word file")),
    };
    let document = Document::from_reader(Cursor::new(body), format).map_err(|why| io::Error::other(why.to_string()))?;
    Ok(document.plain_text())
}
