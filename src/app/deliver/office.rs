//! What the settings say of letters, and how one owed letter becomes a message for one reader. Never sends.

use std::collections::VecDeque;
use std::fs;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::config::{Problem, Security, Settings, Transport, own_words, secret_file};
use crate::domain::address::{EmailAddress, Mailbox};
use crate::domain::bill::Language;
use crate::domain::letter::words::Words;
use crate::domain::letter::{self, Edition, Letter, Occasion, Reader};
use crate::domain::return_path::ReturnPath;
use crate::domain::subscriber::Preferences;
use crate::domain::zone::{BELGRADE, day_in_belgrade};
use crate::io::mail::{self, Credentials, Message, Parcel, Patience, Road, Server, Signer};
use crate::io::roster::Roster;
use crate::io::roster::outbox::LetterRow;
use crate::io::roster::token::Purpose;

/// Writes a letter for a reader: `domain::letter::write`, with the words of `config/letters/`.
pub type Writer<'a> = dyn Fn(&Edition, &Reader) -> Result<Letter> + 'a;

/// How long a link that confirms is good for, and a yes in answer to the letter that asks.
pub const CONFIRM_DAYS: i64 = 7;
/// How many rendered letters are kept for the next reader: languages times choices of one edition.
const KEPT: usize = 32;
/// Stands in a kept letter where each reader's own token goes. Letters and digits: no escaping changes it.
const LEAVE_TOKEN: &str = "lTOKENxOFxTHISxREADERx0x00000000000000000000";
/// As `LEAVE_TOKEN`, in the letter that asks.
const CONFIRM_TOKEN: &str = "cTOKENxOFxTHISxREADERx0x00000000000000000000";
/// As `LEAVE_TOKEN`, in the letter with a fresh link.
const MANAGE_TOKEN: &str = "mTOKENxOFxTHISxREADERx0x00000000000000000000";
/// How long a fresh link is good for, from the moment the letter is sent: a mail server may have let it wait.
const MANAGE_MINUTES: i64 = 30;
/// A text this short passes every server that takes mail at all.
const SHORT_CHARS: usize = 2_000;

/// What the settings say of letters.
#[derive(Debug, Clone)]
pub struct Office {
    /// By which road letters leave.
    pub road: Road,
    /// Whom they come from.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Option<Mailbox>,
    /// Where letters come back to that cannot be delivered.
    pub return_path: Option<ReturnPath>,
    /// The most letters offered in any minute.
    pub per_minute_max: u32,
    /// Where readers reach the web pages, without a slash at the end.
    pub public_url: Option<String>,
    /// One POST to the link leaves (RFC 8058): the pages are served, and over https.
    pub one_click: bool,
    /// Who answers for the addresses.
    pub controller: Option<String>,
    /// Who is told when something is wrong.
    pub operators: Vec<EmailAddress>,
    /// Signs letters, where no relay does.
    pub signer: Option<Arc<Signer>>,
    /// The operator's own words, where the settings name any. Read once, with the settings: what is changed in the folder is in force from SIGHUP on.
    pub words: Option<Arc<Words>>,
}

impl Office {
    /// Reads what the settings name: the password, the certificates.
    pub fn of(settings: &Settings) -> Result<Self> {
        let mail = &settings.mail;
        let fallback = || "Potvrda <potvrda@potvrda.invalid>".parse::<Mailbox>().map_err(|why| anyhow!(why));
        let public_url = settings.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        let served = !matches!(settings.web.listen, crate::config::Listen::Off);
        let controller = &settings.controller;
        let email = controller.email.as_ref().map(|email| email.as_str().to_owned());
        let said: Vec<String> = [controller.name.clone(), controller.address.clone(), email].into_iter().flatten().collect();
        Ok(Office {
            road: road(settings)?,
            from: mail.from.clone().map_or_else(fallback, Ok)?,
            reply_to: mail.reply_to.clone(),
            return_path: mail.return_path.clone(),
            per_minute_max: mail.per_minute_max,
            one_click: served && public_url.as_ref().is_some_and(|url| url.starts_with("https://")),
            public_url,
            controller: (!said.is_empty()).then(|| said.join(", ")),
            operators: settings.operator.emails.clone(),
            signer: signer(settings)?.map(Arc::new),
            words: words(settings)?,
        })
    }

    /// Writes a letter with the words in force.
    pub fn write(&self, edition: &Edition, reader: &Reader) -> Result<Letter> {
        Ok(letter::write(edition, reader, self.words.as_deref().unwrap_or(Words::built_in()))?)
    }

    /// Right of the @ in Message-IDs of what is owed from now on.
    pub fn sender_domain(&self) -> &str {
        self.from.address().domain()
    }

    /// Whom an answer reaches.
    fn answers(&self) -> &EmailAddress {
        self.reply_to.as_ref().unwrap_or(&self.from).address()
    }
}

/// The operator's own words of the letters (`mail.words_dir`), if any.
fn words(settings: &Settings) -> Result<Option<Arc<Words>>> {
    let Some(dir) = &settings.mail.words_dir else { return Ok(None) };
    let told = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    own_words(dir).map(|words| Some(Arc::new(words))).map_err(|problems| anyhow!("the words of the letters\n{}", told(problems)))
}

/// What signs letters (`[mail.dkim]`), if anything.
pub fn signer(settings: &Settings) -> Result<Option<Signer>> {
    let Some(dkim) = &settings.mail.dkim else { return Ok(None) };
    let file = secret_file(&dkim.key_file);
    let pem = fs::read(&file).with_context(|| format!("mail.dkim.key_file {} cannot be read", file.display()))?;
    let signer = Signer::new(dkim.domain.as_str(), &dkim.selector, &pem);
    signer.map(Some).map_err(|why| anyhow!("mail.dkim.key_file {}: {why}", file.display()))
}

/// By which road the settings send letters.
pub fn road(settings: &Settings) -> Result<Road> {
    let mail = &settings.mail;
    Ok(match mail.transport {
        Transport::Folder => Road::Folder(mail.folder.clone().unwrap_or_else(|| settings.data_dir.join("letters"))),
        Transport::Sendmail => Road::Sendmail(mail.sendmail.clone()),
        Transport::Smtp => {
            let host = mail.host.as_ref().context("mail.host is not set: it is needed where mail.transport is \"smtp\"")?;
            let credentials = mail.username.as_ref().map(|username| -> Result<Credentials> {
                let file = mail.password_file.as_ref().context("mail.password_file is not set: it is needed beside mail.username")?;
                // A bare name is a credential of the service's (LoadCredential=), as the settings' own check takes it.
                let file = secret_file(file);
                let text = fs::read_to_string(&file).with_context(|| format!("mail.password_file {} cannot be read", file.display()))?;
                let password = text.lines().next().unwrap_or_default().to_owned();
                Ok(Credentials { username: username.clone(), password })
            });
            let extra_ca = settings
                .http
                .extra_ca_file
                .as_ref()
                .map(|file| fs::read(file).with_context(|| format!("http.extra_ca_file {} cannot be read", file.display())));
            Road::Smtp(Box::new(Server {
                host: host.as_str().to_owned(),
                port: mail.port,
                security: mail.security,
                credentials: credentials.transpose()?,
                hello: None,
                extra_ca: if mail.security == Security::None { None } else { extra_ca.transpose()? },
                patience: Patience::default(),
            }))
        }
    })
}

/// What lies at hand while a letter is put together.
pub(super) struct Counter<'a> {
    pub(super) office: &'a Office,
    pub(super) roster: &'a Roster,
    pub(super) write: &'a Writer<'a>,
    /// When it is sent.
    pub(super) date: DateTime<Utc>,
}

/// Rendered letters, kept for readers who get the same.
#[derive(Default)]
pub(super) struct Desk {
    editions: VecDeque<(i64, Edition)>,
    letters: VecDeque<(i64, Reader, Letter)>,
}

impl Desk {
    /// The message of an owed letter. `short`: for a server that takes no long ones.
    pub(super) fn message(&mut self, counter: &Counter<'_>, row: &LetterRow, to: &EmailAddress, short: bool) -> Result<Message> {
        let office = counter.office;
        let edition = self.edition(counter.roster, row.edition_id)?;
        let letter = self.letter(counter, row, &edition)?;
        let letter = if short { shortened(&letter, office.public_url.as_deref()) } else { letter };
        let domain = row.message_id.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let list = format!("Potvrda <potvrda.{domain}>");
        let on_list =
            row.subscriber_id.filter(|_| !matches!(edition.occasion, Occasion::Confirmation | Occasion::Manage | Occasion::Farewell));
        let unsubscribe = on_list.map_or_else(Vec::new, |id| {
            let (page, mailto) = ways_out(office, &counter.roster.token(Purpose::Leave, id, None));
            page.into_iter().chain([mailto]).collect()
        });
        let return_path = office.return_path.as_ref().and_then(|path| path.with(&counter.roster.token(Purpose::Return, row.id, None)));
        let corrected = match (&edition.occasion, row.subscriber_id) {
            (Occasion::Correction { corrects }, Some(id)) => Some(counter.roster.message_id(&corrects.key, &corrects.sender_domain, id)),
            _ => None,
        };
        let parcel = Parcel {
            from: &office.from,
            return_path: return_path.as_ref(),
            reply_to: office.reply_to.as_ref(),
            to,
            message_id: &row.message_id,
            reference: row.reference.as_deref(),
            in_reply_to: corrected.as_deref(),
            date: counter.date.with_timezone(&BELGRADE).fixed_offset(),
            owed_at: row.owed_at,
            letter: &letter,
            list_id: on_list.map(|_| list.as_str()),
            unsubscribe: &unsubscribe,
            one_click: on_list.is_some() && office.one_click,
            signer: office.signer.as_deref(),
        };
        Ok(mail::compose(&parcel)?)
    }

    fn edition(&mut self, roster: &Roster, id: i64) -> Result<Edition> {
        if let Some((_, edition)) = self.editions.iter().find(|(known, _)| *known == id) {
            return Ok(edition.clone());
        }
        let edition = roster.edition(id)?;
        self.editions.truncate(KEPT - 1);
        self.editions.push_front((id, edition.clone()));
        Ok(edition)
    }

    fn letter(&mut self, counter: &Counter<'_>, row: &LetterRow, edition: &Edition) -> Result<Letter> {
        let Counter { office, roster, write, .. } = *counter;
        let Some(id) = row.subscriber_id else { return write(edition, &operator(office)) };
        let subscriber = roster.subscriber(id)?;
        let confirmed_on = subscriber.confirmed_at.map(day_in_belgrade);
        let reader = reader(office, &subscriber.preferences, confirmed_on, &edition.occasion);
        let leave = roster.token(Purpose::Leave, id, None);
        let confirm = roster.token(Purpose::Confirm, id, Some(row.owed_at + Duration::days(CONFIRM_DAYS)));
        let manage = roster.token(Purpose::Manage, id, Some(counter.date + Duration::minutes(MANAGE_MINUTES)));
        let known = self.letters.iter().find(|(edition, kept, _)| *edition == row.edition_id && *kept == reader);
        let letter = if let Some((_, _, letter)) = known {
            letter.clone()
        } else {
            let letter = write(edition, &reader)?;
            self.letters.truncate(KEPT - 1);
            self.letters.push_front((row.edition_id, reader, letter.clone()));
            letter
        };
        let own = |text: &str| text.replace(LEAVE_TOKEN, &leave).replace(CONFIRM_TOKEN, &confirm).replace(MANAGE_TOKEN, &manage);
        Ok(Letter { text: own(&letter.text), html: own(&letter.html), ..letter })
    }
}

/// The page that leaves with one button, and the address that leaves by a letter.
fn ways_out(office: &Office, token: &str) -> (Option<String>, String) {
    let page = office.public_url.as_ref().map(|url| format!("{url}/unsubscribe/{token}"));
    (page, format!("mailto:{}?subject=leave%20{token}", office.answers()))
}

fn reader(office: &Office, preferences: &Preferences, confirmed_on: Option<NaiveDate>, occasion: &Occasion) -> Reader {
    let (leave_url, leave_mailto) = ways_out(office, LEAVE_TOKEN);
    let page = |door: &str, token: &str| office.public_url.as_ref().map(|url| format!("{url}/{door}/{token}"));
    let asks = matches!(occasion, Occasion::Confirmation);
    let fresh = matches!(occasion, Occasion::Manage);
    Reader {
        language: preferences.language,
        confirmed_on,
        filters: filters(preferences, asks),
        leave_url,
        leave_mailto: Some(leave_mailto),
        // Without pages the letter asks for an answer, which the operator enters.
        confirm_url: page("confirm", CONFIRM_TOKEN).filter(|_| asks),
        manage_url: page("manage", MANAGE_TOKEN).filter(|_| fresh),
        controller: office.controller.clone(),
        public_url: office.public_url.clone(),
        sender: Some(office.from.address().as_str().to_owned()),
    }
}

fn operator(office: &Office) -> Reader {
    Reader {
        language: Language::En,
        confirmed_on: None,
        filters: Vec::new(),
        leave_url: None,
        leave_mailto: None,
        confirm_url: None,
        manage_url: None,
        controller: None,
        public_url: office.public_url.clone(),
        sender: None,
    }
}

/// What was asked for, in a word or two each; empty for "every agreement". A letter that asks a stranger holds no text of the sender's choice
/// (faults.md X9): neither the words nor the bodies that somebody typed.
fn filters(preferences: &Preferences, asks: bool) -> Vec<String> {
    let levels = preferences.levels.iter().map(|level| level.as_str().to_owned());
    let chosen = preferences.countries.iter().chain(&preferences.instruments).cloned().chain(levels);
    if asks {
        let typed = !preferences.words.is_empty() || !preferences.bodies.is_empty();
        return chosen.chain(typed.then(|| "…".to_owned())).collect();
    }
    let words = preferences.words.iter().map(|word| format!("\u{201e}{word}\u{201d}"));
    chosen.chain(preferences.bodies.iter().cloned()).chain(words).collect()
}

/// The beginning of a letter, and where the rest is.
fn shortened(letter: &Letter, public_url: Option<&str>) -> Letter {
    let mut text: String = letter.text.chars().take(SHORT_CHARS).collect();
    text.push_str("\n[...]\n");
    if let Some(url) = public_url {
        text.push_str(url);
        text.push('\n');
    }
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Letter { subject: letter.subject.clone(), html: format!("<pre>{escaped}</pre>"), text, calendars: Vec::new() }
}
