//! A small client of the SQS JSON protocol, for the queues of a bus without credentials or regions.
//!
//! The AWS SDK would do, and would be most of what a newcomer's first command compiles.

use anyhow::Result;
use serde_json::{Value, json};

use crate::place;

/// The queues of one bus.
#[derive(Debug, Clone)]
pub struct Sqs {
    url: String,
    client: reqwest::Client,
}

impl Sqs {
    /// `url` is the bus's own, without a final slash.
    pub fn new(url: String, client: reqwest::Client) -> Self {
        Self { url, client }
    }

    /// The HTTP client.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Calls an action with its parameters; `QueueUrl` is added for `queue`.
    ///
    /// # Errors
    /// When the bus does not answer, or refuses the call.
    pub async fn call(
        &self,
        action: &str,
        queue: Option<&str>,
        mut parameters: Value,
    ) -> Result<Value> {
        if let (Some(queue), Some(map)) = (queue, parameters.as_object_mut()) {
            map.insert("QueueUrl".to_owned(), json!(format!("{}/000000000000/{queue}", self.url)));
        }
        let request = self
            .client
            .post(format!("{}/", self.url))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AmazonSQS.{action}"))
            .body(parameters.to_string());
        let answer = place::checked(request.send().await?).await?.bytes().await?;
        Ok(if answer.is_empty() { Value::Null } else { serde_json::from_slice(&answer)? })
    }

    /// Up to ten messages.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn receive(&self, queue: &str, parameters: &Value) -> Result<Vec<Value>> {
        let mut answer = self.call("ReceiveMessage", Some(queue), parameters.clone()).await?;
        Ok(match answer.get_mut("Messages").map(Value::take) {
            Some(Value::Array(messages)) => messages,
            _ => Vec::new(),
        })
    }

    /// Deletes a received message.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn delete(&self, queue: &str, receipt_handle: &str) -> Result<()> {
        self.call("DeleteMessage", Some(queue), json!({ "ReceiptHandle": receipt_handle }))
            .await
            .map(drop)
    }
}
