//! Builds pages as docs/source.md describes them: the two law lists, the list of activities, the page of a sitting.
//!
//! The tags that nobody has seen are modelled; texts are given by the story, in whichever script it wants.

/// The script of a page's frame.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Script {
    Latin,
    Cyrillic,
    English,
}

/// A row of a law list.
#[derive(Clone)]
pub struct RowSpec {
    pub title: String,
    /// As printed: `23. oktobar 2017.`
    pub date: String,
    /// Labels and addresses, as in the page.
    pub documents: Vec<(String, String)>,
}

impl RowSpec {
    /// A bill with its act number, and the PDF and DOC that carry it.
    pub fn bill(act: &str, title: &str, date: &str) -> RowSpec {
        let document = |kind: &str| format!("/upload/archive/files/lat/{kind}/predlozi_zakona/{act} - Lat.{kind}");
        let documents = vec![("PDF".to_owned(), document("pdf")), ("DOC".to_owned(), document("doc"))];
        RowSpec { title: title.to_owned(), date: date.to_owned(), documents }
    }

    /// One without documents, and so without a number.
    pub fn bare(title: &str, date: &str) -> RowSpec {
        RowSpec { title: title.to_owned(), date: date.to_owned(), documents: Vec::new() }
    }
}

/// Text as it stands in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The list of bills in procedure (1037), Latin.
pub fn bills_page(rows: &[RowSpec]) -> String {
    bills_page_in(Script::Latin, rows)
}

/// The list of bills in procedure.
pub fn bills_page_in(script: Script, rows: &[RowSpec]) -> String {
    let heading = match script {
        Script::Latin => "Zakoni u proceduri",
        Script::Cyrillic => "Закони у процедури",
        Script::English => "Laws in procedure",
    };
    list(script, heading, rows, |row| {
        let anchors: String =
            row.documents.iter().map(|(label, href)| format!("<td><a href=\"{}\">{}</a></td>", escape(href), escape(label))).collect();
        format!(
            "<td class=\"lawtitle\"><strong><a href=\"#\">{}</a></strong></td><td nowrap>{}</td>{anchors}",
            escape(&row.title),
            escape(&row.date)
        )
    })
}

/// The list of adopted laws (1033), where the title itself links to the document.
pub fn laws_page(rows: &[RowSpec]) -> String {
    laws_page_in(Script::Latin, rows)
}

/// The list of adopted laws.
pub fn laws_page_in(script: Script, rows: &[RowSpec]) -> String {
    let heading = match script {
        Script::Latin => "Doneti zakoni",
        Script::Cyrillic => "Донети закони",
        Script::English => "Laws",
    };
    list(script, heading, rows, |row| {
        let href = row.documents.first().map_or("#", |(_, href)| href);
        format!(
            "<td class=\"lawtitle\"><strong><a href=\"{}\">{}</a></strong></td><td nowrap>{}</td>",
            escape(href),
            escape(&row.title),
            escape(&row.date)
        )
    })
}

fn list(script: Script, heading: &str, rows: &[RowSpec], cells: impl Fn(&RowSpec) -> String) -> String {
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>\n", cells(row))).collect();
    frame(script, heading, &format!("<div id=\"content\"><h2>{heading}</h2>\n<table>\n<tbody>\n{rows}</tbody>\n</table></div>"))
}

/// A page that links to activities: label, address, and the date beside it.
pub fn activities_page(script: Script, links: &[(&str, &str, &str)]) -> String {
    let (newest, rest) = links.split_at(links.len().min(1));
    let top: String =
        newest.iter().map(|(label, href, _)| format!("<h3><a href=\"{}\">{}</a></h3>\n", escape(href), escape(label))).collect();
    let items: String = rest
        .iter()
        .map(|(label, href, date)| {
            format!("<li><h4><a href=\"{}\">{}</a></h4><p class=\"posted\">{} |</p></li>\n", escape(href), escape(label), escape(date))
        })
        .collect();
    let body = format!(
        "<!-- print_start --><div class=\"main_left\">{top}</div><div class=\"sitting_main\"><ul><li class=\"sitting_list_item\">Sednice</li>\n{items}</ul></div><!-- print_end -->"
    );
    frame(script, "Aktivnosti", &body)
}

/// The page of a sitting: paragraphs as they are given, then the calendar that every page carries.
pub fn sitting_page(script: Script, title: &str, posted: &str, paragraphs: &[&str], calendar: &str) -> String {
    let preamble = paragraphs.first().map_or(String::new(), |text| format!("<p class=\"preamble\">{}</p>\n", escape(text)));
    let text: String = paragraphs.iter().map(|text| format!("<p>{}</p>\n", escape(text))).collect();
    let body = format!(
        "<div id=\"main\"><h2>{}</h2><p class=\"posted\">{}</p>\n{preamble}{text}<hr class=\"delimiter\"/></div><div class=\"calendar\">{}</div>",
        escape(title),
        escape(posted),
        escape(calendar)
    );
    frame(script, title, &body)
}

/// An agenda as older pages print it: numbered paragraphs, the last but one ended by "and" or "i".
pub fn agenda(items: &[&str]) -> Vec<String> {
    items.iter().enumerate().map(|(i, item)| format!("{}. {item}{}", i + 1, if i + 1 == items.len() { "." } else { ";" })).collect()
}

fn frame(script: Script, title: &str, body: &str) -> String {
    let (language, house) = match script {
        Script::Latin => ("sr-Latn", "Narodna skupština Republike Srbije"),
        Script::Cyrillic => ("sr", "Народна скупштина Републике Србије"),
        Script::English => ("en", "National Assembly of the Republic of Serbia"),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{house} | {}</title></head>\n<body><div id=\"header\"><a href=\"/\">{house}</a></div>\n{body}\n<div id=\"footer\">{house}</div></body></html>\n",
        escape(title)
    )
}
