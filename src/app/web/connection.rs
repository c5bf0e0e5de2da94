//! Who may connect, for how long, and with how much (faults.md X16).
//!
//! Never looks into a request beyond its size.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Extension, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::app::daemon::stopped;
use crate::config::Network;

/// Connections at one time. A proxy in front needs a handful. Who comes after them takes the place of whoever has waited longest and is not being
/// answered, so that a flood of idle ones keeps nobody out; where all are being answered they are turned away at once.
const CONNECTIONS_MAX: usize = 64;
/// A head, or a body, that is not whole by then is not waited for.
const SLOW: Duration = Duration::from_secs(10);
/// A connection ends by then, however slowly its answers are read.
const LIFE: Duration = Duration::from_secs(60);
/// But a download, which ends by then.
const LONG_LIFE: Duration = Duration::from_secs(30 * 60);
/// At the end, so long for answers under way.
const GOODBYE: Duration = Duration::from_secs(3);
/// The largest head.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// The largest body: a form of ours is a tenth of it.
const BODY_BYTES_MAX: usize = 8 * 1024;
/// What is sent beyond it is swallowed up to here, so that the sender gets to read the answer.
const SWALLOWED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// After an error of the operating system (no file handles left).
const BREATH: Duration = Duration::from_millis(100);

/// Who asks, as far as can be known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(IpAddr);

/// What a conversation may ask of us: to last longer than others (a whole history takes its time on a slow line), and not to make room for
/// newcomers while it is answered.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience {
    long: Arc<AtomicBool>,
    answering: Arc<AtomicBool>,
}

impl Patience {
    /// From now on it may last.
    pub(super) fn ask(&self) {
        self.long.store(true, Ordering::Relaxed);
    }

    fn is_long(&self) -> bool {
        self.long.load(Ordering::Relaxed)
    }

    fn makes_room(&self) -> bool {
        !self.is_long() && !self.answering.load(Ordering::Relaxed)
    }
}

impl Peer {
    /// Whether it asks from this machine itself.
    pub(super) fn is_local(self) -> bool {
        self.0.is_loopback()
    }

    /// Whether this came, as far as can be seen, through a proxy.
    pub(super) fn is_through_proxy(self, headers: &HeaderMap, trusted: &[Network]) -> bool {
        trusted.iter().any(|network| network.contains(self.0))
            || ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via"]
                .iter()
                .any(|name| headers.contains_key(*name))
    }

    /// The visitor's address: what a trusted proxy says, else the neighbour's own.
    pub(super) fn visitor(self, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
        let is_proxy = |ip: IpAddr| trusted.iter().any(|network| network.contains(ip));
        if !is_proxy(self.0) {
            return self.0;
        }
        let said = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        let hops: Vec<&str> = said.collect();
        // From our end: each proxy adds whom it heard, so that what a visitor made up stands before the first hop we trust.
        hops.into_iter().rev().map_while(hop).find(|hop| !is_proxy(*hop)).unwrap_or(self.0)
    }
}

/// `192.0.2.7`, `2001:db8::7`, and as some proxies write them, with a port.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|at| at.ip())).map(|ip: IpAddr| ip.to_canonical())
}

/// Answers whoever connects, until told to stop.
pub(super) async fn accept(listener: TcpListener, routes: Router, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut guests = VecDeque::new();
    loop {
        let accepted = tokio::select! {
            () = stopped(&mut stop) => break,
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) if connections.len() >= CONNECTIONS_MAX && !make_room(&mut connections, &mut guests).await => turn_away(stream),
            Ok((stream, peer)) => {
                let patience = Patience::default();
                let routes = routes.clone().layer(Extension(Peer(peer.ip().to_canonical()))).layer(Extension(patience.clone()));
                let conversation = connections.spawn(converse(stream, routes, patience.clone(), stop.clone()));
                guests.retain(|(other, _): &Guest| !other.is_finished());
                guests.push_back((conversation, patience));
            }
            Err(error) => {
                tracing::warn!("a visitor could not be let in: {error}");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    let ended = tokio::time::timeout(GOODBYE, async { while connections.join_next().await.is_some() {} });
    drop(ended.await);
}

/// A conversation that goes on.
type Guest = (AbortHandle, Patience);

/// Ends the longest conversation in which nothing is being answered. False: there is none.
async fn make_room(connections: &mut JoinSet<()>, guests: &mut VecDeque<Guest>) -> bool {
    guests.retain(|(conversation, _)| !conversation.is_finished());
    let Some(longest) = guests.iter().position(|(_, patience)| patience.makes_room()) else { return false };
    if let Some((conversation, _)) = guests.remove(longest) {
        conversation.abort();
    }
    while connections.len() >= CONNECTIONS_MAX && connections.join_next().await.is_some() {}
    true
}

fn turn_away(mut stream: TcpStream) {
    tokio::spawn(async move {
        let answer = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        // Whoever does not take it within the time is gone already.
        drop(tokio::time::timeout(Duration::from_millis(500), stream.write_all(answer)).await);
    });
}

async fn converse(stream: TcpStream, routes: Router, patience: Patience, mut stop: watch::Receiver<bool>) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(SLOW).max_buf_size(HEAD_BYTES_MAX);
    let conversation = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes));
    tokio::pin!(conversation);
    let life = async {
        tokio::time::sleep(LIFE).await;
        if patience.is_long() {
            tokio::time::sleep(LONG_LIFE - LIFE).await;
        }
    };
    tokio::pin!(life);
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = &mut life => Ok(()),
        () = stopped(&mut stop) => {
            conversation.as_mut().graceful_shutdown();
            tokio::time::timeout(GOODBYE, conversation).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a conversation broke off: {error}");
    }
}

/// Reads the whole body first, within its limits, so that nothing behind this waits for a slow sender.
pub(super) async fn read_body(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let said: Option<usize> = head.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if said.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        tokio::spawn(async move { swallow(body).await });
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    match tokio::time::timeout(SLOW, to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(Ok(bytes)) => {
            let patience = head.extensions.get::<Patience>().cloned().unwrap_or_default();
            patience.answering.store(true, Ordering::Relaxed);
            let response = next.run(Request::from_parts(head, Body::from(bytes))).await;
            patience.answering.store(false, Ordering::Relaxed);
            response
        }
        Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, [(header::CONNECTION, "close")], Bytes::new()).into_response(),
    }
}

/// Takes what is still being sent, and keeps nothing of it.
async fn swallow(mut body: Body) {
    let swallowed = async {
        let mut bytes = 0;
        while let Some(Ok(frame)) = std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
            if bytes > SWALLOWED_BYTES_MAX {
                return;
            }
        }
    };
    drop(tokio::time::timeout(SLOW, swallowed).await);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_through_a_proxy_or_from_beyond_is_not_near() {
        let near = |peer: &str| Peer(peer.parse::<IpAddr>().unwrap().to_canonical()).is_local();
        assert!(near("127.0.0.1") && near("::1") && near("::ffff:127.0.0.1") && !near("192.0.2.1") && !near("10.0.0.1"));
        let peer = Peer("127.0.0.1".parse().unwrap());
        assert!(
            !peer.is_through_proxy(&HeaderMap::new(), &[]) && peer.is_through_proxy(&HeaderMap::new(), &["127.0.0.1".parse().unwrap()])
        );
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let peer = Peer("10.0.0.1".parse().unwrap());
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "192.0.2.7, 198.51.100.4, 10.0.0.9".parse().unwrap());
        assert_eq!(peer.visitor(&headers, &trusted).to_string(), "198.51.100.4");
        assert_eq!(peer.visitor(&headers, &[]).to_string(), "10.0.0.1");
        assert_eq!(peer.visitor(&HeaderMap::new(), &trusted).to_string(), "10.0.0.1");
    }

    #[test]
    fn what_a_visitor_makes_up_hides_nothing_of_what_our_proxy_says() {
        let peer = Peer("10.0.0.1".parse().unwrap());
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().unwrap()];
        for (said, visitor) in [
            ("garbage, 198.51.100.4", "198.51.100.4"),
            ("10.1.2.3, 10.4.5.6", "10.0.0.1"),
            ("192.0.2.1, , 198.51.100.4", "198.51.100.4"),
            ("198.51.100.4:61000", "198.51.100.4"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:198.51.100.4", "198.51.100.4"),
            ("192.0.2.1, unknown", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", said.parse().unwrap());
            assert_eq!(peer.visitor(&headers, &trusted).to_string(), visitor, "{said}");
        }
        let mut twice = HeaderMap::new();
        twice.append("x-forwarded-for", "192.0.2.99".parse().unwrap());
        twice.append("x-forwarded-for", "198.51.100.4".parse().unwrap());
        assert_eq!(peer.visitor(&twice, &trusted).to_string(), "198.51.100.4");
    }
}
