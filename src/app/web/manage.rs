//! The page behind a fresh link: choices, a pause, one's data, and the way out. GET shows, POST acts; no password, no cookie.
//!
//! Never opens by the link in letters: that one leaves, and no more (`doors`).

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, NaiveDate, Utc};
use maud::{Markup, html};

use super::choices::{self, Sent};
use super::connection::Peer;
use super::doors::{self, Visitor};
use super::page::{Page, Visit};
use super::tongue::Tongue;
use super::{Fault, Hall, block, page};
use crate::app::clock;
use crate::app::subscribe::{self, Forecast};
use crate::config::Settings;
use crate::domain::subscriber::State as Standing;
use crate::io::roster::people::Subscriber;
use crate::io::roster::token::Purpose;
use crate::io::roster::{Roster, RosterError};

/// The longest pause, in days.
const PAUSE_DAYS_MAX: u64 = 730;

type Opened = (State<Hall>, Tongue, Uri, HeaderMap, Extension<Peer>, Path<String>);

/// What came of a button.
enum Done {
    Shown(Option<Note>),
    /// The whole of what is kept, as JSON.
    Exported(String),
    Gone,
}

/// What is said above the forms.
#[derive(Clone, Copy)]
enum Note {
    Saved,
    Counted,
    Paused,
    Resumed,
    NoSuchDay,
}

pub(super) async fn show((State(hall), tongue, uri, headers, Extension(peer), Path(token)): Opened) -> Response {
    let now = clock::now();
    let visitor = doors::look(&hall, Purpose::Manage, &token, &headers, peer, now).await;
    let acted = match &visitor {
        Ok(Visitor::Known { id, standing, .. }) if *standing != Standing::Left => found(&hall, *id).await.map(Some),
        _ => Ok(None),
    };
    answer(&hall, tongue, &uri, visitor, acted.map(|found| found.map(|subscriber| (subscriber, Done::Shown(None), None))))
}

pub(super) async fn act((State(hall), tongue, uri, headers, Extension(peer), Path(token)): Opened, body: Bytes) -> Response {
    let now = clock::now();
    let visitor = doors::look(&hall, Purpose::Manage, &token, &headers, peer, now).await;
    let acted = match &visitor {
        Ok(Visitor::Known { id, standing, .. }) if *standing != Standing::Left => {
            let from = peer.visitor(&headers, &hall.settings().web.trusted_proxies);
            button(&hall, *id, from, Sent::read(&body), now).await.map(Some)
        }
        _ => Ok(None),
    };
    answer(&hall, tongue, &uri, visitor, acted)
}

type Acted = Result<Option<(Subscriber, Done, Option<Forecast>)>, Fault>;

fn answer(hall: &Hall, asked: Tongue, uri: &Uri, visitor: Result<Visitor, Fault>, acted: Acted) -> Response {
    let tongue = match &acted {
        Ok(Some((subscriber, ..))) => Tongue(subscriber.preferences.language),
        _ => asked,
    };
    let visit = Visit::new(tongue, uri.path(), None, hall.settings());
    let fault = match (visitor, acted) {
        (_, Ok(Some((_, Done::Exported(json), _)))) => return attachment(json),
        (_, Ok(Some((_, Done::Gone, _)))) => return visit.answer_in_private(StatusCode::OK, &doors::left(tongue)),
        (_, Ok(Some((subscriber, Done::Shown(note), counted)))) => {
            return visit.answer_in_private(StatusCode::OK, &sheet(&visit, &subscriber, uri.path(), note, counted));
        }
        (Ok(Visitor::Guessing), _) => return doors::too_often(&visit),
        (Ok(Visitor::Known { .. }), Ok(None)) => return visit.answer_in_private(StatusCode::GONE, &doors::gone(tongue)),
        (Ok(Visitor::Unknown), _) => {
            let (status, page) = stale(&visit);
            return visit.answer_in_private(status, &page);
        }
        (Err(fault), _) | (_, Err(fault)) => fault,
    };
    let (status, page) = page::excuse(&visit, &fault);
    visit.answer_in_private(status, &page)
}

async fn found(hall: &Hall, id: i64) -> Result<Subscriber, Fault> {
    let dir = hall.settings().data_dir.clone();
    block(&hall.doors, move || Roster::open_reader(&dir).and_then(|roster| roster.subscriber(id)).map_err(broken)).await
}

fn broken(error: RosterError) -> Fault {
    Fault::Broken(error.into())
}

async fn button(
    hall: &Hall,
    id: i64,
    visitor: IpAddr,
    sent: Sent,
    now: DateTime<Utc>,
) -> Result<(Subscriber, Done, Option<Forecast>), Fault> {
    let settings = hall.settings();
    let dir = settings.data_dir.clone();
    let counts = matches!(sent.one("do"), "save" | "count");
    let (subscriber, done) = block(&hall.doors, move || {
        let mut roster = Roster::open(&dir, false).map_err(broken)?;
        press(&settings, &mut roster, id, &sent, now).map_err(Fault::Broken)
    })
    .await?;
    hall.ring();
    let mut counted = None;
    // Each count reads a year of agreements.
    if counts && hall.counts.take(visitor, now) {
        let wanted = subscriber.preferences.clone();
        // What was saved is saved, counted or not.
        counted = hall.read(move |history| subscribe::forecast(history, &wanted, now)).await.ok();
    }
    Ok((subscriber, done, counted))
}

/// One button pressed.
fn press(settings: &Settings, roster: &mut Roster, id: i64, sent: &Sent, now: DateTime<Utc>) -> anyhow::Result<(Subscriber, Done)> {
    let known = roster.subscriber(id)?;
    Ok(match sent.one("do") {
        "save" => {
            let chosen = sent.preferences(known.preferences.language);
            (subscribe::change(roster, id, &chosen)?, Done::Shown(Some(Note::Saved)))
        }
        "count" => {
            // Shown in the form, and kept nowhere.
            let chosen = sent.preferences(known.preferences.language);
            (Subscriber { preferences: chosen, ..known }, Done::Shown(Some(Note::Counted)))
        }
        "pause" => {
            let (today, latest) = pause_days(now);
            let typed = !sent.one("until").trim().is_empty();
            match sent.day("until").filter(|day| *day > today && *day <= latest) {
                None if typed => (known, Done::Shown(Some(Note::NoSuchDay))),
                day => (subscribe::pause(roster, id, day.and_then(subscribe::morning), now)?, Done::Shown(Some(Note::Paused))),
            }
        }
        "resume" => (subscribe::resume(roster, id)?, Done::Shown(Some(Note::Resumed))),
        "export" => {
            let kept = subscribe::kept(roster, known.clone())?;
            (known, Done::Exported(serde_json::to_string_pretty(&kept)? + "\n"))
        }
        "leave" => {
            subscribe::leave_with_farewell(settings, roster, id, now)?;
            (known, Done::Gone)
        }
        "erase" => {
            subscribe::remove(roster, id, now)?;
            (known, Done::Gone)
        }
        _ => (known, Done::Shown(None)),
    })
}

/// Today, and the last day a pause may last until.
fn pause_days(now: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
    let today = now.with_timezone(&crate::domain::zone::BELGRADE).date_naive();
    (today, today.checked_add_days(Days::new(PAUSE_DAYS_MAX)).unwrap_or(today))
}

fn attachment(json: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"potvrda.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, json).into_response()
}

fn stale(visit: &Visit) -> (StatusCode, Page) {
    let t = visit.tongue;
    let title = t.say("Ова веза више не важи", "This link is no longer valid");
    let main = html! {
        h1 { (title) }
        p.lead { (t.say("Свежа веза важи 30 минута.", "A fresh link is valid for 30 minutes.")) }
        p { a href=(visit.to("/manage")) { (t.say("Затражите нову", "Ask for a new one")) } }
    };
    (StatusCode::NOT_FOUND, Page { title: title.into_owned(), main })
}

fn sheet(visit: &Visit, subscriber: &Subscriber, action: &str, note: Option<Note>, counted: Option<Forecast>) -> Page {
    let (t, now) = (visit.tongue, clock::now());
    let title = t.say("Моји избори", "My choices");
    let address = subscriber.address.as_ref().map(|address| address.as_str().to_owned()).unwrap_or_default();
    let main = html! {
        h1 { (title) }
        p.lead { (t.say("Писма стижу на ", "The letters go to ")) strong { (address) } "." }
        @if let Some(note) = note { (said(t, note)) }
        @if let Some(counted) = counted { (choices::foretold(t, counted)) }
        form.sheet method="post" action=(action) {
            (choices::fields(t, &subscriber.preferences, matches!(note, Some(Note::Counted)) || subscriber.preferences.narrow()))
            div.buttons {
                button type="submit" name="do" value="save" { (t.say("Сачувај", "Save")) }
                button.second type="submit" name="do" value="count" { (t.say("Колико би то било писама?", "How many would that be?")) }
            }
        }
        (pause(t, subscriber, action, now))
        (data(t, action))
    };
    Page { title: title.into_owned(), main }
}

fn said(t: Tongue, note: Note) -> Markup {
    let (bad, text) = match note {
        Note::Saved => (false, t.say("Сачувано.", "Saved.")),
        Note::Counted => (false, t.say("Још није сачувано.", "Not saved yet.")),
        Note::Paused => {
            (false, t.say("Пауза је почела. Што је већ требало да стигне, чека.", "The pause has begun. What was on its way waits."))
        }
        Note::Resumed => (false, t.say("Писма опет стижу.", "The letters come again.")),
        Note::NoSuchDay => (
            true,
            t.say("За паузу изаберите дан после данашњег, најдаље две године.", "For a pause choose a day after today, two years at most."),
        ),
    };
    html! { p.note.bad[bad] role=(if bad { "alert" } else { "status" }) { (text) } }
}

fn pause(t: Tongue, subscriber: &Subscriber, action: &str, now: DateTime<Utc>) -> Markup {
    let (today, latest) = pause_days(now);
    html! {
        h2 { (t.say("Пауза", "A pause")) }
        form.sheet method="post" action=(action) {
            @match subscriber.state {
                Standing::Paused => {
                    p {
                        @match subscriber.paused_until {
                            Some(until) => { (t.say("Писма не стижу до ", "No letters until ")) (t.of_day_bare(&until.to_rfc3339())) "." }
                            None => { (t.say("Писма не стижу док их не наставите.", "No letters until you resume them.")) }
                        }
                    }
                    div.buttons { button type="submit" name="do" value="resume" { (t.say("Настави", "Resume")) } }
                }
                Standing::Pending => p {
                    (t.say("Још нисте потврдили пријаву, па писма и не стижу.", "You have not confirmed yet, so there are no letters."))
                }
                _ => {
                    div.field {
                        label for="until" { (t.say("До дана (празно: док не наставите)", "Until the day (empty: until you resume)")) }
                        input #until type="date" name="until" min=[today.succ_opt()] max=(latest);
                    }
                    div.buttons { button.second type="submit" name="do" value="pause" { (t.say("Направи паузу", "Pause")) } }
                }
            }
        }
    }
}

fn data(t: Tongue, action: &str) -> Markup {
    html! {
        h2 { (t.say("Моји подаци", "My data")) }
        form.sheet method="post" action=(action) {
            p { (t.say("Све што о вама чувамо, у једној датотеци (JSON).", "All that we keep about you, in one file (JSON).")) }
            div.buttons { button.second type="submit" name="do" value="export" { (t.say("Преузми", "Download")) } }
        }
        h2 { (t.say("Одјава", "Leave")) }
        form.sheet method="post" action=(action) {
            p {
                (t.say(
                    "Одјава: писма престају; стиже још само кратка потврда, и адреса се брише. Годину дана чувамо њен отисак, да вас нико поново не унесе са списка. Брисање свега: брише се одмах, ни отисак не остаје, и потврда не стиже.",
                    "Leaving: the letters stop; one short letter says so, and the address is erased. For a year a fingerprint of it is kept, so that nobody \
                     enters you again from a list. Erasing everything: at once, not even that stays, and no letter says so."
                ))
            }
            div.buttons {
                button type="submit" name="do" value="leave" { (t.say("Одјави ме", "Let me leave")) }
                button.second type="submit" name="do" value="erase" { (t.say("Обриши све", "Erase everything")) }
            }
        }
    }
}
