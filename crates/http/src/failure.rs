//! What kept a request from getting an answer, in words that may stand in a delivery's history.
//!
//! In: the client's error. Out: a cause without the URL, whose path and query may carry data of the
//! event, and whether waiting can help.

use crate::guard::Refusal;
use eventyard_bus::{Cause, Sent};
use std::error::Error;
use std::io;

pub(crate) fn cause(code: &str, message: impl Into<String>) -> Cause {
    Cause { code: code.to_owned(), message: message.into() }
}

pub(crate) fn refused(refusal: &Refusal) -> Sent {
    Sent::Park { cause: cause("AddressRefused", refusal.to_string()) }
}

pub(crate) fn passing(code: &str, message: impl Into<String>) -> Sent {
    Sent::Retry { cause: cause(code, message), after: None }
}

/// The meaning of an error of the client: what the guard refused is parked, all else is retried.
pub(crate) fn of_client(error: &reqwest::Error, host: &str) -> Sent {
    if let Some(refusal) = find::<Refusal>(error) {
        return refused(refusal);
    }
    if error.is_builder() {
        let text = format!("the request to `{host}` cannot be written: a header is not valid");
        return Sent::Park { cause: cause("RequestNotValid", text) };
    }
    if error.is_timeout() {
        return passing("Timeout", format!("`{host}` did not answer in time"));
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return passing("TlsFailed", format!("no secure connection to `{host}`: {tls}"));
    }
    if error.is_connect() {
        return passing("ConnectFailed", format!("no connection to `{host}`: {}", reason(error)));
    }
    passing("ConnectionLost", format!("the connection to `{host}` broke: {}", reason(error)))
}

/// The first error of a type in a chain of causes, also inside an [`io::Error`].
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find::<E>(inner)) {
            return Some(found);
        }
        next = current.source();
    }
    None
}

fn reason(error: &reqwest::Error) -> String {
    match find::<io::Error>(error) {
        Some(io) if io.get_ref().is_none() => io.kind().to_string(),
        Some(io) => io.to_string(),
        None => "no answer".to_owned(),
    }
}
