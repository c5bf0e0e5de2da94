//! Words that matter: who asked for them gets the sentence that holds them, and nobody else hears of it.

use crate::house::pages::{RowSpec, bills_page, laws_page};
use crate::watch::{BILLS, LAWS, Watch};

const CHINA: &str = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Narodne Republike Kine o ukidanju viza";
const TEXT: &str = "Члан 7.\nНадлежни органи размењују податке о личности лица која траже азил. Трошкове сноси свака Страна.\n\n\
                    За Владу Републике Србије\nНебојша Стефановић, министар\n";

#[test]
fn a_word_in_a_document_brings_the_letter_and_its_sentence() {
    let mut watch = Watch::over(&["bills", "laws"]);
    watch.full = true;
    for (address, every, word) in [
        ("boris@ngo.example", "instant", "podaci o ličnosti"),
        ("cveta@ngo.example", "instant", "лични подаци"),
        ("dana@ngo.example", "instant", "Podaci o ličnosti"),
        ("ema@ngo.example", "daily", "азил"),
    ] {
        let asked = ["subscriber", "add", address, "--word", word, "--every", every, "--confirmed", "--reason", "story"];
        watch.house.run(&asked).expect(0);
    }
    let water = RowSpec::bill("11-26", "Zakon o vodama", "1. mart 2026.");
    watch.serve(BILLS, bills_page(&[RowSpec::bill("405-26", "Predlog zakona o vodama", "3. novembar 2026.")]));
    watch.serve(LAWS, laws_page(std::slice::from_ref(&water)));
    watch.look();
    let bill = RowSpec::bill("404-26", CHINA, "2. novembar 2026.");
    watch.serve(BILLS, bills_page(&[bill.clone(), RowSpec::bill("405-26", "Predlog zakona o vodama", "3. novembar 2026.")]));
    watch.look();
    // Before the text is there only Ana hears of it, who asked for no words.
    assert_eq!(watch.roster("SELECT count(*) FROM letter WHERE operator IS NULL"), ["1"]);
    let file = rusqlite::Connection::open(watch.house.data().join("history.db")).unwrap();
    let read = "INSERT INTO document (link_id, state, fetched_at, text) SELECT min(link_id), 'text', '2026-11-20T10:00:00Z', ?1 FROM link
                 WHERE bill_id = (SELECT bill_id FROM bill WHERE act_number = '404-26')";
    assert_eq!(file.execute(read, [TEXT]).unwrap(), 1);
    drop(file);
    let law = RowSpec { title: CHINA.replace("Predlog zakona", "Zakon"), date: "20. decembar 2026.".into(), ..bill };
    watch.serve(LAWS, laws_page(&[law, water]));
    watch.look();
    let letters = watch.roster(
        "SELECT group_concat(s.address, ' '), json_extract(e.facts, '$.findings[0].quotes[0].sentence'),
                json_extract(e.facts, '$.findings[0].quotes[0].place.article')
           FROM letter l JOIN edition e USING (edition_id) JOIN subscriber s USING (subscriber_id)
          WHERE json_extract(e.facts, '$.findings[0].kind') = 'adopted' GROUP BY e.edition_id ORDER BY e.edition_id",
    );
    let sentence = "Надлежни органи размењују податке о личности лица која траже азил.";
    assert_eq!(letters, ["ana@ngo.example||".to_owned(), format!("boris@ngo.example dana@ngo.example|{sentence}|7")]);
    watch.hours(25);
    watch.look();
    let digest = "SELECT json_extract(facts, '$.findings[0].quotes[0].sentence') FROM edition JOIN letter USING (edition_id)
                    JOIN subscriber USING (subscriber_id) WHERE address = 'ema@ngo.example'";
    assert_eq!(watch.roster(digest), [sentence]);
    let letter = watch.roster("SELECT letter_id FROM letter JOIN subscriber USING (subscriber_id) WHERE address = 'ema@ngo.example'");
    let shown = watch.house.run(&["outbox", "show", &letter[0]]).expect(0);
    assert!(shown.stdout.contains("Reč koju ste tražili, „азил”, u tekstu (član 7):"), "{}", shown.stdout);
    assert!(shown.stdout.contains("Ko je potpisao:") && shown.stdout.contains("Небојша Стефановић, министар"), "{}", shown.stdout);
}
