//! What stands behind a title, and what belongs to it.

use super::titles;
use crate::domain::mention::find;
use crate::domain::script;

const ITALY: &str =
    "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o saradnji u oblasti odbrane";
const ITALY_EN: &str = "Bill on the Confirmation of the Agreement between the Government of the Republic of Serbia and the Government of the Italian Republic on Defence";

#[test]
fn what_is_said_of_a_bill_behind_its_title_is_not_its_title() {
    for tail in [
        ", koji je potpisan u Rimu 3. marta 2026. godine",
        ", potpisan u Rimu 3. marta 2026. godine",
        ", koji je obrazložio ministar Petar Petrović",
        ", a koji je podnela Vlada",
        ", a sporazum sa Grčkom potpisan je u Atini",
        ", ali bez rasprave",
        ", bez rasprave",
        ", uz primedbe poslanika",
        ", te odlučio da ga prihvati",
        ", o čemu je obavešten ministar",
        " nakon duže rasprave",
        " i Informaciju o radu ministarstva",
        " – prva tačka",
        " (1. tačka)",
        ", tačka 1 dnevnog reda",
        ", na predlog Vlade",
        ", sa predlogom za donošenje po hitnom postupku",
        ", ministar je rekao da je to važno",
        ", državni sekretar Petar Petrović upoznao je Odbor sa razlozima",
        ", kako je rekao ministar",
        ", čiji je cilj unapređenje saradnje",
        ", u kojem se strane obavezuju na saradnju",
        ", ističući da je potpisan 3. marta 2026",
        " sa devet glasova za",
        " (hitan postupak)",
        " (u daljem tekstu: Sporazum)",
        " (u daljem tekstu: Sporazum) i odlučio da ga prihvati",
        " – jedinstveni pretres",
        " (jedinstveni pretres)",
        " (predlagač: Vlada)",
        " - predlagač Vlada",
        " – izvestilac Petar Petrović",
        ", Vlada",
        " (Vlada)",
        ", podnosilac: Vlada Republike Srbije",
        " (PDF)",
        " [1]",
        " (*)",
        "*",
        " (tačka dodata na predlog Vlade)",
    ] {
        assert_eq!(titles(&format!("Odbor je razmotrio {ITALY}{tail}.")), [ITALY], "{tail}");
        let cyrillic = script::to_cyrillic(&format!("{ITALY}{tail}"));
        assert_eq!(titles(&cyrillic), [script::to_cyrillic(ITALY)], "{tail}");
    }
    // the label of a link
    assert_eq!(titles(&format!("{ITALY} tekst predloga zakona"))[0], ITALY);
}

#[test]
fn what_is_said_of_a_bill_behind_its_english_title_is_not_its_title() {
    for tail in [
        ", the Minister said that it was signed",
        ", State Secretary Petar Petrovic said that it was signed",
        ", as the Minister said, was signed in Rome",
        ", in which the parties agree on cooperation",
        ", whose aim is to improve cooperation",
        ", noting that it regulates cooperation",
        " with nine votes in favour",
        " at the sitting held today",
        " (urgent procedure)",
        " with a majority of votes",
        ", after a debate",
        ", the first item on the agenda",
        " and the Report on the Work of the Agency",
        " (hereinafter: the Agreement)",
        " - single debate",
        " - Petar Petrovic, Assistant Minister",
        " [2]",
    ] {
        assert_eq!(titles(&format!("The Committee accepted the {ITALY_EN}{tail}.")), [ITALY_EN], "{tail}");
    }
}

#[test]
fn what_makes_another_agreement_of_it_stays_in_the_title() {
    for tail in [
        ", sa Protokolom",
        " i Aneksa",
        " - Drugi protokol",
        " – FAZA 1",
        " - prva faza",
        " – Novo Korito",
        " – Novi Sad, Beograd",
        " (faza II)",
        " (Projekat izgradnje mosta)",
        " (dodatno finansiranje)",
        ", koju predstavlja Vlada Republike Srbije, i Evropske banke",
        " (u daljem tekstu: Zajmoprimac) i Evropske banke za obnovu",
        ", potpisanog u Rimu 3. marta 2005. godine",
        ", sačinjenog u Beču, 12. juna 1973. godine, sa izmenama od 1. oktobra 1985. godine",
        ", Ministarstva finansija",
        " i o vladavini prava",
        " i informacija o zagađenju",
        ", drugi deo",
        " i akcijama sa pravom glasa",
        ", na član 1, tačka 2 Konvencije",
        ", zaplene lica, čiji je ulazak nelegalan",
        ", predstavništva Ujedinjenih nacija",
    ] {
        let title = format!("{ITALY}{tail}");
        assert_eq!(titles(&format!("Odbor je razmotrio {title}, koji je podnela Vlada.")), [title.as_str()], "{tail}");
    }
    let concluded = "Predlog zakona o potvrđivanju sporazuma koji su zaključeni između Republike Srbije i Malte";
    assert_eq!(titles(concluded), [concluded]);
    for tail in [
        ", as the Borrower, and KfW",
        " (Phase 2)",
        " - Second Protocol",
        ", with the Protocol",
        " with voting rights",
        ", Government of Hungary and Malta",
        " and Information on Customs",
    ] {
        let title = format!("{ITALY_EN}{tail}");
        assert_eq!(titles(&format!("The Committee considered the {title}, submitted by the Government.")), [title.as_str()], "{tail}");
    }
}

#[test]
fn who_submitted_a_bill_is_read_behind_what_else_is_said_of_it() {
    let text = format!("1. {ITALY}, koji je potpisan u Rimu 3. marta 2026. godine, koji je podnela Vlada (broj 011-404/26);");
    let named = find(&text);
    assert_eq!(named.len(), 1);
    assert_eq!((named[0].title.as_str(), named[0].submitter.as_deref()), (ITALY, Some("koji je podnela Vlada")));
    assert_eq!(named[0].act_number.map(|number| number.to_string()).as_deref(), Some("404-26"));
}
