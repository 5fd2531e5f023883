//! Making the call.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeMap;

/// Where calls go, in plain HTTP.
#[derive(Debug, Clone)]
pub struct Upstream {
    default: String,
    of_service: BTreeMap<String, String>,
}

impl Upstream {
    /// All of them to this URL, which has no path.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { default: url.into(), of_service: BTreeMap::new() }
    }

    /// Those of one service to another URL.
    #[must_use]
    pub fn with(mut self, service: &str, url: impl Into<String>) -> Self {
        self.of_service.insert(service.to_owned(), url.into());
        self
    }

    fn authority(&self, service: &str) -> Result<Authority> {
        let url = self.of_service.get(service).unwrap_or(&self.default);
        let uri: Uri = url.parse().with_context(|| format!("`{url}` is no URL"))?;
        uri.authority().cloned().with_context(|| format!("`{url}` names no host"))
    }
}

impl From<&str> for Upstream {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

/// Makes calls upstream.
#[derive(Debug, Clone)]
pub struct Forward {
    upstream: Upstream,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// A request that was read to its end.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Forward {
    /// Makes calls to `upstream`.
    pub fn new(upstream: Upstream) -> Self {
        Self { upstream, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// The answer to a request with this body.
    ///
    /// # Errors
    /// The service cannot be reached, or ends the connection early.
    pub async fn call(
        &self,
        service: &str,
        incoming: &Incoming,
        body: Bytes,
    ) -> Result<Response<Bytes>> {
        let path = incoming.uri.path_and_query().cloned();
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.upstream.authority(service)?)
            .path_and_query(path.unwrap_or(PathAndQuery::from_static("/")))
            .build()?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = incoming.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = incoming.headers.clone();
        strip(request.headers_mut());
        request.headers_mut().remove(HOST);
        let (mut head, body) = self.client.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        let length = head.headers.get(CONTENT_LENGTH).cloned();
        strip(&mut head.headers);
        if let Some(length) = length.filter(|_| incoming.method == Method::HEAD) {
            head.headers.insert(CONTENT_LENGTH, length);
        }
        Ok(Response::from_parts(head, body))
    }
}

/// Takes away what is of one connection, or of a body that may have changed.
fn strip(headers: &mut HeaderMap) {
    for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, EXPECT] {
        headers.remove(name);
    }
    headers.remove("x-amz-crc32");
}
