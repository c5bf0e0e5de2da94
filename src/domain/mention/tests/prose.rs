//! What the sentences of committees' pages name, and what they only speak of.

use super::titles;
use crate::domain::mention::find;

#[test]
fn an_adopted_law_that_a_sentence_cites_is_no_bill() {
    for text in [
        "Odbor je razmotrio Izveštaj, u skladu sa Zakonom o potvrđivanju Konvencije UN protiv korupcije.",
        "Odbor je razmotrio Izveštaj na osnovu člana 5. Zakona o potvrđivanju Konvencije UN protiv korupcije.",
        "Одбор је размотрио Извештај о примени Закона о потврђивању Европске повеље о локалној самоуправи.",
        "Ministar je podsetio da je Skupština 2010. godine usvojila Zakon o potvrđivanju Konvencije o nasleđu.",
        "Skupština je 2010. usvojila Zakon o potvrđivanju Konvencije o nasleđu i Zakon o potvrđivanju Konvencije o muzejima.",
        "Ambasador je obavestio Odbor da je njegov parlament usvojio Zakon o potvrđivanju Sporazuma o partnerstvu.",
        "Podnet je zahtev za ocenu ustavnosti Zakona o potvrđivanju Briselskog sporazuma.",
        "Zaključkom se predlaže ukidanje Zakona o potvrđivanju Sporazuma između Srbije i Rusije o gasu.",
        "Zakonom o potvrđivanju Konvencije predviđeno je osnivanje tela.",
        "The Committee considered the Report pursuant to the Law on the Confirmation of the UN Convention against Corruption.",
        "The Committee considered the Report, submitted under the Law on Ratification of the European Convention on Television.",
        "The Minister recalled that the Assembly adopted the Law on Ratification of the Framework Convention in 2010.",
    ] {
        assert_eq!(titles(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        titles("Na dnevnom redu je Predlog zakona o kulturi. Zakon o potvrđivanju Sporazuma sa EU obavezuje nas na usklađivanje."),
        ["Predlog zakona o kulturi"]
    );
    assert_eq!(
        titles("Odbor je razmotrio Predlog zakona o izmenama Zakona o carinama i Zakona o potvrđivanju Konvencije o tranzitu."),
        ["Predlog zakona o izmenama Zakona o carinama i Zakona o potvrđivanju Konvencije o tranzitu"]
    );
}

#[test]
fn a_bill_that_is_called_a_law_is_told_where_the_page_deals_with_it() {
    let law = "Zakon o potvrđivanju Sporazuma sa Maltom";
    for text in [
        "Zakon o potvrđivanju Sporazuma sa Maltom, koji je podnela Vlada;",
        "3. Zakon o potvrđivanju Sporazuma sa Maltom;",
        "Odbor je razmotrio Zakon o potvrđivanju Sporazuma sa Maltom, u načelu.",
        "Odbor je razmotrio i usvojio Zakon o potvrđivanju Sporazuma sa Maltom.",
        "Dnevni red: Zakon o potvrđivanju Sporazuma sa Maltom.",
        "Tačke: 1. Zakon o potvrđivanju Sporazuma sa Maltom, koji je podnela Vlada.",
    ] {
        assert_eq!(titles(text), [law], "{text}");
    }
    assert_eq!(
        titles("Odbor je razmotrio Predlog zakona o lovu i Zakon o potvrđivanju Sporazuma sa Maltom."),
        ["Predlog zakona o lovu", law]
    );
    assert_eq!(titles("1. Razmatranje Zakona o potvrđivanju Sporazuma sa Maltom;"), ["Zakona o potvrđivanju Sporazuma sa Maltom"]);
    assert_eq!(titles("Raspravljalo se o Zakonu o potvrđivanju Sporazuma sa Maltom."), ["Zakonu o potvrđivanju Sporazuma sa Maltom"]);
    assert_eq!(
        titles("The Committee considered the Law on Confirmation of the Agreement with Malta and the Bill on Trade."),
        ["Law on Confirmation of the Agreement with Malta", "Bill on Trade"]
    );
    assert_eq!(
        titles("The Committee accepted the proposal of the Law on Confirmation of the Agreement with Malta."),
        ["Law on Confirmation of the Agreement with Malta"]
    );
}

#[test]
fn a_title_ends_where_its_sentence_goes_on() {
    let bill =
        "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Indije o saradnji u oblasti odbrane";
    for (after, found) in [
        ("učestvovali su poslanici.", ""),
        ("i nastavljaju sutra.", ""),
        ("predviđa se ukidanje viza.", ""),
        ("predviđa ukidanje viza.", ""),
        ("obavezuje obe strane.", ""),
        ("prihvaćen je većinom glasova.", ""),
        ("je jednoglasno usvojen.", ""),
        ("govorila je ministarka.", ""),
        ("su juče podržali svi.", ""),
        ("se nalazi u proceduri.", ""),
        ("jer ga je Vlada povukla.", ""),
        // what is still the title
        ("i sprečavanju pranja kapitala je usvojen.", " i sprečavanju pranja kapitala"),
        ("i o školi su usvojeni.", " i o školi"),
        ("kojim se uređuje promet.", " kojim se uređuje promet"),
        ("i saobraćaju.", " i saobraćaju"),
    ] {
        assert_eq!(titles(&format!("Odbor je podsetio: {bill} {after}")), [format!("{bill}{found}")], "{after}");
    }
    for (text, found) in [
        ("The Committee considered the Bill on Tourism and postponed the debate on the Petition.", "Bill on Tourism"),
        ("The Bill on Tourism would allow more.", "The Bill on Tourism"),
        ("The Committee considered the Bill on Protected and Associated Areas.", "Bill on Protected and Associated Areas"),
    ] {
        assert_eq!(titles(text), [found], "{text}");
    }
}

#[test]
fn every_item_under_a_shared_heading_is_a_bill() {
    let four = [
        "predloge zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Indije o turizmu",
        "predloge zakona o potvrđivanju Ugovora o zajmu između Republike Srbije i KfW (faza II)",
        "predloge zakona o potvrđivanju Konvencije Saveta Evrope o manipulacijama",
        "predloge zakona o potvrđivanju Dodatnog protokola uz Konvenciju o ekstradiciji",
    ];
    let items = four.map(|title| title.trim_start_matches("predloge zakona o potvrđivanju "));
    let [a, b, c, d] = items;
    for text in [
        format!("Odbor je razmotrio predloge zakona o potvrđivanju: 1) {a}; 2) {b}; 3) {c}; 4) {d}."),
        format!("Odbor je razmotrio predloge zakona o potvrđivanju: 1. {a}; 2. {b}; 3. {c} i 4. {d}, koje je podnela Vlada."),
        format!("Odbor je razmotrio predloge zakona o potvrđivanju: a) {a}; b) {b}; v) {c}; i g) {d}."),
        format!("Odbor je razmotrio predloge zakona o potvrđivanju: {a}; {b}; {c}; {d}."),
        format!("Odbor je razmotrio predloge zakona o potvrđivanju {a}, {b}, {c} i {d}."),
    ] {
        assert_eq!(titles(&text), four, "{text}");
    }
    let each = ["predloga zakona o potvrđivanju Sporazuma sa Maltom", "predloga zakona o potvrđivanju Ugovora sa Kiprom"];
    assert_eq!(titles("Razmatranje predloga zakona: a) o potvrđivanju Sporazuma sa Maltom; b) o potvrđivanju Ugovora sa Kiprom."), each);
    assert_eq!(titles("Razmatranje predloga zakona o potvrđivanju: 1) Sporazuma sa Maltom; 2) Ugovora sa Kiprom."), each);
    let one = "Predlog zakona o potvrđivanju: Sporazuma sa Maltom i Protokola uz Sporazum";
    assert_eq!(titles(one), [one]);
    let positions: Vec<Option<u32>> =
        find(&format!("razmotrio predloge zakona o potvrđivanju: 1) {a}; 2) {b}.")).into_iter().map(|named| named.position).collect();
    assert_eq!(positions, [Some(1), Some(2)]);
    assert_eq!(titles("Odbor je razmotrio predloge zakona o potvrđivanju Sporazuma A; usvojen je zapisnik.").len(), 1);
}

const ITALY: &str = "o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Italije o turizmu";
const MALTA: &str = "o potvrđivanju Protokola sa Maltom";
const LABOUR: &str = "o potvrđivanju Konvencije o radu";

#[test]
fn bills_before_which_the_preposition_is_repeated_are_as_many_bills() {
    for (sentence, bill) in [
        ("Članovi Odbora raspravljali su o {1}, o {2} i o {3}.", "Predlogu zakona"),
        ("Članovi Odbora raspravljali su o {1} i o {2}, kao i o {3}.", "Predlogu zakona"),
        ("Odbor je glasao za {1}, za {2} i za {3}.", "Predlog zakona"),
        ("Odbor je stavio primedbe na {1}, na {2} i na {3}, u načelu.", "Predlog zakona"),
        ("Odbor je upoznat sa {1}, sa {2} i sa {3}.", "Predlogom zakona"),
        ("Ministar je govorio povodom {1}, povodom {2} i povodom {3}.", "Predloga zakona"),
        ("Odbor je podržao {1}, dok za {2} i za {3} nije bilo potrebne većine.", "Predlog zakona"),
        ("Odbor je razmotrio {1} a potom i {2}, zajedno sa {3}.", "Predlog zakona"),
        ("Odbor je razmotrio {1} uz {2}, a zatim {3}.", "Predlog zakona"),
        ("Odbor je podneo amandmane na {1}, kao i amandmane na {2} i Izveštaj o {3}.", "Predlog zakona"),
        ("U vezi sa {1} i u vezi sa {2}, odnosno sa {3}, nije bilo diskusije.", "Predlogom zakona"),
    ] {
        let expected = [ITALY, MALTA, LABOUR].map(|about| format!("{bill} {about}"));
        let text = (1..=3).fold(sentence.to_owned(), |text, n| text.replace(&format!("{{{n}}}"), &expected[n - 1]));
        assert_eq!(titles(&text), expected, "{text}");
        let cyrillic = expected.clone().map(|title| crate::domain::script::to_cyrillic(&title));
        assert_eq!(titles(&crate::domain::script::to_cyrillic(&text)), cyrillic, "{text}");
    }
    for sentence in [
        "The Committee voted on the {1}, on the {2} and on the {3}.",
        "The Committee voted for the {1} and for the {2}, as well as for the {3}.",
        "The Committee accepted the {1}, while the {2} and the {3} were refused.",
        "The Committee discussed the {1}, followed by the {2} and by the {3}.",
        "MPs spoke about the {1}, then about the {2} and about the {3}.",
        "The Committee submitted amendments to the {1}, to the {2} and to the {3}.",
    ] {
        let expected = [
            "Bill amending the Law on Waters",
            "Bill on the Confirmation of the Agreement with Italy on Tourism",
            "Bill on the Confirmation of the Protocol with Malta",
        ];
        let text = (1..=3).fold(sentence.to_owned(), |text, n| text.replace(&format!("{{{n}}}"), expected[n - 1]));
        assert_eq!(titles(&text), expected, "{text}");
    }
    assert_eq!(
        titles(&format!("Odbor je glasao za Predlog zakona o izmenama i dopunama Zakona o vodama i za Predlog zakona {ITALY}.")),
        ["Predlog zakona o izmenama i dopunama Zakona o vodama".to_owned(), format!("Predlog zakona {ITALY}")]
    );
}

#[test]
fn a_preposition_inside_of_a_title_begins_no_other() {
    for title in [
        "Predlog zakona o izmenama i dopunama Zakona o vodama i o izmenama Zakona o lovu",
        "Predlogu zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Malte o vizama, sa Protokolom i sa Aneksom A",
        "Predlog zakona o potvrđivanju Sporazuma o zajmu i o garanciji za Projekat, za drugu fazu",
        "Predlog zakona o prestanku važenja Zakona o potvrđivanju Konvencije o tranzitu i Zakona o carinama",
        "Bill on Amendments to the Law on Waters and to the Law on Hunting",
        "Bill amending the Bill on Waters and the Law on Hunting",
        "Bill on the Confirmation of the Agreement with Malta on Visas and on Tourism",
    ] {
        assert_eq!(titles(&format!("{title}.")), [title]);
    }
    // what is no bill may speak of one
    assert_eq!(titles("1. Predlog odluke o obrazovanju radne grupe za izradu predloga zakona o vodama;"), Vec::<String>::new());
    let two = "Predlog zakona o potvrđivanju Sporazuma sa Maltom, sa Aneksom A i Predlog zakona o lovu.";
    assert_eq!(titles(two), ["Predlog zakona o potvrđivanju Sporazuma sa Maltom, sa Aneksom A", "Predlog zakona o lovu"]);
}
