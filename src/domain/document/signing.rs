//! Finds Article 1 of the law inside a document and reads it, with the words and the page that prove it.
//!
//! Never reads a day of signature from anywhere else in a document: an agreement's text and its explanatory note tell of other agreements.

use crate::domain::article::{self, Article};
use crate::domain::bill::Party;
use crate::domain::document::{Part, Section, joined, parts};
use crate::domain::{document, script};

/// What a document says of the signing.
#[derive(Debug, Clone, PartialEq)]
pub struct Signing {
    /// As read.
    pub article: Article,
    /// The words it was read from, as printed: the evidence.
    pub sentence: String,
    /// The page they begin on, from 1; none where the document has no pages.
    pub page: Option<u32>,
}

impl Signing {
    /// Whether it can be the signing of an agreement of these parties. A page may link the document of another: then no country is common to both.
    pub fn is_of(&self, parties: &[Party]) -> bool {
        let countries =
            |parties: &[Party]| -> Vec<String> { parties.iter().filter(|p| !p.ours).filter_map(|p| p.country.clone()).collect() };
        let (told, known) = (countries(&self.article.parties), countries(parties));
        told.is_empty() || known.is_empty() || told.iter().any(|country| known.contains(country))
    }
}

/// Characters of evidence that are kept.
const SENTENCE_CHARS_MAX: usize = 1_500;
/// Letters by which the beginning of the evidence is found again on its page.
const FOUND_BY_LETTERS: usize = 48;

/// Article 1 of the law in a document's text; none where no article confirms anything.
pub fn signing(text: &str) -> Option<Signing> {
    let parts = parts(text);
    let first = parts.iter().position(confirms)?;
    let evidence = parts[first].text.clone();
    let from = confirming_word(&evidence)?;
    let evidence = &evidence[from..];
    let article = article::read(evidence);
    let sentence: String = evidence.chars().take(SENTENCE_CHARS_MAX).collect();
    let page = page_of(text, &sentence);
    Some(Signing { article, sentence, page })
}

/// The law's first article, or what stands where a document has no headings.
fn confirms(part: &Part) -> bool {
    let first_of_the_law = part.place.section == Section::Law && part.place.article.as_deref().is_none_or(|a| a == "1" || a == "I");
    let no_heading = part.place.section == Section::Opening;
    (first_of_the_law || no_heading) && confirming_word(&part.text).is_some()
}

/// Where `Potvrđuje se` begins.
fn confirming_word(text: &str) -> Option<usize> {
    let opening = &text[..text.floor_char_boundary(document::BYTES_MAX.min(64 * 1024))];
    let folded = script::Folded::of(opening);
    let verbs = ["potvrduje", "potvrduju", "ratifikuje", "ratifikuju", "ratificira", "prihvata"];
    (0..folded.len()).find(|&i| verbs.contains(&folded.word(i)) && folded.word(i + 1) == "se").map(|i| folded.at(i).start)
}

/// The page on which the words begin.
fn page_of(text: &str, sentence: &str) -> Option<u32> {
    let letters = |text: &str| script::fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let sought: String = letters(sentence).chars().take(FOUND_BY_LETTERS).collect();
    if !text.contains('\u{c}') || sought.is_empty() {
        return None;
    }
    let found = text.split('\u{c}').position(|page| letters(&joined(page)).contains(&sought))?;
    u32::try_from(found + 1).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::dates::PrintedDate;

    const LAW: &str = "PREDLOG ZAKONA\nO POTVRĐIVANJU SPORAZUMA IZMEĐU MINISTARSTVA\n\u{c}Član 1.\nPotvrđuje se Sporazum između Ministarstva unutrašnjih poslova\nRepublike Srbije i Federalne službe bezbednosti Ruske Federacije, potpi-\nsan 23. maja 2017. godine u Moskvi, u originalu na srpskom i ruskom jeziku.\nČlan 2.\nTekst Sporazuma u originalu na srpskom jeziku glasi:\nSPORAZUM\nČlan 1.\nStrane su 4. aprila 1999. godine potpisale drugi sporazum.\n\u{c}";

    #[test]
    fn article_one_of_the_law_is_found_with_its_page() {
        let found = signing(LAW).unwrap();
        assert_eq!(found.page, Some(2));
        assert!(found.sentence.starts_with("Potvrđuje se Sporazum između Ministarstva"), "{}", found.sentence);
        assert!(found.sentence.ends_with("ruskom jeziku."), "{}", found.sentence);
        assert_eq!(found.article.signed.len(), 1);
        assert_eq!(found.article.signed[0].on, Some(PrintedDate::Day("2017-05-23".parse().unwrap())));
        assert_eq!(found.article.signed[0].at.as_deref(), Some("Moskva"));
        assert_eq!(found.article.languages, ["sr", "ru"]);
    }

    #[test]
    fn the_document_of_another_agreement_proves_nothing_of_this_one() {
        let found = signing(LAW).unwrap();
        let of = |title: &str| found.is_of(&crate::domain::agreement::detect(title).parties);
        let title = |whom: &str| format!("Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade {whom} o saradnji");
        assert!(of(&title("Ruske Federacije")));
        assert!(!of(&title("Kraljevine Švedske")));
        assert!(of("Predlog zakona o potvrđivanju Konvencije o kibernetičkom kriminalu"));
    }

    #[test]
    fn no_other_day_of_the_document_is_a_day_of_signature() {
        let agreement_alone = LAW.split("glasi:").nth(1).unwrap();
        assert_eq!(signing(agreement_alone), None);
        assert_eq!(signing(""), None);
        assert_eq!(signing("Sačinjeno u Beogradu 5. maja 2015. godine."), None);
    }

    #[test]
    fn the_other_script_and_a_text_without_headings_are_read_alike() {
        let cyrillic =
            "ЗАКОН\nЧлан 1.\nПотврђује се Споразум, потписан у Београду 5. маја 2015. године.\nЧлан 2.\nОвај закон ступа на снагу.";
        let found = signing(cyrillic).unwrap();
        assert_eq!((found.page, found.article.signed[0].at.as_deref()), (None, Some("Beograd")));
        let bare = "Potvrđuje se Sporazum, potpisan u Beogradu 5. maja 2015. godine.";
        assert_eq!(signing(bare).unwrap().article.signed.len(), 1);
    }
}
