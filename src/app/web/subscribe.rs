//! The page on which somebody asks for letters. Off until somebody answers for the addresses (`[controller]`).
//!
//! Never says whether an address is known: every valid one gets the same answer, after the same time (faults.md X10).

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, Utc};
use maud::{Markup, html};
use tokio::time::{Duration, Instant};

use super::choices::{self, Sent};
use super::connection::Peer;
use super::page::{Page, Visit, outward};
use super::tongue::Tongue;
use super::{Fault, Hall, block, doors, page};
use crate::app::clock;
use crate::app::subscribe::{self, Forecast};
use crate::config::Controller;
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::Preferences;
use crate::io::database::DatabaseError;
use crate::io::roster::Roster;
use crate::io::roster::people::{Consent, ConsentHow};

/// Every answer to an address takes so long, whatever was done: how long it took would tell whether the address is known.
const ANSWER_AFTER: Duration = Duration::from_millis(400);
/// Which wording of the consent; a new one for every change of its words.
const CONSENT_VERSION: &str = "web-1";

/// What a form needs of a request.
pub(super) type Post = (State<Hall>, Tongue, Uri, HeaderMap, Extension<Peer>, Bytes);

/// What the form shows besides its fields.
#[derive(Default)]
struct Form<'a> {
    email: &'a str,
    chosen: Preferences,
    /// The fields beyond the first three were used.
    open: bool,
    wrong: Option<String>,
    counted: Option<Forecast>,
}

pub(super) async fn show(State(hall): State<Hall>, tongue: Tongue, uri: Uri) -> Response {
    let visit = Visit::new(tongue, uri.path(), uri.query(), hall.settings());
    let chosen = Preferences { language: tongue.0, ..Preferences::default() };
    visit.answer(StatusCode::OK, &form_page(&visit, &Form { chosen, ..Form::default() }))
}

pub(super) async fn ask((State(hall), tongue, uri, headers, Extension(peer), body): Post) -> Response {
    let (now, began) = (clock::now(), Instant::now());
    let visit = Visit::new(tongue, uri.path(), None, hall.settings());
    if !subscribe::may_be_asked(&visit.settings) {
        return visit.answer_in_private(StatusCode::FORBIDDEN, &form_page(&visit, &Form::default()));
    }
    let sent = Sent::read(&body);
    let chosen = sent.preferences(tongue.0);
    let visitor = peer.visitor(&headers, &visit.settings.web.trusted_proxies);
    let form = Form { email: sent.one("email"), open: true, chosen: chosen.clone(), ..Form::default() };
    if sent.one("do") == "count" {
        if !hall.counts.take(visitor, now) {
            return doors::too_often(&visit);
        }
        let wanted = chosen.clone();
        return match hall.read(move |history| subscribe::forecast(history, &wanted, now)).await {
            Ok(counted) => visit.answer_in_private(StatusCode::OK, &form_page(&visit, &Form { counted: Some(counted), ..form })),
            Err(fault) => excused(&visit, &fault),
        };
    }
    let address = match wrong(tongue, &sent) {
        Ok(address) => address,
        Err(why) => {
            return visit.answer_in_private(StatusCode::BAD_REQUEST, &form_page(&visit, &Form { wrong: Some(why), ..form }));
        }
    };
    if !hall.sign_ups.take(visitor, now) {
        return doors::too_often(&visit);
    }
    let done = enter(&hall, tongue, address, chosen, now).await;
    tokio::time::sleep_until(began + ANSWER_AFTER).await;
    match done {
        Ok(()) => visit.answer_in_private(StatusCode::OK, &asked(&visit)),
        Err(fault) => excused(&visit, &fault),
    }
}

async fn enter(hall: &Hall, t: Tongue, address: EmailAddress, chosen: Preferences, now: DateTime<Utc>) -> Result<(), Fault> {
    let settings = hall.settings();
    let consent = Consent {
        how: ConsentHow::Web,
        version: Some(format!("{CONSENT_VERSION} {}", t.0)),
        text: Some(consent_text(t, &settings.controller)),
    };
    block(&hall.doors, move || {
        let mut roster = Roster::open(&settings.data_dir, true).map_err(|e| Fault::Broken(e.into()))?;
        subscribe::ask_on_the_web(&settings, &mut roster, &address, &chosen, &consent, now).map_err(Fault::Broken)
    })
    .await?;
    hall.ring();
    Ok(())
}

/// Answers a request for a fresh link: as for the form, the same to everybody.
pub(super) async fn fresh_link((State(hall), tongue, uri, headers, Extension(peer), body): Post) -> Response {
    let (now, began) = (clock::now(), Instant::now());
    let visit = Visit::new(tongue, uri.path(), None, hall.settings());
    let sent = Sent::read(&body);
    let visitor = peer.visitor(&headers, &visit.settings.web.trusted_proxies);
    let Ok(address) = sent.one("email").trim().parse::<EmailAddress>() else {
        let page = fresh_page(&visit, sent.one("email"), Some(&no_address(tongue)));
        return visit.answer_in_private(StatusCode::BAD_REQUEST, &page);
    };
    if !hall.sign_ups.take(visitor, now) {
        return doors::too_often(&visit);
    }
    let settings = hall.settings();
    let done = block(&hall.doors, move || match Roster::open(&settings.data_dir, false) {
        Ok(mut roster) => subscribe::ask_to_manage(&settings, &mut roster, &address, now).map_err(Fault::Broken),
        Err(crate::io::roster::RosterError::Database(DatabaseError::Missing(_))) => Ok(()),
        Err(error) => Err(Fault::Broken(error.into())),
    });
    let done = done.await;
    hall.ring();
    tokio::time::sleep_until(began + ANSWER_AFTER).await;
    match done {
        Ok(()) => visit.answer_in_private(StatusCode::OK, &sent_page(&visit)),
        Err(fault) => excused(&visit, &fault),
    }
}

pub(super) async fn fresh_link_page(State(hall): State<Hall>, tongue: Tongue, uri: Uri) -> Response {
    let visit = Visit::new(tongue, uri.path(), uri.query(), hall.settings());
    visit.answer(StatusCode::OK, &fresh_page(&visit, "", None))
}

fn excused(visit: &Visit, fault: &Fault) -> Response {
    let (status, page) = page::excuse(visit, fault);
    visit.answer_in_private(status, &page)
}

fn wrong(t: Tongue, sent: &Sent) -> Result<EmailAddress, String> {
    let address = sent.one("email").trim().parse::<EmailAddress>().map_err(|_| no_address(t))?;
    if sent.one("consent") != "yes" {
        return Err(t.say("Без ваше сагласности не можемо да вам пишемо.", "Without your consent we may not write to you.").into_owned());
    }
    Ok(address)
}

fn no_address(t: Tongue) -> String {
    t.say(
        "То није адреса е-поште. Упишите једну, на пример ana@ngo.example.",
        "That is no e-mail address. Write one, such as ana@ngo.example.",
    )
    .into_owned()
}

/// The exact words that are agreed to.
fn consent_text(t: Tongue, controller: &Controller) -> String {
    let name = controller.name.as_deref().unwrap_or_default();
    format!(
        "{}{name}{}",
        t.say("Желим да ми на ову адресу ", "I want "),
        t.say(
            " шаље писма о међународним споразумима пред Народном скупштином, према мојим изборима. Знам да то могу да повучем у сваком тренутку, \
             везом у сваком писму, и да се моја адреса тада брише.",
            " to send letters about international agreements before the National Assembly to this address, as I chose. I know that I may withdraw this \
             at any time, by the link in every letter, and that my address is then erased."
        )
    )
}

fn form_page(visit: &Visit, form: &Form<'_>) -> Page {
    let t = visit.tongue;
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
        @if subscribe::may_be_asked(&visit.settings) { (fields(visit, form)) } @else { (by_mail(visit)) }
        h2 { (t.say("Како се одјавити или нешто променити", "How to leave, or to change something")) }
        p {
            (t.say(
                "У сваком писму је веза која отвара страницу са једним дугметом. Један притисак, без питања, и писма престају. ",
                "Every letter has a link that opens a page with one button. One press, no questions, and the letters stop. "
            ))
            a href=(visit.to("/manage")) { (t.say("За промену или паузу затражите свежу везу", "To change or to pause, ask for a fresh link")) } "."
        }
        (answers(visit))
    };
    Page { title: title.into_owned(), main }
}

fn fields(visit: &Visit, form: &Form<'_>) -> Markup {
    let t = visit.tongue;
    html! {
        h2 #form { (t.say("Пријава", "Subscribe")) }
        @if let Some(wrong) = &form.wrong { p.note.bad role="alert" #wrong { (wrong) } }
        @if let Some(counted) = form.counted { (choices::foretold(t, counted)) }
        form.sheet method="post" action=(visit.to("/subscribe")) {
            div.field {
                label for="email" { (t.say("Адреса е-поште", "E-mail address")) }
                input #email type="email" name="email" value=(form.email) maxlength="254" autocomplete="email" required
                    aria-describedby=[form.wrong.as_ref().map(|_| "wrong")];
            }
            (choices::fields(t, &form.chosen, form.open))
            label.box.consent {
                input type="checkbox" name="consent" value="yes" required;
                span { (consent_text(t, &visit.settings.controller)) " " a href=(visit.to("/privacy")) { (t.say("О подацима", "About your data")) } "." }
            }
            div.buttons {
                button type="submit" name="do" value="subscribe" { (t.say("Пријављујем се", "Subscribe")) }
                button.second type="submit" name="do" value="count" formnovalidate {
                    (t.say("Колико би то било писама?", "How many would that be?"))
                }
            }
            p.quiet {
                (t.say(
                    "Стићи ће вам једно писмо са везом за потврду. Без потврде не шаљемо ништа.",
                    "You will get one letter with a link to confirm. Without your confirmation we send nothing."
                ))
            }
        }
    }
}

/// Where nobody answers for the addresses.
fn by_mail(visit: &Visit) -> Markup {
    let t = visit.tongue;
    let write_to = visit.settings.controller.email.as_ref().or(visit.settings.contact.as_ref());
    html! {
        h2 { (t.say("Како се пријавити", "How to subscribe")) }
        @if let Some(address) = write_to {
            p {
                (t.say("Пишите на ", "Write to ")) a href=(format!("mailto:{address}")) { (address) }
                (t.say(
                    ": на коју адресу желите писма, на ком језику и писму, и да ли одмах, дневно или недељно. Добићете писмо са везом за потврду.",
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
            (t.say(
                "Пријава преко ових страница је искључена док се не наведе ко одговара за адресе.",
                "Subscribing on these pages is off until it is said who answers for the addresses."
            ))
        }
    }
}

/// The same to everybody.
fn asked(visit: &Visit) -> Page {
    let t = visit.tongue;
    let title = t.say("Погледајте пошту", "Look into your mail");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Ако та адреса још не добија наша писма, стићи ће јој једно са везом за потврду; важи седам дана. Ако их већ добија, стићи ће веза за \
                 промену избора.",
                "If that address does not get our letters yet, one with a link to confirm is on its way; it is valid for seven days. If it gets them \
                 already, a link to change the choices is."
            ))
        }
        p {
            (t.say(
                "Ако писмо не стигне за пола сата, погледајте међу нежељеном поштом. Исту адресу питамо највише једном дневно.",
                "If no letter comes within half an hour, look among the junk. One address is asked at most once a day."
            ))
        }
    };
    Page { title: title.into_owned(), main }
}

fn fresh_page(visit: &Visit, email: &str, wrong: Option<&str>) -> Page {
    let t = visit.tongue;
    let title = t.say("Моји избори", "My choices");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Упишите адресу на коју стижу писма. На њу ћемо послати везу која важи 30 минута: њоме мењате изборе, правите паузу, преузимате \
                 своје податке или се одјављујете. Лозинке нема.",
                "Write the address that gets the letters. We will send it a link that is valid for 30 minutes, by which you change your choices, pause, \
                 download your data, or leave. There is no password."
            ))
        }
        @if let Some(wrong) = wrong { p.note.bad role="alert" #wrong { (wrong) } }
        form.sheet method="post" action=(visit.to("/manage")) {
            div.field {
                label for="email" { (t.say("Адреса е-поште", "E-mail address")) }
                input #email type="email" name="email" value=(email) maxlength="254" autocomplete="email" required
                    aria-describedby=[wrong.map(|_| "wrong")];
            }
            div.buttons { button type="submit" { (t.say("Пошаљите ми везу", "Send me the link")) } }
        }
        @if visit.settings.public_url.is_none() {
            p.quiet {
                (t.say(
                    "Ове странице још немају јавну адресу, па веза не може да се пошаље; писмо ће рећи како другачије.",
                    "These pages have no public address yet, so no link can be sent; the letter will say how else."
                ))
            }
        }
        (answers(visit))
    };
    Page { title: title.into_owned(), main }
}

fn sent_page(visit: &Visit) -> Page {
    let t = visit.tongue;
    let title = t.say("Погледајте пошту", "Look into your mail");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Ако та адреса добија наша писма, стићи ће јој веза која важи 30 минута.",
                "If that address gets our letters, a link is on its way to it, valid for 30 minutes."
            ))
        }
        p { (t.say("Исту везу шаљемо највише пет пута дневно.", "We send such a link at most five times a day.")) }
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
                @if let Some(email) = &controller.email { ", " a href=(format!("mailto:{email}")) { (email) } }
                ". " a href=(visit.to("/privacy")) { (t.say("Обавештење о подацима", "Privacy notice")) }
                @if let Some(url) = &controller.privacy_url { " · " (outward(url.as_str(), &t.say("Заштита података", "Privacy"))) }
            }
        } @else { p { (t.say("Још није наведено.", "Not said yet.")) } }
        h2 { (t.say("Без адресе", "Without an address")) }
        p {
            a href=(visit.to("/feed.atom")) { "Atom" } " – "
            (t.say("исто у читачу вести, без икакве пријаве.", "the same in a feed reader, without subscribing at all."))
        }
    }
}
