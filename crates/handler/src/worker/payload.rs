//! What Lambda hands over, told apart by its content: an SQS batch, an operator's question, a schedule, or
//! an event however it came.

use super::{Back, Message, Worker, sqs};
use crate::{Journal, Publisher};
use eventyard_bus::Cause;
use eventyard_bus::ports::Work;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What an invocation answers: `batchItemFailures` to SQS, else what the handler answered.
pub type Answer = Value;

/// The invocation is to be made again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Failed {
    /// Why.
    pub cause: Cause,
}

/// What an operator asks, by a direct invocation.
#[derive(Debug, Deserialize)]
#[serde(tag = "eventyard", rename_all = "lowercase")]
enum Question {
    /// What is parked.
    Parked,
    /// Try parked work again: all of it, or what is named.
    Redrive { work: Option<Work> },
    /// Publish what was committed and never published.
    Sweep,
}

/// What the first look at a payload needs of it.
#[derive(Debug, Deserialize)]
struct Glance<'a> {
    #[serde(borrow, rename = "eventyard")]
    question: Option<&'a str>,
    #[serde(rename = "Records", borrow)]
    records: Option<Vec<RecordGlance<'a>>>,
    #[serde(rename = "detail-type")]
    detail_type: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
struct RecordGlance<'a> {
    #[serde(rename = "eventSource")]
    source: Option<&'a str>,
}

impl<J: Journal + 'static, P: Publisher> Worker<J, P> {
    /// Answers one invocation, beginning no message after the deadline.
    ///
    /// `id` is the transport's id of it; events that have none are known by it.
    ///
    /// # Errors
    /// [`Failed`]: the invocation is to be made again. What of it was done is known then. Batches never fail
    /// as a whole: their failures are in the answer.
    pub async fn handle(
        &self,
        payload: &[u8],
        id: Option<&str>,
        deadline: Instant,
    ) -> Result<Answer, Failed> {
        let glance: Option<Glance<'_>> = serde_json::from_slice(payload).ok();
        match glance {
            Some(Glance { question: Some(_), .. }) => self.answer(payload, deadline).await,
            Some(Glance { detail_type: Some("Scheduled Event"), .. }) => self.swept().await,
            Some(Glance { records: Some(records), .. })
                if records.first().and_then(|record| record.source) == Some("aws:sqs") =>
            {
                match sqs::Batch::read(payload) {
                    Some(batch) => Ok(self.batch(&batch, deadline).await),
                    None => Err(failed("NotABatch", "the SQS batch cannot be read")),
                }
            }
            _ => self.direct(payload, id, deadline).await,
        }
    }

    /// One invocation that is one message: by SNS, EventBridge, the bus or anybody.
    async fn direct(
        &self,
        payload: &[u8],
        id: Option<&str>,
        deadline: Instant,
    ) -> Result<Answer, Failed> {
        let message = Message { id, body: payload, delivery: None, hops: 0 };
        let answers = self.message(&message, deadline).await;
        let answers = answers.map_err(|Back(cause)| Failed { cause })?;
        let mut answers: Vec<Value> =
            answers.iter().map(|json| serde_json::from_str(json).unwrap_or_default()).collect();
        Ok(if answers.len() > 1 { answers.into() } else { answers.pop().unwrap_or_default() })
    }

    async fn answer(&self, payload: &[u8], deadline: Instant) -> Result<Answer, Failed> {
        let question = serde_json::from_slice(payload);
        let question = question.map_err(|_| {
            failed("NotAQuestion", "`eventyard` is one of `parked`, `redrive`, `sweep`")
        })?;
        match question {
            Question::Parked => {
                let parked = self.parked().await.map_err(|error| store(&error))?;
                Ok(json!({ "parked": parked }))
            }
            Question::Redrive { work } => self.redriven(work, deadline).await,
            Question::Sweep => self.swept().await,
        }
    }

    async fn redriven(&self, work: Option<Work>, deadline: Instant) -> Result<Answer, Failed> {
        let works = match work {
            Some(work) => vec![work],
            None => {
                let parked = self.parked().await.map_err(|error| store(&error))?;
                parked.into_iter().map(|parked| parked.work).collect()
            }
        };
        let mut results = Vec::with_capacity(works.len());
        for work in works {
            let redriven = self.redrive(&work, deadline).await;
            let error = redriven.err().map(|error| error.to_string());
            results.push(json!({ "work": work, "error": error }));
        }
        Ok(json!({ "redriven": results }))
    }

    async fn swept(&self) -> Result<Answer, Failed> {
        let published = self.sweep().await.map_err(|error| store(&error))?;
        Ok(json!({ "published": published }))
    }
}

fn failed(code: &str, message: &str) -> Failed {
    Failed { cause: Cause::new(code, message) }
}

fn store(error: &eventyard_bus::StoreError) -> Failed {
    failed("Journal", &error.to_string())
}
