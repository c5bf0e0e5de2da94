//! A conversation with a mail server (RFC 5321), one letter after another, one recipient a letter.
//!
//! Never pipelines, never goes on after a reply that could belong to another letter, never falls back to an unguarded connection. The
//! steps are taken one by one, and not by lettre's `send`, so that a refusal is known to be of the sender, the recipient or the content.

use std::error::Error as _;
use std::io::{self, ErrorKind::TimedOut, ErrorKind::WouldBlock};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials as Login, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error as SmtpError, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};

use super::{MailError, Message, Stage, plain_words};
use crate::config::Security;

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

/// A conversation under way.
pub struct Conversation {
    connection: SmtpConnection,
    patience: Patience,
    size_max: Option<usize>,
    carried: usize,
    open: bool,
    guarded: bool,
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
        let tls = tls_parameters(server)?;
        let address = (server.host.as_str(), server.port.unwrap_or(default_port));
        let timeout = Some(server.patience.greeting);
        let unreachable = |e: SmtpError| MailError::Unreachable(words(&e));
        let mut connection =
            SmtpConnection::connect(address, timeout, &hello, if implicit { tls.as_ref() } else { None }, None).map_err(unreachable)?;
        if let (Security::Starttls, Some(tls)) = (server.security, &tls) {
            if !connection.can_starttls() {
                connection.abort();
                return Err(MailError::Insecure("it does not offer STARTTLS".to_owned()));
            }
            connection.starttls(tls, &hello).map_err(|e| match e.status() {
                Some(_) => MailError::Insecure(words(&e)),
                None => unreachable(e),
            })?;
        }
        let mut conversation = Conversation {
            guarded: connection.is_encrypted(),
            connection,
            patience: server.patience,
            size_max: None,
            carried: 0,
            open: true,
            logged_in: false,
        };
        if let Some(credentials) = &server.credentials {
            conversation.log_in(credentials)?;
        }
        conversation.learn_size(hello)?;
        Ok(conversation)
    }

    fn log_in(&mut self, credentials: &Credentials) -> Result<(), MailError> {
        let login = Login::new(credentials.username.clone(), credentials.password.clone());
        match self.connection.auth(MECHANISMS, &login) {
            Ok(_) => {
                self.logged_in = true;
                Ok(())
            }
            Err(error) => {
                self.connection.abort();
                let why = words(&error);
                // Neither a yes nor a no: the connection broke off.
                let broken = error.status().is_none() && !error.is_client();
                Err(if broken {
                    MailError::Unreachable(why)
                } else {
                    MailError::Login { why, lasting: error.is_permanent() || error.is_client() }
                })
            }
        }
    }

    /// Greets once more (RFC 5321 4.1.4 allows it), for lettre does not tell what size the server takes (RFC 1870).
    fn learn_size(&mut self, hello: ClientId) -> Result<(), MailError> {
        let said = self.connection.command(Ehlo::new(hello)).map_err(|e| MailError::Unreachable(words(&e)))?;
        self.size_max = said.message().find_map(|line| {
            let mut words = line.split_ascii_whitespace();
            let size = words.next().filter(|keyword| keyword.eq_ignore_ascii_case("SIZE")).and_then(|_| words.next())?;
            size.parse().ok().filter(|size| *size > 0)
        });
        Ok(())
    }

    pub(super) fn send(&mut self, message: &Message) -> Result<(), MailError> {
        if let Some(limit) = self.size_max.filter(|limit| message.bytes.len() > *limit) {
            return Err(MailError::TooLarge { limit });
        }
        self.wait_for(self.patience.command, Stage::Sender)?;
        let sender = message.envelope.from().cloned();
        let size = self.size_max.map(|_| MailParameter::Size(message.bytes.len()));
        let said = self.connection.command(Mail::new(sender, size.into_iter().collect()));
        self.accepted(Stage::Sender, said, &[250])?;
        for recipient in message.envelope.to() {
            let said = self.connection.command(Rcpt::new(recipient.clone(), Vec::new()));
            self.accepted(Stage::Recipient, said, &[250, 251, 252])?;
        }
        let said = self.connection.command(Data);
        self.accepted(Stage::Data, said, &[354])?;
        self.wait_for(self.patience.delivery, Stage::Content)?;
        let said = match std::str::from_utf8(&message.bytes) {
            Ok(text) => self.connection.command(stuffed(text)),
            Err(_) => self.connection.message(&message.bytes),
        };
        self.accepted(Stage::Content, said, &[250])?;
        self.carried += 1;
        Ok(())
    }

    fn wait_for(&mut self, time: Duration, stage: Stage) -> Result<(), MailError> {
        self.connection.set_timeout(Some(time)).map_err(|e| self.lost(stage, &e.to_string()))
    }

    fn lost(&mut self, stage: Stage, why: &str) -> MailError {
        self.open = false;
        MailError::Lost { stage, why: plain_words(why) }
    }

    /// What a reply means. After a plain no, the next letter may follow on the same connection; after anything else, it may not.
    fn accepted(&mut self, stage: Stage, said: Result<Response, SmtpError>, expected: &[u16]) -> Result<(), MailError> {
        let error = match said {
            Ok(said) if expected.contains(&u16::from(said.code())) => return Ok(()),
            Ok(said) => return Err(self.lost(stage, &format!("an unexpected reply, {}", said.code()))),
            Err(error) => error,
        };
        let why = words(&error);
        let Some(code) = error.status().map(u16::from) else { return Err(self.lost(stage, &why)) };
        if code == 421 {
            self.open = false;
        } else {
            // Back to the start; a server that does not follow is not trusted with another letter.
            let back = self.connection.set_timeout(Some(self.patience.greeting)).is_ok() && self.connection.command(Rset).is_ok();
            self.open = back;
        }
        Err(match code {
            // RFC 1870 6.1: 552 for this message, at MAIL or after the dot.
            552 if stage != Stage::Recipient => MailError::TooLarge { limit: self.size_max.unwrap_or_default() },
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
        let guarded = if self.guarded { "guarded by TLS" } else { "not guarded" };
        let login = if self.logged_in { "logged in" } else { "without login" };
        format!("{}: {guarded}, {login}", plain_words(self.connection.server_info().name()))
    }

    pub(super) fn close(mut self) {
        if self.open && self.connection.set_timeout(Some(GOODBYE)).is_ok() {
            // What was taken was taken, whatever the server says to a goodbye.
            let _ = self.connection.quit();
        }
    }
}

/// A letter as it stands after DATA (RFC 5321 4.5.2): no line of it is the dot that ends it, and the dot comes last. All of it goes in one write:
/// with the dot in a second one, Nagle's algorithm waits for the server's delayed acknowledgement, 40 ms for every letter.
fn stuffed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive("\r\n") {
        if line.starts_with('.') {
            out.push('.');
        }
        out.push_str(line);
    }
    if !out.ends_with("\r\n") {
        out.push_str("\r\n");
    }
    out.push_str(".\r\n");
    out
}

fn tls_parameters(server: &Server) -> Result<Option<TlsParameters>, MailError> {
    if server.security == Security::None {
        return Ok(None);
    }
    let local = |e: SmtpError| MailError::Local(words(&e));
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.extra_ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(local)?);
    }
    builder.build().map(Some).map_err(local)
}

/// An error as it may be logged. A read that ran into its time limit calls itself "resource temporarily unavailable", which helps nobody.
fn words(error: &SmtpError) -> String {
    let mut cause = error.source();
    while let Some(known) = cause {
        if known.downcast_ref::<io::Error>().is_some_and(|io| matches!(io.kind(), WouldBlock | TimedOut)) {
            return "no answer in time".to_owned();
        }
        cause = known.source();
    }
    plain_words(&error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_letter_is_the_dot_that_ends_it() {
        assert_eq!(stuffed("A: b\r\n\r\n.\r\n..x\r\na.b"), "A: b\r\n\r\n..\r\n...x\r\na.b\r\n.\r\n");
        assert_eq!(stuffed(".\r\nQUIT\r\n"), "..\r\nQUIT\r\n.\r\n");
    }
}
