//! A request as a function URL hands it over: payload format 2.0
//! ([request payload](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads)).
//!
//! Only what is used of it. Header names come in lower case, several values of one name joined by commas.

use super::REQUEST_BYTES_MAX;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use eventyard_binding::Refusal;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One request. It cannot be printed: what is in it belongs into no log.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    raw_path: String,
    headers: BTreeMap<String, String>,
    request_context: Context,
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Context {
    http: Http,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

impl Request {
    pub(super) fn method(&self) -> &str {
        &self.request_context.http.method
    }

    pub(super) fn path(&self) -> &str {
        &self.raw_path
    }

    /// Its headers, without those that HTTP does not know.
    pub(super) fn headers(&self) -> HeaderMap {
        let header = |(name, value): (&String, &String)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            Some((name.parse::<HeaderName>().ok()?, value))
        };
        self.headers.iter().filter_map(header).collect()
    }

    /// The bytes of its body.
    ///
    /// # Errors
    /// 413 when there are too many of them, before any is read; 400 when they are not what the request says.
    pub(super) fn into_body(self) -> Result<Bytes, Refusal> {
        let body = self.body.unwrap_or_default();
        if body.len() > REQUEST_BYTES_MAX {
            return Err(Refusal::request_too_large(REQUEST_BYTES_MAX));
        }
        if !self.is_base64_encoded {
            return Ok(body.into());
        }
        let bytes = STANDARD.decode(body);
        bytes.map(Bytes::from).map_err(|_| Refusal::bad("BodyUnreadable", "the body is no base64"))
    }
}
