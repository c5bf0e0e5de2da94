//! The two doors behind the links in letters: to confirm, and to leave. A GET shows one button; only a POST acts (faults.md X12, X13).
//!
//! Never shows an address: letters are forwarded. Never asks a question on the way out.

use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};

use super::connection::Peer;
use super::page::{self, Page, Visit};
use super::tongue::Tongue;
use super::{Fault, Hall, block};
use crate::app::{clock, subscribe};
use crate::domain::subscriber::State as Standing;
use crate::io::database::DatabaseError;
use crate::io::roster::token::Purpose;
use crate::io::roster::{Roster, RosterError};

/// How long the link to one's choices is good for that confirming gives.
const FRESH: TimeDelta = TimeDelta::minutes(30);
/// Longer than any link of ours.
const TOKEN_BYTES_MAX: usize = 100;

/// What the POST of a mail program says, as a form or as a part of one.
const ONE_CLICK: &[u8] = b"One-Click";

/// Who stands at the door.
pub(super) enum Visitor {
    /// With a link of ours.
    Known { id: i64, language: Option<Tongue>, standing: Standing },
    /// With a link that is not ours, or past its time.
    Unknown,
    /// After too many of those.
    Guessing,
}

/// Everything a door needs to know of a request.
type Knock = (State<Hall>, Tongue, Uri, HeaderMap, Extension<Peer>, Path<String>);

/// Whose link it is, and where they stand.
pub(super) async fn look(
    hall: &Hall,
    purpose: Purpose,
    token: &str,
    headers: &HeaderMap,
    peer: Peer,
    now: DateTime<Utc>,
) -> Result<Visitor, Fault> {
    let settings = hall.settings();
    let visitor = peer.visitor(headers, &settings.web.trusted_proxies);
    if hall.guesses.too_many(visitor, now) {
        return Ok(Visitor::Guessing);
    }
    let known = if token.len() > TOKEN_BYTES_MAX || !token.is_ascii() {
        None
    } else {
        let token = token.to_owned();
        block(&hall.doors, move || read(&Roster::open_reader(&settings.data_dir), purpose, &token, now)).await?
    };
    if known.is_none() {
        hall.guesses.count(visitor, now);
    }
    Ok(known.unwrap_or(Visitor::Unknown))
}

fn read(roster: &Result<Roster, RosterError>, purpose: Purpose, token: &str, now: DateTime<Utc>) -> Result<Option<Visitor>, Fault> {
    let roster = match roster {
        Ok(roster) => roster,
        Err(RosterError::Database(DatabaseError::Missing(_))) => return Ok(None),
        Err(error) => return Err(Fault::Broken(anyhow::anyhow!("{error}"))),
    };
    let Some(id) = roster.read_token(purpose, token, now) else { return Ok(None) };
    match roster.subscriber(id) {
        Ok(subscriber) => {
            Ok(Some(Visitor::Known { id, language: Some(Tongue(subscriber.preferences.language)), standing: subscriber.state }))
        }
        // Erased: the link was ours, and nobody is left to write to.
        Err(RosterError::NoSubscriber(_)) => Ok(Some(Visitor::Known { id, language: None, standing: Standing::Left })),
        Err(error) => Err(Fault::Broken(error.into())),
    }
}

/// The page for whoever stands at the door.
fn answer(
    hall: &Hall,
    asked: Tongue,
    uri: &Uri,
    visitor: Result<Visitor, Fault>,
    open: impl FnOnce(&Visit, Standing) -> (StatusCode, Page),
) -> Response {
    let tongue = match &visitor {
        Ok(Visitor::Known { language: Some(language), .. }) => *language,
        _ => asked,
    };
    let visit = Visit::new(tongue, uri.path(), None, hall.settings());
    let (status, page) = match visitor {
        Ok(Visitor::Known { standing, .. }) => open(&visit, standing),
        Ok(Visitor::Unknown) => unknown(&visit),
        Ok(Visitor::Guessing) => return too_often(&visit),
        Err(fault) => page::excuse(&visit, &fault),
    };
    visit.answer_in_private(status, &page)
}

pub(super) async fn leave_page((State(hall), tongue, uri, headers, Extension(peer), Path(token)): Knock) -> Response {
    let visitor = look(&hall, Purpose::Leave, &token, &headers, peer, clock::now()).await;
    let action = uri.path().to_owned();
    answer(&hall, tongue, &uri, visitor, |visit, standing| match standing {
        Standing::Left => (StatusCode::OK, left(visit.tongue)),
        _ => (StatusCode::OK, leaving(visit, &action)),
    })
}

/// The button, and the one-click POST of mail programs (RFC 8058): both leave, whatever the body says. One letter answers the button; a mail
/// program that left on somebody's word gets no other letter for it.
pub(super) async fn leave((State(hall), tongue, uri, headers, Extension(peer), Path(token)): Knock, body: Bytes) -> Response {
    let now = clock::now();
    let mut visitor = look(&hall, Purpose::Leave, &token, &headers, peer, now).await;
    if matches!(visitor, Ok(Visitor::Known { standing, .. }) if standing != Standing::Left) {
        let settings = hall.settings();
        let one_click = body.windows(ONE_CLICK.len()).any(|part| part == ONE_CLICK);
        let done = block(&hall.doors, move || {
            let mut roster = Roster::open(&settings.data_dir, false).map_err(|e| Fault::Broken(e.into()))?;
            let id = roster.read_token(Purpose::Leave, &token, now).filter(|_| !one_click);
            let left = match id {
                Some(id) => subscribe::leave_with_farewell(&settings, &mut roster, id, now).map(drop),
                None => subscribe::leave_by_token(&mut roster, &token, now).map(drop),
            };
            left.map_err(Fault::Broken)
        });
        match done.await {
            Ok(()) => hall.ring(),
            Err(fault) => visitor = Err(fault),
        }
    }
    answer(&hall, tongue, &uri, visitor, |visit, _| (StatusCode::OK, left(visit.tongue)))
}

pub(super) async fn confirm_page((State(hall), tongue, uri, headers, Extension(peer), Path(token)): Knock) -> Response {
    let visitor = look(&hall, Purpose::Confirm, &token, &headers, peer, clock::now()).await;
    let action = uri.path().to_owned();
    answer(&hall, tongue, &uri, visitor, |visit, standing| match standing {
        Standing::Pending => (StatusCode::OK, confirming(visit.tongue, &action)),
        Standing::Confirmed | Standing::Paused => (StatusCode::OK, confirmed(visit, None)),
        Standing::Left => (StatusCode::GONE, gone(visit.tongue)),
    })
}

pub(super) async fn confirm((State(hall), tongue, uri, headers, Extension(peer), Path(token)): Knock) -> Response {
    let now = clock::now();
    let mut visitor = look(&hall, Purpose::Confirm, &token, &headers, peer, now).await;
    let mut fresh = None;
    if matches!(visitor, Ok(Visitor::Known { standing: Standing::Pending, .. })) {
        let dir = hall.settings().data_dir.clone();
        let done = block(&hall.doors, move || {
            let mut roster = Roster::open(&dir, false).map_err(|e| Fault::Broken(e.into()))?;
            let confirmed = subscribe::confirm_by_token(&mut roster, &token, now).map_err(Fault::Broken)?;
            // Once, to the one who pressed the button: the link that confirms may be forwarded later.
            Ok(confirmed.map(|subscriber| roster.token(Purpose::Manage, subscriber.id, Some(now + FRESH))))
        });
        match done.await {
            Ok(link) => fresh = link,
            Err(fault) => visitor = Err(fault),
        }
    }
    answer(&hall, tongue, &uri, visitor, |visit, standing| match standing {
        Standing::Left => (StatusCode::GONE, gone(visit.tongue)),
        _ => (StatusCode::OK, confirmed(visit, fresh.as_deref())),
    })
}

fn door(title: &str, text: &str, button: Option<(&str, &str)>) -> Page {
    let main: Markup = html! {
        h1 { (title) }
        p.lead { (text) }
        @if let Some((action, label)) = button {
            form.door method="post" action=(action) { button type="submit" { (label) } }
        }
    };
    Page { title: title.to_owned(), main }
}

fn leaving(visit: &Visit, action: &str) -> Page {
    let t = visit.tongue;
    let Page { title, main } = door(
        &t.say("Одјава", "Leave"),
        &t.say(
            "Кад притиснете дугме, писма престају. Послаћемо вам још само кратку потврду и обрисати вашу адресу.",
            "Press the button and the letters stop. We send you one short letter that says so, and erase your address.",
        ),
        Some((action, &t.say("Не шаљите ми више писма", "Send me no more letters"))),
    );
    let main = html! {
        (main)
        p { a href=(visit.to("/manage")) { (t.say("Радије бих нешто да променим или да направим паузу", "I would rather change something, or pause")) } }
    };
    Page { title, main }
}

pub(super) fn left(t: Tongue) -> Page {
    door(
        &t.say("Одјављени сте", "You have left"),
        &t.say(
            "Више нећете добијати писма, осим можда кратке потврде да сте се одјавили. Адресу бришемо чим она оде, најкасније за два дана. Ако се предомислите, пријавите се поново.",
            "You will get no more letters, but for a short one, perhaps, that says so. Your address is erased when it has gone, within two days. If you change your mind, subscribe again.",
        ),
        None,
    )
}

fn confirming(t: Tongue, action: &str) -> Page {
    door(
        &t.say("Потврда пријаве", "Confirm your subscription"),
        &t.say(
            "Притиском на дугме потврђујете да желите писма о међународним споразумима пред Народном скупштином. Ако се нисте пријавили, само \
             затворите ову страницу: писама неће бити.",
            "Press the button to confirm that you want letters about international agreements before the National Assembly. If you did not ask for \
             them, just close this page: there will be none.",
        ),
        Some((action, &t.say("Желим писма", "I want the letters"))),
    )
}

fn confirmed(visit: &Visit, fresh: Option<&str>) -> Page {
    let t = visit.tongue;
    let Page { title, main } = door(
        &t.say("Пријава је потврђена", "Your subscription is confirmed"),
        &t.say(
            "Писаћемо вам чим се на страницама Скупштине појави нешто ново. У сваком писму је веза којом се одмах одјављујете.",
            "We will write as soon as something new appears on the Assembly's pages. Every letter has a link by which you leave at once.",
        ),
        None,
    );
    let choices = fresh.map_or_else(|| visit.to("/manage"), |token| format!("/manage/{token}"));
    let main = html! {
        (main)
        p { a href=(choices) { (t.say("Изаберите о чему, колико често и на ком писму", "Choose of what, how often, and in which language")) } }
    };
    Page { title, main }
}

pub(super) fn gone(t: Tongue) -> Page {
    door(
        &t.say("Ова веза више не важи", "This link is no longer valid"),
        &t.say(
            "У међувремену сте се одјавили. Ако желите писма, пријавите се поново.",
            "You have left in the meantime. If you want letters, subscribe again.",
        ),
        None,
    )
}

fn unknown(visit: &Visit) -> (StatusCode, Page) {
    let t = visit.tongue;
    let title = t.say("Ова веза не важи", "This link is not valid");
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Можда је преломљена при преписивању, или је истекла. Отворите је право из писма.",
                "It may have been broken in copying, or its time is over. Open it straight from the letter."
            ))
        }
        p { a href=(visit.to("/subscribe")) { (t.say("Како се пријавити или одјавити", "How to subscribe, or to leave")) } }
    };
    (StatusCode::NOT_FOUND, Page { title: title.into_owned(), main })
}

/// To whoever followed too many wrong links, or asked too often.
pub(super) fn too_often(visit: &Visit) -> Response {
    let t = visit.tongue;
    let text = t.say("Покушајте поново касније.", "Please try again later.");
    visit.answer_in_private(StatusCode::TOO_MANY_REQUESTS, &door(&t.say("Превише покушаја", "Too many attempts"), &text, None))
}
