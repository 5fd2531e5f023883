//! The SQS JSON protocol over the embedded queues: what a consumer written with any AWS SDK calls.
//!
//! In: the operation of `X-Amz-Target` and its JSON. Out: the JSON that SQS would answer (Amazon SQS
//! API reference 2012-11-05; AWS JSON 1.0).

mod admin;
mod attributes;
mod batch;
mod consume;
mod error;
mod produce;
mod sums;
mod url;
mod wire;

pub(crate) use error::SqsError;
pub(crate) use sums::of_body as body_sum;

use super::App;
use super::aws;
use crate::queues::{QueueError, QueueName};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One call: who is asked, and under which host and port the caller reached us.
pub(super) struct Call<'a> {
    app: &'a App,
    authority: &'a str,
    body: &'a [u8],
}

type Answer = Result<Value, SqsError>;

/// Does one operation of SQS.
pub(crate) async fn call(app: &App, operation: &str, authority: &str, body: &[u8]) -> Response {
    let call = Call { app, authority, body };
    let answer = match operation {
        "SendMessage" => call.send().await,
        "SendMessageBatch" => call.send_batch().await,
        "ReceiveMessage" => call.receive().await,
        "DeleteMessage" => call.delete().await,
        "DeleteMessageBatch" => call.delete_batch().await,
        "ChangeMessageVisibility" => call.change_visibility().await,
        "ChangeMessageVisibilityBatch" => call.change_visibility_batch().await,
        "GetQueueUrl" => call.queue_url().await,
        "GetQueueAttributes" => call.queue_attributes().await,
        "ListQueues" => call.list().await,
        "CreateQueue" => call.create().await,
        "PurgeQueue" => call.purge().await,
        _ => Err(SqsError::unsupported(operation)),
    };
    match answer {
        Ok(body) => aws::answer(StatusCode::OK, aws::JSON_1_0, &body),
        Err(error) => error.into_response(),
    }
}

/// The queue that a request names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OnQueue {
    queue_url: Option<String>,
}

impl Call<'_> {
    /// The request, read.
    fn read<T: DeserializeOwned>(&self) -> Result<T, SqsError> {
        let body = if self.body.is_empty() { b"{}" } else { self.body };
        serde_json::from_slice(body).map_err(|error| SqsError::malformed(error.to_string()))
    }

    /// The queue of the request; it exists, or the rules name it.
    async fn queue(&self) -> Result<QueueName, SqsError> {
        let OnQueue { queue_url } = self.read()?;
        let url = queue_url.ok_or_else(|| SqsError::missing("QueueUrl"))?;
        self.existing(url::name(&url).ok_or_else(SqsError::queue_does_not_exist)?).await
    }

    /// The same name, if there is such a queue. One that a target or input of the rules stands for
    /// is there from the beginning, even if nothing was ever sent to it.
    async fn existing(&self, name: QueueName) -> Result<QueueName, SqsError> {
        let queues = &self.app.queues;
        if queues.settings(&name).await?.is_some() {
            return Ok(name);
        }
        if !self.app.queues_of_rules().contains(&name) {
            return Err(SqsError::queue_does_not_exist());
        }
        let settings = crate::queues::QueueSettings::for_name(&name);
        queues.create(&name, settings, self.app.now()).await?;
        Ok(name)
    }
}

impl From<QueueError> for SqsError {
    fn from(error: QueueError) -> Self {
        let message = error.to_string();
        match error {
            QueueError::NotFound(_) => Self::queue_does_not_exist(),
            QueueError::ReceiptInvalid => Self::invalid_receipt(),
            QueueError::NotInFlight => Self::not_in_flight(),
            QueueError::GroupMissing => Self::missing("MessageGroupId"),
            QueueError::ExistsOtherwise(_) => Self::queue_exists(),
            QueueError::Store(_) => Self::internal(message),
            _ => Self::invalid_value(message),
        }
    }
}
