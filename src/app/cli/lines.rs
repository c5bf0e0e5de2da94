//! Lines in and lines out: the texts a command is asked about, one after another, and a party on one line.

use std::io::{self, BufRead, IsTerminal};

use anyhow::Context;

use super::table;
use crate::domain::bill::Party;

/// A longer line is no title and no sentence: it is cut, so that no input can fill the memory.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// Tells each argument, or, without any, each line of stdin that is not empty, as it comes and as it stands. Invalid UTF-8 is replaced.
pub fn each_text(texts: &[String], mut tell: impl FnMut(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if texts.is_empty() {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            tracing::info!("reading lines from the terminal; end with Ctrl-D");
        }
        return each_line(stdin.lock(), tell);
    }
    texts.iter().filter(|text| !text.trim().is_empty()).try_for_each(|text| tell(text))
}

fn each_line(mut from: impl BufRead, mut tell: impl FnMut(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    while let Some(cut) = next_line(&mut from, &mut line).context("stdin cannot be read")? {
        number += 1;
        if cut {
            tracing::warn!(line = number, "longer than {LINE_BYTES_MAX} bytes; the rest of it is left out");
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.strip_suffix('\r').unwrap_or(&text);
        let text = if number == 1 { text.trim_start_matches('\u{feff}') } else { text };
        if !text.trim().is_empty() {
            tell(text)?;
        }
    }
    Ok(())
}

/// Reads the next line without its end, and says whether it was cut; none at the end.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let (mut any, mut cut) = (false, false);
    loop {
        let (took, ended) = {
            let chunk = match from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(any.then_some(cut));
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let text = &chunk[..end.unwrap_or(chunk.len())];
            let room = LINE_BYTES_MAX - line.len();
            line.extend_from_slice(&text[..text.len().min(room)]);
            cut |= text.len() > room;
            (end.map_or(chunk.len(), |end| end + 1), end.is_some())
        };
        from.consume(took);
        any = true;
        if ended {
            return Ok(Some(cut));
        }
    }
}

/// `ours  Vlada Republike Srbije (RS, government)`.
pub fn party(party: &Party) -> String {
    let side = if party.ours { "ours  " } else { "theirs" };
    let country = party.country.as_deref().map(|country| format!("{country}, ")).unwrap_or_default();
    format!("{side}  {} ({country}{})", table::plain(&party.name), party.level)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::bill::Level;

    fn told(bytes: &[u8]) -> Vec<String> {
        let mut all = Vec::new();
        // A small buffer, so that lines cross its end.
        each_line(io::BufReader::with_capacity(7, bytes), |text| {
            all.push(text.to_owned());
            Ok(())
        })
        .unwrap();
        all
    }

    #[test]
    fn each_line_is_told_once_and_empty_ones_not_at_all() {
        assert_eq!(
            told("\u{feff}prvi red\r\n\n  \nдруги ред\nposlednji bez kraja".as_bytes()),
            ["prvi red", "други ред", "poslednji bez kraja"]
        );
        assert!(told(b"").is_empty() && told(b"\n\n").is_empty());
    }

    #[test]
    fn what_is_no_utf8_is_replaced_and_the_next_line_is_read() {
        assert_eq!(told(b"a\xffb\nc\n"), ["a\u{fffd}b", "c"]);
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_one_is_whole() {
        let mut bytes = vec![b'x'; LINE_BYTES_MAX + 10];
        bytes.extend_from_slice(b"\nnext\n");
        let all = told(&bytes);
        assert_eq!((all[0].len(), all[1].as_str()), (LINE_BYTES_MAX, "next"));
    }

    #[test]
    fn a_party_is_one_line_with_side_country_and_level() {
        let of = |name: &str, country: Option<&str>, level, ours| {
            party(&Party { name: name.into(), country: country.map(str::to_owned), level, ours })
        };
        assert_eq!(of("Vlada Republike Srbije", Some("RS"), Level::Government, true), "ours    Vlada Republike Srbije (RS, government)");
        assert_eq!(of("Međunarodna\nbanka", None, Level::Bank, false), "theirs  Međunarodna banka (bank)");
    }
}
