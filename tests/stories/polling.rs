//! Polls of law lists: what is a change and what is none, however the page is printed.

use potvrda::domain::script;

use crate::house::pages::{RowSpec, Script, bills_page, bills_page_in, laws_page};
use crate::house::parliament::Reply;
use crate::watch::{BILLS, LAWS, Watch};

const CHINA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o ukidanju viza za nosioce običnih pasoša";
const FRANCE: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Francuske Republike o saradnji u oblasti odbrane";
const RUSSIA: &str = "Predlog zakona o potvrđivanju Protokola između Vlade Republike Srbije i Vlade Ruske Federacije o saradnji u oblasti vanrednih situacija, sprečavanja nesreća i ljudskih žrtava";
const CULTURE: &str = "Predlog zakona o izmenama i dopunama Zakona o kulturi";
const LJUBLJANA: &str =
    "Predlog zakona o potvrđivanju Konvencije o priznavanju kvalifikacija iz oblasti visokog obrazovanja, sačinjene u Ljubljani";

fn rows() -> Vec<RowSpec> {
    vec![
        RowSpec::bill("404-26", CHINA, "2. novembar 2026."),
        RowSpec::bill("405-26", FRANCE, "3. novembar 2026."),
        RowSpec::bill("406-26", CULTURE, "3. novembar 2026."),
        RowSpec::bare(RUSSIA, "9. novembar 2026."),
        RowSpec::bare(LJUBLJANA, "10. novembar 2026."),
    ]
}

/// What the page is, letter for letter, may change in a hundred ways that mean nothing.
fn printed_otherwise() -> Vec<(&'static str, Vec<u8>)> {
    let with = |change: &dyn Fn(&mut RowSpec)| {
        let mut rows = rows();
        rows.iter_mut().for_each(change);
        bills_page(&rows)
    };
    let reversed: Vec<RowSpec> = rows().into_iter().rev().collect();
    let twice: Vec<RowSpec> = rows().into_iter().flat_map(|r| [r.clone(), r]).collect();
    let in_both_scripts: Vec<RowSpec> = rows().into_iter().flat_map(|r| [RowSpec { title: cyrillic(&r.title), ..r.clone() }, r]).collect();
    let plain = bills_page(&rows());
    let swapped = {
        let cells = |r: &RowSpec| {
            let links: String = r.documents.iter().map(|(l, h)| format!("<td><a href=\"{h}\">{l}</a></td>")).collect();
            format!("<tr>{links}<td nowrap>{}</td><td class=\"lawtitle\"><strong><a href=\"#\">{}</a></strong></td></tr>", r.date, r.title)
        };
        between(&plain, &rows().iter().map(cells).collect::<String>())
    };
    let unclosed = plain.replace("</td>", "").replace("</tr>", "");
    let nested = plain.replace("<table>", "<table><tbody><tr><td><table>").replace("</table>", "</table></td></tr></tbody></table>");
    let decomposed = plain.replace('š', "s\u{30c}").replace('č', "c\u{30c}").replace('ć', "c\u{301}").replace('ž', "z\u{30c}");
    vec![
        ("shuffled", bills_page(&reversed).into()),
        ("every row twice", bills_page(&twice).into()),
        ("in both scripts at once", bills_page(&in_both_scripts).into()),
        (
            "in Cyrillic",
            bills_page_in(Script::Cyrillic, &{
                let mut rows = rows();
                rows.iter_mut().for_each(|r| (r.title, r.date) = (cyrillic(&r.title), cyrillic(&r.date)));
                rows
            })
            .into(),
        ),
        ("in capitals, Nj and Lj left", with(&|r| r.title = capitals(&r.title)).into()),
        ("with double and hard spaces", with(&|r| r.title = r.title.replace(" o ", "\u{a0}o  ")).into()),
        ("with soft hyphens", with(&|r| r.title = r.title.replace("Sporazuma", "Spo\u{ad}ra\u{ad}zuma")).into()),
        ("with zero-width spaces", with(&|r| r.title = r.title.replace("Vlade", "Vla\u{200b}de")).into()),
        ("with entities", plain.replace('đ', "&#273;").replace('š', "&scaron;").replace("Vlade ", "Vlade&nbsp;").into()),
        ("decomposed", decomposed.into()),
        ("columns swapped", swapped.into()),
        ("cells not closed", unclosed.into()),
        ("in a nested table", nested.into()),
        (
            "with a counter and a token",
            plain.replace("<h2>", "<input type=hidden name=csrf value=8f2e11><p>Poseta: 1234567</p><h2>").into(),
        ),
        ("without dates that can be read", with(&|r| r.date = "31. februar 2026.".into()).into()),
        ("with the dates as ISO", with(&|r| r.date = iso(&r.date)).into()),
        ("with a byte order mark", format!("\u{feff}{plain}").into_bytes()),
        ("in UTF-16", utf16(&plain)),
        ("with numbers before the titles", with(&|r| r.title = format!("3. {}", r.title)).into()),
    ]
}

fn between(page: &str, rows: &str) -> String {
    let (head, rest) = page.split_once("<tbody>").unwrap();
    let (_, tail) = rest.split_once("</tbody>").unwrap();
    format!("{head}<tbody>{rows}</tbody>{tail}")
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn iso(date: &str) -> String {
    let day: u32 = date.split('.').next().unwrap().parse().unwrap();
    format!("2026-11-{day:02}")
}

fn capitals(text: &str) -> String {
    text.to_uppercase().replace("NJ", "Nj").replace("LJ", "Lj")
}

/// Serbian Latin to Cyrillic, for pages of the other script.
pub fn cyrillic(text: &str) -> String {
    const PAIRS: &[(&str, &str)] = &[("lj", "љ"), ("nj", "њ"), ("dž", "џ"), ("Lj", "Љ"), ("Nj", "Њ"), ("Dž", "Џ")];
    let latin = "abvgdđežzijklmnoprstćufhcčšABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ";
    let cyrillic = "абвгдђежзијклмнопрстћуфхцчшАБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ";
    let text = PAIRS.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.chars().map(|c| latin.chars().zip(cyrillic.chars()).find(|(l, _)| *l == c).map_or(c, |(_, c)| c)).collect()
}

#[test]
fn a_baseline_is_silent_and_the_operator_gets_one_letter() {
    let mut watch = Watch::over(&["bills", "laws"]);
    watch.bills(&rows());
    watch.serve(LAWS, laws_page(&rows()[..2]));
    assert_eq!(watch.outcomes(), ["baseline", "baseline"]);
    assert_eq!(watch.roster("SELECT count(*), max(operator) FROM letter"), ["1|op@ngo.example"]);
    assert_eq!(watch.outcomes(), ["unmodified", "unmodified"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter"), ["1"]);
    let source = watch.history("SELECT kind, url LIKE 'http://127.0.0.1:%.html' FROM source ORDER BY name");
    assert_eq!(source, ["bills|1", "laws|1"]);
}

#[test]
fn a_page_printed_otherwise_changes_nothing() {
    let mut watch = Watch::over(&["bills"]);
    watch.full = true;
    watch.bills(&rows());
    assert_eq!(watch.outcomes(), ["baseline"]);
    let known = watch.kinds();
    assert_eq!(known.len(), 5, "{known:?}");
    let bills = || "SELECT bill_id, act_number, listed_on, stage FROM bill";
    let before = watch.history(bills());
    for (how, body) in printed_otherwise() {
        watch.serve(BILLS, body);
        let polled = watch.look();
        let said = format!("{how}: {polled:?}");
        assert!(["recorded", "degraded"].contains(&polled[0].outcome.as_str()), "{said}");
        assert_eq!(watch.kinds_after(5), Vec::<String>::new(), "{said}");
        assert_eq!(watch.history(bills()), before, "{said}");
        let dump = watch.dump();
        watch.serve(BILLS, [watch.parliament_body(how), b"<!-- -->".to_vec()].concat());
        watch.look();
        assert_eq!(watch.dump(), dump, "{how}, again");
    }
    watch.bills(&rows());
    watch.look();
    assert_eq!(watch.kinds().len(), 5);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["0"]);
}

impl Watch {
    fn parliament_body(&self, how: &str) -> Vec<u8> {
        printed_otherwise().into_iter().find(|(known, _)| *known == how).map(|(_, body)| body).unwrap()
    }
}

#[test]
fn the_same_page_again_writes_no_row_with_validators_and_without() {
    for full in [false, true] {
        let mut watch = Watch::over(&["bills"]);
        watch.full = full;
        watch.parliament.serve(BILLS, Reply::validated(bills_page(&rows())));
        watch.look();
        let dump = watch.dump();
        assert_eq!(watch.outcomes(), ["unmodified"]);
        watch.hours(7);
        assert_eq!(watch.outcomes(), ["unmodified"]);
        assert_eq!(watch.dump(), dump);
    }
}

#[test]
fn what_is_remembered_of_rows_changes_nothing_whether_it_is_whole_damaged_or_gone() {
    let kept = |watch: &Watch| {
        let files = std::fs::read_dir(watch.house.data().join("cache")).unwrap();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        files.remove(0)
    };
    let damage: [&dyn Fn(&Watch); 4] =
        [&|_| {}, &|watch| std::fs::write(kept(watch), "x").unwrap(), &|watch| std::fs::remove_file(kept(watch)).unwrap(), &|watch| {
            std::fs::remove_dir_all(watch.house.data().join("cache")).unwrap()
        }];
    let many: Vec<RowSpec> = (0..30)
        .map(|n| RowSpec::bill(&format!("{}-26", 600 + n), &format!("Predlog zakona o stvari broj {n}"), "2. mart 2026."))
        .chain(rows())
        .collect();
    let told: Vec<Vec<String>> = damage
        .iter()
        .map(|damage| {
            let mut watch = Watch::over(&["bills"]);
            watch.bills(&many[..32]);
            watch.look();
            damage(&watch);
            watch.bills(&many);
            assert_eq!(watch.outcomes(), ["recorded"]);
            watch.kinds()
        })
        .collect();
    assert!(told.iter().all(|kinds| *kinds == told[0] && kinds.len() == many.len()), "{told:#?}");
}

#[test]
fn each_thing_that_happens_to_a_bill_is_told_once() {
    let mut watch = Watch::over(&["bills", "laws"]);
    watch.full = true;
    let listed = rows();
    watch.bills(&listed[1..]);
    watch.serve(LAWS, laws_page(&[RowSpec::bill("11-26", "Zakon o vodama", "1. mart 2026.")]));
    watch.look();
    let n = watch.kinds().len();
    // listed
    watch.bills(&listed);
    watch.look();
    assert_eq!(watch.kinds_after(n), ["listed 404-26"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
    // amended: the spelling, then the date
    let mut fixed = listed.clone();
    fixed[0].title = CHINA.replace("običnih", "službenih i običnih");
    watch.bills(&fixed);
    watch.look();
    fixed[0].date = "4. novembar 2026.".into();
    watch.bills(&fixed);
    watch.look();
    assert_eq!(watch.kinds_after(n + 1), ["amended 404-26", "amended 404-26"]);
    assert_eq!(watch.history("SELECT field FROM changes WHERE kind = 'amended' ORDER BY change_id"), ["title", "listed_on"]);
    assert_eq!(watch.history("SELECT title LIKE '%službenih%', listed_on FROM bills WHERE act_number = '404-26'"), ["1|2026-11-04"]);
    // gone for two polls: nothing
    watch.bills(&fixed[1..]);
    watch.look();
    watch.hours(13);
    watch.look();
    assert_eq!(watch.kinds_after(n + 3), Vec::<String>::new());
    // the third, a day later: delisted, once
    watch.hours(13);
    watch.look();
    watch.hours(13);
    watch.look();
    assert_eq!(watch.kinds_after(n + 3), ["delisted 404-26"]);
    // thirty days later: relisted, once
    watch.hours(720);
    watch.bills(&fixed);
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n + 4), ["relisted 404-26"]);
    // adopted: while it still stands on the list, then not
    let law = RowSpec { title: fixed[0].title.replace("Predlog zakona", "Zakon"), date: "20. decembar 2026.".into(), ..fixed[0].clone() };
    watch.serve(LAWS, laws_page(&[law, RowSpec::bill("11-26", "Zakon o vodama", "1. mart 2026.")]));
    watch.look();
    watch.look();
    assert_eq!(watch.kinds_after(n + 5), ["adopted 404-26"]);
    watch.bills(&fixed[1..]);
    for _ in 0..4 {
        watch.look();
        watch.hours(13);
    }
    assert_eq!(watch.kinds_after(n + 6), Vec::<String>::new());
    assert_eq!(watch.history("SELECT stage, listed_on FROM bills WHERE act_number = '404-26'"), ["adopted|2026-11-04"]);
}

#[test]
fn a_row_away_for_one_poll_is_no_news() {
    let mut watch = Watch::over(&["bills"]);
    watch.full = true;
    watch.bills(&rows());
    watch.look();
    for _ in 0..6 {
        watch.bills(&rows()[1..]);
        watch.look();
        watch.hours(20);
        watch.look();
        watch.bills(&rows());
        watch.look();
        watch.hours(20);
    }
    assert_eq!(watch.kinds().len(), 5, "{:?}", watch.kinds());
}

#[test]
fn two_front_ends_that_flap_make_one_alert() {
    let mut watch = Watch::over(&["bills"]);
    let old = rows()[1..].to_vec();
    let mut new = rows();
    new[1].title = FRANCE.replace("odbrane", "odbrane i bezbednosti");
    new[2].date = "4. novembar 2026.".into();
    watch.bills(&old);
    watch.look();
    for turn in 0..50 {
        watch.bills(if turn % 2 == 0 { &new } else { &old });
        watch.full = turn % 3 == 0;
        watch.look();
        watch.hours(1);
    }
    assert_eq!(watch.kinds_after(4), ["listed 404-26", "amended 405-26", "amended 406-26"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"], "listed and amended in one");
}

#[test]
fn one_title_under_two_numbers_is_two_bills_and_under_none_is_two_rows() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows()[..1]);
    watch.look();
    let mut again = rows()[..1].to_vec();
    again.push(RowSpec::bill("777-26", CHINA, "2. novembar 2026."));
    again.push(RowSpec::bare(FRANCE, "5. novembar 2026."));
    again.push(RowSpec::bare(FRANCE, "6. novembar 2026."));
    watch.bills(&again);
    watch.look();
    assert_eq!(watch.kinds_after(1), ["listed 777-26", "listed -", "listed -"]);
    again.reverse();
    watch.bills(&again);
    watch.look();
    assert_eq!(watch.kinds().len(), 4);
}

#[test]
fn a_file_put_up_again_elsewhere_is_the_same_bill() {
    let mut watch = Watch::over(&["bills"]);
    let mut row = RowSpec::bare(CHINA, "2. novembar 2026.");
    row.documents = vec![("PDF".into(), "/upload/stari/predlog.pdf".into())];
    watch.bills(&[row.clone(), rows()[1].clone()]);
    watch.look();
    row.documents[0].1 = "/upload/novi/predlog-ispravljen.pdf".into();
    watch.bills(&[row.clone(), rows()[1].clone()]);
    watch.look();
    row.date = String::new();
    watch.bills(&[row, rows()[1].clone()]);
    watch.look();
    assert_eq!(watch.kinds_after(2), ["document_added -"], "{:?}", watch.kinds());
    assert_eq!(watch.history("SELECT count(*) FROM bills"), ["2"]);
}

#[test]
fn laws_without_documents_are_adopted_once_whatever_their_date() {
    let mut watch = Watch::over(&["bills", "laws"]);
    watch.bills(&rows());
    watch.serve(LAWS, laws_page(&[RowSpec::bare("Zakon o vodama", "1. mart 2026.")]));
    watch.look();
    let law = RowSpec::bare(&capitals(&RUSSIA.replace("Predlog zakona", "Zakon")), "20. novembar 2026.");
    for turn in 0..3 {
        watch.serve(LAWS, laws_page(&[law.clone(), RowSpec::bare("Zakon o vodama", "1. mart 2026.")]) + &" ".repeat(turn));
        watch.bills(&rows()[turn..]);
        watch.look();
    }
    assert_eq!(watch.kinds_after(6 + 1), ["adopted -"], "{:?}", watch.kinds());
}

#[test]
fn what_is_no_list_fails_and_moves_nothing() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    let dump = watch.dump();
    let plain = bills_page(&rows());
    let gone: Vec<(&str, Reply)> = vec![
        ("B1 empty", Reply::page("")),
        ("B1 spaces", Reply::page("   \n ")),
        ("H4", Reply::status(404, "<html><body><h1>Not found</h1></body></html>")),
        ("H4", Reply::status(403, plain.clone())),
        ("H1", Reply::status(500, plain.clone())),
        ("H12", Reply::status(206, plain.clone())),
        ("H9", Reply::status(304, "")),
        ("H16", Reply::page("%PDF-1.7 ...").with("Content-Type", "application/pdf")),
        ("P1", Reply::page("<html><body><h1>Sajt je u izradi</h1><p>Vratite se kasnije.</p></body></html>")),
        ("P1 login", Reply::page("<html><body><form action=/login><input name=user><input type=password></form></body></html>")),
        ("P2", Reply::page(bills_page(&[]))),
        ("B2 cut", Reply::page(plain[..plain.len() / 2].to_owned())),
        (
            "P13",
            Reply::page(
                "<html><body><table><tr><th>Sednica</th><th>Datum</th></tr><tr><td>Prva sednica Prvog redovnog zasedanja</td><td>1. mart 2026.</td></tr></table></body></html>",
            ),
        ),
        ("B4", Reply::page(b"\x1f\x8b\x08garbage".to_vec()).with("Content-Encoding", "gzip")),
    ];
    for (which, reply) in gone {
        watch.full = which == "H9";
        watch.parliament.serve(BILLS, reply);
        let polled = watch.look();
        assert_eq!(polled[0].outcome.as_str(), "failed", "{which}: {polled:?}");
        assert!(polled[0].note.as_deref().is_some_and(|note| !note.is_empty()), "{which}");
        assert_eq!(watch.dump(), dump, "{which}");
    }
    watch.full = false;
    watch.bills(&rows());
    assert!(["recorded", "unmodified"].contains(&watch.outcomes()[0]));
    assert_eq!(watch.dump(), dump);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["0"]);
}

#[test]
fn blindness_is_told_once_and_so_is_its_end() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    watch.parliament.serve(BILLS, Reply::status(500, ""));
    let told = |watch: &Watch| watch.roster("SELECT count(*) FROM letter")[0].clone();
    for _ in 0..4 {
        watch.look();
    }
    assert_eq!(told(&watch), "1", "four failures in four minutes are weather");
    watch.hours(2);
    watch.look();
    watch.look();
    assert_eq!(told(&watch), "2");
    watch.bills(&rows());
    watch.look();
    watch.look();
    assert_eq!(told(&watch), "3");
}

#[test]
fn charsets_that_lie_or_are_silent_change_nothing() {
    let mut watch = Watch::over(&["bills"]);
    let mut listed = rows();
    listed.iter_mut().for_each(|r| r.title = cyrillic(&r.title));
    let page = bills_page_in(Script::Cyrillic, &listed);
    watch.serve(BILLS, page.clone());
    watch.look();
    let win = |text: &str| encoding_rs::WINDOWS_1251.encode(text).0.into_owned();
    let declared = page.replace("utf-8", "windows-1251");
    let silent = page.replace("<meta charset=\"utf-8\">", "");
    for (which, reply) in [
        ("E1 header", Reply::page(win(&silent)).with("Content-Type", "text/html; charset=windows-1251")),
        ("E1 meta", Reply::page(win(&declared)).with("Content-Type", "text/html")),
        ("E2", Reply::page(win(&page))),
        ("E3", Reply::page(win(&silent)).with("Content-Type", "text/html")),
    ] {
        watch.parliament.serve(BILLS, reply);
        let polled = watch.look();
        assert_eq!((polled[0].outcome.as_str(), polled[0].rows), ("recorded", 5), "{which}: {polled:?}");
        assert_eq!(watch.kinds().len(), 5, "{which}");
    }
    // E2: nine titles of ten must be known again
    let strange: Vec<RowSpec> = (0..10).map(|i| RowSpec::bare(&cyrillic(&format!("Predlog zakona o stvari {i}")), "")).collect();
    watch.serve(BILLS, win(&bills_page_in(Script::Cyrillic, &strange)));
    assert_eq!(watch.outcomes(), ["failed"]);
    // E4: windows-1250 in Latin, with a new agreement
    let mut latin = rows();
    latin.insert(2, RowSpec::bill("500-26", &CHINA.replace("Kine", "Koreje"), "12. novembar 2026."));
    let body = encoding_rs::WINDOWS_1250.encode(&bills_page(&latin)).0.into_owned();
    watch.parliament.serve(BILLS, Reply::page(body).with("Content-Type", "text/html; charset=windows-1250"));
    watch.look();
    assert_eq!(watch.kinds_after(5), ["listed 500-26"]);
}

#[test]
fn a_broken_letter_in_the_keyword_alerts_once_and_is_mended_in_silence() {
    for with_number in [true, false] {
        let mut watch = Watch::over(&["bills"]);
        watch.bills(&rows()[1..]);
        watch.look();
        let mut listed = rows();
        if !with_number {
            listed[0].documents.clear();
        }
        let page = bills_page(&listed).into_bytes();
        let at = page.windows(5).position(|w| w == "vrđi".as_bytes()).unwrap();
        let broken = [&page[..at + 2], b"\xc4", &page[at + 4..]].concat();
        watch.serve(BILLS, broken);
        watch.look();
        assert_eq!(watch.kinds_after(4).len(), 1);
        watch.serve(BILLS, page);
        watch.look();
        assert_eq!(watch.kinds_after(4).len(), 1, "{:?}", watch.kinds());
        assert_eq!(watch.history("SELECT count(*) FROM bills WHERE title LIKE '%potvrđivanju%običnih%'"), ["1"]);
        assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
    }
}

fn many(n: usize) -> Vec<RowSpec> {
    let title = |i: usize| {
        format!("Predlog zakona o potvrđivanju Sporazuma broj {i} između Vlade Republike Srbije i Vlade Republike Italije o saradnji")
    };
    (0..n).map(|i| RowSpec::bill(&format!("{}-26", 1_000 + i), &title(i), "2. novembar 2026.")).collect()
}

#[test]
fn a_flood_waits_for_a_person_or_for_twelve_hours() {
    for by_hand in [true, false] {
        let mut watch = Watch::over(&["bills"]);
        watch.bills(&rows());
        watch.look();
        let flood: Vec<RowSpec> = rows().into_iter().chain(many(300)).collect();
        watch.bills(&flood);
        let dump = watch.dump();
        assert_eq!(watch.outcomes(), ["held"]);
        watch.hours(6);
        assert_eq!(watch.outcomes(), ["held"]);
        assert_eq!(watch.dump(), dump);
        assert_eq!(watch.roster("SELECT count(*) FROM letter"), ["2"], "the baseline, and one of the held page");
        if by_hand {
            watch.house.run(&["poll", "--json"]).expect(3);
            watch.parliament.serve(BILLS, Reply::status(500, ""));
            let said = watch.house.run(&["poll", "--release", "--json"]).expect(0).json();
            assert_eq!(said["sources"][0]["changes"], 300, "{said}");
            watch.bills(&flood);
        } else {
            watch.hours(6);
            watch.look();
        }
        assert_eq!(watch.kinds().len(), 305);
        assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"], "one letter, not 300");
        watch.look();
        assert_eq!(watch.kinds().len(), 305);
        if by_hand {
            watch.house.run(&["poll", "--release"]).expect(1);
        }
    }
}

#[test]
fn below_the_flood_one_letter_tells_of_all() {
    let mut watch = Watch::over(&["bills"]);
    let known: Vec<RowSpec> = many(140)[..100].to_vec();
    watch.bills(&known);
    watch.look();
    watch.bills(&many(140));
    assert_eq!(watch.outcomes(), ["recorded"]);
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
}

#[test]
fn half_a_list_brings_its_new_rows_and_proves_no_absence() {
    let mut watch = Watch::over(&["bills"]);
    watch.full = true;
    watch.bills(&many(40));
    watch.look();
    let mut half = many(40)[..20].to_vec();
    half.push(rows()[0].clone());
    watch.bills(&half);
    for _ in 0..5 {
        watch.look();
        watch.hours(13);
    }
    assert_eq!(watch.kinds_after(40), ["listed 404-26"]);
}

#[test]
fn a_redesign_delays_nothing_and_is_told_to_the_operator() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows()[1..]);
    watch.look();
    let cards: String = rows()
        .iter()
        .map(|r| {
            let links: String = r.documents.iter().map(|(l, h)| format!("<a href=\"{h}\">{l}</a>")).collect();
            format!("<article class=card><h3>{}</h3><time>{}</time>{links}</article>", r.title, r.date)
        })
        .collect();
    let page = format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8></head><body><main><h2>Zakoni u proceduri</h2>{cards}</main></body></html>"
    );
    watch.serve(BILLS, page);
    let polled = watch.look();
    assert_eq!((polled[0].outcome.as_str(), polled[0].rows), ("degraded", 5), "{polled:?}");
    assert_eq!(watch.kinds_after(4), ["listed 404-26"], "{:?}", watch.history("SELECT kind, title_latin FROM changes"));
    assert_eq!(watch.roster("SELECT count(operator), count(*) FROM letter"), ["2|3"]);
}

#[test]
fn titles_made_to_harm_are_titles() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    let long = format!("{CHINA} {}", "i o drugome ".repeat(17_000));
    let nasty = [
        CHINA.replace("Kine", "<script>alert(1)</script> Kine"),
        CHINA.replace("Kine", "Kine\r\nBcc: all@ngo.example"),
        CHINA.replace("Kine", "Kine\n.\nQUIT"),
        CHINA.replace("Kine", "\u{202e}Kine\u{0}\u{1b}[31m"),
        CHINA.replace("Kine", "Kine'); DROP TABLE bill; --"),
        long,
    ];
    let mut listed = rows();
    listed.extend(nasty.iter().enumerate().map(|(i, title)| RowSpec::bill(&format!("90{i}-26"), title, "")));
    let page = bills_page(&listed).replace("\r\n", "&#13;&#10;").replace("Kine\n.\n", "Kine&#10;.&#10;").replace('\u{0}', "&#0;");
    watch.serve(BILLS, page);
    assert_eq!(watch.outcomes(), ["recorded"]);
    assert_eq!(watch.kinds_after(5).len(), nasty.len(), "{:?}", watch.kinds_after(5));
    assert_eq!(watch.history("SELECT max(length(CAST(title AS BLOB))) <= 4096 FROM bills"), ["1"]);
    watch.house.run(&["deliver"]).expect(0);
    for letter in watch.house.letters() {
        let head = letter.split("\r\n\r\n").next().unwrap();
        assert!(!head.to_lowercase().contains("\nbcc:") && !head.contains("all@ngo.example"), "{head}");
        assert!(!letter.contains("<script>alert"), "{letter}");
    }
    assert_eq!(watch.history("SELECT count(*) FROM bills"), ["11"]);
}

#[test]
fn a_hundred_thousand_rows_fail_and_many_are_read_in_time() {
    let mut watch = Watch::over(&["bills"]);
    let row = |i: usize| RowSpec::bare(&format!("Predlog zakona o stvari {i}"), "2. novembar 2026.");
    watch.bills(&(0..100_000).map(row).collect::<Vec<_>>());
    assert_eq!(watch.outcomes(), ["failed"]);
    watch.bills(&(0..4_000).map(row).collect::<Vec<_>>());
    assert_eq!(watch.outcomes(), ["baseline"]);
    assert_eq!(watch.history("SELECT count(*) FROM bills"), ["4000"]);
}

#[test]
fn a_folded_title_is_the_same_in_both_scripts() {
    for title in [CHINA, FRANCE, RUSSIA, LJUBLJANA] {
        assert_eq!(script::fold(title), script::fold(&cyrillic(title)));
        assert_eq!(script::fold(title), script::fold(&capitals(title)));
    }
}

#[test]
fn a_dry_run_says_what_it_would_record_and_send_and_does_nothing() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows()[1..]);
    watch.look();
    watch.house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "paper"]).expect(0);
    watch.house.run(&["subscriber", "add", "bora@ngo.example", "--confirmed", "--reason", "paper", "--language", "en"]).expect(0);
    watch.bills(&rows());
    let (dump, polls) = (watch.dump(), watch.history("SELECT count(*) FROM poll"));
    let kept = files_below(&watch.house.data().join("evidence"));
    let outbox = watch.house.run(&["outbox", "list", "--json"]).expect(0).stdout;
    let said = watch.house.run(&["poll", "--dry-run", "--json"]).expect(0).json();
    assert_eq!((said["sources"][0]["outcome"].clone(), said["sources"][0]["changes"].clone()), ("recorded".into(), 1.into()), "{said}");
    let letters = said["would_send"].as_array().unwrap();
    let readers: Vec<&str> = letters.iter().map(|letter| letter["to"][0].as_str().unwrap()).collect();
    assert!(readers.len() == 2 && readers.contains(&"ana@ngo.example") && readers.contains(&"bora@ngo.example"), "{said}");
    let told = watch.house.run(&["poll", "--dry-run"]).expect(0).stdout;
    for letter in letters {
        assert!(told.contains(letter["subject"].as_str().unwrap()), "{told}");
        assert!(letter["text"].as_str().unwrap().lines().all(|line| told.contains(line.trim())), "{told}");
    }
    assert_eq!((watch.dump(), watch.history("SELECT count(*) FROM poll")), (dump, polls));
    assert_eq!(files_below(&watch.house.data().join("evidence")), kept);
    assert_eq!(watch.house.run(&["outbox", "list", "--json"]).expect(0).stdout, outbox);
    watch.look();
    assert_eq!(watch.kinds_after(4), ["listed 404-26"]);
}

#[test]
fn a_dry_run_where_nothing_was_ever_made_makes_nothing() {
    let watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    let fresh = watch.house.data().join("fresh");
    let said = watch.house.run(&["poll", "--dry-run", "--data", fresh.to_str().unwrap()]).expect(0).stdout;
    assert!(said.contains("baseline") && said.contains("is being followed"), "{said}");
    assert!(!fresh.exists());
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

#[test]
fn a_server_that_always_says_unmodified_is_believed_for_six_hours() {
    let mut watch = Watch::over(&["bills"]);
    let with_tag = |rows: &[RowSpec]| Reply::page(bills_page(rows)).with("ETag", "\"constant\"");
    watch.parliament.serve(BILLS, with_tag(&rows()[1..]));
    watch.look();
    watch.parliament.serve(BILLS, Reply::status(304, ""));
    for _ in 0..5 {
        assert_eq!(watch.outcomes(), ["unmodified"]);
        watch.hours(1);
    }
    watch.parliament.serve(BILLS, with_tag(&rows()));
    watch.hours(1);
    watch.look();
    let last = watch.parliament.asked_for(BILLS).pop().unwrap();
    assert_eq!((last.header("if-none-match"), last.header("if-modified-since")), (None, None));
    assert_eq!(watch.kinds_after(4), ["listed 404-26"]);
}

#[test]
fn a_server_without_validators_is_never_asked_with_any_so_every_look_at_it_counts() {
    let mut watch = Watch::over(&["bills"]);
    watch.bills(&rows());
    watch.look();
    watch.bills(&rows()[1..]);
    for hours in [1, 1, 22] {
        assert!(!watch.kinds().iter().any(|k| k.starts_with("delisted")), "{:?}", watch.kinds());
        watch.hours(hours);
        watch.look();
    }
    assert!(!watch.kinds().iter().any(|k| k.starts_with("delisted")), "23 hours after the first look without it");
    watch.hours(1);
    watch.look();
    assert_eq!(watch.kinds().iter().filter(|k| k.starts_with("delisted")).count(), 1);
}

#[test]
fn what_still_stands_on_another_list_is_not_gone() {
    let mut watch = Watch::over(&["bills", "laws"]);
    watch.full = true;
    watch.bills(&rows());
    watch.serve(LAWS, laws_page(&rows()[..1]));
    watch.look();
    watch.bills(&rows()[1..]);
    for _ in 0..5 {
        watch.look();
        watch.hours(13);
    }
    assert!(!watch.kinds().iter().any(|k| k.starts_with("delisted")), "{:?}", watch.kinds());
}

#[test]
fn a_bill_first_missed_by_a_conditional_look_is_gone_after_the_full_ones() {
    let mut watch = Watch::over(&["bills"]);
    watch.parliament.serve(BILLS, Reply::validated(bills_page(&rows())));
    watch.look();
    watch.parliament.serve(BILLS, Reply::validated(bills_page(&rows()[1..])));
    watch.look();
    watch.full = true;
    for _ in 0..4 {
        watch.hours(13);
        watch.look();
    }
    assert!(watch.kinds().iter().any(|kind| kind.starts_with("delisted")), "{:?}", watch.kinds());
}
