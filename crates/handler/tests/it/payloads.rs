//! One binary behind SQS, SNS, EventBridge, the bus's Lambda target, a person and a schedule.

use eventyard_bus::memory::{ManualClock, MemoryJournal};
use eventyard_handler::{
    CollectingPublisher, Context, HandlerError, PublishError, Publisher, Service, Worker,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;

async fn double(order: Value, cx: Context) -> Result<Value, HandlerError> {
    cx.emit("Doubled", &order["total"])?;
    match order["total"].as_i64() {
        Some(total) => Ok(json!({ "double": total * 2 })),
        None => Err(HandlerError::park("no total")),
    }
}

fn service() -> Service {
    Service::new("s").on("OrderPlaced", double)
}

fn worker<P: Publisher>(publisher: P) -> Worker<MemoryJournal, P> {
    let clock = Arc::new(ManualClock::default());
    Worker::new(service(), MemoryJournal::default(), publisher, clock).unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

async fn handle<P: Publisher>(
    worker: &Worker<MemoryJournal, P>,
    payload: &Value,
) -> Result<Value, String> {
    let payload = payload.to_string();
    let answer = worker.handle(payload.as_bytes(), Some("request-1"), soon()).await;
    answer.map_err(|failed| failed.to_string())
}

fn event(id: &str) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "shop", "type": "OrderPlaced", "data": { "total": 4 } })
}

#[tokio::test]
async fn a_direct_invocation_is_answered_with_the_handlers_answer_and_so_is_its_duplicate() {
    let publisher = CollectingPublisher::default();
    let worker = worker(publisher.clone());
    for _ in 0..2 {
        assert_eq!(handle(&worker, &event("1")).await, Ok(json!({ "double": 8 })));
    }
    assert_eq!(publisher.published().len(), 1);
}

#[tokio::test]
async fn an_sns_notification_and_an_eventbridge_event_are_the_events_they_hold() {
    let worker = worker(CollectingPublisher::default());
    let sns = json!({ "Records": [{
        "EventVersion": "1.0",
        "EventSource": "aws:sns",
        "EventSubscriptionArn": "arn:aws:sns:eu-central-1:000000000000:t:1",
        "Sns": { "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-central-1:000000000000:t",
                 "Timestamp": "2026-01-01T00:00:00Z", "Message": event("1").to_string() },
    }] });
    assert_eq!(handle(&worker, &sns).await, Ok(json!({ "double": 8 })));
    let eventbridge = json!({ "version": "0", "id": "2", "detail-type": "OrderPlaced", "source": "shop",
        "account": "000000000000", "time": "2026-01-01T00:00:00Z", "region": "eu-central-1",
        "resources": [], "detail": { "total": 5 } });
    assert_eq!(handle(&worker, &eventbridge).await, Ok(json!({ "double": 10 })));
    assert_eq!(worker.counts().handled, 2);
}

#[tokio::test]
async fn one_event_by_two_deliveries_is_handled_twice_and_by_one_delivery_once() {
    let worker = worker(CollectingPublisher::default());
    let record = |message: &str, delivery: &str| {
        json!({
            "messageId": message,
            "body": event("1").to_string(),
            "eventSource": "aws:sqs",
            "messageAttributes": { "eventyard-delivery": { "stringValue": delivery.repeat(32), "dataType": "String" } },
        })
    };
    let batch = json!({ "Records": [record("m1", "a"), record("m2", "b"), record("m3", "a")] });
    let answer = handle(&worker, &batch).await.unwrap();
    // Handled at the same time, one of the two of delivery a finds the other at it.
    let back = answer["batchItemFailures"].as_array().unwrap().len();
    assert_eq!((worker.counts().handled, worker.counts().duplicates as usize + back), (2, 1));
}

#[tokio::test]
async fn what_is_no_event_is_parked_once_with_its_bytes() {
    let worker = worker(CollectingPublisher::default());
    let record =
        |id: &str, body: &str| json!({ "messageId": id, "body": body, "eventSource": "aws:sqs" });
    let batch = json!({ "Records": [record("1", "{ no JSON"), record("2", r#"{"a":1}"#)] });
    for _ in 0..2 {
        assert_eq!(handle(&worker, &batch).await, Ok(json!({ "batchItemFailures": [] })));
    }
    let answer = handle(&worker, &json!({ "eventyard": "parked" })).await.unwrap();
    let parked = answer["parked"].as_array().unwrap();
    assert_eq!(parked.len(), 2);
    assert!(parked.iter().any(|parked| parked["payload"] == "{ no JSON"));
    assert!(parked.iter().any(|parked| parked["cause"]["code"] == "NotAnEvent"));
}

#[tokio::test]
async fn a_person_lists_and_redrives_what_is_parked_by_invoking_the_function() {
    let worker = worker(CollectingPublisher::default());
    let mut poison = event("1");
    poison["data"] = json!({ "total": "four" });
    assert_eq!(handle(&worker, &poison).await, Ok(Value::Null));
    let parked = handle(&worker, &json!({ "eventyard": "parked" })).await.unwrap();
    let work = parked["parked"][0]["work"].clone();
    let redrive = json!({ "eventyard": "redrive", "work": work });
    let answer = handle(&worker, &redrive).await.unwrap();
    let error = answer["redriven"][0]["error"].as_str().unwrap();
    assert!(error.contains("stays parked: Refused: no total"), "{error}");
    let unknown = handle(&worker, &json!({ "eventyard": "what" })).await.unwrap_err();
    assert!(unknown.contains("`parked`, `redrive`, `sweep`"), "{unknown}");
}

/// A bus that does not answer until it is told to.
#[derive(Clone, Default)]
struct Down(Arc<AtomicBool>, CollectingPublisher);

impl Publisher for Down {
    async fn publish(&self, events: &[String]) -> Result<(), PublishError> {
        match self.0.load(Ordering::SeqCst) {
            true => self.1.publish(events).await,
            false => Err(PublishError::new("down")),
        }
    }
}

#[tokio::test]
async fn while_the_bus_is_down_what_was_done_stays_done_and_its_events_come_with_the_redelivery() {
    let down = Down::default();
    let worker = worker(down.clone());
    let failed = handle(&worker, &event("1")).await.unwrap_err();
    assert!(failed.contains("NotPublished"), "{failed}");
    down.0.store(true, Ordering::SeqCst);
    assert_eq!(handle(&worker, &event("1")).await, Ok(json!({ "double": 8 })));
    assert_eq!((worker.counts().handled, down.1.published().len()), (1, 1));
}

#[tokio::test]
async fn a_schedule_sweeps() {
    let worker = worker(CollectingPublisher::default());
    let schedule = json!({ "version": "0", "id": "1", "detail-type": "Scheduled Event",
        "source": "aws.events", "account": "0", "time": "2026-01-01T00:00:00Z", "region": "r",
        "resources": [], "detail": {} });
    assert_eq!(handle(&worker, &schedule).await, Ok(json!({ "published": 0 })));
}
