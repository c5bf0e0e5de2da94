//! Tells the bills that a page names only to say that they were refused, withdrawn or not dealt with.
//!
//! Never looks beyond the sentence, nor at what is numbered on an agenda.

use crate::domain::mention::{self, Named, What};
use crate::domain::tokens::{self, Kind, Token};

/// Stems by which a sentence says of a bill that nothing came of it, and those by which it says the opposite.
struct Sayings {
    /// After `nije`, `not`.
    denied: &'static [&'static str],
    /// Of themselves.
    alone: &'static [&'static str],
}

const OF_ASSEMBLY: Sayings = Sayings {
    denied: &[
        "prihvat", "prihvac", "usvoj", "uvrs", "uvrst", "razmatra", "razmotr", "accept", "adopt", "includ", "consider", "support", "podrz",
    ],
    alone: &["povuk", "povuc", "odbi", "reject", "withdr", "refus"],
};
/// A committee that refuses a bill has dealt with it.
const OF_COMMITTEE: Sayings =
    Sayings { denied: &["razmatra", "razmotr", "uvrs", "consider", "includ"], alone: &["povuk", "povuc", "withdr"] };
const OF_CONSENT: Sayings = Sayings {
    denied: &[
        "da", "dao", "dala", "dali", "dato", "prihvat", "prihvac", "usvoj", "razmatra", "razmotr", "podrz", "give", "gave", "given",
        "grant", "accept", "approv", "consider", "support",
    ],
    alone: &["povuk", "povuc", "odbi", "uskrat", "reject", "refus", "declin", "withdr"],
};
const NOT: [&str; 8] = ["nije", "nisu", "nece", "ne", "not", "nismo", "nisam", "never"];
/// Between two titles of which one thing is said: `nije raspravljao o A, o B i o C`.
const JOINING: [&str; 16] = ["i", "and", "the", "te", "kao", "ni", "or", "ili", "o", "za", "na", "sa", "s", "on", "for", "of"];
/// After these a sentence begins to say what was dealt with.
const DEALT_WITH: [&str; 14] = [
    "usvoji",
    "usvajil",
    "prihvati",
    "utvrdi",
    "razmotri",
    "razmatra",
    "sazva",
    "dao",
    "dala",
    "adopted",
    "accepted",
    "considered",
    "convened",
    "following",
];
/// Passive forms: what stands before them is their subject.
const PASSIVE: [&str; 13] = [
    "razmatran",
    "razmotren",
    "prihvacen",
    "usvojen",
    "uvrsten",
    "povucen",
    "odbijen",
    "accepted",
    "adopted",
    "considered",
    "included",
    "withdrawn",
    "rejected",
];

/// For each bill that the text names, whether its sentence says only that it was refused, withdrawn or not dealt with.
pub(super) fn of(text: &str, named: &[Named], of_assembly: bool) -> Vec<bool> {
    let sentences = mention::sentences(text);
    let mut denied = vec![false; named.len()];
    for (n, one) in named.iter().enumerate() {
        if one.position.is_some() {
            continue;
        }
        let sayings = match (one.what, of_assembly) {
            (What::Provisional, _) => &OF_CONSENT,
            (_, true) => &OF_ASSEMBLY,
            _ => &OF_COMMITTEE,
        };
        let sentence = sentences.iter().find(|s| s.contains(&one.at.start)).cloned().unwrap_or(0..text.len());
        let previous = n.checked_sub(1).map(|k| &named[k]).filter(|p| sentence.contains(&p.at.start) && p.at.start < one.at.start);
        let next = named.get(n + 1).map(|next| next.at.start).filter(|at| *at > one.at.start);
        let after = one.at.start..next.unwrap_or(sentence.end).min(sentence.end).max(one.at.start);
        let before = match previous {
            Some(previous) => tail(text, previous)..one.at.start,
            None => sentence.start..one.at.start,
        };
        let before = tokens::cut(text.get(before).unwrap_or_default());
        // `nije razmatrao A i B`: the verb of the title before is that of this one
        let joined = previous.is_some() && before.iter().all(|t| t.word().is_empty() || JOINING.contains(&t.word()));
        denied[n] = (joined && denied[n - 1]) || says(&before, sayings) || says_after(&tokens::cut(&text[after]), sayings);
    }
    denied
}

/// Where the title of a bill ends, and its sentence may go on.
fn tail(text: &str, named: &Named) -> usize {
    let end = text[named.at.clone()].find(named.title.as_str()).map_or(named.at.end, |at| named.at.start + at + named.title.len());
    end.min(named.at.end)
}

/// What is said last before a title is said of it.
fn says(before: &[Token], sayings: &Sayings) -> bool {
    let word = |n: usize| before.get(n).map_or("", Token::word);
    let negated = |n: usize| (n.saturating_sub(3)..n).any(|k| NOT.contains(&word(k)) && before[k..n].iter().all(|t| !t.is(',')));
    let starts =
        |n: usize, stems: &[&str]| stems.iter().any(|stem| if stem.len() < 4 { word(n) == *stem } else { word(n).starts_with(stem) });
    let mut denied = false;
    for (n, token) in before.iter().enumerate() {
        if (negated(n) && starts(n, sayings.denied)) || (!negated(n) && starts(n, sayings.alone)) {
            denied = true;
        } else if !negated(n) && (starts(n, &DEALT_WITH) || token.is(':')) {
            denied = false;
        }
    }
    denied
}

/// `Predlog zakona o ... nije razmatran`, `the Bill on ... was withdrawn`.
fn says_after(after: &[Token], sayings: &Sayings) -> bool {
    let word = |n: usize| after.get(n).map_or("", Token::word);
    let own = |n: usize, stems: &[&str]| stems.iter().any(|stem| word(n).starts_with(stem));
    (1..after.len()).any(|n| {
        let passive = PASSIVE.iter().any(|form| word(n).starts_with(form)) && after[n - 1].kind != Kind::Mark(',');
        let near = |words: &[&str]| (n.saturating_sub(2)..n).any(|k| words.contains(&word(k)));
        passive && if near(&NOT) { own(n, sayings.denied) } else { near(&["je", "su", "was", "were", "been"]) && own(n, sayings.alone) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDIA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Indije o odbrani";

    fn told(text: &str, of_assembly: bool) -> Vec<bool> {
        of(text, &mention::find(text), of_assembly).into_iter().map(|denied| !denied).collect()
    }

    #[test]
    fn what_a_page_says_was_not_put_on_the_agenda_is_not_on_it() {
        let by = INDIA.replace("Predlog", "Predlogom");
        for (text, expected) in [
            (format!("Narodna skupština nije prihvatila predlog da se dnevni red dopuni {by}, koji je podnela Vlada."), vec![false]),
            (format!("Narodna skupština nije usvojila predlog da se na dnevni red stavi {INDIA}."), vec![false]),
            (format!("Vlada je povukla {INDIA}."), vec![false]),
            (format!("{INDIA} nije uvršten u dnevni red."), vec![false]),
            (format!("{INDIA} je povučen iz procedure."), vec![false]),
            ("The National Assembly did not accept the proposal to amend the agenda with the Bill on Trade.".to_owned(), vec![false]),
            (
                "The Assembly rejected the proposal to put the Bill on Trade and the Bill on Posts on the agenda.".to_owned(),
                vec![false, false],
            ),
            ("The Bill on Trade was withdrawn.".to_owned(), vec![false]),
            // dealt with
            (format!("Narodna skupština prihvatila je predlog da se dnevni red dopuni {by}."), vec![true]),
            (format!("Narodna skupština je usvojila sledeći dnevni red: {INDIA} i Predlog zakona o poštama."), vec![true, true]),
            (format!("Skupština nije prihvatila predlog poslanika i usvojila je sledeći dnevni red: {INDIA}."), vec![true]),
            (format!("Skupština nije prihvatila dopunu. Na dnevnom redu je {INDIA}."), vec![true]),
            (format!("1. {INDIA}, koji je Vlada povukla;"), vec![true]),
        ] {
            assert_eq!(told(&text, true), expected, "{text}");
        }
    }

    #[test]
    fn a_committee_has_dealt_with_what_it_refused_and_not_with_what_was_withdrawn() {
        for (text, expected) in [
            (format!("Odbor nije razmatrao {INDIA} jer ga je Vlada povukla."), vec![false]),
            (format!("Odbor nije razmatrao {INDIA} i Predlog zakona o poštama."), vec![false, false]),
            (format!("{INDIA} nije razmatran."), vec![false]),
            (format!("Odbor je razmotrio {INDIA}. Odbor nije razmatrao Predlog zakona o poštama."), vec![true, false]),
            ("The Committee did not consider the Bill on Trade.".to_owned(), vec![false]),
            (format!("Odbor nije prihvatio {INDIA}."), vec![true]),
            (format!("Odbor je razmotrio {INDIA} i odlučio da ne prihvati amandmane."), vec![true]),
            (format!("Odbor je, pošto je Vlada povukla amandman, razmotrio {INDIA}."), vec![true]),
            ("The Committee considered the Bill on Trade and rejected the amendments.".to_owned(), vec![true]),
        ] {
            assert_eq!(told(&text, false), expected, "{text}");
        }
    }

    #[test]
    fn refused_consent_is_no_consent() {
        let agreement = "Sporazuma između Vlade Republike Srbije i Vlade Mađarske o gasu";
        for (text, expected) in [
            (format!("Odbor nije dao saglasnost za privremenu primenu {agreement}."), false),
            (format!("Odbor je odbio Predlog Vlade za davanje saglasnosti za privremenu primenu {agreement}."), false),
            (format!("Odbor nije prihvatio zahtev za privremenu primenu {agreement}."), false),
            ("The Committee refused consent for the provisional implementation of the Agreement on Gas.".to_owned(), false),
            ("The Committee did not give consent for the provisional implementation of the Agreement on Gas.".to_owned(), false),
            (format!("Odbor je dao saglasnost za privremenu primenu {agreement}."), true),
            (format!("Odbor je razmotrio Predlog Vlade za davanje saglasnosti za privremenu primenu {agreement}."), true),
            ("The Committee gave consent for the provisional implementation of the Agreement on Gas.".to_owned(), true),
        ] {
            assert_eq!(told(&text, false), [expected], "{text}");
        }
    }
}
