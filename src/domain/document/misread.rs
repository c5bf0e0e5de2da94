//! Letters that were read by another table than they were written with: a code page taken for another, letters of a font left out.
//!
//! Never mends them: it only says that what is there is not what is seen.

use crate::domain::script;

/// In a text of any length its beginning tells.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Cyrillic of Windows-1251 or UTF-8 read as Western letters has hardly another; of languages written with such letters none has so many, in percent.
const WESTERN_PERCENT_MIN: usize = 25;
/// A stray letter is a slip, or a name of another language.
const SIGNS_MIN: usize = 3;

/// Whether the letters of a text are not those that were written: Serbian of Windows-1250 or 1251, or of UTF-8, read as if it were Western
/// European, or Serbian of whose letters those beyond ASCII are missing.
pub(super) fn is_misread(text: &str) -> bool {
    let text = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    is_western_cyrillic(text) || is_utf8_by_bytes(text) || is_western_latin(text) || lacks_letters(text)
}

/// `Ïîòâðæó¼å ñå`: Windows-1251.
fn is_western_cyrillic(text: &str) -> bool {
    let (mut letters, mut western) = (0, 0);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        western += usize::from(matches!(c, 'À'..='ÿ'));
    }
    western >= SIGNS_MIN && western * 100 >= letters * WESTERN_PERCENT_MIN
}

/// `PotvrÄ‘uje`, `ÐŸÐ¾Ñ‚`: each letter's two bytes taken for two letters. The second byte is never a letter that could follow the first.
fn is_utf8_by_bytes(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let pairs = chars.windows(2).filter(|pair| matches!(pair[0], 'Ä' | 'Å' | 'Ã' | 'Ð' | 'Ñ') && is_second_byte(pair[1])).count();
    pairs >= SIGNS_MIN
}

/// A byte from 80 to BF, as Latin 1 or Windows-1252 shows it.
fn is_second_byte(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰‹‘’“”•˜™›".contains(c)
}

/// `Potvrðuje`, `Èlan`: Windows-1250, whose č, ć and đ stand where Western tables have è, æ and ð. No language has the first and another of them.
fn is_western_latin(text: &str) -> bool {
    let count = |letters: [char; 2]| text.chars().filter(|c| letters.contains(c)).count();
    let (c, others) = (count(['è', 'È']), count(['æ', 'Æ']) + count(['ð', 'Ð']));
    let own = count(['č', 'Č']) + count(['ć', 'Ć']) + count(['đ', 'Đ']);
    c >= SIGNS_MIN && others >= SIGNS_MIN && own < SIGNS_MIN
}

/// `Potvr uje`, `izme u`, `lan 1.`: a font without a table for what is not ASCII. The words every such law has tell.
fn lacks_letters(text: &str) -> bool {
    let folded = script::fold(text);
    let (mut whole, mut broken) = (0, 0);
    for word in folded.split(' ') {
        whole += usize::from(["clan", "potvrd", "izmed"].iter().any(|stem| word.starts_with(stem)));
        broken +=
            usize::from(matches!(word, "lan" | "potvr" | "izme" | "izmeu") || word.starts_with("potvru") || word.starts_with("potvriv"));
    }
    broken >= SIGNS_MIN && broken > whole
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: &str = "PREDLOG ZAKONA O POTVRĐIVANJU SPORAZUMA IZMEĐU VLADE REPUBLIKE SRBIJE I VLADE KRALJEVINE ŠVEDSKE Član 1. Potvrđuje se \
                       Sporazum između Vlade Republike Srbije i Vlade Kraljevine Švedske, sačinjen u Stokholmu. Član 2. Ovaj zakon stupa na \
                       snagu osmog dana od dana objavljivanja u „Službenom glasniku Republike Srbije – Međunarodni ugovori”. Član 3. Strane će \
                       sarađivati u sprečavanju kriminala.";

    /// What one table wrote, read by another.
    fn misread(text: &str, written: &'static encoding_rs::Encoding) -> String {
        let (bytes, _, _) = written.encode(text);
        let (read, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
        read.into_owned()
    }

    #[test]
    fn one_code_page_read_as_another_is_known_by_its_letters() {
        let cyrillic = script::to_cyrillic(LAW);
        for (text, written) in [
            (LAW, encoding_rs::WINDOWS_1250),
            (LAW, encoding_rs::UTF_8),
            (cyrillic.as_str(), encoding_rs::WINDOWS_1251),
            (cyrillic.as_str(), encoding_rs::UTF_8),
        ] {
            let seen = misread(text, written);
            assert!(is_misread(&seen), "{}: {seen}", written.name());
            assert!(!is_misread(text));
        }
    }

    #[test]
    fn letters_that_are_missing_are_missed() {
        let left_out = |by: &str| LAW.chars().map(|c| if c.is_ascii() { c.to_string() } else { by.to_owned() }).collect::<String>();
        for seen in [left_out(" "), left_out("")] {
            assert!(is_misread(&seen), "{seen}");
        }
        // Serbian typed without its marks is read as it is seen.
        let bare: String = LAW
            .chars()
            .map(|c| match c {
                'Đ' => "Dj".to_owned(),
                'đ' => "dj".to_owned(),
                'č' | 'ć' => "c".to_owned(),
                'Č' | 'Ć' => "C".to_owned(),
                'š' => "s".to_owned(),
                'Š' => "S".to_owned(),
                'ž' => "z".to_owned(),
                c => c.to_string(),
            })
            .collect();
        assert!(!is_misread(&bare), "{bare}");
    }

    #[test]
    fn other_languages_are_what_they_are() {
        for text in [
            "Le présent accord est conclu entre le Gouvernement de la République française et le Gouvernement de la République de Serbie, après ratification, à la dernière frontière.",
            "Die Regierung der Bundesrepublik Deutschland und die Regierung der Republik Serbien haben für die Überprüfung der Änderung Übereinstimmung erzielt.",
            "Samningur þessi öðlast gildi þegar aðilar hafa tilkynnt hvor öðrum að skilyrðum sé fullnægt. Hann er gerður í Reykjavík á íslensku og ensku, og er æðri.",
            "A Magyar Köztársaság Kormánya és a Szerb Köztársaság Kormánya között létrejött megállapodás kihirdetéséről szóló törvény végrehajtásáról.",
            "Aftalen mellem Kongeriget Danmarks regering og Republikken Serbiens regering træder i kraft, når parterne har underrettet hinanden på dansk.",
            "O acordo entre o Governo da República Portuguesa e o Governo da República da Sérvia sobre a segurança e a cooperação não está em vigor.",
        ] {
            assert!(!is_misread(text), "{text}");
        }
    }
}
