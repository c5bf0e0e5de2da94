//! `/metrics`, for monitors (OpenMetrics 1.0): refused to what came through a proxy or from beyond this machine, unless the settings say otherwise.
//!
//! Never holds a name, an address or a title: counts and times alone.

use std::fmt::Write;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::connection::Peer;
use super::{Fault, Hall, block, status};
use crate::app::clock;
use crate::app::pulse::Pulse;
use crate::config::{Metrics, Settings};
use crate::io::database::DatabaseError;
use crate::io::history::{History, HistoryError};
use crate::io::roster::{Roster, RosterError};

pub(super) async fn answer(State(hall): State<Hall>, headers: HeaderMap, Extension(peer): Extension<Peer>) -> Response {
    let settings = hall.settings();
    let near = peer.is_local() && !peer.is_through_proxy(&headers, &settings.web.trusted_proxies);
    if settings.web.metrics == Metrics::Local && !near {
        return (StatusCode::FORBIDDEN, "only from this machine, and not through a proxy; `[web] metrics = \"open\"` says otherwise\n")
            .into_response();
    }
    let (pulse, now) = (hall.pulse.clone(), clock::now());
    let written = block(&hall.readers, move || write(&settings, pulse.as_deref(), now).map_err(Fault::Broken)).await;
    match written {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
        }
        Err(fault) => {
            tracing::error!("no metrics: {fault:?}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Families one after another, each with its type and help.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# TYPE {name} {kind}\n# HELP {name} {help}");
        self
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) -> &mut Self {
        let labels: Vec<String> = labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "{name}{labels} {value}");
        self
    }
}

/// A label's value (OpenMetrics 1.0, ABNF `escaped-string`).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn write(settings: &Settings, pulse: Option<&Pulse>, now: DateTime<Utc>) -> anyhow::Result<String> {
    let mut page = Page::default();
    page.family("potvrda_build", "info", "The program.").sample("potvrda_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let ailments = status::ailments(settings, pulse, now).len();
    page.family("potvrda_ailments", "gauge", "How much is wrong, as /healthz says it.").sample("potvrda_ailments", &[], ailments);
    match History::open_reader(&settings.data_dir) {
        Ok(history) => seen(&mut page, &history, now)?,
        Err(HistoryError::Database(DatabaseError::Missing(_))) => {}
        Err(error) => return Err(error.into()),
    }
    match Roster::open_reader(&settings.data_dir) {
        Ok(roster) => letters(&mut page, &roster)?,
        Err(RosterError::Database(DatabaseError::Missing(_))) => {}
        Err(error) => return Err(error.into()),
    }
    page.0.push_str("# EOF\n");
    Ok(page.0)
}

fn seen(page: &mut Page, history: &History, now: DateTime<Utc>) -> Result<(), HistoryError> {
    let counts = history.counts()?;
    for (column, help) in
        [("bills", "Bills seen."), ("agreements", "Bills that confirm an agreement."), ("doubtful", "Bills that nobody has decided on.")]
    {
        let name = format!("potvrda_{column}");
        page.family(&name, "gauge", help).sample(&name, &[], counts.number(column).unwrap_or(0));
    }
    for (column, help) in [("changes", "Rows of the log of changes."), ("polls", "Looks at a source.")] {
        let name = format!("potvrda_{column}");
        page.family(&name, "counter", help).sample(&format!("{name}_total"), &[], counts.number(column).unwrap_or(0));
    }
    let sources = history.sources()?;
    page.family("potvrda_source_last_good_timestamp_seconds", "gauge", "When a source was last read well.");
    for source in &sources {
        if let Some(good) = source.last_good_at {
            page.sample("potvrda_source_last_good_timestamp_seconds", &[("source", &source.name)], good.timestamp());
        }
    }
    page.family("potvrda_source_age_seconds", "gauge", "How long ago that was.");
    for source in &sources {
        if let Some(good) = source.last_good_at {
            page.sample("potvrda_source_age_seconds", &[("source", &source.name)], (now - good).num_seconds());
        }
    }
    page.family("potvrda_source_failures", "gauge", "Failed looks in a row.");
    for source in &sources {
        page.sample("potvrda_source_failures", &[("source", &source.name)], source.failures);
    }
    page.family("potvrda_source_held", "gauge", "Whether a page waits for a person.");
    for source in &sources {
        page.sample("potvrda_source_held", &[("source", &source.name)], i32::from(history.hold(&source.name)?.is_some()));
    }
    Ok(())
}

fn letters(page: &mut Page, roster: &Roster) -> Result<(), RosterError> {
    page.family("potvrda_subscribers", "gauge", "People, by where they stand.");
    for (state, count) in roster.count_subscribers()? {
        page.sample("potvrda_subscribers", &[("state", state.as_str())], count);
    }
    let counts = roster.count_letters()?;
    page.family("potvrda_letters", "gauge", "Letters, by where they stand.");
    for (state, count) in [
        ("owed", counts.owed),
        ("sent", counts.sent),
        ("refused", counts.refused),
        ("expired", counts.expired),
        ("dropped", counts.dropped),
    ] {
        page.sample("potvrda_letters", &[("state", state)], count);
    }
    let relay = roster.relay()?;
    page.family("potvrda_relay_trouble", "gauge", "Whether the mail server is left alone for a while.").sample(
        "potvrda_relay_trouble",
        &[],
        i32::from(relay.trouble.is_some()),
    );
    page.family("potvrda_stopped", "gauge", "Whether nothing is sent until a person says so.").sample(
        "potvrda_stopped",
        &[],
        i32::from(roster.stopped()?.is_some()),
    );
    Ok(())
}
