//! `import`: archived pages as past observations. Everything is read before anything is written.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use url::Url;

use super::args::{Import, PageKind};
use super::{Failure, code, house, out, read, table};
use crate::app::clock;
use crate::app::import::{self, Kind, Observed, Reading};
use crate::config::{Settings, SourceKind};
use crate::domain::page::address;
use crate::io::warc::{self, Bounds, Captured};

/// Of an archive, unpacked; of the pages kept in memory until all is read.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;
const KEPT_BYTES_MAX: u64 = 256 << 20;
/// Before the first page of the parliament there was nothing to capture.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1995, 1, 1).unwrap();

#[derive(Serialize)]
struct Answer {
    pages: Vec<Observed>,
    /// Records of archives that are no such page.
    passed_over: usize,
}

pub(super) fn run(ask: &Import, settings: &Settings) -> Result<u8, Failure> {
    let now = clock::now();
    let (mut readings, mut passed_over) = (Vec::new(), 0);
    for file in &ask.files {
        let is_archive = warc::is_archive(file).with_context(|| format!("{} cannot be read", shown(file)));
        if is_archive.map_err(|error| Failure { hint: Some("name a saved page, or a WARC".to_owned()), ..error.into() })? {
            passed_over += archive(file, ask, settings, now, &mut readings)?;
        } else {
            readings.push(saved(file, ask, settings, now)?);
        }
    }
    // From here on the directory is ours alone; before, nothing was touched.
    let _lock = house::lock(settings)?;
    let (mut history, _roster) = house::open_or_make(settings)?;
    let pages = import::record(readings, &mut history, settings, now)?;
    if ask.json {
        out::json(&Answer { pages, passed_over })?;
        return Ok(0);
    }
    for one in &pages {
        let what = match &one.note {
            Some(note) => note.clone(),
            None => format!(
                "{} rows, {} agreements, {} doubtful, {} bills not known before",
                one.rows, one.agreements, one.doubtful, one.new_bills
            ),
        };
        out::line(&format!("{} {}: {what}", one.captured_at.format("%F %T"), table::plain(&one.url)));
    }
    if passed_over > 0 {
        out::line(&format!("{passed_over} records of archives are no pages of lists or sittings"));
    }
    Ok(0)
}

fn shown(file: &Path) -> String {
    table::plain(&file.display().to_string())
}

fn kind_of(kind: PageKind) -> Kind {
    match kind {
        PageKind::Bills => Kind::Bills,
        PageKind::Laws => Kind::Laws,
        PageKind::Activities => Kind::Activities,
        PageKind::Activity => Kind::Activity,
    }
}

fn reading(captured: Captured, ask: &Import) -> Result<Reading, crate::domain::page::NotAPage> {
    import::read(captured, ask.kind.map(kind_of), &|page, url| kind_of(read::guess(page, url)))
}

/// A page saved from a browser, or with curl.
fn saved(file: &Path, ask: &Import, settings: &Settings, now: DateTime<Utc>) -> Result<Reading, Failure> {
    let replayed = ask.url.as_ref().and_then(import::replayed);
    let at = ask.captured_at.or(replayed.as_ref().map(|(at, _)| *at)).ok_or_else(|| {
        let hint = "say it with --captured-at 2018-03-06T08:30:00Z, or give the address in the Wayback Machine with --url";
        Failure::new(format_args!("{}: a saved page does not say when it was captured", shown(file)), hint).with_code(code::USAGE)
    })?;
    believable(at, file, now)?;
    let url = replayed.map(|(_, url)| url).or_else(|| ask.url.clone()).unwrap_or_else(|| usual_url(ask.kind, settings));
    let (mut body, max) = (Vec::new(), settings.http.body_bytes_max);
    let opened = File::open(file).and_then(|opened| opened.take(max + 1).read_to_end(&mut body));
    opened.with_context(|| format!("{} cannot be read", shown(file)))?;
    if body.len() as u64 > max {
        return Err(Failure::new(format_args!("{} is too long for a page", shown(file)), "name a saved page, or a WARC"));
    }
    let captured = Captured { url, at, status: 200, headers: Vec::new(), body };
    reading(captured, ask).map_err(|why| {
        Failure::new(
            format_args!("{}: {why}", shown(file)),
            "say with --kind what it is, and try it with `potvrda read`; nothing was imported",
        )
    })
}

/// Where such a page stands, if nobody says.
fn usual_url(kind: Option<PageKind>, settings: &Settings) -> Url {
    let wanted = match kind {
        Some(PageKind::Laws) => SourceKind::Laws,
        Some(PageKind::Activities | PageKind::Activity) => SourceKind::Activities,
        Some(PageKind::Bills) | None => SourceKind::Bills,
    };
    let configured = settings.sources.iter().find(|source| source.kind == wanted).or(settings.sources.first());
    configured.map_or_else(parliament, |source| source.url.clone())
}

#[allow(clippy::expect_used)] // a constant, and tested
fn parliament() -> Url {
    "http://www.parlament.gov.rs/".parse().expect("an address")
}

fn believable(at: DateTime<Utc>, file: &Path, now: DateTime<Utc>) -> Result<(), Failure> {
    if at > now || at.date_naive() < EARLIEST {
        let what = format!("{}: captured at {} cannot be", shown(file), at.format("%F %T UTC"));
        return Err(Failure::new(what, "give the time the page was captured; nothing was imported"));
    }
    Ok(())
}

/// The pages of an archive, and how many records were something else.
fn archive(file: &Path, ask: &Import, settings: &Settings, now: DateTime<Utc>, readings: &mut Vec<Reading>) -> Result<usize, Failure> {
    let bounds =
        Bounds { unpacked_bytes_max: UNPACKED_BYTES_MAX, page_bytes_max: settings.http.body_bytes_max, kept_bytes_max: KEPT_BYTES_MAX };
    let parliament = parliament();
    let ours = |url: &Url| {
        let behind = import::replayed(url).map_or_else(|| url.clone(), |(_, url)| url);
        address::same_site(&parliament, &behind)
            || settings.sources.iter().map(|source| &source.url).chain(&ask.url).any(|known| address::same_site(known, &behind))
    };
    let taken = warc::read(file, bounds, &ours)
        .map_err(|why| Failure::new(format_args!("{}: {why}", shown(file)), "get another copy of the archive; nothing was imported"))?;
    for page in &taken.packed {
        tracing::warn!("{} in {} is packed in a way that is not read here", table::plain(page), shown(file));
    }
    let (pages, mut passed_over) = (taken.pages.len(), taken.passed_over);
    let before = readings.len();
    for mut captured in taken.pages {
        captured.at = ask.captured_at.unwrap_or(captured.at);
        believable(captured.at, file, now)?;
        let url = captured.url.clone();
        match reading(captured, ask) {
            Ok(reading) => readings.push(reading),
            Err(why) => {
                tracing::info!("{} in {}: {why}", table::plain(url.as_str()), shown(file));
                passed_over += 1;
            }
        }
    }
    if readings.len() == before {
        let what = format!("{}: none of its {} records is a page of lists or sittings", shown(file), pages + taken.passed_over);
        return Err(Failure::new(
            what,
            "pages of www.parlament.gov.rs and of the settings' sources are read; name another site with --url",
        ));
    }
    Ok(passed_over)
}

/// `2018-03-06T08:30:00Z`, `2018-03-06 08:30`, `2018-03-06`, or as the Wayback Machine writes it, `20180306083000`. UTC where it does not say.
pub(super) fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let forms = ["%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let at = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    at.or_else(|| text.parse::<NaiveDate>().ok().map(NaiveDateTime::from))
        .map(|at| at.and_utc())
        .ok_or_else(|| "a time is written 2018-03-06T08:30:00Z, or 2018-03-06".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_people_and_archives_write_it() {
        for text in ["2018-03-06T08:30:00Z", "2018-03-06T09:30:00+01:00", "2018-03-06 08:30", "20180306083000", "2018-03-06T08:30:00"] {
            assert_eq!(moment(text).map(|at| at.to_rfc3339()), Ok("2018-03-06T08:30:00+00:00".to_owned()), "{text}");
        }
        assert!(moment("2018-03-06").is_ok() && moment("6. 3. 2018.").is_err() && moment("2018-02-31").is_err());
        assert_eq!(parliament().host_str(), Some("www.parlament.gov.rs"));
    }
}
