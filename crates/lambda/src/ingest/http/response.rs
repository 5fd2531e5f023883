//! An answer as a function URL takes it: payload format 2.0.

use eventyard_binding::{Refusal, Results};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// How long a sender waits before it sends again what could not be stored, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// One answer, always of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status_code: u16,
    /// The headers, names in lower case.
    pub headers: BTreeMap<&'static str, String>,
    /// The JSON.
    pub body: String,
    is_base64_encoded: bool,
}

impl Response {
    pub(super) fn json(status: StatusCode, body: String) -> Self {
        let mut headers = BTreeMap::from([("content-type", "application/json".to_owned())]);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert("retry-after", RETRY_AFTER_S.to_string());
        }
        Self { status_code: status.as_u16(), headers, body, is_base64_encoded: false }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self::json(refusal.status, json!({ "error": refusal.to_json() }).to_string())
    }

    pub(super) fn results(results: Results) -> Self {
        let (status, body) = results.finish();
        Self::json(status, body)
    }
}
