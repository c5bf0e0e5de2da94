//! Several days that share a month or a year, and days that are none.

use super::told;

/// Each sentence says what it says in Cyrillic too.
fn all_say(sentences: &[(&str, &str)]) {
    for (text, expected) in sentences {
        assert_eq!(told(text).trim_end_matches([' ', '|']), *expected, "{text}");
        let cyrillic = crate::domain::script::to_cyrillic(text);
        if text.contains("potpisan") || text.contains("zaključen") {
            assert_eq!(told(&cyrillic).trim_end_matches([' ', '|']), *expected, "{cyrillic}");
        }
    }
}

#[test]
fn a_bare_day_is_of_the_month_and_year_that_the_next_one_prints() {
    all_say(&[
        (
            "Potvrđuje se Sporazum, potpisan u Rimu 12. i u Beogradu 14. maja 2009. godine.",
            "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd",
        ),
        (
            "Potvrđuje se Ugovor, potpisan u Beogradu 15. i u Luksemburgu 16. decembra 2016. godine.",
            "potpisan 2016-12-15 Beograd; potpisan 2016-12-16 Luksemburg",
        ),
        ("Sporazum, potpisan u Rimu 12.05. i u Beogradu 14.05.2009. godine.", "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd"),
        (
            "Sporazum, potpisan u Rimu dana 12., a u Beogradu dana 14. maja 2009. godine.",
            "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd",
        ),
        ("Sporazum, potpisan 12. u Rimu i 14. maja 2009. godine u Beogradu.", "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd"),
        (
            "Sporazum, potpisan u Rimu (Italija) 12. i u Beogradu (Srbija) 14. maja 2009.",
            "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd",
        ),
        (
            "Sporazum potpisan u Šangaju 5, u Pekingu 6. i u Beogradu 7. maja 2018. godine.",
            "potpisan 2018-05-05 Šangaj; potpisan 2018-05-06 Peking; potpisan 2018-05-07 Beograd",
        ),
        ("The Agreement was signed in Rome on 12 and in Belgrade on 14 May 2009.", "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd"),
        (
            "The Agreement was signed in Rome on the 12th and in Belgrade on the 14th of May 2009.",
            "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd",
        ),
        ("SPORAZUM, POTPISAN U RIMU 12. I U BEOGRADU 14. MAJA 2009. GODINE", "potpisan 2009-05-12 Rim; potpisan 2009-05-14 Beograd"),
        // one day for both places, and one place with a street, stay what they are
        ("Sporazum, potpisan u Rimu i u Beogradu 14. maja 2009. godine.", "potpisan 2009-05-14 Rim; potpisan 2009-05-14 Beograd"),
        ("Konvencija, usvojena na 67. zasedanju u Ženevi 22. juna 1981. godine.", "usvojen 1981-06-22 Ženeva"),
        ("Sporazum, potpisan u Beogradu 14. maja 2009. godine, u 2 primerka.", "potpisan 2009-05-14 Beograd"),
    ]);
}

#[test]
fn a_bare_day_that_nothing_surely_completes_is_no_day() {
    all_say(&[
        ("Sporazum, potpisan u Rimu 28. i u Beogradu 3. maja 2009. godine.", "potpisan ? Rim; potpisan 2009-05-03 Beograd"),
        ("Sporazum, potpisan u Rimu 12. maja 2009. i u Beogradu 14.", "potpisan 2009-05-12 Rim; potpisan ? Beograd"),
        ("Sporazum, potpisan 12. maja 2009. u Rimu i 14. u Beogradu.", "potpisan 2009-05-12 Rim; potpisan ? Beograd"),
        ("Sporazum, potpisan u Rimu l2. i u Beogradu 14. maja 2009. godine.", "potpisan ? Rim; potpisan ? Beograd"),
        ("Sporazum, potpisan u Rimu dvanaestog, a u Beogradu 14. maja 2009. godine.", "potpisan ? Rim; potpisan ? Beograd"),
        ("Sporazum, potpisan u Rimu 12. i u Beogradu.", "potpisan ? Rim; potpisan ? Beograd"),
        // another event's year is not lent
        ("The Agreement was signed on 24 January in Stockholm and ratified by Sweden on 3 March 2017.", "potpisan ? Stokholm"),
    ]);
}

#[test]
fn letters_of_several_days_are_read_alike() {
    all_say(&[
        (
            "Potvrđuje se Sporazum zaključen razmenom pisama od 3. marta 2015. godine u Beogradu i 10. marta 2015. godine u Tokiju.",
            "zaključen ? Beograd; zaključen ? Tokio",
        ),
        (
            "Potvrđuje se Sporazum potpisan u Beogradu (Republika Srbija) 3. marta 2016. i Sarajevu (Bosna i Hercegovina) 5. marta 2016. godine.",
            "potpisan 2016-03-03 Beograd; potpisan 2016-03-05 Sarajevo",
        ),
    ]);
}

#[test]
fn two_years_and_a_month_in_two_pieces_name_no_day() {
    all_say(&[
        ("Sporazum, potpisan u Beogradu 5. maja 2019/2020. godine.", "potpisan ? Beograd"),
        ("Sporazum, potpisan u Beogradu 5. maja 2019/20. godine.", "potpisan ? Beograd"),
        ("Sporazum, potpisan u Beogradu 5. maja 2019-2020. godine.", "potpisan ? Beograd"),
        ("Sporazum, potpisan u Beogradu 15. ma ja 2019. godine.", "potpisan ? Beograd"),
        ("Sporazum, potpisan 28/29. decembra 2017. godine u Beogradu.", "potpisan ? Beograd"),
        ("Sporazum, potpisan u Beogradu 5. maja 2019-6. maja 2019. godine.", "potpisan 2019-05-05/2019-05-06 Beograd"),
        ("Sporazum, potpisan u Beogradu 15. maja 2019. godine.", "potpisan 2019-05-15 Beograd"),
    ]);
}

#[test]
fn a_day_that_is_still_to_come_is_no_day_of_signature() {
    let at = |text: &str, now: &str| {
        let article = super::signings(text).known_at(now.parse().unwrap_or_default());
        (article.signed.iter().filter(|s| s.on.is_some()).count(), article.unclear)
    };
    let text = "Sporazum, potpisan u Beogradu 5. maja 2091. godine.";
    assert_eq!(at(text, "2026-11-26T12:00:00Z"), (0, true));
    assert_eq!(at(text, "2091-05-04T12:00:00Z"), (1, false), "the fifth has begun somewhere");
    assert_eq!(at(text, "2091-05-04T09:00:00Z"), (0, true));
    assert_eq!(at("Konvencija, sačinjena u Rimu 2107. godine.", "2026-11-26T12:00:00Z"), (0, true));
    assert_eq!(at("Konvencija, sačinjena u Rimu 2026. godine.", "2026-11-26T12:00:00Z"), (1, false));
    assert_eq!(at("Konvencija, usvojena od 25. do 28. novembra 2026. godine u Rimu.", "2026-11-26T12:00:00Z"), (0, true));
}

#[test]
fn a_town_of_the_table_stands_in_the_nominative() {
    all_say(&[
        ("Ugovor, potpisan u Ostrogonu 3. marta 2020. godine.", "potpisan 2020-03-03 Ostrogon"),
        ("Sporazum, potpisan u Sent Džonsu, 3. marta 2020. godine.", "potpisan 2020-03-03 Sent Džons"),
    ]);
}
