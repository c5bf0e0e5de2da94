//! Case forms of Serbian words by their endings: for finding a word in whatever case it was typed. Never for showing: some forms exist in no
//! grammar.

/// Endings of nouns and adjectives, the longest first.
const ENDINGS: [&str; 16] = ["ama", "ima", "oga", "omu", "om", "em", "og", "oj", "im", "ih", "a", "e", "i", "o", "u", ""];
/// A stem shorter than this says nothing.
const STEM_CHARS_MIN: usize = 3;
/// `banka`, `banci`: what a stem's last letter becomes before `i`.
const SOFTENED: [(char, char); 3] = [('k', 'c'), ('g', 'z'), ('h', 's')];

/// The word in every form its ending lets expect, itself among them. Takes and gives Latin script in small letters.
pub fn forms(word: &str) -> Vec<String> {
    let stems = stems(word);
    let mut all: Vec<String> = stems.iter().flat_map(|stem| of_stem(word, stem)).collect();
    all.push(word.to_owned());
    all.sort_unstable();
    all.dedup();
    all
}

/// What the endings may be put to. `predlog` ends as an adjective's genitive does, and `klima` as a dative: what is left of them is one stem, and
/// the word without its last vowel another.
fn stems(word: &str) -> Vec<&str> {
    let whole = if word.ends_with(is_vowel) { word.get(..word.len() - 1) } else { Some(word) };
    let shortest = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).find(|stem| stem.chars().count() >= STEM_CHARS_MIN);
    let whole = whole.filter(|stem| stem.chars().count() >= STEM_CHARS_MIN);
    shortest.into_iter().chain(whole.filter(|whole| shortest != Some(whole))).collect()
}

fn of_stem(word: &str, stem: &str) -> Vec<String> {
    let mut all: Vec<String> = ENDINGS.iter().map(|ending| format!("{stem}{ending}")).collect();
    let mut letters: Vec<char> = stem.chars().collect();
    let last = letters.pop().unwrap_or_default();
    let rest: String = letters.iter().collect();
    if let Some((_, soft)) = SOFTENED.iter().find(|(hard, _)| *hard == last) {
        all.extend(["i", "ima"].map(|ending| format!("{rest}{soft}{ending}")));
    }
    // Rijeci, podaci, vojnici: what softened it may be
    if let Some((hard, _)) = SOFTENED.iter().find(|(_, soft)| *soft == last)
        && ["i", "ima"].iter().any(|ending| word.strip_suffix(ending) == Some(stem))
    {
        all.extend(ENDINGS.map(|ending| format!("{rest}{hard}{ending}")));
        all.extend(fleeting(&format!("{rest}{hard}")));
    }
    // genitive plural with the fleeting a: ministarstava, banaka, zemalja
    let (before, sound) = match stem.strip_suffix("lj").or_else(|| stem.strip_suffix("nj")) {
        Some(before) => (before, &stem[before.len()..]),
        None => (rest.as_str(), &stem[rest.len()..]),
    };
    if before.chars().last().is_some_and(|c| !is_vowel(c)) && !is_vowel(last) {
        all.push(format!("{before}a{sound}a"));
    }
    all.extend(fleeting(stem));
    all.extend(own_ways(word, stem));
    all
}

/// `podatak`, `podatka`: the a before the last consonant comes and goes. From a stem without it, the word with it; from one with it, all its
/// cases without.
fn fleeting(stem: &str) -> Vec<String> {
    let letters: Vec<char> = stem.chars().collect();
    match letters.as_slice() {
        [start @ .., before, 'a', last] if start.len() > 1 && !is_vowel(*before) && !is_vowel(*last) => {
            let before: String = start.iter().chain([before]).collect();
            // vrabac, vrapca; dohodak, dohotka
            let mute = before_a_mute(&before, *last).unwrap_or_else(|| before.clone());
            let bare = if mute == before { vec![before.clone()] } else { vec![before.clone(), mute] };
            let mut all: Vec<String> =
                bare.iter().flat_map(|bare| ENDINGS[..15].iter().map(move |ending| format!("{bare}{last}{ending}"))).collect();
            // zajam, zajmovi; trosak, troskovi
            if before.chars().filter(|c| is_vowel(*c)).count() == 1 {
                all.extend(["i", "a", "e", "ima"].map(|ending| format!("{before}{last}ov{ending}")));
            }
            if let Some((_, soft)) = SOFTENED.iter().find(|(hard, _)| hard == last) {
                all.extend(bare.iter().flat_map(|bare| ["i", "ima"].map(|ending| format!("{bare}{soft}{ending}"))));
                // a t before it falls silent: podatak, podaci; otac, oci
                if let Some(silent) = before.strip_suffix(['t', 'd']) {
                    all.extend(["i", "ima"].map(|ending| format!("{silent}{soft}{ending}")));
                }
            }
            all
        }
        // ugalj, uglja; panj: two letters write one sound
        [start @ .., before, 'a', 'l' | 'n', 'j'] if !start.is_empty() && !is_vowel(*before) => {
            let end: String = letters[letters.len() - 2..].iter().collect();
            let bare: String = start.iter().chain([before]).collect();
            ENDINGS[..15].iter().map(|ending| format!("{bare}{end}{ending}")).collect()
        }
        [start @ .., before, last] if start.len() > 1 && !is_vowel(*before) && !is_vowel(*last) => {
            let bare: String = start.iter().chain([before]).collect();
            vec![format!("{bare}a{last}")]
        }
        _ => Vec::new(),
    }
}

/// A voiced consonant that comes to stand before a mute one is mute itself.
fn before_a_mute(start: &str, last: char) -> Option<String> {
    let mute = match start.chars().last()? {
        'b' => "p",
        'd' => "t",
        'z' => "s",
        'ž' => "š",
        _ => return None,
    };
    matches!(last, 'k' | 'c' | 't').then(|| format!("{}{mute}", start.trim_end_matches(['b', 'd', 'z', 'ž'])))
}

/// Cases that only some nouns have, by how they end.
fn own_ways(word: &str, stem: &str) -> Vec<String> {
    let mut all = Vec::new();
    // bezbednošću, smrću, ljubavlju
    let feminine = word.strip_suffix('i').or_else(|| word.strip_suffix("ima")).unwrap_or(word);
    if let Some(start) = feminine.strip_suffix("st") {
        all.extend(["scu", "šću"].map(|ending| format!("{start}{ending}")));
    } else if let Some(start) = feminine.strip_suffix('t') {
        all.extend(["cu", "ću"].map(|ending| format!("{start}{ending}")));
    } else if feminine.ends_with(['v', 'm', 'p', 'b']) {
        all.push(format!("{feminine}lju"));
    }
    // from the instrumental back to the others
    if let Some(start) = word.strip_suffix("oscu").or_else(|| word.strip_suffix("ošću")) {
        all.extend(["", "i", "ima"].map(|ending| format!("{start}ost{ending}")));
    }
    // posao, posla, poslovi; deo, dela, delovi: the l that became o
    if let Some(start) = word.strip_suffix("ao").or_else(|| word.strip_suffix('o').filter(|start| start.ends_with('e'))) {
        // not every ending: `posle` is another word
        all.extend(["a", "u", "om", "ovi", "ova", "ovima", "ove"].map(|ending| format!("{start}l{ending}")));
    }
    // ime, imena; dete, deteta
    for (end, joint) in [("me", "n"), ("te", "t"), ("ce", "t"), ("če", "t")] {
        if word.ends_with(end) {
            all.extend(["a", "u", "om", "ima"].map(|ending| format!("{word}{joint}{ending}")));
        }
    }
    all.extend(of_people(word, stem));
    // sudovi, sud; zajmovi, zajam. Not from -ova and -ove: Kosova is no plural
    let long_plural = ["ovi", "evi", "ovima", "evima"].iter().find_map(|ending| word.strip_suffix(ending));
    if let Some(short) = long_plural.filter(|short| short.len() > 2 && short.chars().filter(|c| is_vowel(*c)).count() == 1) {
        all.extend(["", "a", "u", "om", "em"].map(|ending| format!("{short}{ending}")));
        all.extend(fleeting(short));
    }
    // podatka, podaci
    if let Some(start) = stem.strip_suffix("tk").filter(|_| word != stem) {
        all.extend(["i", "ima"].map(|ending| format!("{start}c{ending}")));
    }
    // podaci are podatak, podatka: the t that fell silent
    if let Some(start) = word.strip_suffix("aci").or_else(|| word.strip_suffix("acima")) {
        all.push(format!("{start}atak"));
        all.extend(ENDINGS[..15].iter().map(|ending| format!("{start}atk{ending}")));
        all.push(format!("{start}ataka"));
    }
    if word.ends_with("atak") {
        all.push(format!("{word}a"));
    }
    // sud, sudovi; kraj, krajevi
    let short = stem == word && stem.chars().filter(|c| is_vowel(*c)).count() == 1;
    if short || (stem == word && word.ends_with("put")) {
        for joint in ["ov", "ev"] {
            all.extend(["i", "a", "e", "ima"].map(|ending| format!("{stem}{joint}{ending}")));
        }
    }
    // zajednički oblik: deo, dela; odeo, odela
    if let Some(start) = word.strip_suffix('o').filter(|start| start.ends_with(['e', 'a'])) {
        all.extend(["la", "lu", "lom", "lovi", "lova", "lovima", "love"].map(|ending| format!("{start}{ending}")));
    }
    all
}

/// Cases of words for people, whose singular and plural have two stems.
fn of_people(word: &str, stem: &str) -> Vec<String> {
    let mut all = Vec::new();
    // građanin, građani; Srbin, Srbi; Bugarin, Bugari
    if let Some(people) = word.strip_suffix("in").filter(|people| people.len() > 2 && !people.ends_with(is_vowel)) {
        all.extend(["i", "a", "e", "ima"].map(|ending| format!("{people}{ending}")));
    }
    // tužilac, tužioca, tužilaca; and back
    if let Some(start) = word.strip_suffix("lac") {
        all.extend(["a", "u", "e", "em", "i", "ima"].map(|ending| format!("{start}oc{ending}")));
        all.push(format!("{start}laca"));
    } else if let Some(start) = stem.strip_suffix("ioc") {
        all.extend(["ilac", "ilaca"].map(|ending| format!("{start}{ending}")));
    }
    // građani, građanin
    if let Some(people) = word.strip_suffix("ani").or_else(|| word.strip_suffix("anima")) {
        all.extend(["", "a", "u", "om"].map(|ending| format!("{people}anin{ending}")));
    }
    if word == "otac" {
        all.extend(["oca", "ocu", "oce", "ocem", "ocevi", "oceva", "ocevima"].map(str::to_owned));
    }
    all
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_people_watch_are_found_from_any_case_typed() {
        for family in [
            "bezbednost bezbednosti bezbednoscu bezbednostima",
            "ekstradicija ekstradicije ekstradiciji ekstradiciju ekstradicijom",
            "podatak podatka podatku podatkom podaci podataka podacima podatke",
            "licnost licnosti licnoscu licnostima",
            "kosovo kosova kosovu kosovom",
            "migrant migranta migranti migranata migrantima migrantom",
            "policija policije policiji policiju policijom",
            "obavestajni obavestajnog obavestajnom obavestajna obavestajne obavestajnih obavestajnim obavestajnu",
            "granica granice granici granicu granicama",
            "vojnik vojnika vojniku vojnici vojnicima vojnike",
            "zajam zajma zajmu zajmom zajmovi",
            "sud suda sudu sudom sudovi sudova sudovima",
            "stefanovic stefanovica stefanovicu stefanovicem",
            "nebojsa nebojse nebojsi nebojsu nebojsom",
            "gradanin gradanina gradani gradana gradanima",
            "svedska svedske svedskoj svedsku svedskom",
            "ugalj uglja uglju ugljem",
            "posao posla poslu poslovi poslova poslovima",
            "deo dela delu delovi delova",
        ] {
            let nominative = family.split(' ').next().unwrap_or_default();
            let all = forms(nominative);
            for printed in family.split(' ').filter(|form| *form != "zajmovi") {
                assert!(all.iter().any(|form| form == printed), "{printed} is found by {nominative}: {all:?}");
            }
        }
        assert!(!forms("posao").iter().any(|form| form == "posle"), "another word");
        for (typed, printed) in [("podaci", "podataka"), ("podaci", "podatke"), ("vojnici", "vojnika"), ("bezbednoscu", "bezbednosti")] {
            assert!(forms(typed).iter().any(|form| form == printed), "{printed} is found by {typed}");
        }
    }

    #[test]
    fn words_whose_stem_changes_are_found_in_every_case() {
        for family in [
            "povratak povratka povratku povratkom povraci povratke povrataka povracima",
            "radnik radnika radniku radnikom radnici radnike radnicima",
            "norveska norveske norveskoj norvesku norveskom",
            "oruzje oruzja oruzju oruzjem",
            "lice lica licu licem licima",
            "knjiga knjige knjizi knjigu knjigom knjiga knjigama",
            "svrha svrhe svrsi svrhu svrhom svrha svrhama",
            "trgovac trgovca trgovcu trgovcem trgovci trgovce trgovaca trgovcima",
            "zajam zajma zajmu zajmom zajmovi zajmove zajmova zajmovima",
            "izbeglica izbeglice izbeglici izbeglicu izbeglicom izbeglicama",
            "azilant azilanta azilantu azilanti azilanata azilante azilantima",
            "nadleznost nadleznosti nadleznoscu nadleznostima",
            "smrt smrti smrcu",
            "krv krvi krvlju",
            "nabavka nabavke nabavci nabavku nabavkom nabavki nabavkama",
            "zatvorenik zatvorenika zatvorenici zatvorenike zatvorenicima",
            "dete deteta detetu detetom",
            "drzavljanin drzavljanina drzavljaninu drzavljani drzavljana drzavljanima drzavljane",
            "srbin srbina srbi srba srbima srbe",
            "otac oca ocu ocem ocevi",
            "tuzilac tuzioca tuziocu tuziocem tuzioci tuzilaca tuzioce tuziocima",
            "izvrsilac izvrsioca izvrsiocu izvrsioci izvrsilaca izvrsiocima",
            "kupac kupca kupcu kupcem kupci kupaca kupce kupcima",
            "put puta putu putem putevi puteva putevima puteve",
            "autoput autoputa autoputu autoputem autoputevi",
            "aerodrom aerodroma aerodromu aerodromom aerodromi",
            "nuklearni nuklearnog nuklearnom nuklearna nuklearne nuklearnu nuklearnim nuklearnih nuklearno",
            "bezvizni bezviznog bezviznom bezvizna bezvizne bezviznim",
            "nemacka nemacke nemackoj nemacku nemackom",
            "zakonik zakonika zakoniku zakonikom zakonici zakonike zakonicima",
            "nalog naloga nalogu nalogom nalozi naloge nalozima",
            "razlog razloga razlogu razlogom razlozi razloge razlozima",
            "prilog priloga prilogu prilogom prilozi priloge prilozima",
            "cilj cilja cilju ciljem ciljevi ciljeva ciljevima",
            "sredstvo sredstva sredstvu sredstvom sredstava sredstvima",
            "ime imena imenu imenom imenima",
            "vreme vremena vremenu vremenom",
            "dokument dokumenta dokumentu dokumentom dokumenti dokumenata dokumente dokumentima",
            "projekat projekta projektu projektom projekti projekata projekte projektima",
            "postupak postupka postupku postupkom postupci postupaka postupke postupcima",
            "trosak troska trosku troskom troskovi troskova troskove troskovima",
            "dohodak dohotka dohotku dohotkom dohoci dohodaka",
            "vrabac vrapca vrapcu vrapci",
            "predlog predloga predlogu predlogom predlozi predloge predlozima",
            "zemlja zemlje zemlji zemlju zemljom zemalja zemljama",
            "zrtva zrtve zrtvi zrtvu zrtvom zrtava zrtvama",
            "crkva crkve crkvi crkvu crkvom crkava crkvama",
            "usluga usluge usluzi uslugu uslugom usluga uslugama",
            "klima klime klimi klimu klimom",
            "panorama panorame panorami panoramu",
        ] {
            let words: Vec<&str> = family.split(' ').collect();
            let all = forms(words[0]);
            for printed in &words {
                assert!(all.iter().any(|form| form == printed), "{printed} is found by {}", words[0]);
            }
        }
    }

    #[test]
    fn a_word_typed_in_the_plural_finds_the_singular() {
        for (plural, singular) in
            [("zajmovi", "zajma"), ("sudovi", "suda"), ("drzavljani", "drzavljanina"), ("tuzioci", "tuzilac"), ("podatka", "podaci")]
        {
            assert!(forms(plural).iter().any(|form| form == singular), "{singular} is found by {plural}");
        }
    }

    #[test]
    fn no_form_of_a_word_is_another_word() {
        for (word, others) in [
            ("rat", "ratar ratifikacija ratko"),
            ("pravo", "pravni pravoslavni pravosude"),
            ("vlada", "vladavina vladan vladati vladimir"),
            ("sud", "sudar sudan sudbina"),
            ("kosova", "kosa kosu kosi"),
            ("posao", "posle poslanik"),
            ("deca", "decembar decenija"),
            ("strana", "stranac stranka stranacki"),
            ("lice", "licenca licitacija licni"),
            ("kraj", "krajina krajnji"),
        ] {
            let all = forms(word);
            assert!(others.split(' ').all(|other| all.iter().all(|form| form != other)), "{word}");
        }
    }

    #[test]
    fn every_case_of_a_word_is_among_its_forms() {
        let families = [
            "sporazum sporazuma sporazumu sporazumom sporazumi sporazume sporazumima",
            "konvencija konvencije konvenciji konvenciju konvencijom konvencijama",
            "ministarstvo ministarstva ministarstvu ministarstvom ministarstava ministarstvima",
            "banka banke banci banku bankom banaka bankama",
            "ruska ruske ruskoj rusku ruskom ruskih ruskim ruskog",
            "potvrđivanje potvrđivanja potvrđivanju potvrđivanjem",
            "služba službe službi službu službom službama",
        ];
        for family in families {
            for printed in family.split(' ') {
                let all = forms(printed);
                for typed in family.split(' ').filter(|typed| !typed.ends_with("banaka") && !typed.ends_with("stava")) {
                    let irregular = printed.ends_with("banaka") || printed.ends_with("stava") || printed == "banci";
                    assert!(irregular || all.iter().any(|form| form == typed), "{printed} is found by {typed}");
                }
            }
        }
        assert!(forms("ministarstva").contains(&"ministarstava".to_owned()) && forms("banke").contains(&"banaka".to_owned()));
        assert_eq!(forms("i"), ["i"]);
    }
}
