//! Lines and tables for people: columns that line up, long text folded within its own column, nothing that could steer a terminal.

use rustix::termios::tcgetwinsize;

/// Narrowest and widest that is written, whatever the terminal says.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=140;
/// Where nobody says how wide it is.
const WIDTH: usize = 100;
/// Between two columns.
const GAP: &str = "  ";
/// The narrowest that the last column gets.
const LAST_MIN: usize = 24;

/// How wide lines may be: what COLUMNS says, else as wide as the terminal is, else a width that a file can have.
pub fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse::<usize>().ok());
    let seen = || tcgetwinsize(std::io::stdout()).ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
    said.or_else(seen).unwrap_or(WIDTH).clamp(*WIDTHS.start(), *WIDTHS.end())
}

/// The text without what a terminal would obey or hide: control characters, writing direction, letters without width (faults.md X5).
pub fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
    };
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|c| !steers(*c)).collect()
}

/// Rows under a head. The last column takes what width is left, and is folded.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these heads.
    pub fn new(head: &[&str]) -> Self {
        Table { head: head.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    /// One row; as many cells as heads.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(|cell| plain(&cell.into())).collect());
    }

    /// The table, no line wider than `width` unless a single word is. A column in which nothing stands is left out.
    pub fn lines(&self, width: usize) -> Vec<String> {
        let last = self.head.len().saturating_sub(1);
        let filled = |at: usize| at == last || self.rows.iter().any(|row| row.get(at).is_some_and(|cell| !cell.is_empty()));
        let columns: Vec<usize> = (0..self.head.len()).filter(|at| filled(*at)).collect();
        let pick = |row: &Vec<String>| -> Vec<String> { columns.iter().map(|at| row.get(*at).cloned().unwrap_or_default()).collect() };
        let rows: Vec<Vec<String>> = std::iter::once(&self.head).chain(&self.rows).map(pick).collect();
        let widths: Vec<usize> = (0..columns.len()).map(|at| rows.iter().map(|row| letters(&row[at])).max().unwrap_or_default()).collect();
        let before: usize = widths.iter().take(columns.len().saturating_sub(1)).map(|w| w + GAP.len()).sum();
        let room = width.saturating_sub(before).max(LAST_MIN);
        rows.iter().flat_map(|row| one(row, &widths, before, room)).collect()
    }
}

fn one(row: &[String], widths: &[usize], before: usize, last: usize) -> Vec<String> {
    let (text, fixed) = row.split_last().map_or(("", row), |(text, fixed)| (text.as_str(), fixed));
    let mut lead = String::new();
    for (cell, width) in fixed.iter().zip(widths) {
        lead.push_str(cell);
        lead.push_str(&" ".repeat(width.saturating_sub(letters(cell)) + GAP.len()));
    }
    let folded = fold(text, last);
    let mut lines = vec![format!("{lead}{}", folded.first().map_or("", String::as_str)).trim_end().to_owned()];
    lines.extend(folded.iter().skip(1).map(|more| format!("{}{more}", " ".repeat(before))));
    lines
}

/// The text in lines of at most so many letters, broken between words; a longer word keeps its own line.
pub fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if letters(line) + 1 + letters(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text folded under an indent.
pub fn indented(text: &str, indent: usize, width: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(LAST_MIN);
    fold(&plain(text), room).into_iter().map(|line| format!("{}{line}", " ".repeat(indent))).collect()
}

/// A line in as many as it takes: broken between words, what follows a little further in than its beginning.
pub fn hung(line: &str, width: usize) -> Vec<String> {
    let text = line.trim_start_matches(' ');
    let lead = &line[..line.len() - text.len()];
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(last) if letters(last) + 1 + letters(word) <= width => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) => lines.push(format!("{lead}    {word}")),
            None => lines.push(format!("{lead}{word}")),
        }
    }
    lines
}

/// How many letters stand side by side; marks that combine stand on another.
fn letters(text: &str) -> usize {
    text.chars().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_folds_within_its_own() {
        let mut table = Table::new(&["ACT", "STAGE", "TITLE"]);
        table.row([
            "404-18",
            "scheduled",
            "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Ruske Federacije",
        ]);
        table.row(["9-18", "listed", "Kratak"]);
        let lines = table.lines(60);
        assert_eq!(lines[0], "ACT     STAGE      TITLE");
        assert_eq!(lines[1], "404-18  scheduled  Predlog zakona o potvrđivanju Sporazuma");
        assert_eq!(lines[2], "                   između Vlade Republike Srbije i Vlade");
        assert_eq!(lines.last().map(String::as_str), Some("9-18    listed     Kratak"));
        assert!(lines.iter().all(|line| line.chars().count() <= 60), "{lines:#?}");
    }

    #[test]
    fn a_column_in_which_nothing_stands_is_left_out() {
        let mut table = Table::new(&["ID", "GAP", "TITLE"]);
        table.row(["1", "", "a"]);
        table.row(["2", "", ""]);
        assert_eq!(table.lines(80), ["ID  TITLE", "1   a", "2"]);
    }

    #[test]
    fn nothing_printed_steers_a_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}c\0d\ne\u{200b}f\r"), "a[31mbcd ef");
        assert_eq!(plain("Споразум o žitu"), "Споразум o žitu");
    }

    #[test]
    fn what_follows_of_a_line_hangs_under_its_beginning() {
        assert_eq!(hung("  9 May  One two", 40), ["  9 May  One two"]);
        assert_eq!(hung("  9 May  One two three", 14), ["  9 May  One", "      two", "      three"]);
        assert_eq!(hung("", 14), [""]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_kept_whole() {
        assert_eq!(fold("a bbbbbbbb cc d", 4), ["a", "bbbbbbbb", "cc d"]);
        assert!(fold("  ", 4).is_empty());
    }
}
