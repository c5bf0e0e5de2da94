//! Names of months and weekdays: as texts print them, and as letters write them.
//!
//! Never reads a date.

use chrono::{Datelike, NaiveDate};

use crate::domain::bill::Language;

/// Words whose number is theirs and not a day: whole, and stems of keys.
const NUMBERED: [&str; 4] = ["br", "no", "nr", "num"];
const NUMBERED_STEMS: [&str; 12] =
    ["broj", "number", "clan", "stav", "tack", "aneks", "annex", "protokol", "protocol", "dodat", "article", "sednic"];

/// Whether the number after a word is the word's own: `br. 3`, `Aneks 2`; but not `u Briselu 20. i 21. maja`, `razmenom nota 5. i 19. marta`.
pub(super) fn is_numbered(key: &str) -> bool {
    NUMBERED.contains(&key) || NUMBERED_STEMS.iter().any(|stem| key.starts_with(stem))
}

/// Names of the twelve months, as keys; the second dozen are those of the Croatian calendar.
pub(super) const MONTHS: [&str; 24] = [
    "januar januara januaru january jan",
    "februar februara februaru february feb",
    "mart marta martu march mar",
    "april aprila aprilu apr",
    "maj maja maju may",
    "jun juna junu juni june",
    "jul jula julu juli july",
    "avgust avgusta avgustu august augusta avg aug",
    "septembar septembra septembru september sep sept",
    "oktobar oktobra oktobru october okt oct",
    "novembar novembra novembru november nov",
    "decembar decembra decembru december dec",
    "sijecanj sijecnja",
    "veljaca veljace",
    "ozujak ozujka",
    "travanj travnja",
    "svibanj svibnja",
    "lipanj lipnja",
    "srpanj srpnja",
    "kolovoz kolovoza",
    "rujan rujna",
    "listopad listopada",
    "studeni studenog studenoga",
    "prosinac prosinca",
];

/// The month that is called so, in any of its forms.
pub(super) fn month_named(key: &str) -> Option<u32> {
    let n = MONTHS.iter().position(|names| names.split(' ').any(|name| name == key))?;
    u32::try_from(n % 12 + 1).ok()
}

/// `III` as old gazettes print months; a Cyrillic Х is typed for X.
pub(super) fn roman(printed: &str) -> Option<u32> {
    let numerals = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
    let latin = |c: char| match c {
        'Х' => 'X',
        'І' => 'I',
        c => c,
    };
    numerals.iter().position(|numeral| numeral.chars().eq(printed.chars().map(latin))).and_then(|n| u32::try_from(n + 1).ok())
}

/// Whether a key was meant as a month and is none: `rnaja`, `XIII`. The year after it is then no bare year.
pub(super) fn is_spoilt(key: &str) -> bool {
    let numeral = key.len() < 6 && !key.is_empty() && key.bytes().all(|c| b"ivxlh".contains(&c));
    let near = |name: &str| name.len() > 2 && strsim::osa_distance(name, key) < 3;
    numeral || (key.len() > 3 && MONTHS[..12].iter().any(|names| names.split(' ').any(near)))
}

/// The day inside a sentence: `24. januara 2017.`, `24. јануара 2017.`, `24 January 2017`.
pub fn genitive(day: NaiveDate, language: Language) -> String {
    match language {
        Language::SrLatn => format!("{}. {} {}.", day.day(), GENITIVE_LATIN[day.month0() as usize], day.year()),
        Language::SrCyrl => format!("{}. {} {}.", day.day(), GENITIVE_CYRILLIC[day.month0() as usize], day.year()),
        Language::En => day.format("%-d %B %Y").to_string(),
    }
}

/// The day alone, in a subject or a table: `9. novembar 2017.`, `9. новембар 2017.`, `9 November 2017`.
pub fn nominative(day: NaiveDate, language: Language) -> String {
    match language {
        Language::SrLatn => format!("{}. {} {}.", day.day(), NOMINATIVE_LATIN[day.month0() as usize], day.year()),
        Language::SrCyrl => format!("{}. {} {}.", day.day(), NOMINATIVE_CYRILLIC[day.month0() as usize], day.year()),
        Language::En => genitive(day, language),
    }
}

/// The weekday as it follows `u` or `on`: `četvrtak`, `sredu`, `Thursday`.
pub fn weekday(day: NaiveDate, language: Language) -> &'static str {
    let names = match language {
        Language::SrLatn => ["ponedeljak", "utorak", "sredu", "četvrtak", "petak", "subotu", "nedelju"],
        Language::SrCyrl => ["понедељак", "уторак", "среду", "четвртак", "петак", "суботу", "недељу"],
        Language::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    };
    names[day.weekday().num_days_from_monday() as usize]
}

const NOMINATIVE_LATIN: [&str; 12] =
    ["januar", "februar", "mart", "april", "maj", "jun", "jul", "avgust", "septembar", "oktobar", "novembar", "decembar"];
const GENITIVE_LATIN: [&str; 12] =
    ["januara", "februara", "marta", "aprila", "maja", "juna", "jula", "avgusta", "septembra", "oktobra", "novembra", "decembra"];
const NOMINATIVE_CYRILLIC: [&str; 12] =
    ["јануар", "фебруар", "март", "април", "мај", "јун", "јул", "август", "септембар", "октобар", "новембар", "децембар"];
const GENITIVE_CYRILLIC: [&str; 12] =
    ["јануара", "фебруара", "марта", "априла", "маја", "јуна", "јула", "августа", "септембра", "октобра", "новембра", "децембра"];
