//! What the AWS JSON protocols 1.0 and 1.1 have in common: the target header and the answers.
//!
//! Any credentials are accepted: the listener serves one machine, and a signature over a secret
//! that nobody keeps proves nothing.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// The media type of SQS.
pub(crate) const JSON_1_0: &str = "application/x-amz-json-1.0";
/// The media type of EventBridge.
pub(crate) const JSON_1_1: &str = "application/x-amz-json-1.1";

/// The operation that `X-Amz-Target` names, as service and operation.
pub(crate) fn target(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get("x-amz-target")?.to_str().ok()?.rsplit_once('.')
}

/// An answer with the request id that SDKs log.
pub(crate) fn answer(status: StatusCode, media_type: &'static str, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let id = uuid::Uuid::new_v4().to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    response
}

/// An error answer of a service without query compatibility.
pub(crate) fn error(
    status: StatusCode,
    media_type: &'static str,
    exception: &str,
    message: &str,
) -> Response {
    answer(status, media_type, &json!({ "__type": exception, "message": message }))
}
