//! A parliament on this machine: serves the pages compiled in, and shows those of the day.
//!
//! Never pretends: every page says in itself what is modelled.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// The addresses of the three lists.
pub const BILLS: &str = "/akti/zakoni-u-proceduri/zakoni-u-proceduri.1037.html";
/// As `BILLS`.
pub const LAWS: &str = "/akti/doneti-zakoni/doneti-zakoni.1033.html";
/// As `BILLS`.
pub const ACTIVITIES: &str = "/aktivnosti/narodna-skupstina/zasedanja/redovna.949.html";

/// The content pages, by the number in their address, as on the real site.
const CONTENT: [(&str, &str); 3] = [
    (".32104.", include_str!("pages/committee_32104.html")),
    (".32689.", include_str!("pages/committee_32689.html")),
    (".33311.", include_str!("pages/sitting_33311.html")),
];

/// What the lists show today.
#[derive(Clone, Default)]
pub struct Parliament {
    lists: Arc<Mutex<BTreeMap<&'static str, &'static str>>>,
}

impl Parliament {
    /// Opens on a free port of this machine.
    pub async fn open(&self) -> Result<SocketAddr> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let pages = Router::new().fallback(serve).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, pages).await });
        Ok(address)
    }

    /// From now on a list shows this page.
    pub fn show(&self, list: &'static str, page: &'static str) {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(list, page);
    }

    fn page(&self, path: &str) -> Option<&'static str> {
        let content = CONTENT.iter().find(|(id, _)| path.contains(id)).map(|(_, page)| *page);
        content.or_else(|| self.lists.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied())
    }
}

async fn serve(State(parliament): State<Parliament>, address: Uri) -> Response {
    match parliament.page(address.path()) {
        Some(page) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
