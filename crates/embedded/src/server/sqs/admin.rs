//! `GetQueueUrl`, `ListQueues`, `CreateQueue` and `PurgeQueue`.

use super::attributes;
use super::{Answer, Call, SqsError, url};
use crate::queues::{QueueError, QueueName, QueueSettings};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    queue_name: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    queue_name_prefix: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// The most names of one answer.
const LIST_MAX: usize = 1000;

impl Call<'_> {
    pub(super) async fn queue_url(&self) -> Answer {
        let (name, _) = self.named()?;
        let name = self.existing(name).await?;
        Ok(json!({ "QueueUrl": url::of(self.authority, &name) }))
    }

    pub(super) async fn list(&self) -> Answer {
        let request: List = self.read()?;
        let prefix = request.queue_name_prefix.unwrap_or_default();
        let mut names = self.app.queues.list(&prefix).await?;
        let of_rules = self.app.queues_of_rules();
        names.extend(of_rules.into_iter().filter(|name| name.as_str().starts_with(&prefix)));
        names.sort();
        names.dedup();
        // The token is the last name of the page before.
        let after = request.next_token.unwrap_or_default();
        let max = request.max_results.unwrap_or(LIST_MAX).clamp(1, LIST_MAX);
        let mut rest = names.into_iter().filter(|name| name.as_str() > after.as_str());
        let page: Vec<QueueName> = rest.by_ref().take(max).collect();
        let urls: Vec<_> = page.iter().map(|name| url::of(self.authority, name)).collect();
        let mut answer = if urls.is_empty() { json!({}) } else { json!({ "QueueUrls": urls }) };
        if let (Some(last), Some(_)) = (page.last(), rest.next()) {
            answer["NextToken"] = Value::from(last.as_str());
        }
        Ok(answer)
    }

    pub(super) async fn create(&self) -> Answer {
        let (name, given) = self.named()?;
        let settings = attributes::settings(QueueSettings::for_name(&name), &given)?;
        match self.app.queues.create(&name, settings, self.app.now()).await {
            // Without attributes, any queue of that name is the one that is meant.
            Err(QueueError::ExistsOtherwise(_)) if given.is_empty() => {}
            created => created?,
        }
        Ok(json!({ "QueueUrl": url::of(self.authority, &name) }))
    }

    pub(super) async fn purge(&self) -> Answer {
        let queue = self.queue().await?;
        self.app.queues.purge(&queue, self.app.now()).await?;
        Ok(json!({}))
    }

    fn named(&self) -> Result<(QueueName, BTreeMap<String, String>), SqsError> {
        let Named { queue_name, attributes } = self.read()?;
        let name = queue_name.ok_or_else(|| SqsError::missing("QueueName"))?;
        let name = name.parse().map_err(|_| {
            SqsError::invalid_value(
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in \
                 length",
            )
        })?;
        Ok((name, attributes))
    }
}
