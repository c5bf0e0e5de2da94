//! What goes wrong with history.db beyond what goes wrong with any database.

use super::open::PLAN;
use crate::io::database::DatabaseError;

/// Why history.db could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The file.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// No such bill.
    #[error("there is no bill with row id {0}")]
    NoBill(i64),
    /// What a person typed is no search.
    #[error("this cannot be searched for: {0}")]
    Search(String),
}

impl HistoryError {
    /// What the operator should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            HistoryError::Database(error) => error.hint(),
            HistoryError::NoBill(_) => "`potvrda agreements` lists the row ids",
            HistoryError::Search(_) => "use plain words, or put quotes round a phrase",
        }
    }

    /// Whether the process should end with code 74: going on could only make it worse.
    pub fn is_fatal(&self) -> bool {
        matches!(self, HistoryError::Database(error) if error.is_fatal())
    }
}

impl From<rusqlite::Error> for HistoryError {
    fn from(error: rusqlite::Error) -> Self {
        DatabaseError::of_sql(PLAN.file, error).into()
    }
}
