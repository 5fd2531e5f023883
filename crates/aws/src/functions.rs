//! Invoking functions of the stack itself: [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).

use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;

use crate::failure::summary;

/// Invokes functions by name.
#[derive(Debug, Clone)]
pub struct Functions {
    client: Client,
}

/// Why a function did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvokeError {
    /// It was not invoked, or its answer was lost.
    #[error("the function `{function}` could not be invoked: {reason}")]
    NotInvoked {
        /// Its name.
        function: String,
        /// What AWS said.
        reason: String,
    },
    /// It ended with an error.
    #[error("the function `{function}` failed: {reason}")]
    Failed {
        /// Its name.
        function: String,
        /// Its own message.
        reason: String,
    },
}

impl Functions {
    /// Functions that this client reaches.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Has a function work on a payload later, and does not wait for it.
    ///
    /// # Errors
    /// [`InvokeError::NotInvoked`]: whether it will work is not known.
    pub async fn invoke_later(&self, function: &str, payload: Vec<u8>) -> Result<(), InvokeError> {
        self.call(function, payload, InvocationType::Event).await.map(drop)
    }

    /// Has a function work on a payload; its answer.
    ///
    /// # Errors
    /// [`InvokeError`].
    pub async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, InvokeError> {
        self.call(function, payload, InvocationType::RequestResponse).await
    }

    async fn call(
        &self,
        function: &str,
        payload: Vec<u8>,
        invocation: InvocationType,
    ) -> Result<Vec<u8>, InvokeError> {
        let call = self.client.invoke().function_name(function).invocation_type(invocation);
        let answer = call.payload(Blob::new(payload)).send().await.map_err(|error| {
            InvokeError::NotInvoked { function: function.to_owned(), reason: summary(&error) }
        })?;
        let is_error = answer.function_error().is_some();
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        if is_error {
            return Err(InvokeError::Failed {
                function: function.to_owned(),
                reason: message(&payload),
            });
        }
        Ok(payload)
    }
}

/// The `errorMessage` of a failed invocation.
fn message(payload: &[u8]) -> String {
    let error: Option<serde_json::Value> = serde_json::from_slice(payload).ok();
    let text = error.as_ref().and_then(|error| error.get("errorMessage")?.as_str());
    text.unwrap_or("it did not say why").to_owned()
}
