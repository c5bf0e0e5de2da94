//! What goes wrong with subscribers.db beyond what goes wrong with any database.

use crate::io::database::DatabaseError;

/// Why subscribers.db could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RosterError {
    /// The file.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// No such letter.
    #[error("there is no letter {0}")]
    NoLetter(i64),
    /// No such subscriber.
    #[error("there is no subscriber {0}")]
    NoSubscriber(i64),
}

impl RosterError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            RosterError::Database(error) => error.hint(),
            RosterError::NoLetter(_) => "`potvrda outbox list` shows them",
            RosterError::NoSubscriber(_) => "`potvrda subscriber list` shows them",
        }
    }

    /// Whether the process should end with code 74: going on could only make it worse.
    pub fn is_fatal(&self) -> bool {
        matches!(self, RosterError::Database(error) if error.is_fatal())
    }
}

impl From<rusqlite::Error> for RosterError {
    fn from(error: rusqlite::Error) -> Self {
        super::open::sql(error).into()
    }
}
