//! How times, words and lists stand in the columns.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;

/// An instant, as stored: UTC, milliseconds, so that text sorts as time does.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A value as stored: JSON.
pub(super) fn json<T: serde::Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

fn broken(column: usize, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// An instant, where the column has one.
pub(super) fn instant_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let text: Option<String> = row.get(column)?;
    text.map(|t| DateTime::parse_from_rfc3339(&t).map(|at| at.with_timezone(&Utc)).map_err(|e| broken(column, e))).transpose()
}

/// An instant that must be there.
pub(super) fn instant_in(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    instant_at(row, column)?.ok_or_else(|| broken(column, "a time is missing"))
}

/// A word of a fixed set.
pub(super) fn word_in<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    text.parse().map_err(|_| broken(column, format!("{text:?} is not what this column holds")))
}

/// A word of a fixed set, where the column has one.
pub(super) fn word_at<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    if row.get_ref(column)? == rusqlite::types::ValueRef::Null { Ok(None) } else { word_in(row, column).map(Some) }
}

/// A JSON value.
pub(super) fn json_in<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|e| broken(column, e))
}
