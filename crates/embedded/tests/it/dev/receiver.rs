//! A receiver of webhooks that answers as it is told, and keeps what it got.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use tokio::net::TcpListener;

/// What the receiver does with a request.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    Answer(u16),
    /// Answers 200 with this body.
    Say(&'static str),
    /// Takes the request and never says a word.
    Hang,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    script: Arc<Mutex<VecDeque<Does>>>,
    then: Arc<Mutex<Does>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    /// Does what `script` says, one request after the other, and `then` from there on.
    pub async fn start(script: &[Does], then: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.iter().copied().collect())),
            then: Arc::new(Mutex::new(then)),
            got: Arc::default(),
        };
        let app = Router::new().fallback(post(answer)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// From now on it does this.
    pub fn then(&self, then: Does) {
        *self.then.lock().unwrap() = then;
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

async fn answer(
    State(receiver): State<Receiver>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let body = String::from_utf8(body.to_vec()).unwrap();
    receiver.got.lock().unwrap().push(Got { path: uri.to_string(), headers, body });
    let next = receiver.script.lock().unwrap().pop_front();
    let does = next.unwrap_or(*receiver.then.lock().unwrap());
    match does {
        Does::Answer(status) => (StatusCode::from_u16(status).unwrap(), ""),
        Does::Say(body) => (StatusCode::OK, body),
        Does::Hang => std::future::pending().await,
    }
}
