//! The privacy notice: who answers for the addresses, what is kept, for how long, and what one may ask (GDPR, Art. 13; ZZPL, čl. 23).
//!
//! Never says more than the settings do: who hosts and who relays the mail is the operator's to add (`[controller] privacy_url`).

use maud::{Markup, html};

use super::page::{Page, Visit, outward};
use crate::app::subscribe::{LEFT_DAYS, PENDING_DAYS};

pub(super) fn page(visit: &Visit) -> Page {
    let t = visit.tongue;
    let days = |n: i64| t.count(n, ["дан", "дана", "дана"], ["day", "days"]);
    let title = t.say("Обавештење о обради података", "Privacy notice");
    let main = html! {
        h1 { (title) }
        h2 { (t.say("Ко одговара", "Who answers")) }
        (controller(visit))
        h2 { (t.say("Шта чувамо и зашто", "What we keep, and why")) }
        p {
            (t.say(
                "Адресу е-поште, језик и изборе, речи на које сте пристали и када, која писма су вам послата и која су се вратила. Само да бисмо вам слали обавештења о \
                 међународним споразумима пред Народном скупштином. Основ је ваш пристанак (члан 12. став 1. тачка 1. ЗЗПЛ; члан 6(1)(a) GDPR).",
                "Your e-mail address, language and choices, the words you agreed to and when, which letters were sent to you, and which came back. Only to write to you \
                 about international agreements before the National Assembly. The basis is your consent (GDPR Art. 6(1)(a); ZZPL Art. 12)."
            ))
        }
        p {
            (t.say(
                "Странице не користе колачиће, не прате посетиоце и ништа не учитавају са других места. Писма немају слика ни веза које би јављале да су отворена.",
                "These pages set no cookies, follow no visitors, and load nothing from elsewhere. The letters hold no picture or link that would tell they were opened."
            ))
        }
        h2 { (t.say("Колико дуго", "For how long")) }
        ul.plain {
            li { (t.say("Док сте пријављени.", "While you are subscribed.")) }
            li {
                (t.say("Ако пријаву не потврдите: ", "If you never confirm: ")) (days(PENDING_DAYS))
                (t.say(", па се све брише.", ", then everything is erased."))
            }
            li {
                (t.say("Када се одјавите: адреса се брише чим оде писмо које то потврђује, најкасније за два дана. Њен отисак, избори и пристанак остају још ", "When you leave: the address is erased when the letter that confirms it has gone, within two days. A fingerprint of it, your choices and your consent stay for "))
                (days(LEFT_DAYS))
                (t.say(", да вас нико поново не унесе и да се зна да сте пристали; ако желите, и то се брише одмах.", " more, so that nobody enters you again and your consent can be shown; if you wish, that too is erased at once."))
            }
        }
        h2 { (t.say("Коме дајемо", "Who else gets them")) }
        p {
            (t.say(
                "Никоме. За нас их обрађују само онај на чијем серверу стоје и онај ко преноси пошту",
                "Nobody. Only whose server they are on and who carries the mail process them for us"
            ))
            @if let Some(url) = &visit.settings.controller.privacy_url {
                ": " (outward(url.as_str(), &t.say("ко су, пише овде", "who they are is written here"))) "."
            } @else { "." }
        }
        (rights(visit))
    };
    Page { title: title.into_owned(), main }
}

fn rights(visit: &Visit) -> Markup {
    let t = visit.tongue;
    html! {
        h2 { (t.say("Ваша права", "Your rights")) }
        p {
            (t.say(
                "Пристанак можете да повучете у сваком тренутку, везом у сваком писму. Увид, исправка, преузимање и брисање ваших података: ",
                "You may withdraw your consent at any time, by the link in every letter. To see, correct, download or erase your data: "
            ))
            a href=(visit.to("/manage")) { (t.say("свежом везом", "by a fresh link")) }
            (t.say(
                ", или писмом на горњу адресу. Можете тражити и ограничење обраде, и поднети притужбу Поверенику за информације од јавног значаја и \
                 заштиту података о личности.",
                ", or by writing to the address above. You may also ask for restriction of processing, and complain to a supervisory authority, in Serbia \
                 the Commissioner for Information of Public Importance and Personal Data Protection."
            ))
        }
    }
}

fn controller(visit: &Visit) -> Markup {
    let t = visit.tongue;
    let controller = &visit.settings.controller;
    html! {
        @if let Some(name) = &controller.name {
            p {
                (t.say("Руковалац подацима: ", "Data controller: ")) (name)
                @if let Some(address) = &controller.address { ", " (address) }
                @if let Some(email) = &controller.email { ", " a href=(format!("mailto:{email}")) { (email) } }
                "."
            }
        } @else {
            p { (t.say("Још није наведено, па ове странице и не примају пријаве.", "Not said yet, and so these pages take no subscriptions.")) }
        }
    }
}
