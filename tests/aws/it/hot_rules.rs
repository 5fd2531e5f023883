//! Rules that change in S3 while events come.

use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use eventyard_aws_tests::Yard;
use eventyard_aws_tests::aws;
use eventyard_aws_tests::deployment::RULES_KEY;
use eventyard_aws_tests::poll::eventually;
use eventyard_aws_tests::queue::Taken;
use eventyard_aws_tests::yard::{counts, event};
use serde_json::json;

#[tokio::test]
async fn rules_change_under_traffic_and_what_is_wrong_with_them_stops_nothing() {
    let yard = Yard::here().await;
    let mut traffic = Traffic { yard: &yard, sent: 0, a: Vec::new(), b: Vec::new() };
    traffic.until("events go to a", |t| !t.a.is_empty()).await;

    put(&yard, &yard.stack.rules.replace("to: hot-a", "to: hot-b")).await;
    traffic.until("events go to b", |t| !t.b.is_empty()).await;

    put(&yard, "version: 1\nrules: [ {").await;
    traffic.until_refused("E0001").await;
    let new_queue = format!("hot-b: {{ sqs: {{ queue: {}-elsewhere }} }}", yard.stack.prefix);
    let old_queue = format!("hot-b: {{ sqs: {{ queue: {}-hot-b }} }}", yard.stack.prefix);
    assert!(yard.stack.rules.contains(&old_queue));
    put(&yard, &yard.stack.rules.replace(&old_queue, &new_queue)).await;
    traffic.until_refused("does not grant").await;

    // Also by a process that looks for the first time while the rules in S3 are wrong.
    let (a, b) = (traffic.a.len(), traffic.b.len());
    traffic.until("events are routed as before", |t| t.b.len() > b + 5).await;
    assert!(traffic.a.len() < a + 5, "not by the packed rules, which route to a");
    put(&yard, &yard.stack.rules).await;
    let verdict = yard.settled("hot", traffic.sent).await;
    traffic.until_all(&verdict.delivered_to("hot-a"), &verdict.delivered_to("hot-b")).await;
    let sent = traffic.sent as u64;
    assert_eq!((verdict.report.accepted, verdict.report.delivered), (sent, sent));
}

async fn put(yard: &Yard, rules: &str) {
    let put = yard.clients.s3().put_object().bucket(&yard.stack.bucket).key(RULES_KEY);
    put.body(ByteStream::from(rules.as_bytes().to_vec())).send().await.unwrap();
}

/// Events that are sent all the time, and where they went.
struct Traffic<'y> {
    yard: &'y Yard,
    sent: usize,
    a: Vec<Taken>,
    b: Vec<Taken>,
}

impl Traffic<'_> {
    async fn step(&mut self) {
        let event = event("hot", &format!("h-{}", self.sent), json!({}));
        self.yard.ingest().send(event.to_string()).await.unwrap();
        self.sent += 1;
        self.take().await;
    }

    async fn take(&mut self) {
        self.a.extend(self.yard.queue("hot-a").await.drain().await.unwrap());
        self.b.extend(self.yard.queue("hot-b").await.drain().await.unwrap());
    }

    /// Sends until something is so.
    async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        eventually(what, async || {
            self.step().await;
            if is_so(self) { Ok(()) } else { Err((self.sent, self.a.len(), self.b.len())) }
        })
        .await;
    }

    /// Sends until a function has logged that it refuses rules, and why.
    async fn until_refused(&mut self, why: &str) {
        let group = format!("/aws/lambda/{}", self.yard.stack.name("ingest-sqs"));
        let filter = ["logs", "filter-log-events", "--log-group-name", &group, "--output", "json"];
        eventually(&format!("rules are refused: {why}"), async || {
            self.step().await;
            let pattern = ["--filter-pattern", "\"rules-refused\""];
            let logged = aws::cli(Path::new("."), &[&filter[..], &pattern].concat());
            let logged = logged.map_err(|error| format!("{error:#}"))?;
            if logged.contains(why) { Ok(()) } else { Err(logged) }
        })
        .await;
    }

    async fn until_all(
        &mut self,
        a: &std::collections::BTreeSet<String>,
        b: &std::collections::BTreeSet<String>,
    ) {
        eventually("all events are where the table says", async || {
            self.take().await;
            let (there_a, there_b) = (counts(&self.a), counts(&self.b));
            let is_so = there_a.keys().eq(a.iter()) && there_b.keys().eq(b.iter());
            if is_so { Ok(()) } else { Err((there_a, there_b)) }
        })
        .await;
    }
}
