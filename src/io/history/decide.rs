//! A person's verdict on a bill, kept with who and why.

use rusqlite::{OptionalExtension, Transaction, params};

use super::chain::Head;
use super::fact::log;
use super::record::Decision;
use super::value::instant;
use super::{HistoryError, Result};
use crate::domain::change::{BillRef, Change};

pub(super) fn decide(transaction: &Transaction<'_>, decision: &Decision) -> Result<Option<i64>> {
    let mut found = transaction.prepare_cached("SELECT verdict FROM bill WHERE bill_id = ?1")?;
    let before: Option<String> = found.query_row([decision.bill_id], |row| row.get(0)).optional()?;
    let before = before.ok_or(HistoryError::NoBill(decision.bill_id))?;
    let at = instant(decision.at);
    transaction
        .prepare_cached("INSERT INTO decision (bill_id, verdict, before, reason, decided_by, decided_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![decision.bill_id, decision.verdict.as_str(), before, decision.reason, decision.by, at])?;
    transaction
        .prepare_cached("UPDATE bill SET verdict = ?2, decided = 1 WHERE bill_id = ?1")?
        .execute(params![decision.bill_id, decision.verdict.as_str()])?;
    let Some(kind) = decision.kind.filter(|_| before != decision.verdict.as_str()) else { return Ok(None) };
    let change = Change {
        bill: BillRef::Known(decision.bill_id),
        kind,
        field: Some("verdict".to_owned()),
        before: Some(before),
        after: Some(decision.verdict.to_string()),
        silent: false,
    };
    let mut head = Head::of(transaction)?;
    log(transaction, &mut head, decision.bill_id, &change, &at, None, false).map(Some)
}
