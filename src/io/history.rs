//! history.db: what parliament published and what we saw of it. The only SQL on it in the project.
//!
//! Never holds an address of a person, never compares, never decides: it records facts in their order and answers with them.
//!
//! ```text
//! open     opens, creates, brings up to date, notices that the file was taken away      fault    what goes wrong, and what to do then
//! source   a source's state between polls: validators, failures, holds, pages to read   recall   everything a comparison needs
//! record   one poll, one transaction       fact     one fact, one row       chain   the append-only log of changes and its hashes
//! proof    what proves a bill
//! documents  what links lead to       watched  how often we looked
//! tell     the facts of one letter         read     answers for the command line and the web         decide   a person's verdict
//! search   full-text search in both scripts, and finding a bill by what a person typed   value    times, days and words in columns
//! ```

mod chain;
mod decide;
pub mod documents;
mod fact;
pub mod fault;
mod open;
pub mod proof;
pub mod read;
mod recall;
pub mod record;
pub mod search;
pub mod snapshot;
pub mod source;
pub mod tell;
mod value;
mod watched;

use rusqlite::Connection;

use crate::io::database::File;
pub use fault::HistoryError;

/// The result of every call.
pub type Result<T, E = HistoryError> = std::result::Result<T, E>;

/// The database, open. Owns one connection; move it to the thread that uses it.
pub struct History {
    connection: Connection,
    file: File,
}
