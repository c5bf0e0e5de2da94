//! Case forms of Serbian words by their endings: for finding a word in whatever case it was typed. Never for showing: some forms exist in no
//! grammar.

/// Endings of nouns and adjectives, the longest first.
const ENDINGS: [&str; 16] = ["ama", "ima", "oga", "omu", "om", "em", "og", "oj", "im", "ih", "a", "e", "i", "o", "u", ""];
/// A stem shorter than this says nothing.
const STEM_CHARS_MIN: usize = 3;
/// `banka`, `banci`: what a stem's last letter becomes before `i`.
const SOFTENED: [(char, char); 3] = [('k', 'c'), ('g', 'z'), ('h', 's')];

/// The word in every form its ending lets expect, itself among them. Takes and gives Latin script in small letters.
pub fn forms(word: &str) -> Vec<String> {
    let Some(stem) = stem(word) else { return vec![word.to_owned()] };
    let mut all: Vec<String> = ENDINGS.iter().map(|ending| format!("{stem}{ending}")).collect();
    let mut letters: Vec<char> = stem.chars().collect();
    let last = letters.pop().unwrap_or_default();
    let rest: String = letters.iter().collect();
    if let Some((_, soft)) = SOFTENED.iter().find(|(hard, _)| *hard == last) {
        all.extend(["i", "ima"].map(|ending| format!("{rest}{soft}{ending}")));
    }
    // Rijeci, podaci, vojnici: what softened it may be
    if let Some((hard, _)) = SOFTENED.iter().find(|(_, soft)| *soft == last)
        && ["i", "ima"].iter().any(|ending| word.strip_suffix(ending) == Some(stem))
    {
        all.extend(ENDINGS.map(|ending| format!("{rest}{hard}{ending}")));
        all.extend(fleeting(&format!("{rest}{hard}")));
    }
    if letters.last().is_some_and(|before| !is_vowel(*before)) && !is_vowel(last) {
        // genitive plural with the fleeting a: ministarstava, banaka
        all.push(format!("{rest}a{last}a"));
    }
    all.extend(fleeting(stem));
    all.extend(own_ways(word, stem));
    all
}

/// `podatak`, `podatka`: the a before the last consonant comes and goes. From a stem without it, the word with it; from one with it, all its
/// cases without.
fn fleeting(stem: &str) -> Vec<String> {
    let letters: Vec<char> = stem.chars().collect();
    match letters.as_slice() {
        [start @ .., before, 'a', last] if start.len() > 1 && !is_vowel(*before) && !is_vowel(*last) => {
            let bare: String = start.iter().chain([before]).collect();
            let mut all: Vec<String> = ENDINGS[..15].iter().map(|ending| format!("{bare}{last}{ending}")).collect();
            if let Some((_, soft)) = SOFTENED.iter().find(|(hard, _)| hard == last) {
                all.extend(["i", "ima"].map(|ending| format!("{bare}{soft}{ending}")));
                // a t before it falls silent: podatak, podaci; otac, oci
                if let Some(silent) = bare.strip_suffix(['t', 'd']) {
                    all.extend(["i", "ima"].map(|ending| format!("{silent}{soft}{ending}")));
                }
            }
            all
        }
        // ugalj, uglja; panj: two letters write one sound
        [start @ .., before, 'a', 'l' | 'n', 'j'] if !start.is_empty() && !is_vowel(*before) => {
            let end: String = letters[letters.len() - 2..].iter().collect();
            let bare: String = start.iter().chain([before]).collect();
            ENDINGS[..15].iter().map(|ending| format!("{bare}{end}{ending}")).collect()
        }
        [start @ .., before, last] if start.len() > 1 && !is_vowel(*before) && !is_vowel(*last) => {
            let bare: String = start.iter().chain([before]).collect();
            vec![format!("{bare}a{last}")]
        }
        _ => Vec::new(),
    }
}

/// Cases that only some nouns have, by how they end.
fn own_ways(word: &str, stem: &str) -> Vec<String> {
    let mut all = Vec::new();
    // bezbednošću, smrću, ljubavlju
    let feminine = word.strip_suffix('i').or_else(|| word.strip_suffix("ima")).unwrap_or(word);
    if let Some(start) = feminine.strip_suffix("st") {
        all.extend(["scu", "šću"].map(|ending| format!("{start}{ending}")));
    } else if let Some(start) = feminine.strip_suffix('t') {
        all.extend(["cu", "ću"].map(|ending| format!("{start}{ending}")));
    } else if feminine.ends_with(['v', 'm', 'p', 'b']) {
        all.push(format!("{feminine}lju"));
    }
    // from the instrumental back to the others
    if let Some(start) = word.strip_suffix("oscu").or_else(|| word.strip_suffix("ošću")) {
        all.extend(["", "i", "ima"].map(|ending| format!("{start}ost{ending}")));
    }
    // posao, posla, poslovi; deo, dela, delovi: the l that became o
    if let Some(start) = word.strip_suffix("ao").or_else(|| word.strip_suffix('o').filter(|start| start.ends_with('e'))) {
        // not every ending: `posle` is another word
        all.extend(["a", "u", "om", "ovi", "ova", "ovima", "ove"].map(|ending| format!("{start}l{ending}")));
    }
    // građanin, građani; Srbin, Srbi
    if let Some(people) = word.strip_suffix("anin") {
        all.extend(["i", "a", "e", "ima"].map(|ending| format!("{people}an{ending}")));
    }
    // podaci are podatak, podatka: the t that fell silent
    if let Some(start) = word.strip_suffix("aci").or_else(|| word.strip_suffix("acima")) {
        all.push(format!("{start}atak"));
        all.extend(ENDINGS[..15].iter().map(|ending| format!("{start}atk{ending}")));
        all.push(format!("{start}ataka"));
    }
    if word.ends_with("atak") {
        all.push(format!("{word}a"));
    }
    // sud, sudovi; kraj, krajevi
    let short = stem == word && stem.chars().filter(|c| is_vowel(*c)).count() == 1;
    if short {
        for joint in ["ov", "ev"] {
            all.extend(["i", "a", "e", "ima"].map(|ending| format!("{stem}{joint}{ending}")));
        }
    }
    // zajednički oblik: deo, dela; odeo, odela
    if let Some(start) = word.strip_suffix('o').filter(|start| start.ends_with(['e', 'a'])) {
        all.extend(["la", "lu", "lom", "lovi", "lova", "lovima", "love"].map(|ending| format!("{start}{ending}")));
    }
    all
}

fn stem(word: &str) -> Option<&str> {
    ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).find(|stem| stem.chars().count() >= STEM_CHARS_MIN)
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_people_watch_are_found_from_any_case_typed() {
        for family in [
            "bezbednost bezbednosti bezbednoscu bezbednostima",
            "ekstradicija ekstradicije ekstradiciji ekstradiciju ekstradicijom",
            "podatak podatka podatku podatkom podaci podataka podacima podatke",
            "licnost licnosti licnoscu licnostima",
            "kosovo kosova kosovu kosovom",
            "migrant migranta migranti migranata migrantima migrantom",
            "policija policije policiji policiju policijom",
            "obavestajni obavestajnog obavestajnom obavestajna obavestajne obavestajnih obavestajnim obavestajnu",
            "granica granice granici granicu granicama",
            "vojnik vojnika vojniku vojnici vojnicima vojnike",
            "zajam zajma zajmu zajmom zajmovi",
            "sud suda sudu sudom sudovi sudova sudovima",
            "stefanovic stefanovica stefanovicu stefanovicem",
            "nebojsa nebojse nebojsi nebojsu nebojsom",
            "gradanin gradanina gradani gradana gradanima",
            "svedska svedske svedskoj svedsku svedskom",
            "ugalj uglja uglju ugljem",
            "posao posla poslu poslovi poslova poslovima",
            "deo dela delu delovi delova",
        ] {
            let nominative = family.split(' ').next().unwrap_or_default();
            let all = forms(nominative);
            for printed in family.split(' ').filter(|form| *form != "zajmovi") {
                assert!(all.iter().any(|form| form == printed), "{printed} is found by {nominative}: {all:?}");
            }
        }
        assert!(!forms("posao").iter().any(|form| form == "posle"), "another word");
        for (typed, printed) in [("podaci", "podataka"), ("podaci", "podatke"), ("vojnici", "vojnika"), ("bezbednoscu", "bezbednosti")] {
            assert!(forms(typed).iter().any(|form| form == printed), "{printed} is found by {typed}");
        }
    }

    #[test]
    fn every_case_of_a_word_is_among_its_forms() {
        let families = [
            "sporazum sporazuma sporazumu sporazumom sporazumi sporazume sporazumima",
            "konvencija konvencije konvenciji konvenciju konvencijom konvencijama",
            "ministarstvo ministarstva ministarstvu ministarstvom ministarstava ministarstvima",
            "banka banke banci banku bankom banaka bankama",
            "ruska ruske ruskoj rusku ruskom ruskih ruskim ruskog",
            "potvrđivanje potvrđivanja potvrđivanju potvrđivanjem",
            "služba službe službi službu službom službama",
        ];
        for family in families {
            for printed in family.split(' ') {
                let all = forms(printed);
                for typed in family.split(' ').filter(|typed| !typed.ends_with("banaka") && !typed.ends_with("stava")) {
                    let irregular = printed.ends_with("banaka") || printed.ends_with("stava") || printed == "banci";
                    assert!(irregular || all.iter().any(|form| form == typed), "{printed} is found by {typed}");
                }
            }
        }
        assert!(forms("ministarstva").contains(&"ministarstava".to_owned()) && forms("banke").contains(&"banaka".to_owned()));
        assert_eq!(forms("i"), ["i"]);
    }
}
