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

#[test]
fn several_agreements_of_which_none_is_named_are_none() {
    for title in [
        "Predlozi zakona o potvrđivanju međunarodnih sporazuma",
        "PREDLOZI ZAKONA O POTVRĐIVANjU MEĐUNARODNIH SPORAZUMA",
        "Предлози закона о потврђивању међународних споразума",
        "Предлози закона о потврђивању међународних споразума и конвенција",
        "Predlozi zakona o ratifikaciji međunarodnih sporazuma",
        "Predlozi zakona o potvrđivanju bilateralnih sporazuma i protokola",
        "predloge zakona o potvrđivanju međunarodnih sporazuma, koje je podnela Vlada",
        "Predlozi zakona o potvrđivanju sporazuma",
        "Bills on Confirmation of Agreements",
        "Bills on the Confirmation of several bilateral agreements",
        "Bill on the Confirmation of International Conventions, submitted by the Government",
    ] {
        assert_eq!(detect(title).verdict, Verdict::Other, "{title}");
    }
    for title in [
        "Predlog zakona o potvrđivanju Sporazuma",
        "Predlog zakona o potvrđivanju Sporazuma o zajmu i Sporazuma o garanciji",
        "Predlog zakona o potvrđivanju Izmena i dopuna Konvencije",
        "Predlog zakona o potvrđivanju Ženevskih konvencija",
        "Predlog zakona o potvrđivanju amandmana na Konvenciju o vodama",
        "Predlog zakona o potvrđivanju međunarodnih sporazuma o zaštiti ozonskog omotača",
        "Predlozi zakona o potvrđivanju međunarodnih sporazuma sa Italijom",
        "predlozi zakona o potvrđivanju sporazuma između vlade republike srbije i vlade kraljevine španije",
        "Predlozi zakona o potvrđivanju bilateralnih sporazuma (Italija, Malta)",
        "Bills on the Confirmation of Agreements with Italy",
        "Bills on the Confirmation of the Annexes of the Convention on Wetlands",
    ] {
        assert_eq!(detect(title).verdict, Verdict::Agreement, "{title}");
    }
}

#[test]
fn minutes_that_two_governments_stand_in_are_an_agreement_and_a_committees_own_are_none() {
    let between = "Mešovitog komiteta između Vlade Republike Srbije i Vlade Republike Turske";
    for title in [
        format!("Predlog zakona o potvrđivanju Zapisnika sa Osmog zasedanja {between}"),
        "Bill on the Confirmation of the Minutes of the Eighth Session of the Joint Committee between the Government of the Republic of Serbia \
         and the Government of the Republic of Turkey"
            .to_owned(),
    ] {
        assert_eq!(detect(&title).verdict, Verdict::Agreement, "{title}");
    }
    for title in [
        "Predlog odluke o potvrđivanju Zapisnika sa Prve sednice Odbora".to_owned(),
        "Predlog zakona o potvrđivanju Zapisnika sa Prve sednice Komisije".to_owned(),
        format!("Predlog odluke o potvrđivanju Zapisnika sa zasedanja {between}"),
    ] {
        assert_eq!(detect(&title).verdict, Verdict::Other, "{title}");
    }
}

#[test]
fn what_parliaments_agree_on_is_no_international_agreement_however_they_are_named() {
    for title in [
        "Predlog zakona o potvrđivanju Sporazuma Narodne skupštine i Parlamenta Grčke",
        "Predlog zakona o potvrđivanju Sporazuma o saradnji Narodne skupštine Republike Srbije i Parlamenta Republike Kipar",
        "Predlog zakona o potvrđivanju Sporazuma Parlamenta Grčke i Narodne skupštine",
        "Predlog zakona o potvrđivanju Memoranduma o razumevanju sa Parlamentom Grčke",
        "Bill on the Confirmation of the Agreement of the National Assembly and the Parliament of Greece",
    ] {
        assert_eq!(detect(title).verdict, Verdict::Other, "{title}");
    }
    for title in [
        "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Grčke o zgradama Narodne skupštine i Parlamenta Grčke",
        "Predlog zakona o potvrđivanju Sporazuma između Republike Srbije i Parlamentarne skupštine Mediterana o sedištu",
        "Predlog zakona o potvrđivanju Protokola o povlasticama skupština i parlamenata",
        "Predlog zakona o potvrđivanju Sporazuma o Interparlamentarnoj skupštini ODKB i Parlamenta Belorusije",
    ] {
        assert_eq!(detect(title).verdict, Verdict::Agreement, "{title}");
    }
}

#[test]
fn a_bargain_at_home_is_none_and_with_another_state_it_is_one() {
    for what in [
        "sporazuma o priznanju krivice",
        "sporazuma o priznanju krivičnog dela",
        "Sporazuma o medijaciji",
        "opšteg kolektivnog sporazuma",
        "Ugovora o koncesiji za autoput",
        "opšteg kolektivnog sporazuma između Vlade Republike Srbije i reprezentativnih sindikata",
        "ugovora o privatizaciji",
    ] {
        assert_eq!(detect(&format!("Predlog zakona o potvrđivanju {what}")).verdict, Verdict::Other, "{what}");
    }
    for what in [
        "Sporazuma između Vlade Republike Srbije i Vlade Kine o koncesiji za autoput",
        "Ugovora o koncesiji između Republike Srbije i Vinci Airports",
        "Ugovora o koncesiji između Republike Srbije i kompanije Rio Tinto",
        "Ugovora o koncesiji za autoput sa konzorcijumom Alpina-Por",
        "Sporazuma o kolektivnoj bezbednosti",
        "Sporazuma sa Ruskom Federacijom o privatizaciji naftne industrije",
        "Singapurske konvencije o medijaciji",
        "Sporazuma o obezbeđenju koncesionalnog zajma",
        "Konvencije Ujedinjenih nacija o međunarodnim sporazumima o poravnanju koji proističu iz medijacije",
    ] {
        assert_eq!(detect(&format!("Predlog zakona o potvrđivanju {what}")).verdict, Verdict::Agreement, "{what}");
    }
}

#[test]
fn a_state_of_two_names_is_one_and_an_organisation_is_no_part_of_an_authority() {
    for (between, right) in [
        ("između Vlade SFRJ i Vlade Češke i Slovačke Federativne Republike o saradnji", "*YU government, - government"),
        (
            "između Vlade Republike Srbije i Vlade Češke Republike i Vlade Slovačke Republike",
            "*RS government, CZ government, SK government",
        ),
        ("između Uprave za veterinu Republike Srbije i FAO o saradnji", "*RS agency, - organisation"),
        ("između Uprave za veterinu i FAO o saradnji", "*- agency, - organisation"),
        ("između Ministarstva rada i socijalne politike Republike Srbije i Italije", "*RS ministry, IT state"),
        ("sa Société Générale i Crédit Agricole o zajmu", "FR bank, FR bank"),
        ("između Vlade Republike Srbije i Lige arapskih država o misiji", "*RS government, - organisation"),
    ] {
        assert_eq!(capacities(&format!("Predlog zakona o potvrđivanju Sporazuma {between}")), right, "{between}");
    }
}
