//! Hands one letter to a mail server, to `sendmail` or to a folder, and says exactly what came of it.
//!
//! Never retries, never decides what a refusal means, never lets an address into an error.
//!
//! ```text
//! compose   a letter becomes a message: headers, parts, encodings      smtp       a mail server, one conversation, one letter after another
//! folder    one .eml file a letter                                     sendmail   the machine's own mailer
//! dkim      signs it with the domain's key
//! ```

mod compose;
mod dkim;
mod folder;
mod sendmail;
mod smtp;

use std::path::PathBuf;

use crate::domain::bounce::plain_words;

pub use compose::{Message, Parcel, compose};
pub use dkim::Signer;
pub use smtp::{Credentials, Patience, Server};

/// By which road letters leave.
#[derive(Debug, Clone)]
pub enum Road {
    /// One .eml file a letter, in this folder.
    Folder(PathBuf),
    /// The machine's own mailer, by its path.
    Sendmail(PathBuf),
    /// A mail server.
    Smtp(Box<Server>),
}

/// What came of it when a letter was not taken. The words are a server's or the operating system's, without addresses, on one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// No conversation came about: no such name, refused, no banner, a bad certificate, a busy server.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    /// The server does not offer the protection that the settings ask for. Nothing was sent in clear.
    #[error("the mail server does not guard the connection: {0}")]
    Insecure(String),
    /// The server does not let us in. `lasting`: it said never, not later.
    #[error("the mail server does not accept the login: {why}")]
    Login {
        /// Its words.
        why: String,
        /// A wrong password rather than a bad moment.
        lasting: bool,
    },
    /// The server said later (4xx).
    #[error("{code} at {stage}: {why}")]
    Later {
        /// When it said so.
        stage: Stage,
        /// Its code.
        code: u16,
        /// Its words.
        why: String,
    },
    /// The server said never (5xx).
    #[error("{code} at {stage}: {why}")]
    Never {
        /// When it said so.
        stage: Stage,
        /// Its code.
        code: u16,
        /// Its words.
        why: String,
    },
    /// The conversation broke off. Whether the letter was taken cannot be known if it broke off after the dot (RFC 1047).
    #[error("the connection broke off at {stage}: {why}")]
    Lost {
        /// Where.
        stage: Stage,
        /// How.
        why: String,
    },
    /// The server takes no message of this size.
    #[error("the mail server takes no message of this size{}", limit.map(|bytes| format!(", but of at most {bytes} bytes")).unwrap_or_default())]
    TooLarge {
        /// Its limit, where it says one.
        limit: Option<usize>,
    },
    /// This letter can be mailed by no server: a header or an address is impossible.
    #[error("the letter cannot be put together: {0}")]
    Unfit(String),
    /// The folder cannot be written, the mailer cannot be started.
    #[error("letters cannot leave this machine: {0}")]
    Local(String),
}

/// Where in the conversation something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Stage {
    Sender,
    Recipient,
    Data,
    Content,
}
crate::words!(Stage { Sender = "MAIL FROM", Recipient = "RCPT TO", Data = "DATA", Content = "the end of the message" });

/// An open road. Letters go one after another; after any doubt about whose reply is whose, the conversation is over.
pub enum Carrier {
    /// See `folder`.
    Folder(folder::Folder),
    /// See `sendmail`.
    Sendmail(sendmail::Sendmail),
    /// See `smtp`.
    Smtp(Box<smtp::Conversation>),
}

impl Carrier {
    /// Opens the road: the folder is made, the server greeted, the connection guarded, the login made.
    pub fn open(road: &Road) -> Result<Self, MailError> {
        Ok(match road {
            Road::Folder(path) => Carrier::Folder(folder::Folder::open(path)?),
            Road::Sendmail(command) => Carrier::Sendmail(sendmail::Sendmail::at(command)?),
            Road::Smtp(server) => Carrier::Smtp(Box::new(smtp::Conversation::open(server)?)),
        })
    }

    /// Hands over one letter. `Ok` only where the server said 250 after the dot (the file is on the disk, the mailer ended well).
    pub fn hand_over(&mut self, message: &Message) -> Result<(), MailError> {
        match self {
            Carrier::Folder(folder) => folder.put(message),
            Carrier::Sendmail(mailer) => mailer.send(message),
            Carrier::Smtp(conversation) => conversation.send(message),
        }
    }

    /// Whether another letter can go this way. After a broken conversation: open a new one.
    pub fn is_open(&self) -> bool {
        match self {
            Carrier::Folder(_) | Carrier::Sendmail(_) => true,
            Carrier::Smtp(conversation) => conversation.is_open(),
        }
    }

    /// How many letters this conversation has carried.
    pub fn carried(&self) -> usize {
        match self {
            Carrier::Folder(_) | Carrier::Sendmail(_) => 0,
            Carrier::Smtp(conversation) => conversation.carried(),
        }
    }

    /// Says goodbye.
    pub fn close(self) {
        if let Carrier::Smtp(conversation) = self {
            conversation.close();
        }
    }
}

/// What `check` says of the road: reached, guarded, logged in; no letter.
pub fn probe(road: &Road) -> Result<String, MailError> {
    let carrier = Carrier::open(road)?;
    let said = match (&carrier, road) {
        (Carrier::Smtp(conversation), _) => conversation.describe(),
        (_, Road::Folder(path)) => format!("letters are put into {}", path.display()),
        (_, Road::Sendmail(command)) => format!("letters are given to {}", command.display()),
        _ => String::new(),
    };
    carrier.close();
    Ok(said)
}
