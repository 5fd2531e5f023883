//! Why a call, or one entry of it, failed: decided here once, where the SDK's error is still known.
//!
//! In: an error of the SDK, or the code of an entry. Out: a [`Fault`], which answers as [`Sent`]. What
//! AWS wrote about a target stands in the cause, since it names the permission that is missing; what it
//! wrote about a delivery does not, since it may quote the payload.

use super::codes::Kind;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use eventyard_bus::{Cause, Sent};
use eventyard_http::RETRY_AFTER_MAX;
use std::time::Duration;

/// The most of AWS's own text that a cause keeps, in characters.
const TEXT_CHARS_MAX: usize = 400;

/// Why something was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    kind: Kind,
    code: String,
    message: String,
    after: Option<Duration>,
}

impl Fault {
    /// A fault that we found ourselves.
    pub(super) fn new(kind: Kind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.to_owned(), message: message.into(), after: None }
    }

    /// The fault of a whole call.
    pub(crate) fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        match error {
            SdkError::ServiceError(service) => Self::answered(service.err().meta(), service.raw()),
            SdkError::TimeoutError(_) => Self::timeout(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::timeout(),
            SdkError::DispatchFailure(failure) if failure.is_io() => {
                Self::new(Kind::Failing, "ConnectFailed", "no connection to the service")
            }
            SdkError::DispatchFailure(_) => {
                let text = "no request could be made: no endpoint, no credentials or no connection";
                Self::new(Kind::Failing, "NotSent", text)
            }
            SdkError::ResponseError(_) => Self::unreadable(),
            _ => Self::not_valid(),
        }
    }

    fn answered(meta: &ErrorMetadata, raw: &HttpResponse) -> Self {
        let status = raw.status().as_u16();
        let code = match meta.code() {
            Some(code) => code.to_owned(),
            None if raw.status().is_success() => return Self::unreadable(),
            None => format!("Http{status}"),
        };
        let kind = Kind::of_code(&code).unwrap_or_else(|| Kind::of_status(status));
        Self { after: wait(raw), ..Self::said(kind, code, meta.message()) }
    }

    fn unreadable() -> Self {
        Self::new(Kind::Failing, "AnswerNotReadable", "the service's answer cannot be read")
    }

    /// The fault of one entry of a call that succeeded. `by_sender` is what the service says of a code
    /// that is not in the table: whether trying again is pointless.
    pub(super) fn of_entry(code: &str, message: Option<&str>, by_sender: bool) -> Self {
        let otherwise = if by_sender { Kind::Invalid } else { Kind::Failing };
        Self::said(Kind::of_code(code).unwrap_or(otherwise), code.to_owned(), message)
    }

    /// No answer came in time.
    pub(super) fn timeout() -> Self {
        Self::new(Kind::Failing, "Timeout", "the service did not answer in time")
    }

    /// The request could not be written.
    pub(super) fn not_valid() -> Self {
        Self::new(Kind::Invalid, "RequestNotValid", "the request cannot be written")
    }

    fn said(kind: Kind, code: String, text: Option<&str>) -> Self {
        let text = text.map(short).filter(|text| !text.is_empty());
        let message = match (kind, text) {
            (Kind::Busy, _) => "the service takes no more at the moment".to_owned(),
            (Kind::Failing, _) => "the service failed".to_owned(),
            (Kind::Denied, None) => "the service denies it".to_owned(),
            (Kind::Denied, Some(text)) => format!("the service denies it: {text}"),
            (Kind::Missing, None) => "the service does not know it".to_owned(),
            (Kind::Missing, Some(text)) => format!("the service does not know it: {text}"),
            (Kind::Invalid, _) => "the service refuses the request".to_owned(),
            (Kind::TooLarge, _) => "the service finds the request too large".to_owned(),
        };
        Self { kind, code, message, after: None }
    }

    /// Whether it is the delivery's own fault: others to the same target are unaffected.
    pub(super) fn is_of_delivery(&self) -> bool {
        matches!(self.kind, Kind::Invalid | Kind::TooLarge)
    }

    /// Whether it concerns every delivery to the target.
    pub(super) fn is_of_target(&self) -> bool {
        matches!(self.kind, Kind::Denied | Kind::Missing)
    }

    /// Whether there is no such target.
    pub(super) fn is_missing(&self) -> bool {
        self.kind == Kind::Missing
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.kind, Kind::Busy | Kind::Failing)
    }

    /// Code and message.
    pub(crate) fn into_cause(self) -> Cause {
        Cause::new(self.code, self.message)
    }

    /// The answer for one parcel.
    pub(super) fn into_sent(self) -> Sent {
        let (kind, after) = (self.kind, self.after);
        let cause = self.into_cause();
        match kind {
            Kind::Busy | Kind::Failing => Sent::Retry { cause, after },
            Kind::Denied | Kind::Missing => Sent::Denied { cause },
            Kind::Invalid | Kind::TooLarge => Sent::Park { cause },
        }
    }
}

/// The beginning of a text, on one line.
fn short(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(TEXT_CHARS_MAX).collect::<String>().trim().trim_end_matches('.').to_owned()
}

/// The wait that an answer asks for: `retry-after` in seconds, or AWS's own header in milliseconds.
fn wait(response: &HttpResponse) -> Option<Duration> {
    let number = |name| response.headers().get(name).and_then(|text| text.trim().parse().ok());
    let seconds = number("retry-after").map(Duration::from_secs);
    let wait = seconds.or_else(|| number("x-amz-retry-after").map(Duration::from_millis));
    wait.map(|wait| wait.min(RETRY_AFTER_MAX))
}
