//! A mail server on loopback: speaks SMTP, keeps what it accepted, and refuses, stalls and drops on demand.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A letter it took: what it said 250 to, or would have.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub from: String,
    pub to: Vec<String>,
    /// The letter, dots unstuffed, lines ended by CR LF.
    pub data: Vec<u8>,
    pub tls: bool,
    pub user: Option<String>,
    /// Which connection it came on, from 1.
    pub connection: usize,
}

impl Accepted {
    /// The letter as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }

    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        head.lines()
            .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()))
    }
}

/// How the server meets its callers. A reply is one line, such as `450 4.2.0 later`.
#[derive(Clone, Default)]
pub struct Rules {
    /// Instead of `220`; a banner that is no 220 also ends the connection.
    pub banner: Option<String>,
    /// Whoever connects hears nothing.
    pub silent: bool,
    /// STARTTLS is offered.
    pub starttls: bool,
    /// Login is offered and needed: user and password.
    pub login: Option<(String, String)>,
    /// The reply to a good login, instead of 235.
    pub at_login: Option<String>,
    /// SIZE, said and enforced.
    pub size_max: Option<usize>,
    /// The reply to MAIL, to every RCPT, to DATA, at the dot, instead of a good one.
    pub at_mail: Option<String>,
    pub at_rcpt: Option<String>,
    pub at_data: Option<String>,
    pub at_dot: Option<String>,
    /// The reply to RCPT for a local part.
    pub for_recipient: Vec<(String, String)>,
    /// After so many letters on a connection: 421 and the end.
    pub letters_max: Option<usize>,
    /// What breaks, and how many times it still will.
    pub fault: Option<Fault>,
    pub faults_left: usize,
}

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends at DATA.
    DropAtData,
    /// It ends in the middle of the letter.
    DropInLetter,
    /// The letter is taken, and the connection ends before 250.
    DropAfterDot,
    /// It ends right after 250.
    DropAfterAccepting,
    /// Nothing is said after the dot, for ever; the letter is not taken.
    StallAfterDot,
    /// The letter is taken and 250 comes this late.
    SlowAfterDot(Duration),
}

#[derive(Default)]
struct State {
    rules: Mutex<Rules>,
    accepted: Mutex<Vec<Accepted>>,
    /// Every line that callers said, letters left out.
    said: Mutex<Vec<String>>,
    connections: AtomicUsize,
    closing: AtomicBool,
}

/// The server. Closed when dropped.
pub struct MailServer {
    address: SocketAddr,
    state: Arc<State>,
}

impl MailServer {
    /// Speaks plainly.
    pub fn open() -> MailServer {
        MailServer::listen(None, false)
    }

    /// Offers STARTTLS with this identity.
    pub fn open_starttls(identity: Arc<ServerConfig>) -> MailServer {
        let server = MailServer::listen(Some(identity), false);
        server.rule(|rules| rules.starttls = true);
        server
    }

    /// Speaks TLS from the first byte.
    pub fn open_tls(identity: Arc<ServerConfig>) -> MailServer {
        MailServer::listen(Some(identity), true)
    }

    fn listen(identity: Option<Arc<ServerConfig>>, at_once: bool) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.closing.load(Ordering::SeqCst) {
                    return;
                }
                let (state, identity) = (Arc::clone(&shared), identity.clone());
                let connection = state.connections.fetch_add(1, Ordering::SeqCst) + 1;
                std::thread::spawn(move || {
                    let _ = Caller::new(stream, identity, at_once, &state, connection).and_then(|mut caller| caller.converse());
                });
            }
        });
        MailServer { address, state }
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes how callers are met, from their next line on.
    pub fn rule(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.state.rules.lock().unwrap());
    }

    /// Breaks so many times.
    pub fn breaks(&self, fault: Fault, times: usize) {
        self.rule(|rules| (rules.fault, rules.faults_left) = (Some(fault), times));
    }

    /// What was taken, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.state.accepted.lock().unwrap().clone()
    }

    /// What was said to it, letters left out.
    pub fn said(&self) -> Vec<String> {
        self.state.said.lock().unwrap().clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.state.closing.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(tcp) => tcp.read(buffer),
            Wire::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(tcp) => tcp.write(bytes),
            Wire::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Plain(tcp) => tcp.flush(),
            Wire::Tls(tls) => tls.flush(),
        }
    }
}

/// One conversation.
struct Caller<'a> {
    wire: BufReader<Wire>,
    tcp: TcpStream,
    identity: Option<Arc<ServerConfig>>,
    state: &'a State,
    connection: usize,
    tls: bool,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
    letters: usize,
}

impl<'a> Caller<'a> {
    fn new(
        tcp: TcpStream,
        identity: Option<Arc<ServerConfig>>,
        at_once: bool,
        state: &'a State,
        connection: usize,
    ) -> io::Result<Caller<'a>> {
        tcp.set_nodelay(true)?;
        let wire = Wire::Plain(tcp.try_clone()?);
        let mut caller = Caller {
            wire: BufReader::new(wire),
            tcp,
            identity,
            state,
            connection,
            tls: false,
            user: None,
            from: None,
            to: Vec::new(),
            letters: 0,
        };
        if at_once {
            caller.begin_tls()?;
        }
        Ok(caller)
    }

    fn rules(&self) -> Rules {
        self.state.rules.lock().unwrap().clone()
    }

    fn begin_tls(&mut self) -> io::Result<()> {
        let config = self.identity.clone().ok_or_else(|| io::Error::other("no identity"))?;
        let tls = ServerConnection::new(config).map_err(io::Error::other)?;
        self.wire = BufReader::new(Wire::Tls(Box::new(StreamOwned::new(tls, self.tcp.try_clone()?))));
        self.tls = true;
        Ok(())
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.wire.get_mut().write_all(format!("{line}\r\n").as_bytes())?;
        self.wire.get_mut().flush()
    }

    fn hear(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if self.wire.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        self.state.said.lock().unwrap().push(line.clone());
        Ok(Some(line))
    }

    fn converse(&mut self) -> io::Result<()> {
        let rules = self.rules();
        if rules.silent {
            self.wire.read_until(0, &mut Vec::new())?;
            return Ok(());
        }
        let banner = rules.banner.unwrap_or_else(|| "220 mail.loopback ESMTP".to_owned());
        self.say(&banner)?;
        if !banner.starts_with("220") {
            return Ok(());
        }
        while let Some(line) = self.hear()? {
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let goes_on = match verb.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => self.greet(),
                "STARTTLS" => self.starttls(),
                "AUTH" => self.login(rest),
                "MAIL" => self.mail(rest),
                "RCPT" => self.rcpt(rest),
                "DATA" => self.data(),
                "RSET" => self.reset().and_then(|()| self.say("250 2.0.0 ok")).map(|()| true),
                "NOOP" => self.say("250 2.0.0 ok").map(|()| true),
                "QUIT" => self.say("221 2.0.0 bye").map(|()| false),
                _ => self.say("500 5.5.1 what?").map(|()| true),
            }?;
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    fn greet(&mut self) -> io::Result<bool> {
        let rules = self.rules();
        self.reset()?;
        let mut offers = vec!["mail.loopback".to_owned(), "8BITMIME".to_owned()];
        offers.extend(rules.size_max.map(|max| format!("SIZE {max}")));
        offers.extend((rules.starttls && !self.tls).then(|| "STARTTLS".to_owned()));
        offers.extend(rules.login.map(|_| "AUTH PLAIN LOGIN".to_owned()));
        let last = offers.len() - 1;
        for (i, offer) in offers.iter().enumerate() {
            self.say(&format!("250{}{offer}", if i == last { ' ' } else { '-' }))?;
        }
        Ok(true)
    }

    fn starttls(&mut self) -> io::Result<bool> {
        if !self.rules().starttls || self.tls {
            self.say("454 4.7.0 no TLS now")?;
            return Ok(true);
        }
        self.say("220 2.0.0 go ahead")?;
        self.begin_tls()?;
        Ok(true)
    }

    fn login(&mut self, rest: &str) -> io::Result<bool> {
        let Some(known) = self.rules().login else {
            self.say("503 5.5.1 no login here")?;
            return Ok(true);
        };
        let (how, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let given = if how.eq_ignore_ascii_case("PLAIN") {
            let text = if first.is_empty() { self.challenge("334 ")? } else { decode(first) };
            let mut parts = text.split('\0').skip(1).map(str::to_owned);
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        } else {
            (self.challenge("334 VXNlcm5hbWU6")?, self.challenge("334 UGFzc3dvcmQ6")?)
        };
        let reply = match (given == known, self.rules().at_login) {
            (_, Some(reply)) => reply,
            (true, None) => "235 2.7.0 welcome".to_owned(),
            (false, None) => "535 5.7.8 wrong name or password".to_owned(),
        };
        self.user = reply.starts_with('2').then_some(given.0);
        self.say(&reply)?;
        Ok(true)
    }

    fn challenge(&mut self, line: &str) -> io::Result<String> {
        self.say(line)?;
        Ok(decode(&self.hear()?.unwrap_or_default()))
    }

    fn mail(&mut self, rest: &str) -> io::Result<bool> {
        let rules = self.rules();
        if rules.letters_max.is_some_and(|max| self.letters >= max) {
            self.say("421 4.7.0 enough for one connection")?;
            return Ok(false);
        }
        let size = rest.split_whitespace().find_map(|word| word.strip_prefix("SIZE=")?.parse::<usize>().ok());
        let reply = if rules.login.is_some() && self.user.is_none() {
            "530 5.7.0 log in first".to_owned()
        } else if size.zip(rules.size_max).is_some_and(|(size, max)| size > max) {
            "552 5.3.4 too large".to_owned()
        } else {
            rules.at_mail.unwrap_or_else(|| "250 2.1.0 ok".to_owned())
        };
        if reply.starts_with('2') {
            self.from = Some(address_in(rest));
        }
        self.say(&reply)?;
        Ok(true)
    }

    fn rcpt(&mut self, rest: &str) -> io::Result<bool> {
        let rules = self.rules();
        let to = address_in(rest);
        let local = to.split('@').next().unwrap_or_default();
        let reply = if self.from.is_none() {
            "503 5.5.1 MAIL first".to_owned()
        } else if let Some((_, reply)) = rules.for_recipient.iter().find(|(known, _)| known == local) {
            reply.clone()
        } else {
            rules.at_rcpt.unwrap_or_else(|| "250 2.1.5 ok".to_owned())
        };
        if reply.starts_with('2') {
            self.to.push(to);
        }
        self.say(&reply)?;
        Ok(!reply.starts_with("421"))
    }

    fn data(&mut self) -> io::Result<bool> {
        if self.to.is_empty() {
            self.say("503 5.5.1 RCPT first")?;
            return Ok(true);
        }
        let rules = self.rules();
        if let Some(reply) = rules.at_data {
            self.say(&reply)?;
            return Ok(true);
        }
        let fault = self.next_fault();
        if fault == Some(Fault::DropAtData) {
            return Ok(false);
        }
        self.say("354 go ahead")?;
        let Some(data) = self.letter(fault == Some(Fault::DropInLetter))? else { return Ok(false) };
        let too_large = rules.size_max.is_some_and(|max| data.len() > max);
        let reply = if too_large { "552 5.3.4 too large".to_owned() } else { rules.at_dot.unwrap_or_else(|| "250 2.0.0 taken".to_owned()) };
        if fault == Some(Fault::StallAfterDot) {
            self.wire.read_until(0, &mut Vec::new())?;
            return Ok(false);
        }
        if reply.starts_with('2') {
            self.letters += 1;
            let (from, to) = (self.from.clone().unwrap_or_default(), self.to.clone());
            let accepted = Accepted { from, to, data, tls: self.tls, user: self.user.clone(), connection: self.connection };
            self.state.accepted.lock().unwrap().push(accepted);
        }
        match fault {
            Some(Fault::DropAfterDot) => return Ok(false),
            Some(Fault::SlowAfterDot(delay)) => std::thread::sleep(delay),
            _ => {}
        }
        self.reset()?;
        self.say(&reply)?;
        Ok(fault != Some(Fault::DropAfterAccepting))
    }

    /// The lines up to the dot, unstuffed (RFC 5321, 4.5.2); nothing where the caller goes, or is dropped at the third line.
    fn letter(&mut self, dropped: bool) -> io::Result<Option<Vec<u8>>> {
        let mut data = Vec::new();
        for heard in 0.. {
            let mut line = Vec::new();
            if self.wire.read_until(b'\n', &mut line)? == 0 || (dropped && heard == 2) {
                return Ok(None);
            }
            if line == b".\r\n" {
                break;
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        Ok(Some(data))
    }

    fn next_fault(&self) -> Option<Fault> {
        let mut rules = self.state.rules.lock().unwrap();
        rules.faults_left = rules.faults_left.checked_sub(1)?;
        rules.fault
    }

    fn reset(&mut self) -> io::Result<()> {
        self.from = None;
        self.to.clear();
        Ok(())
    }
}

/// The address between the angle brackets.
fn address_in(rest: &str) -> String {
    let start = rest.find('<').map_or(0, |i| i + 1);
    let end = rest.find('>').unwrap_or(rest.len());
    rest[start..end].to_owned()
}

/// Base64, as a login needs it.
fn decode(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for value in text.bytes().filter_map(|b| LETTERS.iter().position(|letter| *letter == b)) {
        bits = (bits << 6) | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
