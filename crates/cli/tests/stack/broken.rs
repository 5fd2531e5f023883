//! Everything that can break a stack, and what the doctor is to say of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::yard::{GONE, Yard};

/// A finding: the check, and a part of what it is about.
pub type Row = (&'static str, &'static str);

/// The ways to break a stack that a stand-in for AWS can show.
pub const ROWS: &[Row] = &[
    ("target", "payments (sqs "),
    ("target", "told (sns "),
    ("target", "others (eventbridge "),
    ("batch-item-failures", "-ingest -> "),
    ("mapping", "-ingest.fifo -> "),
    ("visibility", "-work"),
    ("dead-letters", "-ingest"),
    ("receive-count", "-ingest.fifo"),
    ("recursion", "-deliver"),
    ("concurrency", "-ingest-sqs"),
    ("role", "-sweep"),
    ("role", "-ingest-http"),
    ("sender", "arn:aws:sns:"),
    ("sender", "arn:aws:events:"),
    ("function", "-ingest-eventbridge"),
];

impl Yard {
    /// Breaks all of it.
    pub async fn break_everything(&self) {
        self.remove_targets().await;
        self.break_mappings().await;
        self.break_queues().await;
        self.recursion("deliver", "Terminate").await;
        let path = format!("/2017-10-31/functions/{}/concurrency", self.named("ingest-sqs"));
        let body = json!({ "ReservedConcurrentExecutions": 2 });
        self.aws.lambda(Method::PUT, &path, body).await;
        self.allow("sweep", &without_store(&self.iam(&["--function", "sweep"]))).await;
        self.allow("ingest-http", &self.iam(&["--function", "deliver"])).await;
        self.remove_function(GONE).await;
    }

    async fn remove_targets(&self) {
        let url = self.aws.queue_url(&self.named("payments")).await;
        self.aws.sqs("DeleteQueue", json!({ "QueueUrl": url })).await;
        let topic = self.topic_arn();
        self.aws.sns(&[("Action", "DeleteTopic"), ("TopicArn", &topic)]).await;
        let bus = json!({ "Name": self.named("bus") });
        self.aws.call("events", "AWSEvents.DeleteEventBus", bus).await;
    }

    async fn break_mappings(&self) {
        for (uuid, source) in self.mappings("ingest-sqs").await {
            let body = match source.ends_with(".fifo") {
                true => json!({ "Enabled": false }),
                false => json!({ "FunctionResponseTypes": [] }),
            };
            let path = format!("/2015-03-31/event-source-mappings/{uuid}");
            self.aws.lambda(Method::PUT, &path, body).await;
        }
    }

    async fn break_queues(&self) {
        self.set_queue("work", "VisibilityTimeout", "300").await;
        self.set_queue("ingest", "RedrivePolicy", "").await;
        let letters = self.queue_arn("ingest-dlq.fifo");
        let redrive = json!({ "deadLetterTargetArn": letters, "maxReceiveCount": 2 });
        self.set_queue("ingest.fifo", "RedrivePolicy", &redrive.to_string()).await;
        self.set_queue("ingest", "Policy", "").await;
    }
}

/// A policy that does not let a function at the table.
fn without_store(policy: &str) -> String {
    let mut policy: Value = serde_json::from_str(policy).unwrap();
    policy["Statement"].as_array_mut().unwrap().retain(|statement| statement["Sid"] != "Store");
    policy.to_string()
}
