//! `GetQueueAttributes`, and the attributes that `CreateQueue` takes.

use super::wire::within;
use super::{Answer, Call, SqsError, url};
use crate::queues::QueueSettings;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Get {
    #[serde(default)]
    attribute_names: Vec<String>,
}

impl Call<'_> {
    pub(super) async fn queue_attributes(&self) -> Answer {
        let queue = self.queue().await?;
        let Get { attribute_names } = self.read()?;
        let queues = &self.app.queues;
        let found = queues.settings(&queue).await?;
        let (settings, created_at) = found.ok_or_else(SqsError::queue_does_not_exist)?;
        let depth = queues.depth(&queue, self.app.now()).await?;
        let seconds = |duration: Duration| duration.as_secs().to_string();
        let mut all = vec![
            ("QueueArn", format!("arn:aws:sqs:local:{}:{queue}", url::ACCOUNT)),
            ("ApproximateNumberOfMessages", depth.visible.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", depth.in_flight.to_string()),
            ("ApproximateNumberOfMessagesDelayed", depth.delayed.to_string()),
            ("CreatedTimestamp", created_at.as_second().to_string()),
            ("LastModifiedTimestamp", created_at.as_second().to_string()),
            ("VisibilityTimeout", seconds(settings.visibility)),
            ("DelaySeconds", seconds(settings.delay)),
            ("MessageRetentionPeriod", seconds(settings.retention)),
            ("MaximumMessageSize", "1048576".to_owned()),
            ("ReceiveMessageWaitTimeSeconds", "0".to_owned()),
        ];
        if settings.fifo {
            let content_based = settings.content_based_deduplication.to_string();
            all.push(("FifoQueue", "true".to_owned()));
            all.push(("ContentBasedDeduplication", content_based));
        }
        let wanted = |name: &str| attribute_names.iter().any(|one| one == "All" || one == name);
        let chosen = all.into_iter().filter(|(name, _)| wanted(name));
        let chosen: Map<_, _> =
            chosen.map(|(name, text)| (name.to_owned(), Value::String(text))).collect();
        Ok(if chosen.is_empty() { json!({}) } else { json!({ "Attributes": chosen }) })
    }
}

/// Settings with the given attributes; those that an embedded queue has no use for are taken and
/// have no effect.
pub(super) fn settings(
    mut settings: QueueSettings,
    attributes: &BTreeMap<String, String>,
) -> Result<QueueSettings, SqsError> {
    for (name, text) in attributes {
        let seconds = |range| -> Result<Duration, SqsError> {
            within(name, text.parse().map_err(|_| invalid(name))?, range)
        };
        match name.as_str() {
            "VisibilityTimeout" => settings.visibility = seconds(0..=43_200)?,
            "DelaySeconds" => settings.delay = seconds(0..=900)?,
            "MessageRetentionPeriod" => settings.retention = seconds(60..=1_209_600)?,
            "ContentBasedDeduplication" => settings.content_based_deduplication = flag(name, text)?,
            "FifoQueue" if flag(name, text)? != settings.fifo => {
                return Err(SqsError::invalid_value(
                    "The name of a FIFO queue can only include alphanumeric characters, hyphens, \
                     or underscores, must end with .fifo suffix and be 1 to 80 in length.",
                ));
            }
            _ => {}
        }
    }
    Ok(settings)
}

fn flag(name: &str, text: &str) -> Result<bool, SqsError> {
    text.parse().map_err(|_| invalid(name))
}

fn invalid(name: &str) -> SqsError {
    SqsError::invalid_value(format!("Invalid value for the parameter {name}."))
}
