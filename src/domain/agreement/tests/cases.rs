//! Titles that were once told wrongly, each with its opposite.

use crate::domain::agreement::detect;
use crate::domain::bill::{Party, Verdict};

/// Parties as `country level`, our own with a star.
fn capacities(title: &str) -> String {
    let party = |p: &Party| format!("{}{} {}", if p.ours { "*" } else { "" }, p.country.as_deref().unwrap_or("-"), p.level);
    detect(title).parties.iter().map(party).collect::<Vec<_>>().join(", ")
}

fn names(title: &str) -> Vec<String> {
    detect(title).parties.into_iter().map(|party| party.name).collect()
}

#[test]
fn a_confirming_word_is_known_glued_torn_and_with_a_letter_that_arrived_as_its_code() {
    for title in [
        "Predlog zakona o potvrđivanjuDoha izmene Kjoto protokola uz Okvirnu konvenciju Ujedinjenih nacija o promeni klime",
        "Predlog zakona o potvrđivanjutri amandmana na Bazelsku konvenciju",
        "Predlog zakona o potvr- đivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji",
        "ПРЕДЛОГ ЗАКОНА О ПОТВР- ЂИВАЊУ СПОРАЗУМА ИЗМЕЂУ ВЛАДЕ РЕПУБЛИКЕ СРБИЈЕ И ВЛАДЕ РЕПУБЛИКЕ ИТАЛИЈЕ",
        "Predlog zakona o potvrÄ‘ivanju Sporazuma izmeÄ‘u Vlade Republike Srbije i Vlade Republike Italije o saradnji",
        "Predlog zakona o potvr&#273;ivanju Sporazuma izme&#273;u Vlade Republike Srbije i Vlade Republike Italije o saradnji",
        "D r a f t L a w on the Confirmation of the Agreement between Serbia and Malta",
    ] {
        assert_eq!(detect(title).verdict, Verdict::Agreement, "{title}");
    }
    for title in ["Predlog zakona o utvr- đivanju javnog interesa", "Predlog zakona o utvr&#273;ivanju Sporazuma o radu"] {
        assert_eq!(detect(title).verdict, Verdict::Other, "{title}");
    }
}

#[test]
fn a_law_that_gives_consent_to_an_agreement_with_a_foreign_party_is_a_doubt() {
    for (title, verdict) in [
        ("Predlog zakona o davanju saglasnosti na Sporazum između Vlade Republike Srbije i Vlade Republike Italije", Verdict::Doubtful),
        ("Predlog odluke o davanju saglasnosti na Okvirni sporazum između Republike Srbije i Crne Gore", Verdict::Doubtful),
        ("Predlog odluke o davanju saglasnosti na Ugovor o zakupu poslovnog prostora", Verdict::Other),
        ("Predlog odluke o davanju saglasnosti na privremenu primenu Sporazuma između Srbije i Mađarske", Verdict::Other),
        ("Predlog odluke o davanju saglasnosti na Finansijski plan Fonda", Verdict::Other),
    ] {
        assert_eq!(detect(title).verdict, verdict, "{title}");
    }
}

#[test]
fn a_place_and_half_a_name_are_no_country() {
    for (between, right) in [
        ("Republike Srbije i Erste Bank a.d. Novi Sad", "*RS state, - bank"),
        ("REPUBLIKE SRBIJE I OTP BANKE A.D. NOVI SAD", "*RS state, - bank"),
        ("Vlade Republike Srbije i Vlade SAD", "*RS government, US government"),
        ("Republike Srbije i SAD", "*RS state, US state"),
        ("Vlade Republike Srbije i Vlade Velike Britanije i Severne Irske", "*RS government, GB government"),
        ("Republike Srbije i Irske", "*RS state, IE state"),
        ("Republike Srbije i Svetog Kitsa i Nevisa", "*RS state, KN state"),
        ("Republike Srbije i Sveti Vinsent i Grenadini", "*RS state, VC state"),
        ("Republike Srbije i Suverenog malteškog viteškog reda", "*RS state, - organisation"),
        ("Republike Srbije i Malte", "*RS state, MT state"),
        ("Vlade Republike Srbije i Vlade Hongkonga Narodne Republike Kine", "*RS government, HK government"),
        ("Vlade Republike Srbije i Vlade Narodne Republike Kine", "*RS government, CN government"),
    ] {
        assert_eq!(capacities(&format!("Zakon o potvrđivanju Sporazuma između {between} o saradnji")), right, "{between}");
    }
    assert_eq!(
        names("Zakon o potvrđivanju Sporazuma između Republike Srbije i Hongkonga Narodne Republike Kine o vizama"),
        ["Republike Srbije", "Hongkonga Narodne Republike Kine"]
    );
    assert_eq!(capacities("Predlog zakona o pristupanju Republike Srbije Svetskoj trgovinskoj organizaciji"), "*RS state, - organisation");
}

#[test]
fn on_a_bill_the_body_named_without_a_state_is_ours() {
    let fso = "Federalne službe obezbeđenja Ruske Federacije o saradnji";
    for (title, right) in [
        (format!("Predlog zakona o potvrđivanju Sporazuma između Ministarstva unutrašnjih poslova i {fso}"), "*- ministry, RU agency"),
        ("Predlog zakona o potvrđivanju Sporazuma između MUP-a i FSO Ruske Federacije".to_owned(), "*- ministry, RU other"),
        ("Predlog zakona o potvrđivanju Sporazuma između MUP-a i FSO o saradnji".to_owned(), "*- ministry, - other"),
        (
            "Bill on the Confirmation of the Agreement between the Ministry of the Interior and the Federal Security Service of the Russian \
             Federation"
                .to_owned(),
            "*- ministry, RU agency",
        ),
        ("Predlog zakona o potvrđivanju Sporazuma između Direkcije za imovinu i Gazprom njefta".to_owned(), "*- agency, - other"),
    ] {
        assert_eq!((capacities(&title).as_str(), detect(&title).verdict), (right, Verdict::Agreement), "{title}");
    }
    // a law may be another state's, and two that are named with their states are theirs
    for title in [
        format!("Zakon o potvrđivanju Sporazuma između Ministarstva unutrašnjih poslova i {fso}"),
        format!("Predlog zakona o potvrđivanju Sporazuma između Ministarstva odbrane Republike Hrvatske i {fso}"),
        "Predlog zakona o potvrđivanju Sporazuma između Republike Hrvatske i Eurojusta".to_owned(),
    ] {
        assert!(detect(&title).verdict == Verdict::Doubtful && !detect(&title).parties.iter().any(|p| p.ours), "{title}");
    }
}

#[test]
fn a_counterpart_that_is_called_by_a_common_noun_is_a_party_without_a_country() {
    for (between, right) in [
        ("Republike Srbije i kompanije Rio Tinto o rudniku", ["Republike Srbije", "kompanije Rio Tinto"]),
        ("Vlade Republike Srbije i konzorcijuma Bechtel-ENKA", ["Vlade Republike Srbije", "konzorcijuma Bechtel-ENKA"]),
        ("Direkcije za imovinu Republike Srbije i Gazprom njefta", ["Direkcije za imovinu Republike Srbije", "Gazprom njefta"]),
        (
            "Vlade Republike Srbije i Međunarodne organizacije za vinovu lozu i vino",
            ["Vlade Republike Srbije", "Međunarodne organizacije za vinovu lozu"],
        ),
    ] {
        assert_eq!(names(&format!("Predlog zakona o potvrđivanju Sporazuma između {between}")), right);
    }
    assert_eq!(
        names("Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Malte i pratećeg protokola"),
        ["Republike Srbije", "Malte"]
    );
    // and it makes nothing international of what is at home
    assert_ne!(detect("Predlog odluke o potvrđivanju Ugovora između Republike Srbije i opštine Bor").verdict, Verdict::Agreement);
    assert_ne!(detect("Predlog odluke o potvrđivanju Ugovora između Direkcije za imovinu i Opštine Bor").verdict, Verdict::Agreement);
}
