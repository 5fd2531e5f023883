//! The error codes of AWS, row by row: what each means for a delivery.
//!
//! In: the code of a call or of one entry of a batch. Out: its [`Kind`]. Sources: "Errors" of each
//! operation (SendMessageBatch, PublishBatch, PutEvents, Invoke, StartExecution, PutRecords; for signing keys
//! GetSecretValue, GetParameter) and "Common errors" of each API reference, read 2026-11. The same error is written in several ways (with a
//! namespace, with `Exception` at its end, `KMS` or `Kms`), so codes are compared in a plain form.

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The target takes no more at the moment.
    Busy,
    /// Service, connection or credentials fail at the moment.
    Failing,
    /// The target, its key or the service denies us.
    Denied,
    /// There is no such target.
    Missing,
    /// The delivery itself is refused.
    Invalid,
    /// The delivery is too large.
    TooLarge,
}

use Kind::{Busy, Denied, Failing, Invalid, Missing, TooLarge};

const CODES: &[(&str, Kind)] = &[
    ("Throttling", Busy),
    ("ThrottlingException", Busy),
    ("ThrottledException", Busy),
    ("RequestThrottled", Busy),
    ("RequestThrottledException", Busy),
    ("TooManyRequestsException", Busy),
    ("ProvisionedThroughputExceededException", Busy),
    ("RequestLimitExceeded", Busy),
    ("BandwidthLimitExceeded", Busy),
    ("LimitExceededException", Busy),
    ("ServiceQuotaExceededException", Busy),
    ("SlowDown", Busy),
    ("EC2ThrottledException", Busy),
    ("ExecutionLimitExceeded", Busy),
    ("KMSThrottlingException", Busy),
    ("KmsThrottled", Busy),
    ("InternalError", Failing),
    ("InternalErrorException", Failing),
    ("InternalFailure", Failing),
    ("InternalFailureException", Failing),
    ("InternalException", Failing),
    ("InternalServerError", Failing),
    ("InternalServerException", Failing),
    ("InternalServiceError", Failing),
    ("ServiceException", Failing),
    ("ServiceUnavailable", Failing),
    ("ServiceUnavailableException", Failing),
    ("RequestTimeout", Failing),
    ("RequestTimeoutException", Failing),
    // Credentials and clocks are renewed.
    ("RequestExpired", Failing),
    ("RequestTimeTooSkewed", Failing),
    ("ExpiredToken", Failing),
    ("ExpiredTokenException", Failing),
    // A function that is being made or changed.
    ("ResourceConflictException", Failing),
    ("ResourceNotReadyException", Failing),
    ("AccessDenied", Denied),
    ("AccessDeniedException", Denied),
    ("AuthorizationError", Denied),
    ("AuthorizationErrorException", Denied),
    ("NotAuthorized", Denied),
    ("UnauthorizedOperation", Denied),
    ("UnrecognizedClientException", Denied),
    ("InvalidClientTokenId", Denied),
    ("InvalidAccessKeyId", Denied),
    ("SignatureDoesNotMatch", Denied),
    ("InvalidSignatureException", Denied),
    ("IncompleteSignature", Denied),
    ("MissingAuthenticationToken", Denied),
    ("OptInRequired", Denied),
    ("InvalidSecurity", Denied),
    ("InvalidSecurityException", Denied),
    ("InvalidAccountIdException", Denied),
    ("DecryptionFailure", Denied),
    ("InvalidKeyId", Denied),
    // A secret that is to be deleted.
    ("InvalidRequestException", Denied),
    ("EndpointDisabled", Denied),
    ("EndpointDisabledException", Denied),
    ("PlatformApplicationDisabledException", Denied),
    ("KMSAccessDeniedException", Denied),
    ("KMS.AccessDeniedException", Denied),
    ("KMSDisabledException", Denied),
    ("KMSInvalidStateException", Denied),
    ("KMSInvalidKeyUsageException", Denied),
    ("KmsInvalidKeyUsage", Denied),
    ("KMSNotFoundException", Denied),
    ("KMSOptInRequired", Denied),
    ("UnsupportedOperation", Denied),
    ("ModeNotSupportedException", Denied),
    ("StateMachineTypeNotSupported", Denied),
    ("AWS.SimpleQueueService.NonExistentQueue", Missing),
    ("QueueDoesNotExist", Missing),
    ("QueueDeletedRecently", Missing),
    ("InvalidAddress", Missing),
    ("NotFound", Missing),
    ("NotFoundException", Missing),
    ("ResourceNotFound", Missing),
    ("ResourceNotFoundException", Missing),
    ("StateMachineDoesNotExist", Missing),
    ("StateMachineDeleting", Missing),
    ("InvalidArn", Missing),
    ("NoPublishedVersionException", Missing),
    ("ParameterNotFound", Missing),
    ("ParameterVersionNotFound", Missing),
    ("MalformedDetail", Invalid),
    ("InvalidArgument", Invalid),
    ("InvalidArgumentException", Invalid),
    ("RedactionFailure", Invalid),
    ("NotAuthorizedForSource", Invalid),
    ("NotAuthorizedForSourceException", Invalid),
    ("NotAuthorizedForDetailTypeException", Invalid),
    ("InvalidMessageContents", Invalid),
    ("InvalidAttributeValue", Invalid),
    ("InvalidParameter", Invalid),
    ("InvalidParameterException", Invalid),
    ("InvalidParameterValue", Invalid),
    ("InvalidParameterValueException", Invalid),
    ("InvalidParameterCombination", Invalid),
    ("MissingParameter", Invalid),
    ("ValidationError", Invalid),
    ("ValidationException", Invalid),
    ("InvalidExecutionInput", Invalid),
    ("InvalidName", Invalid),
    ("InvalidRequestContentException", Invalid),
    ("UnsupportedMediaTypeException", Invalid),
    ("RecursiveInvocationException", Invalid),
    ("BatchRequestTooLong", TooLarge),
    ("BatchRequestTooLongException", TooLarge),
    ("TooManyEntriesInBatchRequest", TooLarge),
    ("TooManyEntriesInBatchRequestException", TooLarge),
    ("MessageTooLong", TooLarge),
    ("RequestTooLargeException", TooLarge),
    ("RequestEntityTooLargeException", TooLarge),
    ("SerializedRequestEntityTooLargeException", TooLarge),
];

impl Kind {
    /// What a code means; none for a code that is not in the table.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        let code = plain(code);
        CODES.iter().find(|(known, _)| plain(known) == code).map(|(_, kind)| *kind)
    }

    /// What the status of an answer means whose code says nothing.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Denied,
            404 | 410 => Missing,
            413 => TooLarge,
            429 => Busy,
            408 | 500.. => Failing,
            400..=499 => Invalid,
            _ => Failing,
        }
    }
}

/// A code without its namespace, `Exception`, dots, and capitals.
fn plain(code: &str) -> String {
    let code = code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code);
    let code = code.replace('.', "").to_ascii_lowercase();
    code.strip_suffix("exception").unwrap_or(&code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_has_two_meanings() {
        for (code, kind) in CODES {
            assert_eq!(Kind::of_code(code), Some(*kind), "{code}");
        }
    }

    #[test]
    fn a_code_is_known_however_it_is_written() {
        for (code, kind) in [
            ("AWS.SimpleQueueService.NonExistentQueue", Missing),
            ("QueueDoesNotExist", Missing),
            ("AWS.SimpleQueueService.BatchRequestTooLong", TooLarge),
            ("KMS.ThrottlingException", Busy),
            ("KMS.DisabledException", Denied),
            ("KmsDisabled", Denied),
            ("KMSDisabled", Denied),
            ("KmsAccessDeniedException", Denied),
            ("NotFound", Missing),
            ("ThrottlingException", Busy),
        ] {
            assert_eq!(Kind::of_code(code), Some(kind), "{code}");
        }
        assert_eq!(Kind::of_code("SomethingNew"), None);
    }

    #[test]
    fn a_status_speaks_where_the_code_does_not() {
        for (status, kind) in [
            (400, Invalid),
            (401, Denied),
            (403, Denied),
            (404, Missing),
            (408, Failing),
            (413, TooLarge),
            (418, Invalid),
            (429, Busy),
            (500, Failing),
            (503, Failing),
            (302, Failing),
        ] {
            assert_eq!(Kind::of_status(status), kind, "{status}");
        }
    }
}
