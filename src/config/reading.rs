//! Reads settings out of a TOML document by one table of keys per section, and gathers everything that is wrong with it.
//!
//! Never stops at the first error, never changes a value it could not read.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::values::{HostName, Listen, Metrics, Network, Proxy, Security, SourceKind, TlsFallback, Transport};
use crate::domain::address::{EmailAddress, Mailbox};
use crate::domain::return_path::ReturnPath;
use crate::domain::schedule::Schedule;
use crate::domain::selector::CssSelector;
use crate::domain::zone::Zone;

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, from 1; none where the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong, and what to write instead.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file.display(), self.what),
            None => write!(f, "{}: {}", self.file.display(), self.what),
        }
    }
}

/// Something a settings file can say.
pub(super) trait Setting: Sized {
    /// The value, or none after saying to the desk what is wrong. `path` is the key's full name.
    fn read(value: &Spanned<DeValue<'_>>, path: &str, desk: &mut Desk<'_>) -> Option<Self>;

    /// What it means that a key without a default is not there; none: that it is missing.
    fn absent() -> Option<Self> {
        None
    }

    /// The full names of all keys below this one, itself included where it is no section.
    fn paths(prefix: &str, into: &mut Vec<String>) {
        into.push(prefix.to_owned());
    }
}

/// Makes a section: the struct, its defaults, its reader and its bounds, out of one table of keys.
///
/// With defaults: `key: Type = default;`, or `key: Type = default, within 1..=60;`. Without: every key must be given, but for an `Option`.
/// `field as "key"` where the two differ.
macro_rules! settings {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* $field:ident $(as $key:literal)?: $type:ty = $default:expr $(, within $range:expr)?;)+ }) => {
        settings!(@struct $(#[$meta])* $name { $($(#[$doc])* $field $($key)?: $type)+ });
        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
        impl $crate::config::reading::Setting for $name {
            fn read(value: &toml::Spanned<toml::de::DeValue<'_>>, path: &str, desk: &mut $crate::config::reading::Desk<'_>) -> Option<Self> {
                let section = desk.section::<Self>(value, path)?;
                Some(Self { $($field: {
                    let key = settings!(@key $field $($key)?);
                    let read: Option<$type> = section.optional(key, desk);
                    $(let read = section.within(key, read, $range, desk);)?
                    read.unwrap_or_else(|| $default)
                }),+ })
            }
            settings!(@paths $($field $($key)?: $type)+);
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty;)+ }) => {
        settings!(@struct $(#[$meta])* $name { $($(#[$doc])* $field: $type)+ });
        impl $crate::config::reading::Setting for $name {
            fn read(value: &toml::Spanned<toml::de::DeValue<'_>>, path: &str, desk: &mut $crate::config::reading::Desk<'_>) -> Option<Self> {
                let section = desk.section::<Self>(value, path)?;
                $(let $field: Option<$type> = section.required(stringify!($field), desk);)+
                Some(Self { $($field: $field?),+ })
            }
            settings!(@paths $($field: $type)+);
        }
    };
    (@struct $(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident $($key:literal)?: $type:ty)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name { $($(#[$doc])* $(#[serde(rename = $key)])? pub $field: $type),+ }
    };
    (@paths $($field:ident $($key:literal)?: $type:ty)+) => {
        fn paths(prefix: &str, into: &mut Vec<String>) {
            $(<$type as $crate::config::reading::Setting>::paths(&$crate::config::reading::join(prefix, settings!(@key $field $($key)?)), into);)+
        }
    };
    (@key $field:ident $key:literal) => { $key };
    (@key $field:ident) => { stringify!($field) };
}
pub(super) use settings;

/// `section.key`, or `key` at the top.
pub(super) fn join(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

/// Where problems are gathered while a document is read.
pub(super) struct Desk<'a> {
    file: PathBuf,
    text: &'a str,
    /// Full names of all keys there are.
    known: Vec<String>,
    /// Sorted by line, each once.
    problems: BTreeSet<Problem>,
}

/// A section of the document while it is read.
pub(super) struct Section<'a> {
    path: String,
    span: Range<usize>,
    entries: &'a DeTable<'a>,
}

impl<'a> Desk<'a> {
    /// Parses a document that says a `T`. Where its TOML is broken the rest is read nevertheless.
    pub(super) fn open<T: Setting>(file: PathBuf, text: &'a str) -> (Self, Spanned<DeValue<'a>>) {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut known = Vec::new();
        T::paths("", &mut known);
        let mut desk = Desk { file, text, known, problems: BTreeSet::new() };
        for error in errors {
            // The parser speaks of one error in several lines.
            let said = error.message().lines().collect::<Vec<_>>().join(", ");
            desk.wrong(error.span().unwrap_or_default(), format!("this is not TOML: {said}"));
        }
        (desk, Spanned::new(document.span(), DeValue::Table(document.into_inner())))
    }

    /// Notes that something at this place is wrong. A line that is no TOML is wrong once: what was made of it means nothing.
    pub(super) fn wrong(&mut self, span: Range<usize>, what: String) {
        let line = Some(1 + self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        let broken = |known: &Problem| known.line == line && known.what.starts_with("this is not TOML");
        if !self.problems.iter().any(broken) {
            self.problems.insert(Problem { file: self.file.clone(), line, what });
        }
    }

    /// Adds what is wrong in files that the settings name.
    pub(super) fn add(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
    }

    /// Everything that is wrong, in the order of the file.
    pub(super) fn close(self) -> Vec<Problem> {
        self.problems.into_iter().collect()
    }

    /// Opens a section that says a `T`, after refusing the keys that a `T` does not have.
    pub(super) fn section<'v, T: Setting>(&mut self, value: &'v Spanned<DeValue<'_>>, path: &str) -> Option<Section<'v>> {
        let DeValue::Table(entries) = value.get_ref() else {
            let instead = if value.get_ref().is_array() { format!("; write [{path}], once") } else { String::new() };
            self.wrong(value.span(), format!("{path} must be a section, not {}{instead}", kind_of(value.get_ref())));
            return None;
        };
        for key in entries.keys() {
            let full = join(path, key.get_ref());
            let below = format!("{full}.");
            if !self.known.iter().any(|known| *known == full || known.starts_with(&below)) {
                let what = self.unknown(key.get_ref(), path);
                self.wrong(key.span(), what);
            }
        }
        Some(Section { path: path.to_owned(), span: value.span(), entries })
    }

    /// What to say of a key that nobody knows.
    fn unknown(&self, key: &str, section: &str) -> String {
        if ["password", "passwd", "secret", "token"].iter().any(|word| key.to_lowercase().contains(word)) {
            return format!(
                "unknown key {key:?}: no secret stands in this file; put it into a file of its own and name that in \"mail.password_file\""
            );
        }
        let prefix = join(section, "");
        let siblings: BTreeSet<&str> =
            self.known.iter().filter_map(|known| known.strip_prefix(&prefix)).filter_map(|rest| rest.split('.').next()).collect();
        let near = siblings.iter().map(|name| (strsim::normalized_damerau_levenshtein(key, name), (*name).to_owned()));
        // A key that stands under the wrong heading is exactly right elsewhere; one that is only near has to be nearer than those that stand here.
        let elsewhere = self.known.iter().map(|known| {
            let name = known.rsplit('.').next().unwrap_or(known);
            (if name == key { 1.0 } else { strsim::normalized_damerau_levenshtein(key, name) - FARTHER }, known.clone())
        });
        match near.chain(elsewhere).max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((_, name)) if name == key => format!("unknown key {key:?} here; did you mean {name:?} above the first [section]?"),
            Some((_, name)) => format!("unknown key {key:?}; did you mean {name:?}?"),
            None => format!("unknown key {key:?}"),
        }
    }
}

/// How much less near a key is for standing in another section.
const FARTHER: f64 = 0.2;

impl Section<'_> {
    /// The value of a key that may be left out; none if it is, or if it is wrong.
    pub(super) fn optional<T: Setting>(&self, key: &str, desk: &mut Desk<'_>) -> Option<T> {
        T::read(self.entries.get(key)?, &join(&self.path, key), desk)
    }

    /// The value of a key without a default.
    pub(super) fn required<T: Setting>(&self, key: &str, desk: &mut Desk<'_>) -> Option<T> {
        if self.entries.contains_key(key) {
            return self.optional(key, desk);
        }
        let absent = T::absent();
        if absent.is_none() {
            desk.wrong(self.span.clone(), format!("{} is missing", join(&self.path, key)));
        }
        absent
    }

    /// The value if it is within its bounds.
    pub(super) fn within<T>(&self, key: &str, value: Option<T>, bounds: RangeInclusive<T>, desk: &mut Desk<'_>) -> Option<T>
    where
        T: PartialOrd + fmt::Display,
    {
        let value = value?;
        if bounds.contains(&value) {
            return Some(value);
        }
        let span = self.entries.get(key).map(Spanned::span).unwrap_or_default();
        let (path, low, high) = (join(&self.path, key), bounds.start(), bounds.end());
        desk.wrong(span, format!("{path} must be from {low} to {high}, not {value}"));
        None
    }
}

/// What a value is, for a message.
fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

impl<T: Setting> Setting for Option<T> {
    fn read(value: &Spanned<DeValue<'_>>, path: &str, desk: &mut Desk<'_>) -> Option<Self> {
        T::read(value, path, desk).map(Some)
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn paths(prefix: &str, into: &mut Vec<String>) {
        T::paths(prefix, into);
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(value: &Spanned<DeValue<'_>>, path: &str, desk: &mut Desk<'_>) -> Option<Self> {
        let DeValue::Array(values) = value.get_ref() else {
            let instead = if value.get_ref().is_table() { format!("; write [[{path}]] before each") } else { String::new() };
            desk.wrong(value.span(), format!("{path} must be a list, not {}{instead}", kind_of(value.get_ref())));
            return None;
        };
        // All are read before the first bad one counts.
        let read: Vec<Option<T>> = values.iter().map(|value| T::read(value, path, desk)).collect();
        read.into_iter().collect()
    }
    fn paths(prefix: &str, into: &mut Vec<String>) {
        T::paths(prefix, into);
    }
}

impl Setting for bool {
    fn read(value: &Spanned<DeValue<'_>>, path: &str, desk: &mut Desk<'_>) -> Option<Self> {
        let read = value.get_ref().as_bool();
        if read.is_none() {
            desk.wrong(value.span(), format!("{path} must be true or false, not {}", kind_of(value.get_ref())));
        }
        read
    }
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn read(value: &Spanned<DeValue<'_>>, path: &str, desk: &mut Desk<'_>) -> Option<Self> {
                let DeValue::Integer(written) = value.get_ref() else {
                    desk.wrong(value.span(), format!("{path} must be a whole number, not {}", kind_of(value.get_ref())));
                    return None;
                };
                let read = <$type>::from_str_radix(written.as_str(), written.radix()).ok();
                if read.is_none() {
                    desk.wrong(value.span(), format!("{path} must be from {} to {}, not {written}", <$type>::MIN, <$type>::MAX));
                }
                read
            }
        }
    )+};
}
whole_numbers!(u8, u16, u32, u64, usize);

/// A value that is written as text, and what its text must be.
trait Text: Sized {
    /// Whether tabs may part its words.
    const TABS: bool = false;
    fn from_text(text: &str) -> Result<Self, String>;
}

impl<T: Text> Setting for T {
    fn read(value: &Spanned<DeValue<'_>>, path: &str, desk: &mut Desk<'_>) -> Option<Self> {
        let DeValue::String(text) = value.get_ref() else {
            desk.wrong(value.span(), format!("{path} must be a text in quotation marks, not {}", kind_of(value.get_ref())));
            return None;
        };
        let read = if text.trim().is_empty() {
            Err("it is empty; leave the line out instead".to_owned())
        } else if text.chars().any(|c| c.is_control() && !(T::TABS && c == '\t')) {
            Err("it holds a line break or another control character".to_owned())
        } else {
            T::from_text(text)
        };
        read.map_err(|why| desk.wrong(value.span(), format!("{path}: {why}"))).ok()
    }
}

impl Text for String {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

/// People bring their schedules from a crontab, tabs and all.
impl Text for Schedule {
    const TABS: bool = true;
    fn from_text(text: &str) -> Result<Self, String> {
        text.parse()
    }
}

impl Text for PathBuf {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(PathBuf::from(text))
    }
}

impl Text for Url {
    fn from_text(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|why| format!("{text:?} is no address of a page: {why}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            Err(format!("{text:?} must begin with http:// or https://"))
        } else if !url.username().is_empty() || url.password().is_some() {
            // Not repeated: it may be a secret.
            Err("the address must not hold a user name or a password".to_owned())
        } else {
            Ok(url)
        }
    }
}

impl Text for Zone {
    fn from_text(text: &str) -> Result<Self, String> {
        let near = |name: &str| strsim::normalized_damerau_levenshtein(text, name);
        let nearest = || Zone::names().max_by(|a, b| near(a).total_cmp(&near(b))).unwrap_or("UTC");
        text.parse().map_err(|_| format!("{text:?} is no time zone; did you mean {:?}?", nearest()))
    }
}

macro_rules! texts {
    ($($type:ty),+) => {$(
        impl Text for $type {
            fn from_text(text: &str) -> Result<Self, String> {
                text.parse()
            }
        }
    )+};
}
texts!(
    Metrics,
    EmailAddress,
    Mailbox,
    ReturnPath,
    CssSelector,
    SourceKind,
    Transport,
    Security,
    TlsFallback,
    HostName,
    Network,
    Listen,
    Proxy
);
