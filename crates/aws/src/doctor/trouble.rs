//! What a call of the doctor's that failed says: that the thing is not there, or nothing.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::failure::summary;

/// Why a call brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such thing.
    Missing(String),
    /// Nobody says: this caller may not look, the endpoint does not know the question, or does not answer.
    Untold(String),
}

impl Trouble {
    pub(super) fn of<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Self {
        let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
        let reason = summary(error);
        match code {
            Some(code) if is_missing(code) => Self::Missing(format!("it is not there: {reason}")),
            Some(code) if is_denied(code) => {
                Self::Untold(format!("you may not look at it: {reason}"))
            }
            _ => Self::Untold(format!("cannot tell: {reason}")),
        }
    }
}

/// What the services call a resource that they do not know, as far as the doctor asks for it.
fn is_missing(code: &str) -> bool {
    const CODES: [&str; 9] = [
        "ResourceNotFoundException",
        "ResourceNotFound",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "NotFound",
        "NotFoundException",
        "StateMachineDoesNotExist",
        "ParameterNotFound",
        "NoSuchEntity",
    ];
    CODES.contains(&code)
}

fn is_denied(code: &str) -> bool {
    code.contains("AccessDenied")
        || code.contains("AuthorizationError")
        || code == "KMSAccessDenied"
}
