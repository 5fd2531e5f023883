//! Errors as the services write them.

use crate::operation::Operation;
use crate::protocol::Protocol;
use crate::rule::ErrorAnswer;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

/// What stands in the place of a service's own text.
pub const MESSAGE: &str = "failed on purpose";

/// The answer of a call that was not made.
pub fn error(operation: &Operation, error: &ErrorAnswer) -> Response<Bytes> {
    let ErrorAnswer { status_code, code } = error;
    let (content_type, body) = match operation.protocol {
        Protocol::Json => (
            "application/x-amz-json-1.0",
            json!({ "__type": code, "message": MESSAGE }).to_string(),
        ),
        Protocol::Query => ("text/xml", format!("<ErrorResponse>{}</ErrorResponse>", xml(code))),
        Protocol::Xml => ("application/xml", xml(code)),
        Protocol::Plain => ("text/plain", code.clone()),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(*status_code).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(code) = HeaderValue::from_str(code) {
        headers.insert("x-amzn-errortype", code);
    }
    response
}

fn xml(code: &str) -> String {
    format!("<Error><Type>Receiver</Type><Code>{code}</Code><Message>{MESSAGE}</Message></Error>")
}
