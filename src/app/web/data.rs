//! The agreements for programs: JSON and CSV with the columns of the view `agreements`, and a feed.
//!
//! Never lets a text become a formula, a tag or an entity.

use axum::http::{HeaderMap, header};
use std::fmt::Write;

use super::list::Ask;
use super::tongue::{Title, Tongue};
use crate::app::csv;
use crate::config::Settings;
use crate::domain::bill::Language;
use crate::io::history::read::{self, Filter, Record};
use crate::io::history::{History, HistoryError};

/// Entries of the feed.
const ENTRIES: usize = 50;

pub(super) fn json(history: &History, filter: &Filter) -> Result<String, HistoryError> {
    // Rows of text and numbers always serialise.
    Ok(serde_json::to_string_pretty(&history.agreements(filter)?).unwrap_or_default() + "\n")
}

pub(super) fn csv(history: &History, filter: &Filter) -> Result<String, HistoryError> {
    let rows = history.agreements(filter)?;
    let lines = rows.iter().map(|row| csv::line(csv::cells(row).iter().map(String::as_str)));
    Ok(std::iter::once(csv::line(read::agreement_columns())).chain(lines).collect())
}

/// Where readers reach these pages: for links in what is taken away from them.
pub(super) struct Place {
    /// Without a slash at the end.
    pub(super) base: String,
    pub(super) host: String,
}

impl Place {
    /// The public address, or where there is none, where the reader asked.
    pub(super) fn new(settings: &Settings, headers: &HeaderMap) -> Place {
        let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let url = settings.public_url.clone().or_else(|| host_alone(asked));
        let base = url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default();
        Place { base, host: url.as_ref().and_then(url::Url::host_str).unwrap_or("localhost").to_owned() }
    }
}

/// What a request names as its host, where that is a host and nothing more: no path, no password, no other words.
fn host_alone(asked: &str) -> Option<url::Url> {
    let plain = asked.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    url::Url::parse(&format!("http://{asked}/")).ok().filter(|url| plain && url.has_host())
}

/// The newest agreements (RFC 4287), in one language: its links lead to the pages in it.
pub(super) struct Feed {
    place: Place,
    tongue: Tongue,
    /// `/feed.atom`, `/en/feed.atom`
    path: String,
    ask: Ask,
}

impl Feed {
    /// The address without a language is Serbian for everybody: what a feed reader keeps must not change with who asks.
    pub(super) fn new(settings: &Settings, headers: &HeaderMap, path: &str, ask: Ask) -> Feed {
        let tongue = Tongue::of_path(path).unwrap_or(Tongue(Language::SrLatn));
        Feed { place: Place::new(settings, headers), tongue, path: path.to_owned(), ask }
    }

    pub(super) fn write(&self, history: &History) -> Result<String, HistoryError> {
        let rows = history.agreements(&self.ask.filter(ENTRIES))?;
        let query = Some(self.ask.query(1)).filter(|q| !q.is_empty()).map(|q| format!("?{q}")).unwrap_or_default();
        let (base, host, t) = (escaped(&self.place.base), escaped(&self.place.host), self.tongue);
        let name = Tongue::of_path(&self.path).map(|named| format!("{}-", &named.path()[1..])).unwrap_or_default();
        let titles = history.titles_in(t.0, &rows.iter().filter_map(|row| row.number("bill_id")).collect::<Vec<_>>())?;
        let updated = rows.iter().map(|row| row.text("first_seen_at")).max().unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned());
        let mut feed = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{lang}\">\n<title>{title}</title>\n\
             <id>tag:{host},2026:{name}agreements{query}</id>\n<updated>{updated}</updated>\n<author><name>Potvrda</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{base}{path}{query}\"/>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{base}{pages}/\"/>\n",
            lang = t.0.as_str(),
            title = t.say(
                "Потврда: међународни споразуми пред Народном скупштином",
                "Potvrda: international agreements before the National Assembly of Serbia"
            ),
            path = self.path,
            pages = t.path(),
            query = escaped(&query),
            updated = escaped(&updated)
        );
        for row in &rows {
            let own = row.number("bill_id").and_then(|id| titles.get(&id)).filter(|_| row.text("language") != t.0.as_str());
            let title = own.map_or_else(|| Title::of(row, t), |printed| Title::new(printed, t.0, t));
            feed.push_str(&entry(row, &title, &format!("{base}{}", t.path()), &format!("tag:{host},2026:{name}agreement")));
        }
        feed.push_str("</feed>\n");
        Ok(feed)
    }
}

fn entry(row: &Record, title: &Title, pages: &str, tag: &str) -> String {
    let cell = |column: &str| escaped(&row.text(column));
    let (id, seen) = (cell("bill_id"), cell("first_seen_at"));
    let mut entry = format!(
        "<entry>\n<title xml:lang=\"{}\">{}</title>\n<id>{tag}/{id}</id>\n<updated>{seen}</updated>\n<published>{seen}</published>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{pages}/agreement/{id}\"/>\n",
        title.language,
        escaped(&title.text)
    );
    let parts = ["act_number", "our_side", "counterpart", "signed_on", "submitter"].map(cell);
    let said: Vec<&String> = parts.iter().filter(|part| !part.is_empty()).collect();
    if !said.is_empty() {
        let said = said.into_iter().cloned().collect::<Vec<_>>().join(" · ");
        // Writing to a String cannot fail.
        let _ = writeln!(entry, "<summary>{said}</summary>");
    }
    entry.push_str("</entry>\n");
    entry
}

/// As text or attribute of XML 1.0, without the characters it forbids.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_more_than_a_host_is_not_repeated() {
        for (asked, taken) in [("potvrda.example", true), ("127.0.0.1:8080", true), ("[::1]:8080", true)] {
            assert_eq!(host_alone(asked).is_some(), taken, "{asked}");
        }
        for asked in ["\"onload=x", "evil.example/path?", "user:pass@evil.example", "a b", "<script>", "", "x#y", "x?y"] {
            assert_eq!(host_alone(asked), None, "{asked}");
        }
    }

    #[test]
    fn no_text_is_a_tag_and_none_breaks_the_feed() {
        assert_eq!(escaped("<script>\"a\" & b\u{0}\u{1b}\nc</script>"), "&lt;script&gt;&quot;a&quot; &amp; b c&lt;/script&gt;");
    }
}
