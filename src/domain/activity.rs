//! Reads pages that link to activities, and an activity's page: a sitting of the Assembly or of a committee, its agenda or its prose, into
//! mentions of bills; and the calendar beside it, which announces what is coming.
//!
//! Never fetches, never decides which bill a mention means, never guesses a day.

mod again;
mod agenda;
mod calendar;
mod days;
mod denied;
mod fate;
mod hours;
mod index;
mod signing;
mod sitting;

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use url::Url;

pub use crate::domain::activity::index::{ActivityLink, Index, read_index};
use crate::domain::bill::{Body, Language, Sitting};
use crate::domain::listing::{Eye, Reject};
use crate::domain::page::lines::{Border, Line};
use crate::domain::page::{NotAPage, Page, address, lines, tree};
use crate::domain::{mention, script};

/// One activity's page, read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// What it tells of.
    pub sitting: Sitting,
    /// The page speaks of a sitting at all. News that name a bill are an activity, but no sitting.
    pub is_sitting: bool,
    /// It prints the agenda, numbered or introduced as such; prose that names a bill or two does not say what else is on it.
    #[serde(skip)]
    pub agenda_printed: bool,
    /// It says for when the sitting is called or put off; the day of any other page is the one above it.
    #[serde(skip)]
    pub announces: bool,
    /// The day for which the sitting had been called, where the page puts it off to another day or hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off_from: Option<NaiveDate>,
    /// By the layout in its address, else by its words.
    pub language: Language,
    /// From its address.
    pub content_id: Option<u64>,
    /// The day printed above it. For an announcement it is the day of the announcement, for a report the day of the sitting.
    pub posted_on: Option<NaiveDate>,
    /// The sittings that the calendar beside it announces.
    pub calendar: Vec<Sitting>,
    /// Which eye read it.
    pub eye: Eye,
    /// Why the poll is to be marked.
    pub degraded: Option<String>,
    /// What could not be read.
    pub rejects: Vec<Reject>,
}

/// The part of a page that tells of the activity itself.
struct Content<'a> {
    heading: String,
    posted: Option<String>,
    /// The body's lines, without heading, day and repeated first sentence.
    body: Vec<&'a Line>,
}

/// Reads an activity's page. The exact eye takes `div#main` up to `hr.delimiter`; where that is missing, the other takes every line that
/// stands in no menu and no calendar.
/// `seen_on` is the day of the look, where it is known: the calendar beside it may leave out the year.
pub fn read_page(page: &Page, url: &Url, seen_on: Option<NaiveDate>) -> Result<Activity, NotAPage> {
    page.whole()?;
    let html = tree::parse(&page.text)?;
    let all = lines::read(&html, url, &HashSet::new())?;
    let calendar = calendar::read(&all, seen_on);
    let layout = address::content_id(url).and_then(|(_, layout)| layout);
    let exact = exact(&all);
    let eye = if exact.is_some() { Eye::Exact } else { Eye::Second };
    let second = || second(&all, tree::title(&html).as_deref());
    let content = match exact {
        Some(content) => content,
        None => second()?,
    };
    let words: String = content.body.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n");
    let language =
        layout.and_then(address::language_of_layout).unwrap_or_else(|| script::language_of(&format!("{} {words}", content.heading)));
    let about = sitting::read(&content);
    let of_assembly = about.body == Body::Assembly;
    let mut mentions = agenda::mentions(&content.body, of_assembly);
    let mut degraded = (eye == Eye::Second).then(|| "the markup we know is not there: the page was read by its words alone".to_owned());
    if eye == Eye::Exact && mentions.is_empty() {
        let outside = second().map(|c| agenda::mentions(&c.body, of_assembly)).unwrap_or_default();
        if !outside.is_empty() {
            degraded = Some(format!("{} bills are named outside of the part of the page we know", outside.len()));
            mentions = outside;
        }
    }
    signing::attribute(&content.body, &mut mentions);
    if eye == Eye::Second && mentions.is_empty() && (!about.is_sitting || about.posted_on.is_none()) {
        return Err(nothing_of_an_activity());
    }
    let introduced = agenda::introduced(&content.body);
    let agenda_known = !mentions.is_empty() || introduced;
    let agenda_printed = introduced || mentions.iter().any(|m| m.position.is_some());
    Ok(Activity {
        sitting: Sitting {
            body: about.body,
            title: content.heading,
            held_on: about.held_on,
            begins_at: about.begins_at,
            hall: about.hall,
            cancelled: about.cancelled,
            agenda_known,
            mentions,
        },
        is_sitting: about.is_sitting,
        agenda_printed,
        announces: about.announces,
        put_off_from: about.put_off_from,
        language,
        content_id: address::content_id(url).map(|(id, _)| id),
        posted_on: about.posted_on,
        calendar,
        eye,
        degraded,
        rejects: Vec::new(),
    })
}

fn nothing_of_an_activity() -> NotAPage {
    NotAPage::NoTable { missing: "no part of the page that we know, no heading with a sitting and a day, and no bill named".to_owned() }
}

/// By the site's own markup.
fn exact(all: &[Line]) -> Option<Content<'_>> {
    let main: Vec<&Line> = all.iter().filter(|l| l.main).take_while(|l| l.border != Some(Border::Delimiter)).collect();
    let heading = main.iter().find(|l| l.heading == Some(2) && !l.text.is_empty())?;
    let posted = main.iter().find(|l| l.has_class("posted"));
    let after = main.iter().position(|l| std::ptr::eq(*l, *heading))?;
    let body: Vec<&Line> = main[after + 1..].iter().filter(|l| l.border.is_none() && !l.menu && !l.has_class("posted")).copied().collect();
    Some(Content { heading: heading.text.clone(), posted: posted.map(|l| l.text.clone()), body: without_repeated(body) })
}

/// By words: a heading, the first line that is a day, and all lines that stand in no menu and no calendar.
fn second<'a>(all: &'a [Line], title: Option<&str>) -> Result<Content<'a>, NotAPage> {
    let bounded = |border| all.iter().position(|l| l.border == Some(border));
    let within = match (bounded(Border::PrintStart), bounded(Border::PrintEnd)) {
        (Some(start), Some(end)) if start < end => &all[start..end],
        _ => all,
    };
    let within = within.split(|l| l.border == Some(Border::Delimiter)).next().unwrap_or(within);
    let body: Vec<&Line> = within.iter().filter(|l| l.border.is_none() && !l.menu && !calendar::is_entry(&l.text)).collect();
    let heading = heading(&body, title).ok_or_else(nothing_of_an_activity)?;
    let posted = body.iter().find(|l| l.text.len() < 80 && crate::domain::dates::day(&l.text).is_some()).map(|l| l.text.clone());
    let body = body.into_iter().filter(|l| l.heading.is_none() || !mention::find(&l.text).is_empty()).collect();
    Ok(Content { heading, posted, body: without_repeated(body) })
}

/// The heading of highest rank, in the part of the page we know before all others. A page without any is called what its title element or its
/// first short line calls the sitting; one whose words call none, by the line that names a bill.
fn heading(body: &[&Line], title: Option<&str>) -> Option<String> {
    let headings = body.iter().filter(|l| l.heading.is_some() && !l.text.is_empty());
    if let Some(heading) = headings.min_by_key(|l| (!l.main, l.heading)) {
        return Some(heading.text.clone());
    }
    let parts = title.into_iter().flat_map(|t| t.split(['|', '–', '—', '»'])).flat_map(|t| t.split(" - ")).map(str::trim);
    let short = |text: &&str| text.chars().count() <= HEADING_MAX && mention::find(text).is_empty();
    let called = parts.chain(body.iter().map(|l| l.text.as_str())).filter(short).find(|text| sitting::is_of_one(text));
    let naming = || body.iter().map(|l| l.text.as_str()).find(|text| !mention::find(text).is_empty());
    called.or_else(naming).map(|text| text.chars().take(HEADING_MAX).collect())
}

/// Characters of a line that may be a heading: the longest name of a committee, and more.
const HEADING_MAX: usize = 200;

/// The first sentence is printed twice: cut, above the body, and in full in it.
fn without_repeated(body: Vec<&Line>) -> Vec<&Line> {
    let folded = |l: &Line| script::fold(&l.text);
    let repeated = |n: usize| {
        let this = folded(body[n]);
        body[n].has_class("preamble") && body[n + 1..].iter().any(|later| !this.is_empty() && folded(later).starts_with(&this))
    };
    let drop: Vec<bool> = (0..body.len()).map(repeated).collect();
    body.into_iter().zip(drop).filter(|(_, drop)| !drop).map(|(line, _)| line).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page { text: text.to_owned(), charset: "UTF-8", replaced: 0 }
    }

    fn activity(heading: &str, posted: &str, body: &str) -> Activity {
        let text = format!(
            "<html><body><div id=main><h2>{heading}</h2><p class=posted>{posted}</p>{body}<hr class=delimiter></div></body></html>"
        );
        read_page(&page(&text), &Url::parse("http://www.parlament.gov.rs/x.100.941.html").unwrap(), None).unwrap()
    }

    fn titles(activity: &Activity) -> Vec<&str> {
        activity.sitting.mentions.iter().map(|m| m.title.as_str()).collect()
    }

    #[test]
    fn the_day_a_rebuilt_page_was_posted_is_not_the_day_of_the_sitting_it_convenes() {
        let text = "<html><body><main><h3>Sazvana Prva sednica Drugog redovnog zasedanja Narodne skupštine</h3><p>Petak, 20. novembar 2026.</p>\
                    <p>Predsednik Narodne skupštine sazvao je sednicu za utorak, 24. novembar 2026. godine, sa početkom u 18 časova.</p>\
                    <p>1. Predlog zakona o vodama, koji je podnela Vlada;</p></main></body></html>";
        let read = read_page(&page(text), &Url::parse("http://www.parlament.gov.rs/x.100.941.html").unwrap(), None).unwrap();
        assert_eq!(read.sitting.held_on, chrono::NaiveDate::from_ymd_opt(2026, 11, 24));
    }

    #[test]
    fn a_page_without_a_heading_is_read_by_its_title_or_its_prose() {
        let url = Url::parse("http://www.parlament.gov.rs/x.1003.941.html").unwrap();
        let bill = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji";
        let prose = format!("<p>Na sednici održanoj 20. novembra članovi Odbora za spoljne poslove razmotrili su {bill}.</p>");
        let titled = "<title>Narodna skupština Republike Srbije | Deseta sednica Odbora za spoljne poslove</title>";
        let bold = "<p><b>Deseta sednica Odbora za spoljne poslove</b></p>";
        for (head, body, heading) in [
            (titled, format!("<div id=main>{prose}</div>"), "Deseta sednica Odbora za spoljne poslove"),
            ("<title>Narodna skupština</title>", format!("<div id=main>{bold}{prose}</div>"), "Deseta sednica Odbora za spoljne poslove"),
            ("", format!("<article>{prose}</article>"), "Na sednici održanoj 20. novembra"),
            (
                titled,
                format!("<h1>Narodna skupština</h1><div id=main><h3>Deseta sednica Odbora za spoljne poslove</h3>{prose}</div>"),
                "Deseta",
            ),
        ] {
            let read = read_page(&page(&format!("<html><head>{head}</head><body>{body}</body></html>")), &url, None).unwrap();
            assert_eq!(titles(&read), [bill], "{head}{body}");
            assert!(read.sitting.title.starts_with(heading), "{}", read.sitting.title);
            assert_eq!(read.sitting.body, Body::Committee("Odbor za spoljne poslove".to_owned()), "{body}");
            assert!(read.eye == Eye::Second && read.degraded.is_some() && read.is_sitting, "{body}");
        }
        // nothing is said of a page that names nothing
        for body in ["<p>Poslanici su posetili Niš.</p>", "", "<p>Sednice</p>"] {
            let text = format!("<html><head><title>Narodna skupština</title></head><body>{body}</body></html>");
            assert!(read_page(&page(&text), &url, None).is_err(), "{body}");
        }
    }

    #[test]
    fn the_body_is_named_as_the_page_prints_it() {
        for (heading, body) in [
            ("Eighth Sitting of the Defence and Internal Affairs Committee", "Defence and Internal Affairs Committee"),
            (
                "34th Sitting of the Committee on Finance, State Budget and Control of Public Spending",
                "Committee on Finance, State Budget and Control of Public Spending",
            ),
            ("Thirty-First Sitting of the European Integrations Committee", "European Integrations Committee"),
            ("Osma sednica Odbora za odbranu i unutrašnje poslove", "Odbor za odbranu i unutrašnje poslove"),
            ("Осма седница Одбора за одбрану и унутрашње послове", "Одбор за одбрану и унутрашње послове"),
            ("OSMA SEDNICA ODBORA ZA SPOLJNE POSLOVE", "ODBOR ZA SPOLJNE POSLOVE"),
            ("Sednica Odbora za evropske integracije održana 9. novembra", "Odbor za evropske integracije"),
        ] {
            assert_eq!(activity(heading, "9. novembar 2017.", "").sitting.body, Body::Committee(body.to_owned()), "{heading}");
        }
        for heading in [
            "Šesta sednica Prvog redovnog zasedanja Narodne skupštine Republike Srbije",
            "First Sitting of the National Assembly of the Republic of Serbia in 2015",
        ] {
            assert_eq!(
                activity(heading, "9. novembar 2017.", "<p>Odbor za finansije je razmatrao budžet.</p>").sitting.body,
                Body::Assembly
            );
        }
    }

    #[test]
    fn the_day_of_an_announcement_is_not_the_day_of_the_sitting() {
        let read = activity(
            "Sazvana Šesta sednica Narodne skupštine",
            "Petak, 2. mart 2018.",
            "<p>Predsednica Narodne skupštine sazvala je Šestu sednicu za utorak, 6. mart 2018. godine, sa početkom u 10,00 časova.</p>",
        );
        assert_eq!(read.posted_on.unwrap().to_string(), "2018-03-02");
        assert_eq!(read.sitting.held_on.unwrap().to_string(), "2018-03-06");
        assert_eq!(read.sitting.begins_at.unwrap().to_string(), "10:00:00");
        let silent = activity(
            "Sazvana sednica Narodne skupštine",
            "Petak, 2. mart 2018.",
            "<p>Predsednica je sazvala sednicu Narodne skupštine.</p>",
        );
        assert_eq!(silent.sitting.held_on, None);
    }

    #[test]
    fn a_signing_is_given_to_nobody_where_two_could_be_meant() {
        let bills = "<p>The Committee considered the Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Kingdom of Sweden on Cooperation, the Bill on the Confirmation of the Memorandum of Understanding with the Government of the State of Israel on Defence Cooperation and the Bill on the Confirmation of the Agreement between the Ministry of the Interior of the Republic of Serbia and the Federal Security Service of the Russian Federation on Joint Actions.</p>";
        let signed = |rest: &str| -> Vec<usize> {
            let read = activity("Eighth Sitting of the Defence Committee", "Thursday, 9 November 2017", &format!("{bills}{rest}"));
            assert_eq!(read.sitting.mentions.len(), 3);
            read.sitting.mentions.iter().map(|m| m.signature_sentences.len()).collect()
        };
        assert_eq!(
            signed(
                "<p>Presenting the agreement with Sweden, the Minister of the Interior said that the Agreement was signed on 24 January 2017 in Stockholm.</p>"
            ),
            [1, 0, 0]
        );
        assert_eq!(
            signed("<p>The Defence Minister spoke of the agreement with Greece. It was signed on 3 May 2016 in Athens.</p>"),
            [0, 0, 0]
        );
        assert_eq!(signed("<p>The Agreement was signed on 24 January 2017.</p>"), [0, 0, 0]);
        assert_eq!(
            signed("<p>The Swedish agreement was presented first.</p><p>It was signed on 24 January 2017 in Stockholm.</p>"),
            [1, 0, 0]
        );
        assert_eq!(
            signed(
                "<p>The Agreement with the Russian Federation was signed on 23 May 2017 in Moscow.</p><p>The Agreement with Israel was signed on 1 May 2017.</p>"
            ),
            [0, 1, 1]
        );
    }

    #[test]
    fn of_two_bills_in_a_sentence_each_has_the_signing_behind_its_own_title() {
        let [italy, malta] = ["Sporazuma između Vlade Republike Srbije i Vlade Italije o odbrani", "Protokola sa Maltom o turizmu"]
            .map(|about| format!("Predlog zakona o potvrđivanju {about}"));
        let told = |body: String| -> Vec<Vec<String>> {
            let read = activity("Četvrta sednica Odbora za spoljne poslove", "23. novembar 2026.", &format!("<p>{body}</p>"));
            assert_eq!(titles(&read), [italy.as_str(), &malta]);
            read.sitting.mentions.into_iter().map(|mention| mention.signature_sentences).collect()
        };
        let (rome, valletta) =
            (format!("{italy}, koji je potpisan u Rimu 3. marta 2026. godine"), format!("{malta}, potpisan u Valeti 5. maja 2026"));
        assert_eq!(told(format!("Odbor je razmotrio {rome}, i {valletta}.")), [[rome.clone()], [valletta.clone()]]);
        assert_eq!(told(format!("Odbor je razmotrio {rome}, i {malta}.")), [vec![rome], vec![]]);
        assert_eq!(told(format!("Odbor je razmotrio {italy} i {valletta}.")), [vec![], vec![valletta]]);
        let neither = format!("Odbor je razmotrio {italy} i {malta}, a sporazum sa Grčkom potpisan je u Atini 5. maja 2026.");
        assert_eq!(told(neither), [[""; 0]; 2]);
    }

    #[test]
    fn a_signing_of_another_agreement_is_given_to_no_bill() {
        let told = |bills: &[&str], rest: &str| -> Vec<usize> {
            let bill = |s: &&str| {
                format!(
                    "the Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of {s}"
                )
            };
            let bills: Vec<String> = bills.iter().map(bill).collect();
            let body = format!("<p>The Committee considered {}.</p><p>{rest}</p>", bills.join(" and "));
            let read = activity("Fourth Sitting of the Foreign Affairs Committee", "Monday, 23 November 2026", &body);
            read.sitting.mentions.iter().map(|m| m.signature_sentences.len()).collect()
        };
        let georgia = ["Georgia on Visas"];
        for another in [
            "The Minister recalled that the Association Agreement with the EU was signed on 29 April 2008 in Luxembourg.",
            "The Minister recalled that the Stabilisation and Association Agreement was signed on 29 April 2008 in Luxembourg.",
            "The Agreement between Serbia and Norway was signed on 24 January 2017 in Oslo.",
            "The Protocol amending it was signed on 5 May 2014 in Tbilisi.",
            "The Agreement on Tourism was signed on 5 May 2014 in Tbilisi.",
        ] {
            assert_eq!(told(&georgia, another), [0], "{another}");
        }
        for own in [
            "The Agreement was signed on 5 May 2014 in Tbilisi.",
            "The Agreement with Georgia was signed on 5 May 2014 in Tbilisi.",
            "The Visa Agreement was signed on 5 May 2014 in Tbilisi.",
            "The Agreement on Visas was signed on 5 May 2014 in Tbilisi.",
            "The Agreement between Serbia and Georgia was signed on 5 May 2014 in Tbilisi.",
            "It was signed on 5 May 2014 in Tbilisi.",
        ] {
            assert_eq!(told(&georgia, own), [1], "{own}");
        }
        let two = ["the Kingdom of Sweden on Police Cooperation", "the Kingdom of Norway on Police Cooperation"];
        let presented = "Presenting the Agreement with Sweden, the State Secretary said that an agreement with Norway was signed on 24 January 2017 in Oslo.";
        assert_eq!(told(&two, presented), [0, 0]);
        assert_eq!(told(&two, "The Agreement with Norway was signed on 24 January 2017 in Oslo."), [0, 1]);
    }

    #[test]
    fn agendas_of_every_kind_seen_are_read() {
        let titles_of = |body: &str| {
            titles(&activity("Druga sednica Narodne skupštine", "9. novembar 2017.", body))
                .iter()
                .map(|t| (*t).to_owned())
                .collect::<Vec<_>>()
        };
        let two = ["Predlog zakona o radu", "Predlog zakona o lovu"];
        for body in [
            "<p>1. Predlog zakona o radu, koji je podnela Vlada;</p><p>2. Predlog zakona o lovu, koji je podneo narodni poslanik Petar Petrović.</p>",
            "<p>Usvojila je sledeći dnevni red: 1. Predlog zakona o radu, koji je podnela Vlada; 2. Predlog zakona o lovu.</p>",
            "<p>1.Predlog zakona o radu<br>2.Predlog zakona o lovu</p>",
            "<ol><li>Predlog zakona o radu, koji je podnela Vlada, i</li><li>Predlog zakona o lovu.</li></ol>",
            "<ol><li><p>Predlog zakona o radu</p></li><li><p>Predlog zakona o lovu</p></li></ol>",
            "<p>Odbor je razmotrio Predlog zakona o radu i Predlog zakona o lovu, u načelu.</p>",
            "<p>Na dnevnom redu su Predlog zakona o radu, koji je podnela Vlada, Predlog odluke o izboru sudija, koji je podneo Visoki savet, i Predlog zakona o lovu, koji je podnela Vlada.</p>",
        ] {
            assert_eq!(titles_of(body), two, "{body}");
        }
        assert_eq!(titles_of("<p>Dnevni red sa jednom tačkom, i to: Predlog zakona o radu.</p>"), two[..1]);
        assert_eq!(titles_of("<p>Poseta ambasadora.</p>"), Vec::<String>::new());
    }

    #[test]
    fn of_one_paragraph_without_an_end_so_much_is_read() {
        let bills: Vec<String> = (0..2_000).map(|n| format!("o Predlogu zakona o potvrđivanju Sporazuma broj {n} sa Italijom")).collect();
        let read = |n: usize| {
            let body = format!("<p>Odbor je raspravljao {}.</p>", bills[..n].join(", "));
            titles(&activity("Četvrta sednica Odbora za rad", "23. novembar 2026.", &body)).len()
        };
        assert_eq!((read(60), read(300)), (60, 300), "no agenda is as long");
        assert!((500..2_000).contains(&read(2_000)));
    }

    #[test]
    fn what_the_body_tells_again_is_no_second_mention() {
        let read = activity(
            "Sednica Odbora za rad",
            "9. novembar 2017.",
            "<p>Odbor je razmotrio Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Kraljevine Švedske o policijskoj saradnji i Predlog zakona o lovu.</p><p>Predlog zakona o potvrđivanju Sporazuma sa Vladom Kraljevine Švedske predstavio je ministar. Povodom Predloga zakona o lovu govorio je sekretar.</p>",
        );
        assert_eq!(read.sitting.mentions.len(), 2, "{:?}", titles(&read));
    }

    #[test]
    fn a_page_that_names_a_bill_again_in_the_same_paragraph_or_a_later_one_names_no_third() {
        let bill = |about: &str| format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade {about}");
        let (italy, malta) = (bill("Republike Italije o saradnji u oblasti odbrane"), bill("Malte o turizmu"));
        let read = |rest: &str| {
            let body = format!("<p>Odbor je razmotrio {italy} i {malta}{rest}</p>");
            titles(&activity("Četvrta sednica Odbora za spoljne poslove", "23. novembar 2026.", &body)).len()
        };
        let again = [
            "Govoreći o Predlogu zakona o potvrđivanju Sporazuma sa Italijom, ministar je rekao da je važan.".to_owned(),
            format!("{} prihvaćen je.", italy.replace("saradnji", "sardnji")),
            format!("{italy} (u daljem tekstu: Sporazum) prihvaćen je većinom glasova."),
            format!("{malta}, u kojem se strane obavezuju na saradnju, podržan je."),
        ];
        for sentence in &again {
            assert_eq!(read(&format!(".</p><p>{sentence}")), 2, "{sentence}");
            assert_eq!(read(&format!(". {sentence}")), 2, "{sentence}");
        }
        for another in
            [bill("Republike Italije o turizmu"), bill("Republike Grčke o saradnji u oblasti odbrane"), format!("{malta} i Aneksa")]
        {
            assert_eq!(read(&format!(".</p><p>Odbor je prihvatio {another}.")), 3, "{another}");
            assert_eq!(read(&format!(". Odbor je prihvatio {another}.")), 3, "{another}");
            assert_eq!(read(&format!(". Odbor je zatim razmotrio {another}.")), 3, "{another}");
        }
    }

    #[test]
    fn a_calendar_entry_needs_its_day_printed() {
        let text = "<html><body><a href=/x.5.43.html>Вест</a><div><p>Календар</p><p>9. новембар 2017.</p><p>11.00 - седница Одбора за финансије (Дом Народне скупштине, сала 2)</p><p>12:30 – prijem</p></div></body></html>";
        let index = read_index(&page(text), &Url::parse("http://www.parlament.gov.rs/").unwrap(), None).unwrap();
        assert_eq!((index.calendar.len(), index.links.len(), index.next_page), (1, 1, None));
        assert_eq!(index.calendar[0].body, Body::Committee("Одбор за финансије".to_owned()));
        assert_eq!(index.calendar[0].hall.as_deref(), Some("Дом Народне скупштине, сала 2"));
        assert_eq!(index.calendar[0].held_on.unwrap().to_string(), "2017-11-09");
        let index =
            read_index(&page(&text.replace("9. новембар 2017.", "четвртак")), &Url::parse("http://www.parlament.gov.rs/").unwrap(), None)
                .unwrap();
        assert_eq!(index.calendar[0].held_on, None);
    }

    #[test]
    fn pages_that_tell_of_no_activity_are_refused() {
        let url = Url::parse("http://www.parlament.gov.rs/x.100.941.html").unwrap();
        for text in [
            "<html><body><h1>Radovi u toku</h1><p>Molimo pokušajte kasnije.</p></body></html>",
            "<html><body><form><input type=password></form></body></html>",
        ] {
            assert!(matches!(read_page(&page(text), &url, None), Err(NotAPage::NoTable { .. })));
            assert!(matches!(read_index(&page(text), &url, None), Err(NotAPage::NoTable { .. })));
        }
    }

    /// Every real title of an agreement, on agendas of every form, in both scripts and in capitals, comes out whole and once.
    #[test]
    fn real_titles_survive_every_form_of_agenda() {
        let titles: Vec<&str> = include_str!("../../tests/data/titles.tsv")
            .lines()
            .filter(|l| {
                l.contains("\tAGREEMENT\t") && (l.starts_with("sr-Latn\tPredlog zakona") || l.starts_with("sr-Latn\tPREDLOG ZAKONA"))
            })
            .filter_map(|l| l.split('\t').nth(1))
            .collect();
        assert!(titles.len() > 25);
        type Item<'a> = &'a dyn Fn(usize, &str) -> String;
        let forms: [(&str, Item, &str); 4] = [
            ("", &|n, t| format!("<p>{n}. {t}, koji je podnela Vlada;</p>"), ""),
            ("<p>", &|n, t| format!("{n}.{t}, koji je podnela Vlada (broj 011-{n}/18 od 2. marta 2018. godine);<br>"), "</p>"),
            ("<ol>", &|_, t| format!("<li>{t}, koji je podnela Vlada i</li>"), "</ol>"),
            ("<p>Na dnevnom redu su: ", &|_, t| format!("{t}, koji je podnela Vlada, "), "</p>"),
        ];
        type Writing<'a> = &'a dyn Fn(&str) -> String;
        let writings: [Writing; 3] = [&|t| t.to_owned(), &|t| script::to_cyrillic(t), &|t| t.to_uppercase()];
        for (n, (before, item, after)) in forms.into_iter().enumerate() {
            for (w, writing) in writings.into_iter().enumerate() {
                let items: String = titles.iter().enumerate().map(|(k, t)| writing(&item(k + 1, t)).replace("<BR>", "<br>")).collect();
                let read = activity("Druga sednica Narodne skupštine", "9. novembar 2017.", &format!("{before}{items}{after}"));
                let seen: HashSet<String> = read.sitting.mentions.iter().map(|m| script::fold(&m.title)).collect();
                let missing: Vec<&&str> = titles.iter().filter(|t| !seen.contains(&script::fold(&writing(t)))).collect();
                let expected: HashSet<String> = titles.iter().map(|t| script::fold(&writing(t))).collect();
                assert!(
                    missing.is_empty() && seen.len() == expected.len(),
                    "form {n}, writing {w}: {} of {}, missing {missing:#?}, more {:#?}",
                    seen.len(),
                    expected.len(),
                    seen.difference(&expected)
                );
            }
        }
    }
}
