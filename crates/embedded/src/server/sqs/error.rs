//! Errors of the SQS protocol, as its SDKs read them.
//!
//! The JSON body carries `__type`, the header `x-amzn-query-error` the code of the older query protocol, which SDKs
//! prefer when they name the exception (AWS JSON 1.0 with query compatibility).

use crate::server::aws;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A call that SQS would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SqsError {
    status: StatusCode,
    /// The name of the exception's shape, without its namespace.
    shape: &'static str,
    /// The code of the query protocol.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl SqsError {
    fn sender(shape: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, shape, code, message: message.into() }
    }

    pub(crate) fn queue_does_not_exist() -> Self {
        Self::sender(
            "QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
            "The specified queue does not exist.",
        )
    }

    pub(crate) fn invalid_value(message: impl Into<String>) -> Self {
        Self::sender("InvalidParameterValueException", "InvalidParameterValue", message)
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::sender(
            "MissingRequiredParameterException",
            "MissingParameter",
            format!("The request must contain the parameter {parameter}."),
        )
    }

    pub(crate) fn invalid_receipt() -> Self {
        Self::sender(
            "ReceiptHandleIsInvalid",
            "ReceiptHandleIsInvalid",
            "The input receipt handle is invalid.",
        )
    }

    pub(crate) fn not_in_flight() -> Self {
        Self::sender(
            "MessageNotInflight",
            "AWS.SimpleQueueService.MessageNotInflight",
            "The specified message isn't in flight.",
        )
    }

    pub(crate) fn empty_batch() -> Self {
        Self::sender(
            "EmptyBatchRequest",
            "AWS.SimpleQueueService.EmptyBatchRequest",
            "There should be at least one entry in the request.",
        )
    }

    pub(crate) fn too_many_entries(count: usize) -> Self {
        Self::sender(
            "TooManyEntriesInBatchRequest",
            "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            format!("Maximum number of entries per request are 10. You have sent {count}."),
        )
    }

    pub(crate) fn ids_not_distinct(id: &str) -> Self {
        Self::sender(
            "BatchEntryIdsNotDistinct",
            "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            format!("Id {id} repeated."),
        )
    }

    pub(crate) fn batch_too_long(bytes: usize, limit: usize) -> Self {
        Self::sender(
            "BatchRequestTooLong",
            "AWS.SimpleQueueService.BatchRequestTooLong",
            format!(
                "Batch requests cannot be longer than {limit} bytes. You have sent {bytes} bytes."
            ),
        )
    }

    pub(crate) fn invalid_batch_id() -> Self {
        Self::sender(
            "InvalidBatchEntryId",
            "AWS.SimpleQueueService.InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. \
             It can be at most 80 letters long.",
        )
    }

    pub(crate) fn queue_exists() -> Self {
        Self::sender(
            "QueueNameExists",
            "QueueAlreadyExists",
            "A queue already exists with the same name and a different value for an attribute.",
        )
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::sender("SerializationException", "MalformedInput", message)
    }

    pub(crate) fn unsupported(operation: &str) -> Self {
        Self::sender(
            "UnsupportedOperation",
            "AWS.SimpleQueueService.UnsupportedOperation",
            format!("Operation {operation} is not supported by this bus."),
        )
    }

    /// The store failed: an SDK tries again by itself.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            shape: "InternalFailure",
            code: "InternalFailure",
            message: message.into(),
        }
    }

    /// Whether the sender is at fault, as batch answers and the header say.
    pub(crate) fn is_senders_fault(&self) -> bool {
        self.status.is_client_error()
    }

    /// The form that an entry of a batch answer has.
    pub(crate) fn entry(&self, id: &str) -> Value {
        json!({
            "Id": id,
            "SenderFault": self.is_senders_fault(),
            "Code": self.code,
            "Message": self.message,
        })
    }
}

impl IntoResponse for SqsError {
    fn into_response(self) -> Response {
        let fault = if self.is_senders_fault() { "Sender" } else { "Receiver" };
        let body = json!({
            "__type": format!("com.amazonaws.sqs#{}", self.shape),
            "message": self.message,
        });
        let mut response = aws::answer(self.status, aws::JSON_1_0, &body);
        if let Ok(value) = HeaderValue::from_str(&format!("{};{fault}", self.code)) {
            response.headers_mut().insert(HeaderName::from_static("x-amzn-query-error"), value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::SqsError;
    use axum::response::IntoResponse;

    #[test]
    fn an_error_names_its_exception_in_both_protocols() {
        let response = SqsError::queue_does_not_exist().into_response();
        assert_eq!(response.status(), 400);
        assert_eq!(
            response.headers()["x-amzn-query-error"],
            "AWS.SimpleQueueService.NonExistentQueue;Sender"
        );
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.0");
        let internal = SqsError::internal("disk full").into_response();
        assert_eq!(internal.status(), 500);
        assert_eq!(internal.headers()["x-amzn-query-error"], "InternalFailure;Receiver");
    }
}
