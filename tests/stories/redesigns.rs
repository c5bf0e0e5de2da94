//! The list of bills in markups that parliament never used: whatever a redesign does, every bill is found, none is made up, and it is said.

use potvrda::domain::bill::Verdict;
use potvrda::domain::listing::{self, Eye, ListKind, Listing, Selectors};
use potvrda::domain::{agreement, dates, page, title};
use url::Url;

use crate::house::pages::RowSpec;
use crate::watch::Watch;

/// Title, act number, day. Two bills share a title, three are no agreements.
const BILLS: [(&str, &str, &str); 10] = [
    ("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Kipra o turizmu", "501-18", "12. mart 2018."),
    ("Predlog zakona o izmenama i dopunama Zakona o sudijama", "502-18", "12. mart 2018."),
    ("Predlog zakona o potvrđivanju Protokola o zaštiti od poplava uz Okvirni sporazum o slivu reke Save", "503-18", "13. mart 2018."),
    (
        "Predlog zakona o potvrđivanju Okvirnog sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o zajmu",
        "504-18",
        "14. mart 2018.",
    ),
    (
        "Predlog zakona o potvrđivanju Okvirnog sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o zajmu",
        "505-18",
        "15. mart 2018.",
    ),
    ("Predlog zakona o zaduživanju Republike Srbije kod Evropske investicione banke", "506-18", "15. mart 2018."),
    ("PREDLOG ZAKONA O POTVRĐIVANjU UGOVORA O IZRUČENjU IZMEĐU REPUBLIKE SRBIJE I REPUBLIKE ARGENTINE", "507-18", "16. mart 2018."),
    (
        "Predlog zakona o potvrđivanju sporazuma između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe obezbeđenja Ruske Federacije",
        "508-18",
        "17. mart 2018.",
    ),
    ("Predlog zakona o privrednim društvima", "509-18", "18. mart 2018."),
    ("Predlog zakona o potvrđivanju Konvencije o Evropskom šumarskom institutu", "510-18", "19. mart 2018."),
];

/// How one bill is printed, from title, address of its document, day and place in the list.
type Item = fn(&str, &str, &str, usize) -> String;

const DESIGNS: [(&str, &str, Item, &str); 10] = [
    (
        "cards",
        "<section class='kartice'>",
        |title, file, day, n| {
            format!(
                "<article class='kartica'><header><span class='rb'>{n}</span><h3><a href='/detalji/{n}'>{title}</a></h3></header>\
                 <time>{day}</time><p>Predlagač: Vlada</p><footer><a href='{file}'>Preuzmi PDF</a></footer></article>"
            )
        },
        "</section>",
    ),
    (
        "a grid of boxes without rows",
        "<div class='mreza'><div>Broj</div><div>Naziv akta</div><div>Datum</div><div>Tekst</div>",
        |title, file, day, n| format!("<div>{n}.</div><div>{title}</div><div>{day}</div><div><a href='{file}'>PDF</a></div>"),
        "</div>",
    ),
    (
        "a list of definitions",
        "<dl>",
        |title, file, day, _| format!("<dt>{title}</dt><dd>Podneto: {day}</dd><dd><a href='{file}'>Tekst predloga</a></dd>"),
        "</dl>",
    ),
    (
        "tables in tables",
        "<table class='okvir'><tr><td>",
        |title, file, day, n| {
            format!(
                "<table><tr><td rowspan='2'>{n}</td><td><b>{title}</b></td></tr><tr><td>{day}</td><td><a href='{file}'>PDF</a></td></tr></table>"
            )
        },
        "</td></tr></table>",
    ),
    (
        "other columns in another order",
        "<table><tr><th>Tekst</th><th>Datum</th><th>Podnosilac</th><th>Naziv</th></tr>",
        |title, file, day, _| {
            format!("<tr><td><a href='{file}'>PDF</a></td><td>{day}</td><td>Vlada</td><td class='naziv'><em>{title}</em></td></tr>")
        },
        "</table>",
    ),
    (
        "attributes for a script",
        "<script>window.__DATA__ = {\"title\": \"Predlog zakona o potvrđivanju Sporazuma koji ne postoji\"}</script><ul id='app'>",
        |title, file, day, n| {
            format!(
                "<li data-id='{n}' data-title=\"{title}\" data-file='{file}'><span data-role='title'>{title}</span> <span>{day}</span> \
                 <a href='{file}' data-role='download'>Preuzmi</a><button type='button'>Prikaži</button></li>"
            )
        },
        "</ul>",
    ),
    (
        "headings",
        "<h2>Mart 2018.</h2>",
        |title, file, day, _| format!("<h4>{title}</h4><p>{day} | Vlada | <a href='{file}'>PDF</a></p>"),
        "",
    ),
    (
        "folds",
        "<div>",
        |title, file, day, n| {
            format!("<details><summary>{n}. {title}</summary><div>Datum: {day}<br><a href='{file}'>Dokument</a></div></details>")
        },
        "</div>",
    ),
    (
        "paragraphs",
        "<div class='tekst'>",
        |title, file, day, n| format!("<p>{n}. {title}, koji je podnela Vlada {day} (<a href='{file}'>pdf</a>);</p>"),
        "</div>",
    ),
    (
        "an ordered list of links",
        "<ol>",
        |title, file, day, _| format!("<li><a href='{file}'>{title}</a> <small>({day})</small></li>"),
        "</ol>",
    ),
];

fn file(act: &str) -> String {
    format!("/upload/archive/files/lat/pdf/predlozi_zakona/{act}.pdf")
}

fn read(body: &str) -> Listing {
    let html = format!(
        "<!DOCTYPE html><html lang='sr'><head><title>Zakoni u proceduri</title></head><body><nav><ul><li><a href='/'>Početna</a></li>\
         <li><a href='/akti'>Akti</a></li><li><a href='/akti/zakoni-u-proceduri'>Zakoni u proceduri</a></li>\
         <li><a href='/akti/doneti-zakoni'>Doneti zakoni</a></li></ul></nav><main><h1>Zakoni u proceduri</h1>{body}</main>\
         <footer><p>Narodna skupština Republike Srbije, Trg Nikole Pašića 13</p></footer></body></html>"
    );
    let url = Url::parse("http://www.parlament.gov.rs/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html").unwrap();
    listing::read(&page::decode(html.as_bytes(), Some("text/html")).unwrap(), &url, ListKind::Bills, &Selectors::default()).unwrap()
}

#[test]
fn whatever_the_markup_every_bill_is_found_with_its_number_and_day_and_none_is_made_up() {
    for (name, head, item, foot) in DESIGNS {
        let items: String = BILLS.iter().enumerate().map(|(n, (title, act, day))| item(title, &file(act), day, n + 1)).collect();
        let list = read(&format!("{head}{items}{foot}"));
        // a line of its own is kept as it stands, `koji je podnela Vlada` included; a bill is known by its title without that
        let seen: Vec<_> = list.rows.iter().map(|r| (title::key(&r.title), r.act_number.map(|a| a.to_string()), r.listed_on)).collect();
        let there: Vec<_> = BILLS.iter().map(|(title, act, day)| (title::key(title), Some((*act).to_owned()), dates::day(day))).collect();
        assert_eq!(seen, there, "{name}");
        assert!(list.eye == Eye::Second && list.degraded.is_some(), "{name}: {:?}", list.degraded);
        let agreements = list.rows.iter().filter(|row| agreement::detect(&row.title).verdict == Verdict::Agreement).count();
        assert_eq!(agreements, 7, "{name}");
    }
}

#[test]
fn a_redesign_into_one_sentence_of_prose_still_names_every_bill() {
    let titles: Vec<&str> = BILLS.iter().map(|(title, _, _)| *title).filter(|title| !title.starts_with("PREDLOG")).collect();
    let (last, rest) = titles.split_last().unwrap();
    let list = read(&format!("<p>U skupštinskoj proceduri nalaze se: {} i {last}.</p>", rest.join(", ")));
    let mut seen: Vec<&str> = list.rows.iter().map(|row| row.title.as_str()).collect();
    let mut there = titles.clone();
    seen.dedup();
    there.dedup();
    assert_eq!(seen, there);
    assert!(list.degraded.is_some());
}

#[test]
fn a_title_that_a_card_has_no_room_for_is_no_amendment_and_no_other_bill() {
    let mut watch = Watch::over(&["bills"]);
    let rows = |bills: &[(&str, &str, &str)]| bills.iter().map(|(title, act, day)| RowSpec::bill(act, title, day)).collect::<Vec<_>>();
    watch.bills(&rows(&BILLS[..9]));
    watch.look();
    let cards = |bills: &[(&str, &str, &str)]| {
        let card = |(title, act, day): &(&str, &str, &str)| {
            let cut: String = title.chars().take(45).collect();
            format!("<article><h3>{cut}…</h3><time>{day}</time><a href='/upload/{act} lat.pdf'>PDF</a></article>")
        };
        let all: String = bills.iter().map(card).collect();
        format!("<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><main>{all}</main></body></html>")
    };
    let documents = |watch: &Watch| watch.history("SELECT kind FROM changes WHERE kind LIKE 'document%'").len();
    watch.serve(crate::watch::BILLS, cards(&BILLS));
    assert_eq!(watch.outcomes(), ["degraded"]);
    let told = |watch: &Watch| watch.history("SELECT kind, act_number FROM changes WHERE silent = 0 AND kind NOT LIKE 'document%'");
    assert_eq!(told(&watch), ["listed|510-18"], "the one new bill, and nothing of the others");
    let added = documents(&watch);
    assert_eq!(watch.history("SELECT count(*) FROM agreements WHERE title LIKE '%…'"), ["1"]);
    watch.bills(&rows(&BILLS));
    watch.look();
    watch.look();
    assert_eq!(told(&watch), ["listed|510-18"], "and the whole of its title is no amendment");
    assert_eq!(watch.history("SELECT count(*) FROM agreements WHERE title LIKE '%…'"), ["0"]);
    assert!(documents(&watch) >= added);
}
