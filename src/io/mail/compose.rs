//! A letter becomes a message: RFC 5322 headers, two parts, 7-bit encodings. Never chooses a word of the letter.

use chrono::{DateTime, FixedOffset, Utc};
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox as HeaderMailbox, MultiPart};
use lettre::{Address, Message as Mime};

use super::{MailError, Signer, plain_words};
use crate::domain::address::{EmailAddress, Mailbox};
use crate::domain::letter::Letter;

/// A letter with everything that stands on and in its envelope.
#[derive(Debug)]
pub struct Parcel<'a> {
    /// From whom.
    pub from: &'a Mailbox,
    /// Where it comes back to if it cannot be delivered; none: to `from`. It stands on the envelope alone.
    pub return_path: Option<&'a EmailAddress>,
    /// Where answers go.
    pub reply_to: Option<&'a Mailbox>,
    /// To whom.
    pub to: &'a EmailAddress,
    /// Without angle brackets.
    pub message_id: &'a str,
    /// The thread's root, without angle brackets.
    pub reference: Option<&'a str>,
    /// The letter it corrects, without angle brackets.
    pub in_reply_to: Option<&'a str>,
    /// In the zone it is shown in.
    pub date: DateTime<FixedOffset>,
    /// Owed since: names the file, so that a letter that goes twice is one file.
    pub owed_at: DateTime<Utc>,
    /// The letter.
    pub letter: &'a Letter,
    /// RFC 2919; none for letters that belong to no list (those that ask, those to operators).
    pub list_id: Option<&'a str>,
    /// RFC 2369: addresses that leave, without angle brackets.
    pub unsubscribe: &'a [String],
    /// RFC 8058: the first of them leaves by one POST.
    pub one_click: bool,
    /// Signs it, where no relay does.
    pub signer: Option<&'a Signer>,
}

/// A message, ready to be handed over.
#[derive(Debug, Clone)]
pub struct Message {
    pub(super) envelope: Envelope,
    /// CRLF line ends, ASCII only.
    pub(super) bytes: Vec<u8>,
    /// A file name for it: the same for the same letter.
    pub(super) name: String,
}

impl Message {
    /// The message as it travels.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of its file, where letters are put into a folder.
    pub fn file_name(&self) -> &str {
        &self.name
    }
}

/// Puts a message together.
pub fn compose(parcel: &Parcel<'_>) -> Result<Message, MailError> {
    let unfit = |why: &dyn std::fmt::Display| MailError::Unfit(plain_words(&why.to_string()));
    let to: Address = parcel.to.as_str().parse().map_err(|e| unfit(&e))?;
    let from = header_mailbox(parcel.from)?;
    let back = parcel.return_path.map(|path| path.as_str().parse()).transpose().map_err(|e| unfit(&e))?;
    let envelope = Envelope::new(Some(back.unwrap_or_else(|| from.email.clone())), vec![to.clone()]).map_err(|e| unfit(&e))?;
    let mut builder = Mime::builder()
        .from(from)
        .to(HeaderMailbox::new(None, to))
        .subject(one_line(&parcel.letter.subject))
        .message_id(Some(format!("<{}>", parcel.message_id)));
    if let Some(reply_to) = parcel.reply_to {
        builder = builder.reply_to(header_mailbox(reply_to)?);
    }
    // RFC 5322, 3.6.4: the parent's references, then the parent.
    let references: Vec<String> = parcel.reference.iter().chain(parcel.in_reply_to.iter()).map(|id| format!("<{id}>")).collect();
    if !references.is_empty() {
        builder = builder.references(references.join(" "));
    }
    if let Some(letter) = parcel.in_reply_to {
        builder = builder.in_reply_to(format!("<{letter}>"));
    }
    let mut mime = builder.multipart(parts(parcel.letter)?).map_err(|e| unfit(&e))?;
    let headers = mime.headers_mut();
    // Set last, over the Date in GMT that the builder writes.
    headers.insert_raw(raw("Date", parcel.date.format("%a, %d %b %Y %H:%M:%S %z").to_string()));
    headers.insert_raw(raw("Auto-Submitted", "auto-generated".to_owned()));
    if let Some(list) = parcel.list_id {
        headers.insert_raw(raw("List-Id", one_line(list)));
    }
    if !parcel.unsubscribe.is_empty() {
        let ways = parcel.unsubscribe.iter().map(|way| format!("<{}>", one_line(way))).collect::<Vec<_>>();
        headers.insert_raw(raw("List-Unsubscribe", ways.join(", ")));
        if parcel.one_click {
            headers.insert_raw(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
    }
    let stamp = parcel.owed_at.format("%Y%m%dT%H%M%SZ");
    let id = parcel.message_id.split('@').next().unwrap_or_default();
    let safe: String = id.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    let mut bytes = mime.formatted();
    if let Some(signer) = parcel.signer {
        let text = std::str::from_utf8(&bytes).map_err(|e| unfit(&e))?;
        let mut signed = signer.sign(text, parcel.date).map_err(|e| unfit(&e))?.into_bytes();
        signed.append(&mut bytes);
        bytes = signed;
    }
    Ok(Message { envelope, bytes, name: format!("{stamp}-{safe}.eml") })
}

/// Text and HTML; around them, where there are calendars, the files (RFC 6047).
fn parts(letter: &Letter) -> Result<MultiPart, MailError> {
    let words = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    if letter.calendars.is_empty() {
        return Ok(words);
    }
    letter.calendars.iter().try_fold(MultiPart::mixed().multipart(words), |all, calendar| {
        let sort = format!("text/calendar; charset=utf-8; method={}", calendar.method);
        let sort = sort.parse().map_err(|_| MailError::Unfit("the calendar's content type".to_owned()))?;
        Ok(all.singlepart(Attachment::new(calendar.name.clone()).body(calendar.text.clone(), sort)))
    })
}

fn raw(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn header_mailbox(mailbox: &Mailbox) -> Result<HeaderMailbox, MailError> {
    let address: Address = mailbox.address().as_str().parse().map_err(|_| MailError::Unfit("the sender's address".to_owned()))?;
    Ok(HeaderMailbox::new(mailbox.name().map(str::to_owned), address))
}

/// Header values are one line, whatever a page printed.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn composed(subject: &str, text: &str) -> String {
        let letter = Letter { subject: subject.to_owned(), text: text.to_owned(), html: format!("<p>{text}</p>"), calendars: Vec::new() };
        let from: Mailbox = "Potvrda ŠĐ <potvrda@ngo.example>".parse().unwrap();
        let message = compose(&Parcel {
            from: &from,
            return_path: None,
            reply_to: None,
            to: &"ana@ngo.example".parse().unwrap(),
            message_id: "abc@ngo.example",
            reference: Some("root@ngo.example"),
            in_reply_to: None,
            date: "2018-03-06T09:30:00+01:00".parse().unwrap(),
            owed_at: "2018-03-06T08:29:00Z".parse().unwrap(),
            letter: &letter,
            list_id: Some("Potvrda <potvrda.ngo.example>"),
            unsubscribe: &["https://p.example/unsubscribe/l1".to_owned(), "mailto:potvrda@ngo.example?subject=leave".to_owned()],
            one_click: true,
            signer: None,
        })
        .unwrap();
        assert!(message.bytes.is_ascii());
        String::from_utf8(message.bytes).unwrap()
    }

    #[test]
    fn every_promised_header_is_there_once() {
        let message = composed("Rusija: sporazum", "Žirafa");
        for line in [
            "Date: Tue, 06 Mar 2018 09:30:00 +0100",
            "Message-ID: <abc@ngo.example>",
            "References: <root@ngo.example>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Subject: Rusija: sporazum",
            "To: ana@ngo.example",
        ] {
            assert_eq!(message.matches(&format!("{line}\r\n")).count(), 1, "{line} in\n{message}");
        }
        for name in ["Date", "List-Id", "List-Unsubscribe", "From", "MIME-Version"] {
            assert_eq!(
                message.matches(&format!("\r\n{name}: ")).count() + usize::from(message.starts_with(&format!("{name}: "))),
                1,
                "{name}"
            );
        }
        assert!(message.contains("multipart/alternative"));
    }

    #[test]
    fn a_title_adds_no_header_and_no_recipient() {
        let message = composed("Sporazum\r\nBcc: evil@x.example\n\u{0}x", "x");
        assert!(!message.contains("\nBcc:"), "{message}");
    }

    #[test]
    fn lines_end_in_crlf_alone() {
        let message = composed("s", "one\ntwo\n.\nQUIT\n");
        assert!(!message.replace("\r\n", "").contains(['\r', '\n']));
    }
}
