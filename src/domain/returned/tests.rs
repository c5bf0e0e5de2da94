//! Each message of `tests/returned/` is what it is, and says what it says.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::bounce::{Refused, Sort, sort_of};

const TOKEN: &str = "r17.0.00112233445566778899aabbccddeeff";
const LEAVE: &str = "l5.0.ffeeddccbbaa99887766554433221100";
const MESSAGE_ID: &str = "0123456789abcdef0123456789abcdef@ngo.example";

fn message(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/returned/{name}.eml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn returned(name: &str) -> Returned {
    read(&message(name)).unwrap()
}

#[test]
fn reports_of_every_server_say_who_why_and_of_which_letter() {
    for (name, status, sort) in [
        ("postfix_unknown_user", Some("5.1.1"), Sort::Hard),
        ("postfix_given_up", Some("4.4.1"), Sort::Soft),
        ("exchange_not_found", Some("5.1.10"), Sort::Hard),
        ("gmail_inactive", Some("5.2.1"), Sort::Hard),
        ("gmail_over_quota", Some("5.2.2"), Sort::Soft),
        ("gmail_unauthenticated", Some("5.7.26"), Sort::Content),
        ("sendmail_mailbox_full", Some("5.2.2"), Sort::Soft),
        ("exim_unknown_user", None, Sort::Hard),
        ("qmail_no_mailbox", Some("5.1.1"), Sort::Hard),
    ] {
        for crlf in [false, true] {
            let bytes = message(name);
            let bytes = if crlf { String::from_utf8(bytes).unwrap().replace('\n', "\r\n").into_bytes() } else { bytes };
            let returned = read(&bytes).unwrap();
            assert!(returned.tokens.contains(TOKEN) && returned.tokens.contains(LEAVE), "{name}: {:?}", returned.tokens);
            let Kind::Failed { failures, letter } = returned.kind else { panic!("{name} is {:?}", returned.kind) };
            let [failure] = failures.as_slice() else { panic!("{name}: {failures:?}") };
            assert_eq!(failure.recipients[0].as_str(), "ana@reader.example", "{name}");
            assert_eq!(failure.status.map(|status| status.to_string()).as_deref(), status, "{name}");
            assert_eq!(sort_of(failure.status, &failure.said, Refused::Recipient), sort, "{name}: {}", failure.said);
            assert_eq!(letter.message_id.as_deref(), Some(MESSAGE_ID), "{name}");
            assert_eq!(letter.to[0].as_str(), "ana@reader.example", "{name}");
        }
    }
}

#[test]
fn what_is_still_tried_or_was_delivered_is_no_failure() {
    for name in ["postfix_delayed", "postfix_delivered", "exim_still_trying"] {
        assert_eq!(returned(name).kind, Kind::Passing, "{name}");
    }
}

#[test]
fn a_recipient_behind_a_forward_is_told_as_who_it_is() {
    let Kind::Failed { failures, letter } = returned("postfix_behind_a_forward").kind else { panic!() };
    assert_eq!(failures[0].recipients, ["gone@elsewhere.example".parse().unwrap()]);
    assert_eq!(letter.to, ["ana@reader.example".parse().unwrap()]);
}

#[test]
fn a_complaint_is_tied_to_its_letter_though_the_names_are_struck_out() {
    let returned = returned("complaint");
    assert!(
        matches!(&returned.kind, Kind::Complaint { letter } if letter.message_id.as_deref() == Some(MESSAGE_ID) && letter.to.is_empty())
    );
    assert!(returned.tokens.contains(TOKEN) && returned.tokens.contains(LEAVE));
    let other = |kind: &str| {
        let text = String::from_utf8(message("complaint")).unwrap().replace("Feedback-Type: abuse", &format!("Feedback-Type: {kind}"));
        read(text.as_bytes()).unwrap().kind
    };
    assert_eq!((other("not-spam"), other("virus"), other("")), (Kind::Passing, Kind::Unclear, Kind::Unclear));
}

#[test]
fn machines_that_answer_for_people_are_not_taken_for_them() {
    for name in ["away_de", "away_sr", "read_receipt"] {
        assert_eq!(returned(name).kind, Kind::Automatic, "{name}");
    }
    assert_eq!(returned("unknown_form").kind, Kind::Unclear);
}

#[test]
fn people_are_understood_where_they_say_it_plainly() {
    let answer = |name: &str| match returned(name).kind {
        Kind::Answer(answer) => answer,
        other => panic!("{name} is {other:?}"),
    };
    for (name, word) in [("answer_yes", Word::Yes), ("answer_stop", Word::Stop), ("answer_question", Word::Other)] {
        let found = answer(name);
        assert_eq!((found.word, found.from.unwrap().as_str()), (word, "ana@reader.example"), "{name}");
        assert!(found.answers.iter().all(|id| id == MESSAGE_ID) && !found.answers.is_empty(), "{name}");
    }
    assert_eq!(returned("leave").tokens.into_iter().collect::<Vec<_>>(), [LEAVE]);
    answer("leave");
}

#[test]
fn a_yes_is_a_yes_and_nothing_else_is() {
    for yes in
        ["da", "Да!", "DA.", "Da, molim.", "\n\n  да \n> ne", "Potvrđujem", "potvrdjujem.", "Потврђујем", "Yes", "yes please", "Yes, go on"]
    {
        assert_eq!(word(yes), Word::Yes, "{yes:?}");
    }
    for stop in ["STOP", "одјава", "Odjava.", "unsubscribe", "Odjavite me, molim"] {
        assert_eq!(word(stop), Word::Stop, "{stop:?}");
    }
    for other in
        ["", "> da", "Da li ste to vi", "da?", "ne", "Ne, hvala", "danas", "Yesterday", "Poštovani,\nda", "da ne", "stop and go", "No"]
    {
        assert_eq!(word(other), Word::Other, "{other:?}");
    }
}

#[test]
fn only_what_has_the_form_of_a_token_is_one() {
    let found = |text: &str| tokens_in(text).collect::<Vec<_>>();
    assert_eq!(found(&format!("<mailto:a@b.example?subject=leave%20{LEAVE}>")), [LEAVE]);
    assert_eq!(found(&format!("POTVRDA+{}@NGO.EXAMPLE", TOKEN.to_uppercase())), [TOKEN]);
    for none in ["", "r17.0", "r.0.00112233445566778899aabbccddeeff", "m17.0.00112233445566778899aabbccddeeff", "r17.0.0011", "leave"] {
        assert_eq!(found(none), Vec::<String>::new(), "{none}");
    }
    let many = format!("From: a@b.example\nTo: {}\n\nx", format!("{TOKEN},").repeat(5_000));
    assert_eq!(read(many.as_bytes()).unwrap().tokens.len(), 1);
}

#[test]
fn whatever_is_cut_off_or_broken_is_read_without_a_panic() {
    let names = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/returned")).unwrap();
    let mut read_at_all = 0;
    for path in names.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml")) {
        let whole = std::fs::read(&path).unwrap();
        for cut in (0..whole.len()).step_by(37) {
            read_at_all += usize::from(read(&whole[..cut]).is_ok());
            let mut broken = whole.clone();
            broken[cut] = [0, 0xff, b'\n', b'-', b'=', b':'][cut % 6];
            read_at_all += usize::from(read(&broken).is_ok());
        }
    }
    assert!(read_at_all > 500);
}
