//! CSV as RFC 4180 writes it, and harmless in a spreadsheet.

use crate::io::history::read::Record;

/// A cell that begins so is a formula to a spreadsheet: text from a web page could run there.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r'];

/// One line, with its end.
pub fn line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    };
    let cells: Vec<String> = cells.into_iter().map(quoted).collect();
    cells.join(",") + "\r\n"
}

/// The cells of a row of a view, as the view has them: lists are JSON, yes and no are 1 and 0.
pub fn cells(record: &Record) -> Vec<String> {
    let cell = |(name, value): (&str, &serde_json::Value)| match value {
        serde_json::Value::Array(_) => value.to_string(),
        serde_json::Value::String(text) => guarded(text),
        _ => record.text(name),
    };
    record.columns().map(cell).collect()
}

fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(line(["a", "b,c", "say \"no\"", "two\nlines", "", " kept "]), "a,\"b,c\",\"say \"\"no\"\"\",\"two\nlines\",, kept \r\n");
        assert_eq!(line(["[\"RU\"]"]), "\"[\"\"RU\"\"]\"\r\n");
    }

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["a=1", "'=1", " =1", "Žena", ""] {
            assert_eq!(guarded(text), text);
        }
    }
}
