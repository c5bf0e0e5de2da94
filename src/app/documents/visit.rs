//! One document: asked for, kept, read, and compared with the version known.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

use super::AGAIN_AFTER;
use crate::app::clock;
use crate::app::desk::Desk;
use crate::domain::change::Kind;
use crate::domain::document::{self, Signing, State};
use crate::io::document::{DocumentError, Form, Ocr, Read, TESSERACT};
use crate::io::evidence::Exhibit;
use crate::io::fetch::{Answer, FetchError, Jar, Request, Snapshot};
use crate::io::history::HistoryError;
use crate::io::history::documents::{Errand, NewVersion, Version, Visit};

/// A reader of documents has so long for one.
const READ_WITHIN: Duration = Duration::from_secs(30);
/// Recognising the letters of a scan takes longer.
const OCR_WITHIN: Duration = Duration::from_secs(180);
/// A document that could not be had is tried again: soon at first, then every hour, and after a day as seldom as the others.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(2);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// A link that leads nowhere may be put right in the course of a day.
const MISSING_AGAIN_AFTER: TimeDelta = TimeDelta::hours(6);

/// What came back, for those who count failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// An answer, of whatever sort.
    Answer,
    /// Nobody answered.
    Nothing,
    /// The server asked to be left alone for a while.
    Patience,
}

pub(super) struct Walk<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) jar: &'a Jar,
    pub(super) site: &'a Url,
    pub(super) now: DateTime<Utc>,
    pub(super) pace: Pace<'a>,
}

/// How long a reader may take, and what it may use.
#[derive(Clone, Copy)]
pub(super) struct Pace<'a> {
    pub(super) until: Instant,
    /// An alert waits for it.
    pub(super) hurried: bool,
    /// Asked about where the first scan is met; before an alert there is no time for it.
    pub(super) ocr: &'a OnceCell<Ocr>,
}

impl Walk<'_> {
    /// What is to be written down; none where the time ran out.
    pub(super) async fn visit(&mut self, errand: &Errand) -> Result<(Option<Visit>, Came), HistoryError> {
        let Ok(url) = Url::parse(&errand.url) else {
            return Ok((Some(self.without_bytes(errand, State::Unreadable, "its address is none")), Came::Answer));
        };
        let bytes_max = usize::try_from(self.desk.settings.http.document_bytes_max).ok();
        let request = Request { site: self.site, bytes_max, ..Request::new(&url, self.jar, self.pace.until, self.now) };
        let visit = match self.desk.fetcher.get(&request).await {
            Ok(Answer::Page(snapshot)) => return Ok((self.arrived(errand, &snapshot).await?, Came::Answer)),
            Ok(Answer::Unmodified { .. }) => self.failed(errand, "answered 304 although nothing was said of a known version"),
            Err(FetchError::TimedOut) if Instant::now() >= self.pace.until => return Ok((None, Came::Nothing)),
            Err(error @ FetchError::Refused { status: 404 | 410, .. }) => return Ok((Some(self.gone(errand, &error)), Came::Answer)),
            Err(error) if is_final(&error) && errand.last.is_none() => {
                return Ok((Some(self.without_bytes(errand, State::Unreadable, &error.to_string())), Came::Answer));
            }
            Err(ref error @ FetchError::Refused { retry_after: Some(wait), .. }) => {
                let visit = self.failed(errand, &error.to_string());
                let wait = TimeDelta::from_std(wait).unwrap_or(PATIENCE).min(PATIENCE);
                return Ok((Some(Visit { next_at: visit.next_at.max(self.now + wait), ..visit }), Came::Patience));
            }
            Err(error @ FetchError::Refused { status: ..500, .. }) => {
                return Ok((Some(self.failed(errand, &error.to_string())), Came::Answer));
            }
            Err(error) => self.failed(errand, &error.to_string()),
        };
        Ok((Some(visit), Came::Nothing))
    }

    /// Nothing new: the next look is due in a day.
    fn nothing(&self, errand: &Errand) -> Visit {
        Visit {
            link_id: errand.link_id,
            bill_id: errand.bill_id,
            url: errand.url.clone(),
            at: self.now,
            next_at: self.now + AGAIN_AFTER,
            tries: 0,
            failing_since: None,
            failure: None,
            version: None,
            change: None,
            unless_told: false,
        }
    }

    /// Nobody answered. Of a document never had that is a result when it lasts for a day; of a known one it says nothing, neither that it is there
    /// nor that it is not.
    fn failed(&self, errand: &Errand, why: &str) -> Visit {
        if errand.last.is_some() {
            return Visit {
                tries: errand.tries,
                failing_since: errand.failing_since,
                failure: Some(why.to_owned()),
                next_at: self.now + LONGEST_PAUSE,
                ..self.nothing(errand)
            };
        }
        if self.now - self.since(errand) >= PATIENCE {
            return Visit { failure: Some(why.to_owned()), ..self.without_bytes(errand, State::Missing, why) };
        }
        self.again(errand, why)
    }

    /// Since when tries have brought nothing. A clock that stood in 1970, or ahead of now, cannot say.
    fn since(&self, errand: &Errand) -> DateTime<Utc> {
        errand.failing_since.filter(|at| clock::is_sane(*at) && *at <= self.now).unwrap_or(self.now)
    }

    /// One try more that brought nothing.
    fn again(&self, errand: &Errand, why: &str) -> Visit {
        let since = self.since(errand);
        let pause = FIRST_PAUSE * 2_i32.saturating_pow(errand.tries.min(5));
        Visit {
            tries: errand.tries + 1,
            failing_since: Some(since),
            failure: Some(why.to_owned()),
            next_at: self.now + pause.min(LONGEST_PAUSE),
            ..self.nothing(errand)
        }
    }

    /// The link leads nowhere. Of a document we had, one look does not prove it.
    fn gone(&self, errand: &Errand, error: &FetchError) -> Visit {
        match &errand.last {
            None => self.without_bytes(errand, State::Missing, &error.to_string()),
            Some(last) if last.state == State::Missing => Visit { next_at: self.now + MISSING_AGAIN_AFTER, ..self.nothing(errand) },
            Some(_) if !self.proved(errand) => self.again(errand, &error.to_string()),
            Some(_) => {
                let change = Some((Kind::DocumentRemoved, Some(errand.url.clone()), None));
                Visit { change, unless_told: false, ..self.without_bytes(errand, State::Missing, &error.to_string()) }
            }
        }
    }

    /// A result without a document.
    fn without_bytes(&self, errand: &Errand, state: State, why: &str) -> Visit {
        let version = NewVersion {
            state,
            sha256: None,
            bytes: None,
            file: None,
            text: None,
            text_sha256: None,
            read_by: None,
            note: Some(why.to_owned()),
            signing: None,
            difference: None,
            instead_of: None,
        };
        let visit = self.nothing(errand);
        let again = if state == State::Missing { MISSING_AGAIN_AFTER } else { AGAIN_AFTER };
        Visit { version: Some(version), next_at: self.now + again, ..visit }
    }

    /// A document came, or what stands in its place. None where an alert could not wait until it was read.
    async fn arrived(&mut self, errand: &Errand, snapshot: &Snapshot) -> Result<Option<Visit>, HistoryError> {
        let same_bytes = errand.last.as_ref().filter(|last| last.sha256.as_deref() == Some(&snapshot.sha256));
        if let Some(last) = same_bytes
            && last.state != State::Unread
            && !self.pace.could_recognise(last).await
        {
            return Ok(Some(self.nothing(errand)));
        }
        let Some(Reading { state, read, typed, recognised, note }) = self.pace.read(&snapshot.body).await else { return Ok(None) };
        let is_page = crate::io::document::form(&snapshot.body) == Form::Html;
        if is_page && errand.last.as_ref().is_some_and(|last| last.state == State::Missing) {
            // Another way of saying that there is none.
            return Ok(Some(Visit { next_at: self.now + MISSING_AGAIN_AFTER, ..self.nothing(errand) }));
        }
        if let Some(not_yet) = self.doubted(errand, state, note.as_deref()) {
            return Ok(Some(not_yet));
        }
        if same_bytes.is_some_and(|last| state == last.state) && read.is_none() {
            return Ok(Some(self.nothing(errand)));
        }
        let text = read.as_ref().map(|read| document::joined(&read.text));
        let typed = typed.map(|typed| document::joined(&typed));
        let mut version = NewVersion {
            state,
            sha256: Some(snapshot.sha256.clone()),
            bytes: Some(snapshot.body.len()),
            file: self.keep(snapshot),
            text_sha256: text.as_ref().map(|text| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()),
            signing: self.signing(errand, typed.as_deref())?,
            difference: None,
            text,
            read_by: read.map(|read| read.by),
            note,
            instead_of: same_bytes.map(|last| last.document_id),
        };
        let mut visit = self.nothing(errand);
        (visit.change, visit.unless_told) = self.news(errand, &mut version, recognised)?;
        if is_page && errand.last.is_none() {
            // A page in a document's place is no document that was added.
            visit.change = None;
        }
        if self.pace.hurried && (matches!(state, State::Scan | State::Garbled) || version.note.is_some()) {
            // An alert does not wait for pictures to be read; the job that follows it does.
            visit.next_at = self.now;
        }
        visit.version = Some(version);
        Ok(Some(visit))
    }

    /// What the document says of the signing; nothing where it is of another agreement than the bill it is linked to.
    fn signing(&self, errand: &Errand, typed: Option<&str>) -> Result<Option<Signing>, HistoryError> {
        let Some(mut signing) = typed.and_then(document::signing) else { return Ok(None) };
        let parties = self.desk.history.parties_of(errand.bill_id)?;
        let own = signing.is_of(&parties);
        if !own {
            tracing::warn!(url = errand.url, "Article 1 names other countries than the bill: no day of signature is taken from it");
        }
        signing.article = signing.article.known_at(self.now);
        Ok(own.then_some(signing))
    }

    /// What cannot be opened, where a document stood that could be, is most likely a page of errors, or half a file: as with a link that
    /// leads nowhere, one look does not prove it.
    fn doubted(&self, errand: &Errand, state: State, note: Option<&str>) -> Option<Visit> {
        let could_be_opened = errand.last.as_ref().is_some_and(|last| matches!(last.state, State::Text | State::Scan | State::Garbled));
        let doubted = state == State::Unreadable && could_be_opened && !self.proved(errand);
        doubted.then(|| self.again(errand, note.unwrap_or("it cannot be opened")))
    }

    /// Whether what this look found was found before it, often and long enough.
    fn proved(&self, errand: &Errand) -> bool {
        let limits = &self.desk.settings.limits;
        let lasted = self.now - self.since(errand);
        errand.tries + 1 >= limits.gone_after_polls && lasted >= TimeDelta::hours(i64::from(limits.gone_after_hours))
    }

    /// What there is to tell of a new version.
    fn news(&self, errand: &Errand, version: &mut NewVersion, recognised: bool) -> Result<(Told, bool), HistoryError> {
        let added = Some((Kind::DocumentAdded, None, Some(errand.url.clone())));
        match &errand.last {
            // What an alert is about to say needs no second letter.
            None if self.pace.hurried => Ok((None, false)),
            None => Ok((added, true)),
            Some(last) if last.state == State::Missing => Ok((added, false)),
            // Its text is there now: for those who ask for documents, as if it had come.
            Some(_) if version.instead_of.is_some() => Ok((added.filter(|_| recognised), false)),
            Some(last) => {
                let before = self.desk.history.document_text(last.document_id)?;
                version.difference = before.as_deref().zip(version.text.as_deref()).map(|(before, after)| document::Difference {
                    recognised: recognised || last.recognised,
                    ..document::difference(before, after)
                });
                if says_the_same(before.is_some(), last, version) {
                    tracing::info!(url = errand.url, "other bytes, the same text");
                    return Ok((None, false));
                }
                Ok((Some((Kind::DocumentReplaced, last.sha256.clone(), version.sha256.clone())), false))
            }
        }
    }

    /// A full disk loses the copy, never the document's text.
    fn keep(&self, page: &Snapshot) -> Option<String> {
        let kept = self.desk.evidence.keep(&Exhibit {
            body: &page.body,
            sha256: &page.sha256,
            url: page.url.as_str(),
            requested_url: page.requested_url.as_str(),
            status: page.status,
            request_headers: &page.request_headers,
            headers: &page.headers,
            fetched_at: page.fetched_at,
            verified: page.verified,
        });
        kept.map_err(|error| tracing::error!(url = page.url.as_str(), "the document could not be kept as evidence: {error}"))
            .ok()
            .map(|kept| kept.file)
    }
}

/// What became of the bytes of a document.
struct Reading {
    state: State,
    read: Option<Read>,
    /// The text without what was recognised in pictures: letters that were guessed prove no day.
    typed: Option<String>,
    /// Words were recognised in pictures.
    recognised: bool,
    /// Why there is no text, or not of every page.
    note: Option<String>,
}

impl Reading {
    fn none(state: State, note: String) -> Self {
        Reading { state, read: None, typed: None, recognised: false, note: Some(note) }
    }
}

impl<'a> Pace<'a> {
    /// Whether scans can be read.
    async fn ocr(self) -> &'a Ocr {
        self.ocr.get_or_init(Ocr::here).await
    }

    /// Pictures, or letters that are not what is seen, which nobody has tried to read yet, or could not.
    async fn could_recognise(self, last: &Version) -> bool {
        let pictures = matches!(last.state, State::Scan | State::Garbled) && !last.has_text || last.has_pictures;
        pictures && matches!(self.ocr().await, Ocr::Ready(_))
    }

    /// None where the time that an alert waits ended before a reader did: that says nothing of the document.
    async fn read(self, body: &[u8]) -> Option<Reading> {
        let left = self.until.saturating_duration_since(Instant::now());
        let within = if self.hurried { READ_WITHIN.min(left) } else { READ_WITHIN };
        let read = match crate::io::document::text(body, within).await {
            Ok(read) => read,
            Err(error @ DocumentError::NoTool { .. }) => return Some(Reading::none(State::Unread, error.to_string())),
            Err(DocumentError::TimedOut { .. }) if within < READ_WITHIN => return None,
            Err(error) => return Some(Reading::none(State::Unreadable, error.to_string())),
        };
        Some(match document::state::of_text(&read.text) {
            State::Text => {
                let (without, of) = document::state::wordless_pages(&read.text);
                let read = self.in_order(body, read).await;
                let typed = Some(read.text.clone());
                let bare = Reading { state: State::Text, read: Some(read), typed, recognised: false, note: None };
                if without.is_empty() { bare } else { self.pictures(body, bare, &without, of).await }
            }
            // A Word file has no scanner behind it: without a picture in it, nothing is in it.
            State::Scan if is_word(body) && !holds_pictures(body) => {
                Reading::none(State::Unreadable, "it is a Word file without a word in it".to_owned())
            }
            state => self.recognise(body, state).await,
        })
    }

    /// Typed pages with others between them that are pictures, or empty: what can be recognised on those is put in its place, and said to be so.
    async fn pictures(self, body: &[u8], typed: Reading, without: &[usize], of: usize) -> Reading {
        let Some(read) = typed.read else { return typed };
        let bare = |note: &str| Some(format!("{} of its {of} pages without a text layer: {note}", without.len()));
        let Ocr::Ready(languages) = self.ocr().await else {
            return Reading { read: Some(read), note: bare("pictures, or empty"), ..typed };
        };
        let found = match crate::io::document::recognise(body, languages, without.iter().copied(), OCR_WITHIN).await {
            Ok(found) => found,
            Err(error) => return Reading { read: Some(read), note: bare(&format!("pictures, or empty; {error}")), ..typed },
        };
        let words: Vec<(usize, String)> = found.into_iter().filter(|(_, words)| document::state::has_words(words)).collect();
        let note = match words.len() {
            0 => "nothing could be recognised on them".to_owned(),
            some => format!("what stands on {some} of them was recognised by {TESSERACT} and may be wrong"),
        };
        let text = document::state::with_pages(&read.text, &words);
        let by = format!("{}, {TESSERACT}", read.by);
        Reading { read: Some(Read { text, by }), recognised: !words.is_empty(), note: bare(&note), ..typed }
    }

    /// Columns side by side may have been read across. Then the other reading is asked for, and taken where it is the better one.
    async fn in_order(self, body: &[u8], read: Read) -> Read {
        if read.by != crate::io::document::PDFTOTEXT || !document::order::is_broken(&read.text) {
            return read;
        }
        let left = self.until.saturating_duration_since(Instant::now());
        let within = if self.hurried { READ_WITHIN.min(left) } else { READ_WITHIN };
        match crate::io::document::text_as_written(body, within).await {
            Ok(written) if document::order::is_better(&written.text, &read.text) => written,
            Ok(_) | Err(_) => read,
        }
    }

    /// A scan, or letters that are not what is seen: the pictures may be read where the programs for it are there.
    async fn recognise(self, body: &[u8], state: State) -> Reading {
        let why = match state {
            State::Scan => "its pages are pictures, without a text layer",
            _ => "its letters are not what is seen: a font without a table, or an old code page",
        };
        if is_word(body) {
            return Reading::none(state, why.to_owned());
        }
        let Ocr::Ready(languages) = self.ocr().await else { return Reading::none(state, why.to_owned()) };
        match crate::io::document::recognise(body, languages, 1.., OCR_WITHIN).await {
            Ok(pages) => {
                let text = pages.into_iter().map(|(_, words)| format!("{}\u{c}", words.trim_end_matches('\u{c}'))).collect();
                let note = format!("{why}; the text was recognised by {TESSERACT} and may be wrong");
                Reading { state, read: Some(Read { text, by: TESSERACT.to_owned() }), typed: None, recognised: true, note: Some(note) }
            }
            Err(error) => Reading::none(state, format!("{why}; {error}")),
        }
    }
}

fn is_word(body: &[u8]) -> bool {
    matches!(crate::io::document::form(body), Form::Doc | Form::Docx)
}

/// Names of files in a zip stand in it as they are. Of the old form we do not know.
fn holds_pictures(body: &[u8]) -> bool {
    crate::io::document::form(body) == Form::Doc || body.windows(11).any(|window| window == b"word/media/")
}

/// Kind, before, after.
type Told = Option<(Kind, Option<String>, Option<String>)>;

/// Asking again would bring the same.
fn is_final(error: &FetchError) -> bool {
    matches!(
        error,
        FetchError::Forbidden { .. }
            | FetchError::Disallowed
            | FetchError::TooLarge { .. }
            | FetchError::Redirected { .. }
            | FetchError::Circling { .. }
    )
}

/// Other bytes with the same words. Of what cannot be read only the bytes can tell; a page in a document's place is never the same twice.
fn says_the_same(was_read: bool, last: &Version, version: &NewVersion) -> bool {
    match &version.difference {
        Some(difference) => difference.is_empty(),
        None => !was_read && version.text.is_none() && last.state == State::Unreadable && version.state == State::Unreadable,
    }
}
