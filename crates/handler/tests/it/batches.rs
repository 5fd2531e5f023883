//! Batches: partial failure, FIFO groups, the bound of concurrency, the deadline.

use eventyard_bus::memory::{ManualClock, MemoryJournal};
use eventyard_handler::testing::{Kit, event};
use eventyard_handler::{
    CollectingPublisher, Context, Event, HandlerError, Service, Settings, Worker,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

async fn fail_if_told(order: Value, cx: Context) -> Result<(), HandlerError> {
    match order["fails"] == true {
        true => Err(HandlerError::retry("told to")),
        false => cx.emit("Done", cx.event().id()),
    }
}

fn order(id: &str, customer: &str, fails: bool) -> Event {
    let data = json!({ "fails": fails }).to_string();
    let event = Event::builder(id, "shop", "OrderPlaced").subject(customer);
    let event = event.data_json(data.as_bytes(), &eventyard_event::Limits::default()).unwrap();
    event.build(&eventyard_event::Limits::default()).unwrap()
}

fn ids(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.causation().unwrap().to_owned()).collect()
}

fn kit() -> Kit {
    Kit::new(Service::new("s").on("OrderPlaced", fail_if_told))
}

#[test]
fn of_a_standard_queue_only_the_messages_that_failed_come_again() {
    let orders = [order("1", "a", false), order("2", "a", true), order("3", "a", false)];
    let seen = kit().batch(&orders.each_ref());
    assert_eq!((seen.back, ids(&seen.emitted)), (vec!["2".into()], vec!["1".into(), "3".into()]));
}

#[test]
fn of_a_fifo_queue_a_failed_message_takes_the_later_ones_of_its_group_with_it() {
    let orders = [
        order("a1", "a", false),
        order("b1", "b", false),
        order("a2", "a", true),
        order("a3", "a", false),
        order("b2", "b", false),
    ];
    let seen = kit().fifo_batch(&orders.each_ref());
    assert_eq!(seen.back, ["a2", "a3"]);
    assert_eq!(ids(&seen.emitted).len(), 3);
}

#[test]
fn a_group_is_handled_in_its_order() {
    let orders: Vec<_> = (0..10).map(|n| order(&format!("{n}"), "a", false)).collect();
    let seen = kit().fifo_batch(&orders.iter().collect::<Vec<_>>());
    assert_eq!(ids(&seen.emitted), (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
}

fn batch(ids: std::ops::Range<usize>) -> String {
    let record = |id: usize| {
        json!({
            "messageId": format!("m{id}"),
            "body": event(&id.to_string(), "shop", "A", &json!({})).document(),
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:local:0:q",
        })
    };
    json!({ "Records": ids.map(record).collect::<Vec<_>>() }).to_string()
}

#[tokio::test]
async fn no_more_messages_are_handled_at_once_than_the_settings_say() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    async fn busy(_: Value, _: Context) -> Result<(), HandlerError> {
        MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        NOW.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
    let settings = Settings { concurrency: 3, ..Settings::default() };
    let worker = worker(Service::new("s").on("A", busy).settings(settings));
    let deadline = Instant::now() + Duration::from_secs(60);
    let answer = worker.handle(batch(0..10).as_bytes(), None, deadline).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(MOST.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn no_message_is_begun_after_the_deadline() {
    let ran = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&ran);
    let service = Service::new("s").on("A", move |_: Value, _: Context| {
        *counted.lock().unwrap() += 1;
        std::future::ready(Ok::<(), HandlerError>(()))
    });
    let answer =
        worker(service).handle(batch(0..2).as_bytes(), None, Instant::now()).await.unwrap();
    assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), 2);
    assert_eq!(*ran.lock().unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_ended_at_the_deadline_and_its_message_comes_again_at_once() {
    let service = Service::new("s").on("A", |_: Value, cx: Context| async move {
        if cx.attempt() == 1 {
            futures::future::pending::<()>().await;
        }
        Ok::<(), HandlerError>(())
    });
    let worker = worker(service);
    let deadline = || Instant::now() + Duration::from_secs(5);
    let answer = worker.handle(batch(0..1).as_bytes(), None, deadline()).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "m0" }] }));
    let answer = worker.handle(batch(0..1).as_bytes(), None, deadline()).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}

fn worker(service: Service) -> Worker<MemoryJournal, CollectingPublisher> {
    let clock = Arc::new(ManualClock::default());
    let publisher = CollectingPublisher::default();
    Worker::new(service, MemoryJournal::default(), publisher, clock).unwrap()
}
