//! A parliament on loopback: serves chosen pages, keeps count of who asked for what, and breaks on demand.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a path answers.
#[derive(Clone)]
pub enum Reply {
    /// A head and a body. The length is said; the connection is kept.
    Page { status: u16, headers: Vec<(String, String)>, body: Vec<u8>, validated: bool },
    /// These bytes and nothing else; then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes, then nothing for ever.
    Stall(Vec<u8>),
    /// These bytes, then one byte after the other, this far apart.
    Drip(Vec<u8>, Duration),
    /// These bytes, then these others again and again, until the asker goes away.
    Endless(Vec<u8>, Vec<u8>),
    /// Closed without a byte.
    Close,
    /// Reset without a byte.
    Reset,
}

impl Reply {
    /// A page in UTF-8.
    pub fn page(body: impl Into<Vec<u8>>) -> Reply {
        Reply::status(200, body)
    }

    /// A page with an ETag and a Last-Modified of its own; asked again with them, it answers 304.
    pub fn validated(body: impl Into<Vec<u8>>) -> Reply {
        let Reply::Page { status, headers, body, .. } = Reply::page(body) else { unreachable!() };
        Reply::Page { status, headers, body, validated: true }
    }

    /// Any status.
    pub fn status(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        let headers = vec![("Content-Type".into(), "text/html; charset=utf-8".into())];
        Reply::Page { status, headers, body: body.into(), validated: false }
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Reply {
        Reply::status(status, "").with("Location", to)
    }

    /// A document.
    pub fn document(content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply::page(body).with("Content-Type", content_type)
    }

    /// With this header, instead of one of that name.
    pub fn with(mut self, name: &str, value: &str) -> Reply {
        if let Reply::Page { headers, .. } = &mut self {
            if !name.eq_ignore_ascii_case("set-cookie") {
                headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            }
            headers.push((name.into(), value.into()));
        }
        self
    }
}

/// Somebody asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    /// Which connection it came on, from 1.
    pub connection: usize,
    /// The time between the parliament's opening and this question.
    pub after: Duration,
}

impl Asked {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
    closing: AtomicBool,
}

/// The server. Closed when dropped.
pub struct Parliament {
    address: SocketAddr,
    scheme: &'static str,
    state: Arc<State>,
}

impl Parliament {
    /// Speaks http on a free port.
    pub fn open() -> Parliament {
        Parliament::listen(None)
    }

    /// Speaks https with this identity.
    pub fn open_tls(identity: Arc<ServerConfig>) -> Parliament {
        Parliament::listen(Some(identity))
    }

    fn listen(identity: Option<Arc<ServerConfig>>) -> Parliament {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if identity.is_some() { "https" } else { "http" };
        let state = Arc::new(State::default());
        let opened = std::time::Instant::now();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.closing.load(Ordering::SeqCst) {
                    return;
                }
                let (state, identity) = (Arc::clone(&shared), identity.clone());
                // An asker who goes away in the middle is no news.
                std::thread::spawn(move || {
                    let _ = converse(stream, identity, &state, opened);
                });
            }
        });
        Parliament { address, scheme, state }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path, by number.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The same by a name, for which the asker needs a hosts entry.
    pub fn url_at(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    /// From now on the path answers this.
    pub fn serve(&self, path: &str, reply: Reply) {
        self.serve_in_turn(path, vec![reply]);
    }

    /// Answers one after the other; the last one stays.
    pub fn serve_in_turn(&self, path: &str, replies: Vec<Reply>) {
        assert!(!replies.is_empty());
        self.state.replies.lock().unwrap().insert(path.to_owned(), replies.into());
    }

    /// All that was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// How often anything was asked.
    pub fn times_asked(&self) -> usize {
        self.state.asked.lock().unwrap().len()
    }

    /// The paths asked for after so many others.
    pub fn asked_after(&self, times: usize) -> Vec<String> {
        self.state.asked.lock().unwrap()[times..].iter().map(|asked| asked.path.clone()).collect()
    }

    /// All that was asked of one path.
    pub fn asked_for(&self, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == path).collect()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Parliament {
    fn drop(&mut self) {
        self.state.closing.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

trait Line: Read + Write {}
impl<T: Read + Write> Line for T {}

fn converse(tcp: TcpStream, identity: Option<Arc<ServerConfig>>, state: &State, opened: std::time::Instant) -> io::Result<()> {
    let connection = state.connections.fetch_add(1, Ordering::SeqCst) + 1;
    tcp.set_nodelay(true)?;
    let raw = tcp.try_clone()?;
    let mut line: Box<dyn Line> = match identity {
        Some(config) => Box::new(StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, tcp)),
        None => Box::new(tcp),
    };
    loop {
        let Some((method, path, headers)) = read_head(&mut *line)? else { return Ok(()) };
        let reply = {
            let mut replies = state.replies.lock().unwrap();
            match replies.get_mut(&path) {
                Some(queue) if queue.len() > 1 => queue.pop_front().unwrap(),
                Some(queue) => queue[0].clone(),
                None => Reply::status(404, "<html><body>404</body></html>"),
            }
        };
        let asked = Asked { method, path, headers, connection, after: opened.elapsed() };
        state.asked.lock().unwrap().push(asked.clone());
        let kept = answer(&mut *line, &raw, &asked, reply)?;
        if !kept {
            return Ok(());
        }
    }
}

/// Answers, and says whether the connection is kept.
fn answer(line: &mut dyn Line, raw: &TcpStream, asked: &Asked, reply: Reply) -> io::Result<bool> {
    match reply {
        Reply::Page { status, headers, body, validated } => {
            line.write_all(&compose(asked, status, headers, body, validated))?;
            line.flush()?;
            return Ok(true);
        }
        Reply::Raw(bytes) => {
            line.write_all(&bytes)?;
            line.flush()?;
        }
        Reply::Stall(bytes) => {
            line.write_all(&bytes)?;
            line.flush()?;
            wait_for_the_end(line);
        }
        Reply::Drip(bytes, pause) => {
            for byte in bytes {
                line.write_all(&[byte])?;
                line.flush()?;
                std::thread::sleep(pause);
            }
        }
        Reply::Endless(start, again) => {
            line.write_all(&start)?;
            loop {
                line.write_all(&again)?;
            }
        }
        Reply::Close => {}
        Reply::Reset => {
            // With a linger of zero seconds, closing resets.
            socket2::SockRef::from(raw).set_linger(Some(Duration::ZERO))?;
        }
    }
    Ok(false)
}

fn wait_for_the_end(line: &mut dyn Line) {
    let mut byte = [0];
    while matches!(line.read(&mut byte), Ok(1)) {}
}

fn compose(asked: &Asked, status: u16, mut headers: Vec<(String, String)>, mut body: Vec<u8>, validated: bool) -> Vec<u8> {
    let mut status = status;
    if validated {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let etag = format!("\"{:x}\"", hasher.finish());
        let last_modified = "Thu, 09 Nov 2017 12:00:00 GMT";
        let unchanged = match asked.header("if-none-match") {
            Some(theirs) => theirs == etag,
            None => asked.header("if-modified-since") == Some(last_modified),
        };
        headers.push(("ETag".into(), etag));
        headers.push(("Last-Modified".into(), last_modified.into()));
        if unchanged {
            status = 304;
            body.clear();
        }
    }
    let mut bytes = format!("HTTP/1.1 {status} {status}\r\n").into_bytes();
    if !matches!(status, 204 | 304) && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        headers.push(("Content-Length".into(), body.len().to_string()));
    }
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if asked.method != "HEAD" {
        bytes.extend_from_slice(&body);
    }
    bytes
}

type Head = (String, String, Vec<(String, String)>);

fn read_head(line: &mut dyn Line) -> io::Result<Option<Head>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        match line.read(&mut buffer) {
            Ok(0) | Err(_) => return Ok(None),
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or_default().to_owned(), first.next().unwrap_or_default().to_owned());
    let headers =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    Ok(Some((method, path, headers)))
}
