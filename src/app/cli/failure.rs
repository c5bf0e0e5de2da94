//! Why a command ends with something other than 0, with what the operator should do now.

use anyhow::{Error, anyhow};

use crate::io::database::DatabaseError;
use crate::io::history::HistoryError;
use crate::io::lock::LockError;
use crate::io::roster::RosterError;

/// Why a command ends with something other than 0 (contract.md, exit codes).
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What went wrong, with its causes.
    pub error: Error,
    /// What the operator should do now.
    pub hint: Option<String>,
}

/// The exit codes of the contract.
pub mod code {
    #![allow(missing_docs)]
    pub const FAILED: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const HELD: u8 = 3;
    pub const TASK_DIED: u8 = 70;
    pub const DATABASE: u8 = 74;
    pub const TAKEN: u8 = 75;
    pub const SETTINGS: u8 = 78;
}

impl Failure {
    /// The ordinary kind: what went wrong, and what to do now.
    pub fn new(what: impl std::fmt::Display, hint: &str) -> Self {
        Failure { code: code::FAILED, error: anyhow!("{what}"), hint: Some(hint.to_owned()) }
    }

    /// The same, with another exit code.
    pub fn with_code(self, code: u8) -> Self {
        Failure { code, ..self }
    }
}

/// Whatever the way an error took, what lies at its bottom decides the exit code and the hint.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (code, hint) = error.chain().find_map(known).map_or((code::FAILED, None), |(code, hint)| (code, Some(hint)));
        Failure { code, error, hint }
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        Error::new(error).into()
    }
}

impl From<RosterError> for Failure {
    fn from(error: RosterError) -> Self {
        Error::new(error).into()
    }
}

impl From<LockError> for Failure {
    fn from(error: LockError) -> Self {
        Error::new(error).into()
    }
}

fn known(cause: &(dyn std::error::Error + 'static)) -> Option<(u8, String)> {
    if let Some(error) = cause.downcast_ref::<HistoryError>() {
        return Some((of_history(error), error.hint().to_owned()));
    }
    if let Some(error) = cause.downcast_ref::<RosterError>() {
        return Some((of_roster(error), error.hint().to_owned()));
    }
    if let Some(error) = cause.downcast_ref::<DatabaseError>() {
        return Some((code::DATABASE, error.hint().to_owned()));
    }
    let (code, hint) = match cause.downcast_ref::<LockError>()? {
        LockError::Taken(_) => {
            (code::TAKEN, "the daemon, or another command, is at work there: let it do it, or try again when it has ended")
        }
        LockError::Refused(..) => {
            (code::DATABASE, "see that the data directory belongs to the user potvrda runs as, and that it can be written")
        }
    };
    Some((code, hint.to_owned()))
}

fn of_history(error: &HistoryError) -> u8 {
    match error {
        HistoryError::Search(_) | HistoryError::NoBill(_) => code::FAILED,
        _ => code::DATABASE,
    }
}

fn of_roster(error: &RosterError) -> u8 {
    match error {
        RosterError::NoLetter(_) | RosterError::NoSubscriber(_) => code::FAILED,
        _ => code::DATABASE,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn the_exit_code_is_found_under_any_context() {
        let buried = |error: Error| Failure::from(error.context("while listing").context("while answering"));
        let corrupt = buried(HistoryError::from(DatabaseError::Corrupt { file: "history.db", why: "x".into() }).into());
        assert_eq!((corrupt.code, corrupt.hint.unwrap().contains("restore")), (code::DATABASE, true));
        assert_eq!(buried(RosterError::from(DatabaseError::Locked("subscribers.db")).into()).code, code::DATABASE);
        assert_eq!(buried(RosterError::NoLetter(3).into()).code, code::FAILED);
        assert_eq!(buried(HistoryError::Search("x".into()).into()).code, code::FAILED);
        assert_eq!(buried(LockError::Taken("/d".into()).into()).code, code::TAKEN);
        assert_eq!(buried(anyhow!("plain")).code, code::FAILED);
        let io: Result<(), _> = Err(std::io::Error::other("disk")).context("writing");
        assert_eq!(Failure::from(io.unwrap_err()).hint, None);
    }
}
