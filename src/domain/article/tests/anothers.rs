//! Days of other instruments, and of what was never done.

use super::{read, signings, told};
use crate::domain::script::to_cyrillic;

/// No day is told, and that it is unclear is said; in Cyrillic too.
fn none_says_a_day(sentences: &[&str]) {
    for text in sentences {
        for text in [(*text).to_owned(), to_cyrillic(text)] {
            let article = signings(&text);
            assert!(article.signed.iter().all(|s| s.on.is_none()) && article.unclear, "{text}: {}", told(&text));
        }
    }
}

fn all_say(sentences: &[(&str, &str)]) {
    for (text, expected) in sentences {
        assert_eq!(told(text).trim_end_matches([' ', '|']), *expected, "{text}");
    }
}

#[test]
fn a_relative_clause_of_another_gender_is_said_of_another_instrument() {
    none_says_a_day(&[
        "Potvrđuje se Protokol uz Konvenciju o zaštiti dece, koja je sačinjena u Hagu 5. maja 1980. godine.",
        "Potvrđuje se Protokol uz Konvenciju o zaštiti dece koja je sačinjena u Hagu 5. maja 1980. godine.",
        "Potvrđuje se Protokol uz Konvenciju o zaštiti dece, sačinjena u Hagu 5. maja 1980. godine.",
        "Potvrđuje se Protokol uz Konvenciju o radu, koju je usvojila Generalna konferencija u Ženevi 5. maja 1980. godine.",
        "Potvrđuje se Pismo o izmenama Ugovora o zajmu između Republike Srbije i KfW, koji je potpisan 8. juna 2007. godine u Beogradu.",
        "Potvrđuje se Odluka o izmeni Sporazuma, koji je potpisan 5. maja 2010. godine u Ženevi.",
        "Potvrđuje se Amandman na Konvenciju, koja je usvojena u Ženevi 5. maja 2010. godine.",
        "Potvrđuju se Amandmani na Konvenciju, koja je usvojena u Ženevi 5. maja 2010. godine.",
        "Potvrđuje se Dopuna broj 1 Sporazuma o finansiranju, koji je potpisan u Briselu 8. juna 2007. godine.",
        "Potvrđuje se Izmena broj 1 Ugovora o zajmu, koji je potpisan u Briselu 8. juna 2007. godine.",
        "Potvrđuje se Memorandum o pristupanju Povelji, koja je usvojena u Beču 5. maja 2010. godine.",
    ]);
    all_say(&[
        ("Potvrđuje se Konvencija, koja je sačinjena u Hagu 5. maja 1980. godine.", "sačinjen 1980-05-05 Hag"),
        (
            "Potvrđuje se Pismo o izmenama Ugovora o zajmu, koji je potpisan 8. juna 2007. godine u Beogradu, potpisano 4. aprila 2010. godine u Parizu.",
            "potpisan 2010-04-04 Pariz",
        ),
        (
            "Potvrđuje se Protokol uz Konvenciju, koja je sačinjena u Hagu 5. maja 1980. godine, a koji je sačinjen u Beogradu 3. marta 2020. godine.",
            "sačinjen 2020-03-03 Beograd",
        ),
        ("Potvrđuje se Pismo o izmenama Ugovora, koje je potpisano 4. aprila 2010. godine u Parizu.", "potpisan 2010-04-04 Pariz"),
        ("Potvrđuju se Amandmani na Konvenciju, koji su usvojeni u Beču 5. maja 2010. godine.", "usvojen 2010-05-05 Beč"),
        ("Potvrđuju se Izmene i dopune Statuta, koje su usvojene u Beču 5. maja 2010. godine.", "usvojen 2010-05-05 Beč"),
        ("Potvrđuju se Konvencija i Protokol, koji su potpisani u Beču 5. maja 2010. godine.", "potpisan 2010-05-05 Beč"),
        ("Potvrđuje se Protokol uz Konvenciju o radu, koji je potpisan u Beču 5. maja 2010. godine.", "potpisan 2010-05-05 Beč"),
        ("Potvrđuje se Dopuna broj 1 Sporazuma, potpisana u Briselu 8. juna 2007. godine.", "potpisan 2007-06-08 Brisel"),
        (
            "Potvrđuje se Konvencija o radu, koju je usvojila Generalna konferencija u Ženevi 5. maja 1980. godine.",
            "usvojen 1980-05-05 Ženeva",
        ),
    ]);
}

#[test]
fn what_is_replaced_or_went_before_is_another_instrument() {
    none_says_a_day(&[
        "Raniji sporazum potpisan je 24. januara 1977. godine u Varšavi.",
        "Prethodni Sporazum je potpisan 24. januara 1977. godine u Varšavi.",
        "Važeći sporazum zaključen je 24. januara 1977. godine u Varšavi.",
        "Dosadašnji sporazum, koji je potpisan 24. januara 1977. godine u Varšavi, zastareo je.",
        "Potpisan je raniji sporazum 24. januara 1977. godine u Varšavi.",
        "Stupanjem na snagu ovog sporazuma prestaje da važi Sporazum koji je potpisan 24. januara 1977. godine u Varšavi.",
        "Saradnja se odvijala na osnovu Sporazuma koji je potpisan 24. januara 1977. godine u Varšavi.",
        "Sporazumom se zamenjuje Konvencija koja je potpisana 24. januara 1977. godine u Varšavi.",
    ]);
    for text in [
        "The previous Agreement was signed on 24 January 1977 in Warsaw.",
        "It was said that the previous one was signed on 24 January 1977 in Warsaw.",
        "The existing bilateral Agreement was signed on 24 January 1977 in Warsaw.",
        "The former Agreement, which was signed on 24 January 1977 in Warsaw, is outdated.",
        "This Agreement will replace the Agreement signed in Warsaw on 24 January 1977.",
        "This Agreement replaces the Agreement, signed in Warsaw on 24 January 1977.",
        "The Protocol amends the Agreement which was signed on 24 January 1977 in Warsaw.",
        "The cooperation so far was based on the Agreement signed in Warsaw on 24 January 1977.",
        "Upon entry into force of this Agreement, the Agreement signed in Warsaw on 24 January 1977 shall cease to be valid.",
        "The Agreement between Serbia and Spain signed on 3 March 2006 in Madrid is amended by this Agreement.",
    ] {
        let article = read(text);
        assert!(article.signed.iter().all(|s| s.on.is_none()) && article.unclear, "{text}: {}", told(text));
    }
    all_say(&[
        ("Potvrđuje se Sporazum o izmeni ranijeg Sporazuma, potpisan 24. januara 2017. godine u Varšavi.", "potpisan 2017-01-24 Varšava"),
        ("Potvrđuje se Protokol kojim se menja Sporazum, potpisan 24. januara 2017. godine u Varšavi.", "potpisan 2017-01-24 Varšava"),
        (
            "Potvrđuje se Protokol kojim se menja Sporazum, koji je potpisan 24. januara 2017. godine u Varšavi.",
            "potpisan 2017-01-24 Varšava",
        ),
        (
            "Sporazum je potpisan 24. januara 2017. u Varšavi i njime prestaje da važi Sporazum iz 1977. godine.",
            "potpisan 2017-01-24 Varšava",
        ),
        ("The Agreement was signed on 24 January 2017 in Warsaw and replaces the previous one.", "potpisan 2017-01-24 Varšava"),
        ("The Agreement, which replaces the previous Agreement, was signed on 24 January 2017 in Warsaw.", "potpisan 2017-01-24 Varšava"),
        ("The Protocol amending the Agreement, signed on 24 January 2017 in Warsaw, was considered.", "potpisan 2017-01-24 Varšava"),
        ("Sporazum o prestanku važenja Sporazuma potpisan je 24. januara 2017. u Varšavi.", "potpisan 2017-01-24 Varšava"),
    ]);
}

#[test]
fn what_was_to_be_signed_was_not() {
    all_say(&[
        ("The Agreement was to be signed on 24 January 2017 in Vienna.", ""),
        ("The Agreement had to be signed in Vienna on 24 January 2017.", ""),
        ("The Agreement was to be signed in Prague on 3 May 2018, but was signed in Brno on 5 May 2018.", "potpisan 2018-05-05 Brno"),
        ("The Agreement was signed in Vienna on 24 January 2017.", "potpisan 2017-01-24 Beč"),
    ]);
}

#[test]
fn the_day_of_another_event_is_not_the_day_of_signature() {
    all_say(&[
        ("The Agreement, which was agreed upon in Vienna on 3 March 2016, was signed in Belgrade.", "potpisan ? Beograd"),
        ("Sporazum parafiran u Beču 3. marta 2016. godine potpisan je u Beogradu.", "potpisan ? Beograd"),
        ("Sporazum je potpisan, kako je rekao ministar 3. marta 2018. godine, u Stokholmu.", ""),
        ("Potvrđuje se Sporazum potpisan u Parizu nakon pregovora vođenih 1. juna 2019. godine u Beogradu.", "potpisan ? Pariz"),
        ("The Agreement was signed in Paris following negotiations held on 1 June 2019 in Belgrade.", "potpisan ? Pariz"),
        (
            "Potvrđuje se Sporazum, potpisan u Beogradu 3. marta 2016. godine, koji je izmenjen Protokolom potpisanim 3. marta 2017. godine u Beču.",
            "potpisan 2016-03-03 Beograd",
        ),
        ("Sporazum o saradnji je 3. marta 2016. godine potpisan u Beogradu.", "potpisan 2016-03-03 Beograd"),
        ("On 3 March 2016, the Agreement was signed in Belgrade.", "potpisan 2016-03-03 Beograd"),
        ("The Agreement, on 3 March 2016, was signed in Belgrade.", "potpisan 2016-03-03 Beograd"),
    ]);
}

#[test]
fn a_bound_is_no_day() {
    all_say(&[
        ("Sporazum je potpisan pre 24. januara 2017. godine u Stokholmu.", "potpisan ? Stokholm"),
        ("Sporazum je potpisan u Stokholmu najkasnije 24. januara 2017. godine.", "potpisan ? Stokholm"),
        ("Sporazum je potpisan u Stokholmu najkasnije do 24. januara 2017. godine.", "potpisan ? Stokholm"),
        ("The Agreement was signed before 1 June 2018 in Paris.", "potpisan ? Pariz"),
        ("The Agreement was signed in Paris no later than 1 June 2018.", "potpisan ? Pariz"),
        ("The Agreement was signed in Paris prior to 1 June 2018.", "potpisan ? Pariz"),
        ("The Agreement was signed in Paris under full powers dated 1 June 2018.", "potpisan ? Pariz"),
        (
            "The Agreement was concluded by exchange of letters dated 3 March 2015 and 4 April 2015.",
            "zaključen 2015-03-03 ?; zaključen 2015-04-04 ?",
        ),
    ]);
}
