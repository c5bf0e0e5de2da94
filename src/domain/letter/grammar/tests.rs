//! The rules of the language that every letter keeps, looked for in the letters themselves.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use chrono::TimeDelta;

use super::silence::BlindPage;
use super::tests::{bills, day, edition, finding, mixed, scheduled, serbian, written};
use super::*;

/// Numbers that end alike and count otherwise.
const NUMBERS: [i64; 9] = [1, 2, 5, 11, 21, 22, 111, 112, 143];

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The one, the few or the many, by the number's end: written anew here, so that the test does not count by what it tests.
fn of(n: i64, [one, few, many]: [&str; 3]) -> &str {
    match (n % 10, n % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[test]
fn days_gone_by_agree_with_their_verb() {
    for n in NUMBERS {
        let mut told = mixed(Occasion::Digest { every: "daily".to_owned(), watched: None });
        for finding in &mut told.findings {
            let from = day("2018-03-02") - TimeDelta::days(n);
            finding.agreement.gap = Some(Gap { days: n, from, to: day("2018-03-02"), to_kind: "list".to_owned(), at_most: false });
        }
        let wanted =
            format!("Do 2. marta 2018. {} {n} {}", of(n, ["prošao je", "prošla su", "prošlo je"]), of(n, ["dan;", "dana;", "dana;"]));
        let text = one_line(&written(&told, Language::SrLatn).text);
        assert!(text.contains(&wanted), "{wanted}\n{text}");
    }
}

#[test]
fn hours_and_days_out_of_sight_are_counted() {
    for n in NUMBERS {
        let hours = n < 72;
        let since = |made_at: DateTime<Utc>| made_at - if hours { TimeDelta::hours(n) } else { TimeDelta::days(n) };
        let mut told = edition(Occasion::Blind { pages: Vec::new() }, Vec::new());
        let page = BlindPage { kind: "bills".to_owned(), url: "http://x.example/".to_owned(), since: since(told.made_at), until: None };
        told.occasion = Occasion::Blind { pages: vec![page] };
        let counted = if hours { of(n, ["sat", "sata", "sati"]) } else { of(n, ["dan", "dana", "dana"]) };
        let text = one_line(&written(&told, Language::SrLatn).text);
        assert!(text.contains(&format!(": već {n} {counted} nijedna provera nije uspela.")), "{n} {counted}: {text}");
    }
}

#[test]
fn sittings_and_bills_are_counted() {
    for n in NUMBERS {
        let sitting = |i: i64| ComingSitting {
            committee: "Одбор за спољне послове".to_owned(),
            held_on: day("2018-03-05") + TimeDelta::days(i),
            begins_at: None,
            hall: None,
            cancelled: false,
            url: "http://x.example/".to_owned(),
        };
        let told = edition(Occasion::Sittings { sittings: (0..=n).map(sitting).collect() }, Vec::new());
        let subject = written(&told, Language::SrLatn).subject;
        assert!(subject.ends_with(&format!(", i još {n} {}", of(n, ["sednica", "sednice", "sednica"]))), "{subject}");
        let mut told = scheduled();
        told.findings[0].agreement.sitting.as_mut().unwrap().together_with = usize::try_from(n).unwrap();
        let (verb, bills) = (of(n, ["je", "su", "je"]), of(n, ["predlog zakona", "predloga zakona", "predloga zakona"]));
        let text = one_line(&written(&told, Language::SrLatn).text);
        assert!(text.contains(&format!("Na istom dnevnom redu {verb} još {n} {bills}.")), "{n}: {text}");
    }
}

#[test]
fn days_to_a_sitting_are_counted() {
    for n in NUMBERS {
        let mut told = scheduled();
        told.findings[0].agreement.sitting.as_mut().unwrap().held_on = Some(day("2018-03-02") + TimeDelta::days(n));
        let counted = if n == 1 { "(sutra)".to_owned() } else { format!("(za {n} {})", of(n, ["dan", "dana", "dana"])) };
        let text = one_line(&written(&told, Language::SrLatn).text);
        assert!(text.contains(&counted), "{counted}: {text}");
    }
}

/// A page of a sitting may be read first when the sitting is over: nobody may take it for one to come.
#[test]
fn days_since_a_sitting_are_counted_too() {
    for n in NUMBERS {
        let mut told = scheduled();
        told.findings[0].agreement.sitting.as_mut().unwrap().held_on = Some(day("2018-03-02") - TimeDelta::days(n));
        let counted = if n == 1 { "(juče)".to_owned() } else { format!("(pre {n} {})", of(n, ["dan", "dana", "dana"])) };
        let text = one_line(&written(&told, Language::SrLatn).text);
        assert!(text.contains(&counted), "{counted}: {text}");
        let counted = if n == 1 { "(yesterday)".to_owned() } else { format!("({n} {} ago)", if n == 1 { "day" } else { "days" }) };
        let text = one_line(&written(&told, Language::En).text);
        assert!(text.contains(&counted), "{counted}: {text}");
    }
}

/// Every kept letter of a language, by its name, without what others wrote: titles and sentences in quotation marks, addresses.
fn own_words(language: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/letters");
    let mut letters = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(&format!(".{language}.txt")) && !name.starts_with("hostile") {
            letters.push((name, unquoted(&std::fs::read_to_string(&path).unwrap())));
        }
    }
    letters.sort();
    assert!(letters.len() > 15, "{}", letters.len());
    letters
}

/// Quotation marks within quotation marks are counted.
fn unquoted(text: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        if depth == 0 && (word.contains("://") || word.contains('@')) {
            out.push('…');
            out.push_str(if word.ends_with('\n') { "\n" } else { " " });
            continue;
        }
        for c in word.chars() {
            match c {
                '„' => depth += 1,
                '”' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        out.push('…');
                    }
                }
                c if depth == 0 => out.push(c),
                _ => {}
            }
        }
    }
    out
}

#[test]
fn every_serbian_letter_keeps_the_rules_of_writing() {
    for (name, text) in own_words("sr-Latn") {
        // An item of a list begins with a hyphen.
        let line = one_line(&text.lines().map(|line| line.trim_start().trim_start_matches("- ")).collect::<Vec<_>>().join(" "));
        for (pair, why) in [
            (" ,", "a space before a comma"),
            ("..", "two points"),
            (".,", "a point before a comma"),
            (".:", "a point before a colon"),
            ("\"", "no quotation marks of ours"),
            ("( ", "a space in brackets"),
            (" )", "a space in brackets"),
            (" - ", "a hyphen for a dash"),
        ] {
            assert!(!line.contains(pair), "{name}: {why}: {line}");
        }
        let digits = |text: Option<char>| text.is_some_and(|c| c.is_ascii_digit());
        for (at, _) in line.match_indices(':') {
            let clock = digits(line[..at].chars().next_back()) && digits(line[at + 1..].chars().next());
            assert!(!clock, "{name}: an hour with a colon: {line}");
        }
        let lower = line.to_lowercase();
        for word in ["ratifik", "tehničk", "skriven", "tajn", "povučen", "nacrt", "privremena implementacija", "web", "link"] {
            assert!(!lower.contains(word), "{name}: {word}: {line}");
        }
        // The web page is `stranica`, the party `ugovorna strana`.
        for (at, _) in lower.match_indices("stran").filter(|(at, _)| !lower[*at..].starts_with("stranic")) {
            assert!(
                lower[..at].trim_end().ends_with("ugovorne") || lower[..at].trim_end().ends_with("ugovornih"),
                "{name}: {}",
                &lower[at..]
            );
        }
    }
}

#[test]
fn latin_letters_are_the_cyrillic_ones_letter_by_letter() {
    let (latin, cyrillic) = (own_words("sr-Latn"), own_words("sr-Cyrl"));
    let mut compared = 0;
    for (name, cyrillic) in cyrillic {
        let (_, latin) = latin.iter().find(|(other, _)| *other == name.replace("sr-Cyrl", "sr-Latn")).unwrap();
        // The notes say that something was transliterated where it was.
        let bare = |text: &str| one_line(text).replace(" Što je ovde iz naslova uzeto, preslovljeno je.", "");
        assert_eq!(bare(latin), bare(&crate::domain::script::to_latin(&cyrillic)), "{name}");
        compared += 1;
    }
    assert!(compared > 15);
}

#[test]
fn a_cyrillic_letter_has_no_latin_of_ours() {
    for (name, text) in own_words("sr-Cyrl") {
        // The controller's name and address stand as the operator wrote them.
        let ours = text.replace("Udruženje Primer, Beograd", "").replace("Subject:", "");
        for word in ours.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-') {
            let hash = word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit());
            let latin = !hash && word.chars().any(|c| c.is_ascii_alphabetic());
            assert!(!latin || ["SHA-256", "PDF", "polls_by_day", "AMSCC", "KfW", "II"].contains(&word), "{name}: {word}");
        }
    }
}

#[test]
fn what_the_reader_chose_is_said_in_words() {
    let told = edition(Occasion::Alert, vec![finding(Kind::Listed, serbian(8), bills())]);
    let reader = |language| Reader {
        filters: ["RU", "ministry", "konvencija", "„imunitet”"].map(str::to_owned).to_vec(),
        language,
        ..super::tests::reader(language)
    };
    let text = |language| one_line(&write(&told, &reader(language), Words::built_in()).unwrap().text);
    assert!(
        text(Language::SrLatn).contains("po vašem izboru (Rusija, ministarstva, konvencije, „imunitet”)"),
        "{}",
        text(Language::SrLatn)
    );
    assert!(text(Language::En).contains("of your choice (Russia, ministries, conventions, „imunitet”)"), "{}", text(Language::En));
}
