//! A conversation with a mail server (RFC 5321), one letter after another, one recipient a letter.
//!
//! Never pipelines, never goes on after a reply that could belong to another letter, never falls back to an unguarded connection. The
//! commands and replies are lettre's; the steps are taken one by one, so that a refusal is known to be of the sender, the recipient or the
//! content, and over a line of our own (`wire`), so that no server can hold us up or fill our memory.

mod wire;

use std::io::{self, ErrorKind::TimedOut, ErrorKind::WouldBlock};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials as Login, Mechanism};
use lettre::transport::smtp::commands::{Auth, Data, Ehlo, Mail, Quit, Rcpt, Rset, Starttls};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};

use super::{MailError, Message, Stage, plain_words};
use crate::config::Security;
use crate::domain::bounce;
use wire::Wire;

/// A mail server, and how to talk to it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// None: 465 for tls, 587 for starttls, 25 for none.
    pub port: Option<u16>,
    /// How the connection is guarded.
    pub security: Security,
    /// Whom to log in as.
    pub credentials: Option<Credentials>,
    /// The name we greet with; none: the machine's.
    pub hello: Option<String>,
    /// Certificates (PEM) trusted beside the system's.
    pub extra_ca: Option<Vec<u8>>,
    /// How long to wait.
    pub patience: Patience,
}

/// A name and a password. Never shown.
#[derive(Clone)]
pub struct Credentials {
    /// Who.
    pub username: String,
    /// The secret.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// How long each reply is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Connecting, the banner, the greeting, TLS and the login.
    pub greeting: Duration,
    /// MAIL, RCPT, DATA.
    pub command: Duration,
    /// The reply after the dot: the one that must not be missed, or a letter goes twice (RFC 1047).
    pub delivery: Duration,
}

impl Default for Patience {
    /// RFC 5321 4.5.3.2, but for the greeting: a server that does not greet can be asked again, and the queue is behind it.
    fn default() -> Self {
        Patience { greeting: Duration::from_secs(30), command: Duration::from_secs(5 * 60), delivery: Duration::from_secs(10 * 60) }
    }
}

/// How long a goodbye is waited for.
const GOODBYE: Duration = Duration::from_secs(2);
/// In the order in which they are tried. Both give the password away to the server: they are for guarded connections.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// Challenges of one login; more are a server's game.
const CHALLENGES_MAX: usize = 3;

/// What a server says it can do.
#[derive(Default)]
struct Offers {
    name: String,
    starttls: bool,
    size_max: Option<usize>,
    mechanisms: Vec<String>,
}

impl Offers {
    fn read(said: &Response) -> Offers {
        let mut offers = Offers { name: said.first_word().unwrap_or_default().to_owned(), ..Offers::default() };
        for line in said.message().skip(1) {
            let mut words = line.split_ascii_whitespace().map(str::to_ascii_uppercase);
            match words.next().as_deref() {
                Some("STARTTLS") => offers.starttls = true,
                Some("SIZE") => offers.size_max = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0),
                Some("AUTH") => offers.mechanisms.extend(words),
                _ => {}
            }
        }
        offers
    }
}

/// A conversation under way.
pub struct Conversation {
    wire: Wire,
    patience: Patience,
    offers: Offers,
    carried: usize,
    open: bool,
    logged_in: bool,
}

impl Conversation {
    pub(super) fn open(server: &Server) -> Result<Self, MailError> {
        let (implicit, default_port) = match server.security {
            Security::Tls => (true, SUBMISSIONS_PORT),
            Security::Starttls => (false, SUBMISSION_PORT),
            Security::None => (false, SMTP_PORT),
        };
        let hello = server.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let tls = match server.security {
            Security::None => None,
            Security::Tls | Security::Starttls => Some(wire::tls(server.extra_ca.as_deref()).map_err(MailError::Local)?),
        };
        let time = server.patience.greeting;
        let mut wire = Wire::open(&server.host, server.port.unwrap_or(default_port), time).map_err(|e| unreachable(&e))?;
        if let (true, Some(tls)) = (implicit, &tls) {
            wire.guard(tls.clone(), &server.host, time).map_err(|e| unreachable(&e))?;
        }
        let said = wire.hear(time).map_err(|e| unreachable(&e))?;
        good(&said, 220)?;
        let (patience, offers) = (server.patience, Offers::default());
        let mut conversation = Conversation { wire, patience, offers, carried: 0, open: true, logged_in: false };
        conversation.greet(&hello)?;
        if let (false, Some(tls)) = (implicit, tls) {
            if !conversation.offers.starttls {
                conversation.close();
                return Err(MailError::Insecure("it does not offer STARTTLS".to_owned()));
            }
            let said = conversation.say(&Starttls.to_string())?;
            if !said.has_code(220) {
                return Err(MailError::Insecure(words_of(&said)));
            }
            // Said in clear, it would be taken for what the guarded server says.
            if !conversation.wire.is_quiet() {
                return Err(MailError::Insecure("it went on speaking before the connection was guarded".to_owned()));
            }
            conversation.wire.guard(tls, &server.host, time).map_err(|e| unreachable(&e))?;
            conversation.greet(&hello)?;
        }
        if let Some(credentials) = &server.credentials {
            conversation.log_in(credentials)?;
        }
        Ok(conversation)
    }

    /// One question before the first letter.
    fn say(&mut self, command: &str) -> Result<Response, MailError> {
        self.wire.ask(command.as_bytes(), self.patience.greeting).map_err(|e| unreachable(&e))
    }

    fn greet(&mut self, hello: &ClientId) -> Result<(), MailError> {
        let mut said = self.say(&Ehlo::new(hello.clone()).to_string())?;
        if matches!(u16::from(said.code()), 500 | 502 | 504) {
            // A server of the old kind (RFC 5321 3.2). It offers nothing, and so gets nothing where TLS or a login is asked for.
            said = self.say(&format!("HELO {hello}\r\n"))?;
        }
        good(&said, 250)?;
        self.offers = Offers::read(&said);
        Ok(())
    }

    fn log_in(&mut self, credentials: &Credentials) -> Result<(), MailError> {
        let login = Login::new(credentials.username.clone(), credentials.password.clone());
        let offered = |mechanism: &&Mechanism| self.offers.mechanisms.iter().any(|name| *name == mechanism.to_string());
        let lasting = |why: String| MailError::Login { why, lasting: true };
        let Some(mechanism) = MECHANISMS.iter().find(offered).copied() else {
            return Err(lasting("it offers no login that we know".to_owned()));
        };
        let first = Auth::new(mechanism, login.clone(), None).map_err(|e| lasting(e.to_string()))?;
        let mut said = self.say(&first.to_string())?;
        for _ in 0..CHALLENGES_MAX {
            if !said.has_code(334) {
                break;
            }
            let answer = Auth::new_from_response(mechanism, login.clone(), &said).map_err(|e| lasting(e.to_string()))?;
            said = self.say(&answer.to_string())?;
        }
        self.logged_in = said.has_code(235);
        match u16::from(said.code()) {
            _ if self.logged_in => Ok(()),
            500..=599 => Err(lasting(words_of(&said))),
            _ => Err(MailError::Login { why: words_of(&said), lasting: false }),
        }
    }

    pub(super) fn send(&mut self, message: &Message) -> Result<(), MailError> {
        if let Some(limit) = self.offers.size_max.filter(|limit| message.bytes.len() > *limit) {
            return Err(MailError::TooLarge { limit: Some(limit) });
        }
        let size = self.offers.size_max.map(|_| MailParameter::Size(message.bytes.len()));
        let mail = Mail::new(message.envelope.from().cloned(), size.into_iter().collect());
        self.step(Stage::Sender, &mail.to_string(), &[250])?;
        for recipient in message.envelope.to() {
            self.step(Stage::Recipient, &Rcpt::new(recipient.clone(), Vec::new()).to_string(), &[250, 251, 252])?;
        }
        self.step(Stage::Data, &Data.to_string(), &[354])?;
        self.heard_out(Stage::Data)?;
        let said = self.wire.ask(&stuffed(&message.bytes), self.patience.delivery);
        self.accepted(Stage::Content, said, &[250])?;
        self.carried += 1;
        Ok(())
    }

    fn step(&mut self, stage: Stage, command: &str, expected: &[u16]) -> Result<(), MailError> {
        self.heard_out(stage)?;
        let said = self.wire.ask(command.as_bytes(), self.patience.command);
        self.accepted(stage, said, expected)
    }

    /// Nothing more is said to a server that still speaks: its reply to that could not be told from the rest.
    fn heard_out(&mut self, stage: Stage) -> Result<(), MailError> {
        if self.wire.is_quiet() { Ok(()) } else { Err(self.lost(stage, "it hung up, or said something that nobody asked for")) }
    }

    fn lost(&mut self, stage: Stage, why: &str) -> MailError {
        self.open = false;
        MailError::Lost { stage, why: plain_words(why) }
    }

    /// What a reply means. After a plain no, the next letter may follow on the same connection; after anything else, it may not.
    fn accepted(&mut self, stage: Stage, said: io::Result<Response>, expected: &[u16]) -> Result<(), MailError> {
        let said = said.map_err(|error| self.lost(stage, &words(&error)))?;
        let code = u16::from(said.code());
        if expected.contains(&code) {
            return Ok(());
        }
        if !(400..=599).contains(&code) {
            return Err(self.lost(stage, &format!("an unexpected reply, {code}")));
        }
        let why = words_of(&said);
        // Back to the start. Whoever answers that with anything but 250 answers something else, and is not trusted with another letter.
        let reset = |this: &mut Self| {
            let said = this.wire.is_quiet().then(|| this.wire.ask(Rset.to_string().as_bytes(), this.patience.greeting));
            said.is_some_and(|said| said.is_ok_and(|said| said.has_code(250)))
        };
        self.open = code != 421 && reset(self);
        Err(match code {
            // RFC 1870 6.1: 552 for this message, at MAIL or after the dot. A mailbox without room has the same code.
            552 if stage != Stage::Recipient && bounce::is_of_size(&why) => MailError::TooLarge { limit: None },
            530 | 534 | 535 | 538 if stage != Stage::Content => MailError::Login { why, lasting: true },
            400..=499 => MailError::Later { stage, code, why },
            _ => MailError::Never { stage, code, why },
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn carried(&self) -> usize {
        self.carried
    }

    pub(super) fn describe(&self) -> String {
        let guarded = if self.wire.is_guarded() { "guarded by TLS" } else { "not guarded" };
        let login = if self.logged_in { "logged in" } else { "without login" };
        format!("{}: {guarded}, {login}", plain_words(&self.offers.name))
    }

    pub(super) fn close(mut self) {
        if self.open {
            // What was taken was taken, whatever the server says to a goodbye.
            let _ = self.wire.ask(Quit.to_string().as_bytes(), GOODBYE);
        }
    }
}

/// A letter as it stands after DATA (RFC 5321 4.5.2): no line of it is the dot that ends it, and the dot comes last.
fn stuffed(letter: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(letter.len() + 64);
    for line in letter.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

/// A server that does not begin as it must is as good as none.
fn good(said: &Response, expected: u16) -> Result<(), MailError> {
    if said.has_code(expected) { Ok(()) } else { Err(MailError::Unreachable(format!("it answers {}: {}", said.code(), words_of(said)))) }
}

fn unreachable(error: &io::Error) -> MailError {
    MailError::Unreachable(words(error))
}

/// A reply's words as they may be logged.
fn words_of(said: &Response) -> String {
    let words = plain_words(&said.message().collect::<Vec<_>>().join(" "));
    if words.is_empty() { "it does not say why".to_owned() } else { words }
}

/// An error as it may be logged. A read that ran into its time limit calls itself "resource temporarily unavailable", which helps nobody.
fn words(error: &io::Error) -> String {
    if matches!(error.kind(), WouldBlock | TimedOut) { "no answer in time".to_owned() } else { plain_words(&error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_letter_is_the_dot_that_ends_it() {
        assert_eq!(stuffed(b"A: b\r\n\r\n.\r\n..x\r\na.b"), b"A: b\r\n\r\n..\r\n...x\r\na.b\r\n.\r\n");
        assert_eq!(stuffed(b".\r\nQUIT\r\n"), b"..\r\nQUIT\r\n.\r\n");
    }
}
