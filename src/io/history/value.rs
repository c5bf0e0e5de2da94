//! How times, days, words and lists stand in the columns.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;

use crate::domain::bill::ActNumber;

/// An instant, as stored: UTC, whole seconds.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A list, as stored: a JSON array.
pub(super) fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    // Lists of strings and numbers always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// A count or an id of another width, as stored.
pub(super) fn whole<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// A count or an id of another width, where the column has one.
pub(super) fn whole_at<N: TryFrom<i64>>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<N>> {
    let stored: Option<i64> = row.get(column)?;
    stored.map(|n| N::try_from(n).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, n))).transpose()
}

/// A count that must be there.
pub(super) fn whole_in<N: TryFrom<i64>>(row: &Row<'_>, column: usize) -> rusqlite::Result<N> {
    required(column, whole_at(row, column)?)
}

fn broken(column: usize, text: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, text.into())
}

fn parsed<T>(row: &Row<'_>, column: usize, parse: impl Fn(&str) -> Option<T>) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null()? {
        None => Ok(None),
        Some(text) => parse(text).map(Some).ok_or_else(|| broken(column, format!("{text:?} is not what this column holds"))),
    }
}

fn required<T>(column: usize, value: Option<T>) -> rusqlite::Result<T> {
    value.ok_or_else(|| broken(column, "a value is missing".to_owned()))
}

/// An instant, where the column has one.
pub(super) fn instant_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DateTime<Utc>>> {
    parsed(row, column, |t| DateTime::parse_from_rfc3339(t).ok().map(|at| at.with_timezone(&Utc)))
}

/// An instant that must be there.
pub(super) fn instant_in(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    required(column, instant_at(row, column)?)
}

/// A day, where the column has one.
pub(super) fn day_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<NaiveDate>> {
    parsed(row, column, day)
}

/// By its parts, for a poll reads thousands: chrono's own reading takes any spelling, and ten times as long.
fn day(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// An hour, where the column has one.
pub(super) fn hour_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<NaiveTime>> {
    parsed(row, column, |t| NaiveTime::parse_from_str(t, "%H:%M").ok())
}

/// A word of a fixed set, where the column has one.
pub(super) fn word_at<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    parsed(row, column, |t| t.parse().ok())
}

/// A word that must be there.
pub(super) fn word_in<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    required(column, word_at(row, column)?)
}

/// An act number, where the column has one.
pub(super) fn act_number_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ActNumber>> {
    word_at(row, column)
}

/// A JSON value, where the column has one.
pub(super) fn json_at<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    parsed(row, column, |t| serde_json::from_str(t).ok())
}
