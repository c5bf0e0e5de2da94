//! The line to a mail server: words out, replies in, each reply whole within its time and its size, whatever the server does.
//!
//! Never knows what a reply means. lettre's own connection bounds the time of each read and not of a reply, measures a line when all of it
//! is in memory, and keeps what was said before TLS for what comes after it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lettre::transport::smtp::response::Response;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_platform_verifier::Verifier;

/// Of a line so much is kept; RFC 5321 4.5.3.1.5 allows half of it. What is beyond is read and forgotten: the code stands at its beginning.
const LINE_KEPT: usize = 1_000;
/// Longer replies end the conversation.
const REPLY_MAX: usize = 256 * 1024;

/// What is read and written within a time, however it trickles.
struct Timed {
    tcp: TcpStream,
    until: Instant,
    /// Only what is there already.
    at_once: bool,
}

impl Timed {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.at_once {
            self.tcp.set_read_timeout(self.left()?)?;
        }
        self.tcp.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.at_once {
            self.tcp.set_write_timeout(self.left()?)?;
        }
        self.tcp.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

enum Stream {
    Plain(Timed),
    Guarded(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Stream {
    fn timed(&mut self) -> &mut Timed {
        match self {
            Stream::Plain(timed) => timed,
            Stream::Guarded(tls) => &mut tls.sock,
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(timed) => timed.read(buffer),
            Stream::Guarded(tls) => tls.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Stream::Plain(timed) => timed.write_all(bytes),
            Stream::Guarded(tls) => tls.write_all(bytes).and_then(|()| tls.flush()),
        }
    }
}

/// A line to a mail server.
pub(super) struct Wire {
    /// None while it is being guarded, and for ever where that failed.
    stream: Option<Stream>,
    /// Read and not yet understood.
    unread: Vec<u8>,
}

impl Wire {
    /// Connects to the first of its addresses that answers; all of them together have `time`.
    pub(super) fn open(host: &str, port: u16, time: Duration) -> io::Result<Wire> {
        let until = Instant::now() + time;
        let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for (tried, address) in addresses.iter().enumerate() {
            let share = u32::try_from(addresses.len() - tried).unwrap_or(1);
            let left = until.saturating_duration_since(Instant::now()) / share;
            if left.is_zero() {
                break;
            }
            match TcpStream::connect_timeout(address, left) {
                Ok(tcp) => {
                    // Else Nagle's algorithm waits for the server's delayed acknowledgement, 40 ms for every letter.
                    tcp.set_nodelay(true)?;
                    let timed = Timed { tcp, until, at_once: false };
                    return Ok(Wire { stream: Some(Stream::Plain(timed)), unread: Vec::new() });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Guards the line from here on; the handshake has `time`. After a failure nothing more can be said.
    pub(super) fn guard(&mut self, config: Arc<ClientConfig>, host: &str, time: Duration) -> io::Result<()> {
        let Some(Stream::Plain(mut timed)) = self.stream.take() else { return Err(ErrorKind::NotConnected.into()) };
        timed.until = Instant::now() + time;
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let mut connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut timed)?;
        }
        self.stream = Some(Stream::Guarded(Box::new(StreamOwned::new(connection, timed))));
        Ok(())
    }

    pub(super) fn is_guarded(&self) -> bool {
        matches!(self.stream, Some(Stream::Guarded(_)))
    }

    /// Whether the server says nothing of its own accord. What it does say then answers no question of ours: it may have timed us out, or a late
    /// reply of its may be about to be taken for the next one.
    pub(super) fn is_quiet(&mut self) -> bool {
        let Some(stream) = &mut self.stream else { return false };
        if !self.unread.is_empty() || stream.timed().tcp.set_nonblocking(true).is_err() {
            return false;
        }
        stream.timed().at_once = true;
        let heard = stream.read(&mut [0]);
        stream.timed().at_once = false;
        let set_back = stream.timed().tcp.set_nonblocking(false).is_ok();
        set_back && heard.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Says something and hears the reply. Both together have `time`.
    pub(super) fn ask(&mut self, bytes: &[u8], time: Duration) -> io::Result<Response> {
        let stream = self.stream.as_mut().ok_or(ErrorKind::NotConnected)?;
        stream.timed().until = Instant::now() + time;
        stream.write(bytes)?;
        self.reply()
    }

    /// Hears what the server says first.
    pub(super) fn hear(&mut self, time: Duration) -> io::Result<Response> {
        self.stream.as_mut().ok_or(ErrorKind::NotConnected)?.timed().until = Instant::now() + time;
        self.reply()
    }

    fn reply(&mut self) -> io::Result<Response> {
        let (mut reply, mut line, mut bytes) = (String::new(), Vec::new(), 0);
        loop {
            let (part, ended) = self.part_of_line()?;
            bytes += part.len();
            if bytes > REPLY_MAX {
                return Err(io::Error::other("a reply without end"));
            }
            line.extend_from_slice(&part[..part.len().min(LINE_KEPT - line.len())]);
            if !ended {
                continue;
            }
            // A lone CR or a NUL in its words makes no other reply of it.
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).replace(char::is_control, " ");
            line.clear();
            // A line with a code and nothing after it is the last one too (RFC 5321 4.2).
            let last = text.as_bytes().get(3) != Some(&b'-');
            reply.push_str(&text);
            reply.push_str("\r\n");
            if last {
                return reply.parse().map_err(|_| io::Error::other("its reply is none"));
            }
        }
    }

    /// The bytes up to the end of a line, or as many as have come.
    fn part_of_line(&mut self) -> io::Result<(Vec<u8>, bool)> {
        if self.unread.is_empty() {
            let mut buffer = [0; 4_096];
            let stream = self.stream.as_mut().ok_or(ErrorKind::NotConnected)?;
            let read = match stream.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => return Ok((Vec::new(), false)),
                read => read?,
            };
            if read == 0 {
                return Err(io::Error::new(ErrorKind::UnexpectedEof, "the server hung up"));
            }
            self.unread.extend_from_slice(&buffer[..read]);
        }
        let end = self.unread.iter().position(|byte| *byte == b'\n');
        let rest = self.unread.split_off(end.map_or(self.unread.len(), |end| end + 1));
        Ok((std::mem::replace(&mut self.unread, rest), end.is_some()))
    }
}

/// How TLS is spoken: the system's certificates are trusted, and these beside them.
pub(super) fn tls(extra_ca: Option<&[u8]>) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let extra: Vec<CertificateDer<'static>> = match extra_ca {
        Some(pem) => CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|e| e.to_string())?,
        None => Vec::new(),
    };
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(|e| e.to_string())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}
