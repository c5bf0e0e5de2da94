//! How to get letters, and how to stop them. Web subscribing is off until somebody answers for the addresses (`[controller]`).

use maud::{Markup, html};

use super::page::{Page, Visit, outward};

pub(super) fn page(visit: &Visit) -> Page {
    let t = visit.tongue;
    let controller = &visit.settings.controller;
    let write_to = controller.email.as_ref().or(visit.settings.contact.as_ref());
    let title = t.say("Писма", "Letters");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Писмо вам стиже чим се на страницама Народне скупштине први пут појави међународни споразум: ко га закључује, када је потписан \
                 ако то пише, када је на дневном реду, и где се може прочитати.",
                "A letter comes as soon as an international agreement first appears on the pages of the National Assembly: who concludes it, when it \
                 was signed if that is written, when it is on the agenda, and where to read it."
            ))
        }
        h2 { (t.say("Како се пријавити", "How to subscribe")) }
        @if let Some(address) = write_to {
            p {
                (t.say("Пишите на ", "Write to ")) a href=(format!("mailto:{address}")) { (address) }
                (t.say(
                    ": са које адресе желите писма, на ком језику и писму, и да ли одмах, дневно или недељно. Добићете писмо са везом за потврду.",
                    ": to which address the letters should go, in which language and script, and whether at once, daily or weekly. You will get a letter \
                     with a link to confirm."
                ))
            }
        } @else {
            p {
                (t.say(
                    "Ко води ове странице још није навео адресу за пријаве.",
                    "Whoever runs these pages has not given an address for subscriptions yet."
                ))
            }
        }
        p.quiet {
            @if controller.name.is_some() && controller.address.is_some() && controller.email.is_some() {
                (t.say("Пријава преко ових страница још није могућа.", "Subscribing on these pages is not possible yet."))
            } @else {
                (t.say(
                    "Пријава преко ових страница је искључена док се не наведе ко одговара за адресе.",
                    "Subscribing on these pages is off until it is said who answers for the addresses."
                ))
            }
        }
        h2 { (t.say("Како се одјавити", "How to leave")) }
        p {
            (t.say(
                "У сваком писму је веза која отвара страницу са једним дугметом. Један притисак, без питања, и адреса се брише.",
                "Every letter has a link that opens a page with one button. One press, no questions, and your address is erased."
            ))
        }
        (answers(visit))
    };
    Page { title: title.into_owned(), main }
}

/// Who answers for the addresses, and the way without one.
fn answers(visit: &Visit) -> Markup {
    let t = visit.tongue;
    let controller = &visit.settings.controller;
    html! {
        h2 { (t.say("Ко одговара за адресе", "Who answers for the addresses")) }
        @if let Some(name) = &controller.name {
            p {
                (name) @if let Some(address) = &controller.address { ", " (address) }
                @if let Some(url) = &controller.privacy_url { ". " (outward(url.as_str(), &t.say("Заштита података", "Privacy"))) }
            }
        } @else { p { (t.say("Још није наведено.", "Not said yet.")) } }
        h2 { (t.say("Без адресе", "Without an address")) }
        p {
            a href="/feed.atom" { "Atom" } " – "
            (t.say("исто у читачу вести, без икакве пријаве.", "the same in a feed reader, without subscribing at all."))
        }
    }
}
