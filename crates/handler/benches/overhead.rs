//! What the kit costs beside a bare handler: a batch of ten messages of about 1 KB, endpoints in this process.
//!
//! ```sh
//! cargo bench -p eventyard-handler
//! ```
//! | row | what it does with each batch |
//! |---|---|
//! | bare | reads the batch and each body, as a handler on `lambda_runtime` would, and acknowledges |
//! | off | the kit on a journal that keeps nothing |
//! | memory, file | the kit with its records: begin, commit |
//! | file, emit | the same with one emitted event each: commit with outbox, publish, forget |
//!
//! Each row is the median of its rounds, with the fastest and the slowest.
#![allow(clippy::unwrap_used, missing_docs)]

use eventyard_bus::memory::MemoryJournal;
use eventyard_bus::ports::{
    Begun, Claim, Done, Journal, JournalError, Outbox, ParkedWork, Row, RowKey, Work,
};
use eventyard_bus::{Lease, StoreError};
use eventyard_event::{Digest, Timestamp};
use eventyard_handler::{CollectingPublisher, Context, FileJournal, HandlerError, Service, Worker};
use serde::Deserialize;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::{Duration, Instant};

const BATCH: usize = 10;
const ROUNDS: usize = 15;

/// A journal that keeps nothing: every delivery is new.
struct Off;

impl Journal for Off {
    const WRITES_MAX: usize = usize::MAX;

    async fn begin(&self, work: &Work, _: &Digest, _: Lease) -> Result<Begun, StoreError> {
        Ok(Begun::Claimed(Claim { work: work.clone(), attempt: 1, reopened: false }))
    }
    async fn commit(&self, _: &Claim, _: Done) -> Result<(), JournalError> {
        Ok(())
    }
    async fn release(&self, _: &Claim, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
    async fn park(&self, _: &Claim, _: ParkedWork) -> Result<(), JournalError> {
        Ok(())
    }
    async fn published(&self, _: &Work) -> Result<(), StoreError> {
        Ok(())
    }
    async fn unpublished(
        &self,
        _: &str,
        _: Timestamp,
        _: usize,
    ) -> Result<Vec<Outbox>, StoreError> {
        Ok(Vec::new())
    }
    async fn parked(
        &self,
        _: &str,
        _: Option<&Work>,
        _: usize,
    ) -> Result<Vec<ParkedWork>, StoreError> {
        Ok(Vec::new())
    }
    async fn reopen(&self, _: &Work, _: Lease) -> Result<Option<(Claim, ParkedWork)>, StoreError> {
        Ok(None)
    }
    async fn row(&self, _: &str, _: &RowKey) -> Result<Option<Row>, StoreError> {
        Ok(None)
    }
}

#[derive(Debug, Deserialize)]
struct Order {
    total: f64,
}

async fn quiet(order: Order, _: Context) -> Result<(), HandlerError> {
    black_box(order.total);
    Ok(())
}

async fn telling(order: Order, cx: Context) -> Result<(), HandlerError> {
    cx.emit("Paid", &order.total)
}

/// The n-th batch; no two have an event in common.
fn batch(n: usize) -> Vec<u8> {
    let record = |k: usize| {
        let id = n * BATCH + k;
        let body = json!({
            "specversion": "1.0", "id": format!("o-{id}"), "source": "shop", "type": "OrderPlaced",
            "subject": "customer-7", "eventyardhops": 1,
            "data": { "total": 12.5, "note": "x".repeat(800) },
        });
        json!({
            "messageId": format!("m-{id}"), "receiptHandle": "r", "body": body.to_string(),
            "attributes": { "ApproximateReceiveCount": "1" }, "messageAttributes": {},
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:orders",
        })
    };
    json!({ "Records": (0..BATCH).map(record).collect::<Vec<_>>() }).to_string().into_bytes()
}

#[derive(Deserialize)]
struct BareBatch {
    #[serde(rename = "Records")]
    records: Vec<BareRecord>,
}

#[derive(Deserialize)]
struct BareRecord {
    body: String,
}

#[derive(Deserialize)]
struct BareEvent {
    data: Order,
}

fn bare(payload: &[u8]) -> Value {
    let batch: BareBatch = serde_json::from_slice(payload).unwrap();
    for record in &batch.records {
        let event: BareEvent = serde_json::from_str(&record.body).unwrap();
        black_box(event.data.total);
    }
    json!({ "batchItemFailures": [] })
}

/// Runs rounds of so many batches and prints microseconds for each message.
fn row(name: &str, batches: usize, mut run: impl FnMut(Vec<u8>)) {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|round| {
            let payloads: Vec<_> = (0..batches).map(|n| batch(round * batches + n)).collect();
            let start = Instant::now();
            payloads.into_iter().for_each(&mut run);
            start.elapsed().as_secs_f64() * 1e6 / (batches * BATCH) as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    let (least, median, most) = (rounds[0], rounds[ROUNDS / 2], rounds[ROUNDS - 1]);
    println!("{name:<12} {median:>9.1} µs a message  ({least:.1} to {most:.1})");
}

fn kit<J: Journal + 'static>(name: &str, batches: usize, service: Service, journal: J) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let worker: Worker<J, CollectingPublisher> =
        service.start(journal, CollectingPublisher::default()).unwrap();
    row(name, batches, |payload| {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        let answer = runtime.block_on(worker.handle(&payload, None, deadline)).unwrap();
        assert_eq!(answer["batchItemFailures"], json!([]));
    });
}

fn main() {
    let service = || Service::new("payment").on("OrderPlaced", quiet);
    row("bare", 200, |payload| {
        black_box(bare(&payload));
    });
    kit("off", 200, service(), Off);
    kit("memory", 200, service(), MemoryJournal::default());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| FileJournal::open(folder.path().join(name)).unwrap();
    kit("file", 10, service(), file("a"));
    let telling = Service::new("payment").on("OrderPlaced", telling);
    kit("file, emit", 10, telling, file("b"));
}
