//! Counts in Serbian and English: which form of a noun, and of its verb, goes with a number.
//!
//! Never writes a sentence: templates give the forms, this page picks one. Categories are those of CLDR (one, few, other).

/// How a number governs a Serbian noun and its verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// 1, 21, 101, but not 11 and 111: `prošao je 21 dan`.
    One,
    /// 2 to 4, 22, 143, but not 12 to 14: `prošla su 22 dana`, `bile su 2 sednice`.
    Few,
    /// The rest: `prošlo je 25 dana`.
    Other,
}

/// The category of a whole number; the sign does not matter.
pub fn category(n: i64) -> Category {
    let (tens, ones) = (n.unsigned_abs() % 100, n.unsigned_abs() % 10);
    match ones {
        1 if tens != 11 => Category::One,
        2..=4 if !(12..=14).contains(&tens) => Category::Few,
        _ => Category::Other,
    }
}

/// The form that goes with `n`, of three: `pick(22, ["prošao je", "prošla su", "prošlo je"])`.
pub fn pick<T>(n: i64, forms: [T; 3]) -> T {
    let [one, few, other] = forms;
    match category(n) {
        Category::One => one,
        Category::Few => few,
        Category::Other => other,
    }
}

/// The gender of a counted noun: `један`, `једна`, `једно`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// dan, predlog, sporazum.
    Masculine,
    /// sednica, konvencija.
    Feminine,
    /// ministarstvo, pismo.
    Neuter,
}

/// Numbers up to ten in words, as a sentence wants them (`sedam predloga`); above, and below zero, in digits. Cyrillic.
pub fn in_words(n: i64, gender: Gender) -> String {
    const REST: [&str; 8] = ["три", "четири", "пет", "шест", "седам", "осам", "девет", "десет"];
    match (n, gender) {
        (1, Gender::Masculine) => "један".to_owned(),
        (1, Gender::Feminine) => "једна".to_owned(),
        (1, Gender::Neuter) => "једно".to_owned(),
        (2, Gender::Feminine) => "две".to_owned(),
        (2, _) => "два".to_owned(),
        (3..=10, _) => usize::try_from(n - 3).ok().and_then(|i| REST.get(i)).map_or_else(|| n.to_string(), |w| (*w).to_owned()),
        _ => n.to_string(),
    }
}

/// Numbers up to ten in English words; else digits.
pub fn in_english_words(n: i64) -> String {
    const WORDS: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    usize::try_from(n - 1).ok().and_then(|i| WORDS.get(i)).map_or_else(|| n.to_string(), |w| (*w).to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn with(n: i64, forms: [&str; 3]) -> String {
        format!("{n} {}", pick(n, forms))
    }

    #[test]
    fn nouns_follow_the_number_and_not_the_habit_of_english() {
        let dan = ["dan", "dana", "dana"];
        let sednica = ["sednica", "sednice", "sednica"];
        let provera = ["provera", "provere", "provera"];
        let predlog = ["predlog zakona", "predloga zakona", "predloga zakona"];
        let sat = ["sat", "sata", "sati"];
        let cas = ["čas", "časa", "časova"];
        let put = ["put", "puta", "puta"];
        for (n, wanted) in [
            (1, "1 dan|1 sednica|1 provera|1 predlog zakona|1 sat|1 čas|1 put"),
            (2, "2 dana|2 sednice|2 provere|2 predloga zakona|2 sata|2 časa|2 puta"),
            (5, "5 dana|5 sednica|5 provera|5 predloga zakona|5 sati|5 časova|5 puta"),
            (11, "11 dana|11 sednica|11 provera|11 predloga zakona|11 sati|11 časova|11 puta"),
            (21, "21 dan|21 sednica|21 provera|21 predlog zakona|21 sat|21 čas|21 put"),
            (22, "22 dana|22 sednice|22 provere|22 predloga zakona|22 sata|22 časa|22 puta"),
            (111, "111 dana|111 sednica|111 provera|111 predloga zakona|111 sati|111 časova|111 puta"),
            (112, "112 dana|112 sednica|112 provera|112 predloga zakona|112 sati|112 časova|112 puta"),
            (143, "143 dana|143 sednice|143 provere|143 predloga zakona|143 sata|143 časa|143 puta"),
            (0, "0 dana|0 sednica|0 provera|0 predloga zakona|0 sati|0 časova|0 puta"),
            (1001, "1001 dan|1001 sednica|1001 provera|1001 predlog zakona|1001 sat|1001 čas|1001 put"),
        ] {
            let said = [dan, sednica, provera, predlog, sat, cas, put].map(|forms| with(n, forms)).join("|");
            assert_eq!(said, wanted);
        }
    }

    #[test]
    fn the_verb_agrees_with_the_number() {
        let passed = |n| format!("{} {}", pick(n, ["prošao je", "prošla su", "prošlo je"]), with(n, ["dan", "dana", "dana"]));
        assert_eq!(passed(21), "prošao je 21 dan");
        assert_eq!(passed(22), "prošla su 22 dana");
        assert_eq!(passed(25), "prošlo je 25 dana");
        assert_eq!(passed(289), "prošlo je 289 dana");
        let were = |n| format!("{} {}", pick(n, ["bila je", "bile su", "bilo je"]), with(n, ["sednica", "sednice", "sednica"]));
        assert_eq!(were(1), "bila je 1 sednica");
        assert_eq!(were(2), "bile su 2 sednice");
        assert_eq!(were(12), "bilo je 12 sednica");
        assert_eq!(were(101), "bila je 101 sednica");
    }

    #[test]
    fn small_numbers_are_words_that_know_their_gender() {
        assert_eq!(in_words(1, Gender::Feminine), "једна");
        assert_eq!(in_words(2, Gender::Masculine), "два");
        assert_eq!(in_words(2, Gender::Feminine), "две");
        assert_eq!(in_words(7, Gender::Masculine), "седам");
        assert_eq!(in_words(10, Gender::Neuter), "десет");
        assert_eq!(in_words(21, Gender::Masculine), "21");
        assert_eq!(in_words(0, Gender::Masculine), "0");
        assert_eq!(in_english_words(6), "six");
        assert_eq!(in_english_words(11), "11");
        assert_eq!(in_english_words(-1), "-1");
    }
}
