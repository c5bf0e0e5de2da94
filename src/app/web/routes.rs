//! Which address is answered by what, and the headers of every answer.
//!
//! Never sets a cookie. GET and HEAD change nothing (house rule 11).

use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::page::{self, Visit};
use super::tongue::{ALL, Tongue};
use super::{
    Fault, Hall, agreement, block, connection, data, doors, download, list, manage, metrics, privacy, sittings, status, subscribe,
};
use crate::app::clock;

/// Nothing but our own style, icon and forms; shown in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every address. Pages stand under their language, and without one at the address that letters and people use.
pub(super) fn routes(hall: Hall) -> Router {
    let mut all = Router::new();
    for prefix in ALL.iter().map(|(_, prefix, _)| *prefix).chain([""]) {
        all = all
            .route(&format!("{prefix}/"), get(list_page))
            .route(&format!("{prefix}/agreement/{{id}}"), get(agreement_page))
            .route(&format!("{prefix}/sittings"), get(sittings_page))
            .route(&format!("{prefix}/sittings.ics"), get(calendar))
            .route(&format!("{prefix}/feed.atom"), get(atom))
            .route(&format!("{prefix}/status"), get(status_page))
            .route(&format!("{prefix}/privacy"), get(privacy_page))
            .route(&format!("{prefix}/subscribe"), get(subscribe::show).post(subscribe::ask))
            .route(&format!("{prefix}/manage"), get(subscribe::fresh_link_page).post(subscribe::fresh_link));
    }
    for (_, prefix, _) in ALL {
        all = all.route(prefix, get(move || async move { Redirect::permanent(&format!("{prefix}/")) }));
    }
    all.route("/confirm/{token}", get(doors::confirm_page).post(doors::confirm))
        .route("/manage/{token}", get(manage::show).post(manage::act))
        .route("/unsubscribe/{token}", get(doors::leave_page).post(doors::leave))
        .route("/healthz", get(healthz))
        .route("/agreements.json", get(json))
        .route("/agreements.csv", get(csv))
        .route("/history.db", get(download::history))
        .route("/history.db.sha256", get(download::sum))
        .route("/metrics", get(metrics::answer))
        .route("/style.css", get(page::style))
        .route("/icon.svg", get(page::icon))
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /confirm/\nDisallow: /unsubscribe/\nDisallow: /manage/\n" }))
        .fallback(nowhere)
        .layer(middleware::from_fn(connection::read_body))
        .layer(middleware::from_fn(headers))
        .with_state(hall)
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Of a page's address, what the frame needs.
fn visit(hall: &Hall, tongue: Tongue, uri: &Uri) -> Visit {
    Visit::new(tongue, uri.path(), uri.query(), hall.settings())
}

async fn list_page(State(hall): State<Hall>, tongue: Tongue, uri: Uri, RawQuery(query): RawQuery) -> Response {
    let visit = visit(&hall, tongue, &uri);
    let ask = list::Ask::read(query.as_deref());
    let wanted = ask.clone();
    let found = hall.read(move |history| list::find(history, &wanted, tongue)).await;
    answer(&visit, found.map(|found| list::page(&visit, &ask, &found)))
}

async fn agreement_page(State(hall): State<Hall>, tongue: Tongue, uri: Uri, Path(id): Path<String>) -> Response {
    let visit = visit(&hall, tongue, &uri);
    let now = clock::now();
    let found = match id.parse() {
        Ok(id) => hall.read(move |history| agreement::find(history, id, now)).await,
        Err(_) => Ok(None),
    };
    let found = found.and_then(|found| found.ok_or(Fault::Nowhere));
    answer(&visit, found.map(|found| agreement::page(&visit, &found)))
}

async fn sittings_page(State(hall): State<Hall>, tongue: Tongue, uri: Uri) -> Response {
    let visit = visit(&hall, tongue, &uri);
    let now = clock::now();
    let found = hall.read(move |history| sittings::find(history, now)).await;
    answer(&visit, found.map(|found| sittings::page(&visit, &found)))
}

async fn status_page(State(hall): State<Hall>, tongue: Tongue, uri: Uri) -> Response {
    let visit = visit(&hall, tongue, &uri);
    let now = clock::now();
    let found = hall.read(move |history| status::find(history, now)).await;
    answer(&visit, found.map(|found| status::page(&visit, &found, now)))
}

async fn privacy_page(State(hall): State<Hall>, tongue: Tongue, uri: Uri) -> Response {
    let visit = visit(&hall, tongue, &uri);
    answer(&visit, Ok(privacy::page(&visit)))
}

async fn healthz(State(hall): State<Hall>) -> Response {
    let (settings, pulse, now) = (hall.settings(), hall.pulse.clone(), clock::now());
    let ill = match block(&hall.readers, move || Ok(status::ailments(&settings, pulse.as_deref(), now))).await {
        Ok(ill) => ill,
        Err(fault) => vec![format!("{fault:?}")],
    };
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    if ill.is_empty() {
        (StatusCode::OK, plain, "ok\n".to_owned()).into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, plain, ill.join("\n") + "\n").into_response()
    }
}

async fn json(State(hall): State<Hall>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let filter = list::Ask::read(query.as_deref()).filter(0);
    data_answer(hall.read(move |history| data::json(history, &filter)).await, &headers, "application/json")
}

async fn csv(State(hall): State<Hall>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let filter = list::Ask::read(query.as_deref()).filter(0);
    data_answer(hall.read(move |history| data::csv(history, &filter)).await, &headers, "text/csv; charset=utf-8; header=present")
}

async fn calendar(State(hall): State<Hall>, tongue: Tongue, headers: HeaderMap) -> Response {
    let now = clock::now();
    let place = data::Place::new(&hall.settings(), &headers);
    let found = hall.read(move |history| sittings::find(history, now)).await;
    data_answer(found.map(|found| sittings::calendar(tongue, &place, &found, now)), &headers, "text/calendar; charset=utf-8")
}

async fn atom(State(hall): State<Hall>, uri: Uri, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let feed = data::Feed::new(&hall.settings(), &headers, uri.path(), list::Ask::read(query.as_deref()));
    data_answer(hall.read(move |history| feed.write(history)).await, &headers, "application/atom+xml; charset=utf-8")
}

/// What programs take away: for those of other sites too, for it is public; and only if it is not what they have already (RFC 9110, 13.1.2).
fn data_answer(found: Result<String, Fault>, asked: &HeaderMap, kind: &'static str) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    match found {
        Ok(text) => {
            let tag = Sha256::digest(&text).iter().fold(String::from("\""), |tag, byte| tag + &format!("{byte:02x}")) + "\"";
            let known = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
            let open = [(header::CONTENT_TYPE, kind), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
            if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
                (StatusCode::NOT_MODIFIED, open, [(header::ETAG, tag)]).into_response()
            } else {
                (open, [(header::ETAG, tag)], text).into_response()
            }
        }
        Err(Fault::Broken(error)) => match error.downcast_ref::<crate::io::history::HistoryError>() {
            Some(search @ crate::io::history::HistoryError::Search(_)) => {
                (StatusCode::BAD_REQUEST, plain, format!("{search}\n")).into_response()
            }
            _ => {
                tracing::error!("the list could not be given: {error:#}");
                (StatusCode::SERVICE_UNAVAILABLE, plain, "the history cannot be read now\n").into_response()
            }
        },
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, plain, "nothing was recorded yet\n").into_response(),
    }
}

async fn nowhere(State(hall): State<Hall>, tongue: Tongue, uri: Uri) -> Response {
    let visit = visit(&hall, tongue, &uri);
    answer(&visit, Err(Fault::Nowhere))
}

/// A page, or the page that says why there is none.
fn answer(visit: &Visit, page: Result<page::Page, Fault>) -> Response {
    let (status, page) = match page {
        Ok(page) => (StatusCode::OK, page),
        Err(fault) => page::excuse(visit, &fault),
    };
    visit.answer(status, &page)
}
