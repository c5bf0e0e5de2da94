//! The harness itself: a mail server that refuses and drops must do so exactly as the stories say, or they prove nothing.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{SmtpTransport, SmtpTransportBuilder};
use lettre::{Address, Transport};

use crate::house::mail::{Fault, MailServer};
use crate::house::tls::Authority;
use crate::house::{House, tool};

fn caller(server: &MailServer) -> SmtpTransportBuilder {
    SmtpTransport::builder_dangerous("127.0.0.1").port(server.port()).timeout(Some(Duration::from_millis(500)))
}

fn send(by: SmtpTransportBuilder, to: &str) -> Result<u16, lettre::transport::smtp::Error> {
    let envelope = Envelope::new(Some("a@potvrda.example".parse::<Address>().unwrap()), vec![to.parse().unwrap()]).unwrap();
    let letter = b"Subject: one\r\n two\r\n\r\nfirst\r\n.dotted\r\nlast\r\n";
    by.build().send_raw(&envelope, letter).map(|reply| reply.code().into())
}

#[test]
fn the_mail_server_keeps_a_letter_as_it_was_written() {
    let server = MailServer::open();
    assert_eq!(send(caller(&server), "b@ngo.example").unwrap(), 250);
    let accepted = server.accepted();
    assert_eq!(
        (accepted.len(), accepted[0].from.as_str(), accepted[0].to.as_slice()),
        (1, "a@potvrda.example", &["b@ngo.example".to_owned()][..])
    );
    assert!(accepted[0].text().contains("\r\n.dotted\r\nlast\r\n"), "{}", accepted[0].text());
    assert_eq!(accepted[0].header("subject").as_deref(), Some("one two"));
}

#[test]
fn the_mail_server_refuses_whom_it_is_told_to() {
    let server = MailServer::open();
    server.rule(|rules| rules.for_recipient = vec![("gone".into(), "550 5.1.1 no".into()), ("later".into(), "450 4.2.0 later".into())]);
    assert!(send(caller(&server), "gone@ngo.example").unwrap_err().is_permanent());
    assert!(send(caller(&server), "later@ngo.example").unwrap_err().is_transient());
    assert!(send(caller(&server), "b@ngo.example").is_ok());
    server.rule(|rules| rules.banner = Some("421 4.3.2 not now".into()));
    assert!(send(caller(&server), "b@ngo.example").is_err());
    assert_eq!(server.accepted().len(), 1);
}

#[test]
fn the_mail_server_breaks_before_and_after_the_dot() {
    for (fault, arrives, taken) in [
        (Fault::DropAtData, false, 0),
        (Fault::DropInLetter, false, 0),
        (Fault::StallAfterDot, false, 0),
        (Fault::DropAfterDot, false, 1),
        (Fault::DropAfterAccepting, true, 1),
        (Fault::SlowAfterDot(Duration::from_millis(100)), true, 1),
    ] {
        let server = MailServer::open();
        server.breaks(fault, 1);
        assert_eq!(send(caller(&server), "b@ngo.example").is_ok(), arrives, "{fault:?}");
        assert_eq!(server.accepted().len(), taken, "{fault:?}");
        assert!(send(caller(&server), "b@ngo.example").is_ok(), "{fault:?} is over");
    }
}

#[test]
fn the_mail_server_speaks_tls_and_asks_for_a_login() {
    let authority = Authority::new();
    let tls = |authority: &Authority| {
        let root = Certificate::from_pem(authority.pem().as_bytes()).unwrap();
        TlsParameters::builder("127.0.0.1".into()).add_root_certificate(root).build_rustls().unwrap()
    };
    for (server, at_once) in
        [(MailServer::open_starttls(authority.signs(&["127.0.0.1"])), false), (MailServer::open_tls(authority.signs(&["127.0.0.1"])), true)]
    {
        server.rule(|rules| rules.login = Some(("potvrda".into(), "tajna!".into())));
        let mode = if at_once { Tls::Wrapper(tls(&authority)) } else { Tls::Required(tls(&authority)) };
        let known = |password: &str| caller(&server).tls(mode.clone()).credentials(Credentials::new("potvrda".into(), password.into()));
        assert_eq!(send(known("tajna!"), "b@ngo.example").unwrap(), 250);
        assert!(send(known("pogodi"), "b@ngo.example").is_err());
        let accepted = server.accepted();
        assert_eq!((accepted.len(), accepted[0].tls, accepted[0].user.as_deref()), (1, true, Some("potvrda")));
    }
}

#[test]
fn a_house_runs_the_binary_with_settings_of_its_own() {
    let house = House::new();
    let settings: toml::Table = std::fs::read_to_string(house.settings()).unwrap().parse().unwrap();
    assert_eq!(settings["data_dir"].as_str(), house.data().to_str());
    assert!(house.run(&["--version"]).code >= 0, "it ended by itself");
    if tool("sqlite3").is_some() {
        std::fs::create_dir_all(house.data()).unwrap();
        assert_eq!(house.query("history.db", "SELECT 40 + 2, 'x'").as_deref(), Some("42|x"));
    }
}
