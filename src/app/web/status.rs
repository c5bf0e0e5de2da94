//! When was what last checked, and is anything wrong: for readers as a page, for machines as one answer.
//!
//! Never says that all is well where nothing was looked at.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use maud::{Markup, html};

use super::page::{Page, Visit, outward};
use super::tongue::{NBSP, Tongue, day_of};
use crate::app::clock;
use crate::app::pulse::Pulse;
use crate::config::Settings;
use crate::io::history::read::Record;
use crate::io::history::source::{OpenHold, SourceState};
use crate::io::history::{History, HistoryError};
use crate::io::roster::Roster;

/// Days of the table.
const DAYS: i64 = 14;
/// Without a valid page for so long, after enough failed polls, a source is blind (faults.md, BLIND).
const BLIND_AFTER: TimeDelta = TimeDelta::hours(2);
/// Without any good look for so long something is wrong whatever the polls say, even if none was made: the sparsest of the usual schedules is 2 h.
const STALE_AFTER: TimeDelta = TimeDelta::hours(12);

/// What the page shows.
pub(super) struct Found {
    sources: Vec<(SourceState, Option<OpenHold>)>,
    days: Vec<Record>,
    counts: Record,
    since: Option<NaiveDate>,
}

pub(super) fn find(history: &History, now: DateTime<Utc>) -> Result<Found, HistoryError> {
    let sources = history.sources()?;
    // An old history (a copy, the demo) shows its own last days.
    let newest = sources.iter().filter_map(|s| s.last_good_at.max(s.failing_since)).max().unwrap_or(now).min(now);
    let newest = if now - newest > TimeDelta::days(DAYS) { newest } else { now };
    let from = day_of(&(newest - TimeDelta::days(DAYS - 1)).to_rfc3339()).unwrap_or_default();
    let sources = sources.into_iter().map(|s| history.hold(&s.name).map(|hold| (s, hold))).collect::<Result<_, _>>()?;
    Ok(Found { sources, days: history.polls_by_day(from)?, counts: history.counts()?, since: history.watching_since()? })
}

/// Everything that keeps us from saying "ok"; English, for operators and their monitors. No names of people, no addresses.
/// Where a daemon polls (`pulse`), silence is an illness too.
pub(super) fn ailments(settings: &Settings, pulse: Option<&Pulse>, now: DateTime<Utc>) -> Vec<String> {
    let history = match History::open_reader(&settings.data_dir) {
        Ok(history) => history,
        Err(error) => return vec![format!("history.db: {error}")],
    };
    if !clock::is_sane(now) {
        return vec!["clock: it stands before the year this program was written in; letters wait until it goes right".to_owned()];
    }
    let mut ill: Vec<String> = pulse.and_then(Pulse::hanging).map(|task| format!("task {task}: does not move")).into_iter().collect();
    let stale_after = pulse.map(|_| STALE_AFTER);
    match history.sources() {
        Ok(known) => {
            let state = |name: &str| known.iter().find(|s| s.name == name);
            ill.extend(
                settings
                    .sources
                    .iter()
                    .filter_map(|s| ailment(&s.name, state(&s.name), settings.operator.after_failures, stale_after, now)),
            );
        }
        Err(error) => ill.push(format!("history.db: {error}")),
    }
    match Roster::open_reader(&settings.data_dir).and_then(|roster| roster.stopped()) {
        Ok(None) => {}
        Ok(Some(stopped)) => ill.push(format!("letters: stopped since {}: {}", stopped.at.to_rfc3339(), stopped.reason)),
        Err(error) => ill.push(format!("subscribers.db: {error}")),
    }
    ill
}

fn ailment(
    name: &str,
    state: Option<&SourceState>,
    after_failures: u32,
    stale_after: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> Option<String> {
    let Some(state) = state else { return Some(format!("source {name}: never looked at")) };
    let Some(good) = state.last_good_at else {
        let why = state.failure.as_deref().unwrap_or("no reason given");
        return Some(format!("source {name}: never read; {} failed; {why}", state.failures));
    };
    let without = now.signed_duration_since(good);
    if state.failures >= after_failures && without >= BLIND_AFTER {
        let why = state.failure.as_deref().unwrap_or("no reason given");
        return Some(format!("source {name}: no valid page since {}, {} polls failed; {why}", good.to_rfc3339(), state.failures));
    }
    stale_after.is_some_and(|after| without >= after).then(|| format!("source {name}: no good look since {}", good.to_rfc3339()))
}

pub(super) fn page(visit: &Visit, found: &Found, now: DateTime<Utc>) -> Page {
    let t = visit.tongue;
    let title = t.say("Када је шта последњи пут проверено", "When was what last checked");
    let count = |column: &str| found.counts.number(column).unwrap_or(0);
    let main = html! {
        h1 { (title) }
        p.lead {
            (t.say(
                "Тишина нешто значи само ако смо гледали. Овде пише када смо гледали, и када нисмо могли.",
                "Silence means something only if we looked. Here is when we looked, and when we could not."
            ))
        }
        @if found.sources.is_empty() { p { (t.say("Ниједна страница још није прочитана.", "No page was read yet.")) } }
        div.cards { @for (state, hold) in &found.sources { (card(visit, state, hold.as_ref(), now)) } }
        p {
            @if let Some(day) = found.since { (t.say("Пратимо од ", "Followed since ")) (t.of_day_bare(&day.to_string())) ": " }
            (t.count(count("polls"), ["провера", "провере", "провера"], ["look", "looks"])) ", "
            (t.count(count("bills"), ["предлог закона", "предлога закона", "предлога закона"], ["bill", "bills"])) ", "
            (t.count(count("agreements"), ["споразум", "споразума", "споразума"], ["agreement", "agreements"])) ", "
            (t.count(count("doubtful"), ["недоумица", "недоумице", "недоумица"], ["doubtful", "doubtful"])) "."
        }
        h2 #days { (t.say("Провере по данима", "Looks by day")) }
        @if found.days.is_empty() { p { (t.say("Нема провера.", "None.")) } } @else { (days(t, &found.days)) }
    };
    Page { title: title.into_owned(), main }
}

fn card(visit: &Visit, state: &SourceState, hold: Option<&OpenHold>, now: DateTime<Utc>) -> Markup {
    let t = visit.tongue;
    let source = visit.settings.sources.iter().find(|s| s.name == state.name);
    let kind = source.map(|s| s.kind.as_str()).unwrap_or_default();
    let kind = match kind {
        "bills" => t.say("списак предлога закона", "list of bills"),
        "laws" => t.say("списак донетих закона", "list of adopted laws"),
        "activities" => t.say("активности и седнице", "activities and sittings"),
        _ => "".into(),
    };
    let failing = state.failures > 0;
    html! {
        section .card.bad[failing || hold.is_some()] {
            h2 { (state.name) @if !kind.is_empty() { " " span.quiet { (kind) } } }
            p {
                @if let Some(at) = state.last_good_at {
                    (t.say("Последња исправна провера: ", "Last good look: ")) strong { (t.moment(at)) } " (" (ago(t, now - at)) ")"
                } @else { strong { (t.say("Никад прочитано", "Never read")) } }
            }
            @if failing {
                p {
                    strong { (t.say("Сада не успева", "Failing now")) }
                    @if let Some(at) = state.failing_since { (t.say(", од ", ", since ")) (t.of_moment(at)) }
                    ": " span lang="en" { (state.failure.as_deref().unwrap_or("?")) }
                }
            }
            @if let Some(hold) = hold {
                p { strong { (t.say("Задржано", "Held")) } ", " (t.moment(hold.held_at)) ": " span lang="en" { (hold.held.reason) } }
            }
            p.quiet {
                (t.count(whole(state.rows), ["ред", "реда", "редова"], ["row", "rows"])) ", "
                (t.count(whole(state.agreements), ["споразум", "споразума", "споразума"], ["agreement", "agreements"]))
                @if let Some(source) = source { " · " (outward(source.url.as_str(), &t.say("страница", "page"))) }
            }
        }
    }
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// `пре 3 сата`
fn ago(t: Tongue, passed: TimeDelta) -> String {
    let (minutes, hours, days) = (passed.num_minutes().max(0), passed.num_hours(), passed.num_days());
    let long = match () {
        () if hours < 1 => t.count(minutes, ["минут", "минута", "минута"], ["minute", "minutes"]),
        () if hours < 48 => t.count(hours, ["сат", "сата", "сати"], ["hour", "hours"]),
        () => t.days(days),
    };
    t.say(&format!("пре {long}"), &format!("{long} ago")).into_owned()
}

fn days(t: Tongue, days: &[Record]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby="days" {
            table {
                thead { tr {
                    th scope="col" { (t.say("дан", "day")) }
                    th scope="col" { (t.say("извор", "source")) }
                    th.number scope="col" { (t.say("провера", "looks")) }
                    th.number scope="col" { (t.say("исправних", "good")) }
                    th.number scope="col" { (t.say("неуспелих", "failed")) }
                    th.number scope="col" { (t.say("редова", "rows")) }
                } }
                @for same in days.chunk_by(|one, next| one.text("day") == next.text("day")) {
                    tbody { @for (n, one) in same.iter().enumerate() { (looks(t, one, (n == 0).then_some(same.len()))) } }
                }
            }
        }
    }
}

/// A line of the table; the first of a day says which, for so many lines.
fn looks(t: Tongue, one: &Record, lines: Option<usize>) -> Markup {
    html! {
        tr .bad[one.number("failed").unwrap_or(0) > 0] {
            @if let Some(lines) = lines {
                th.day scope="rowgroup" rowspan=(lines) { (t.day(&one.text("day")).replace(' ', &NBSP.to_string())) }
            }
            td { (one.text("source")) }
            td.number { (one.text("polls")) }
            td.number { (one.text("good")) }
            td.number { (one.text("failed")) @if one.number("held").unwrap_or(0) > 0 { " + " (one.text("held")) " " (t.say("задржано", "held")) } }
            td.number { (one.text("rows")) }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::bill::Language;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn one_failure_is_weather_and_silence_is_an_illness() {
        let now = at("2026-11-23T12:00:00Z");
        let state = |good: &str, failures| SourceState { last_good_at: Some(at(good)), failures, ..SourceState::default() };
        assert_eq!(ailment("bills", Some(&state("2026-11-23T11:30:00Z", 0)), 3, Some(STALE_AFTER), now), None);
        assert_eq!(ailment("bills", Some(&state("2026-11-23T11:30:00Z", 3)), 3, Some(STALE_AFTER), now), None);
        assert_eq!(ailment("bills", Some(&state("2026-11-23T09:30:00Z", 2)), 3, Some(STALE_AFTER), now), None);
        assert!(
            ailment("bills", Some(&state("2026-11-23T09:30:00Z", 3)), 3, Some(STALE_AFTER), now).unwrap().contains("no valid page since")
        );
        assert!(ailment("bills", Some(&state("2026-11-22T12:00:00Z", 0)), 3, Some(STALE_AFTER), now).is_some());
        assert!(ailment("bills", Some(&state("2026-11-22T12:00:00Z", 0)), 3, None, now).is_none());
        assert!(ailment("bills", Some(&SourceState::default()), 3, Some(STALE_AFTER), now).unwrap().contains("never read"));
        assert!(ailment("bills", None, 3, Some(STALE_AFTER), now).unwrap().contains("never looked at"));
    }

    #[test]
    fn the_past_is_counted_in_words() {
        assert_eq!(ago(Tongue(Language::SrCyrl), TimeDelta::minutes(122)), "пре 2\u{a0}сата");
        assert_eq!(ago(Tongue(Language::En), TimeDelta::minutes(1)), "1\u{a0}minute ago");
        assert_eq!(ago(Tongue(Language::SrLatn), TimeDelta::days(21)), "pre 21\u{a0}dan");
    }
}
