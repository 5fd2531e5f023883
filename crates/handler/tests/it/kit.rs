//! The test kit, as a developer uses it.

use eventyard_handler::testing::{Kit, event};
use eventyard_handler::{Context, HandlerError, Listen, Rows, Service, ServiceError, Unhandled};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Order {
    total: f64,
}

async fn take_payment(order: Order, cx: Context) -> Result<(), HandlerError> {
    cx.transact(Rows::default().insert("payments", cx.event().id(), &order)?);
    cx.emit("PaymentProcessed", &order)
}

fn payment() -> Service {
    Service::new("payment").on("OrderPlaced", take_payment)
}

#[test]
fn an_emitted_event_carries_source_subject_cause_correlation_time_and_hops() {
    let kit = Kit::new(payment());
    let order = event("o-1", "shop", "OrderPlaced", &json!({ "total": 3.0 })).with_hops(2);
    let seen = kit.deliver(&order);
    assert!(seen.is_done());
    let [paid] = &*seen.emitted else { panic!("{seen:?}") };
    assert_eq!((paid.event_type(), paid.source()), ("PaymentProcessed", "payment"));
    assert_eq!((paid.causation(), paid.correlation()), (Some("o-1"), Some("o-1")));
    assert_eq!((paid.hops(), paid.time()), (2, Some("2026-01-01T00:00:00Z")));
    assert_eq!(kit.row::<Order>("payments", "o-1").unwrap().value, Order { total: 3.0 });
}

#[test]
fn a_duplicate_does_nothing_and_emits_nothing() {
    let kit = Kit::new(payment());
    let order = event("o-1", "shop", "OrderPlaced", &json!({ "total": 3.0 }));
    kit.deliver(&order);
    let again = kit.deliver(&order);
    assert!(again.is_done() && again.emitted.is_empty());
    assert_eq!((kit.counts().handled, kit.counts().duplicates), (1, 1));
}

#[test]
fn another_event_under_the_id_of_one_that_was_handled_comes_back() {
    let kit = Kit::new(payment());
    kit.deliver(&event("o-1", "shop", "OrderPlaced", &json!({ "total": 3.0 })));
    let other = kit.deliver(&event("o-1", "shop", "OrderPlaced", &json!({ "total": 4.0 })));
    assert_eq!(other.back, ["o-1"]);
}

async fn count(_: Value, cx: Context) -> Result<(), HandlerError> {
    let name = cx.work().handler.clone();
    let seen = cx.row::<u32>("seen", name.clone()).await?;
    let next = seen.as_ref().map_or(1, |row| row.value + 1);
    cx.transact(Rows::default().update("seen", name, seen.map(|row| row.revision), &next)?);
    Ok(())
}

#[test]
fn handlers_listen_by_type_by_source_and_by_filter_and_several_take_one_event() {
    let big = Listen::filter("$.type == 'OrderPlaced' && $.data.total > 1000").unwrap();
    let service = Service::new("audit")
        .on("OrderPlaced", count)
        .on(Listen::source("shop").named("all of the shop"), count)
        .on(big.named("big"), count);
    let kit = Kit::new(service);
    kit.deliver(&event("1", "shop", "OrderPlaced", &json!({ "total": 5 })));
    kit.deliver(&event("2", "shop", "OrderPlaced", &json!({ "total": 5000 })));
    kit.deliver(&event("3", "shop", "OrderShipped", &json!({})));
    let seen = |name: &str| kit.row::<u32>("seen", name).unwrap().value;
    assert_eq!((seen("OrderPlaced"), seen("all of the shop"), seen("big")), (2, 3, 1));
}

#[test]
fn an_event_nobody_handles_is_acknowledged_and_counted_or_parked_as_the_service_says() {
    let door = event("1", "hall", "DoorOpened", &json!({}));
    let kit = Kit::new(payment());
    assert!(kit.deliver(&door).is_done());
    assert_eq!((kit.counts().unhandled, kit.parked().len()), (1, 0));
    let kit = Kit::new(payment().unhandled(Unhandled::Refuse));
    assert!(kit.deliver(&door).is_done());
    assert_eq!(kit.parked()[0].cause.code, "Unhandled");
    let later = payment().on("DoorOpened", count).unhandled(Unhandled::Refuse);
    let kit = Kit::with(later, kit.journal(), kit.clock().clone());
    assert_eq!(kit.redrive(), []);
    assert_eq!((kit.parked().len(), kit.row::<u32>("seen", "DoorOpened").unwrap().value), (0, 1));
}

#[test]
fn names_that_cannot_be_told_apart_are_refused_before_the_first_event() {
    let start = |service: Service| {
        let clock = std::sync::Arc::new(eventyard_bus::memory::ManualClock::default());
        let journal = eventyard_bus::memory::MemoryJournal::default();
        let publisher = eventyard_handler::CollectingPublisher::default();
        eventyard_handler::Worker::new(service, journal, publisher, clock).err()
    };
    let twice = payment().on("OrderPlaced", count);
    assert_eq!(start(twice), Some(ServiceError::SameName { name: "OrderPlaced".to_owned() }));
    let bad = Service::new("pay\u{1f}ment");
    assert!(matches!(start(bad), Some(ServiceError::Name { .. })));
    assert_eq!(start(payment().on(Listen::from("OrderPlaced").named("other"), count)), None);
}

#[test]
fn keys_are_the_same_for_every_attempt_and_differ_by_handler_and_delivery() {
    async fn key(_: Value, cx: Context) -> Result<(), HandlerError> {
        let name = format!("{}-{}", cx.work().handler, cx.event().id());
        cx.transact(Rows::default().put("keys", name, &cx.idempotency_key())?);
        Ok(())
    }
    let kit = Kit::new(Service::new("s").on("A", key).on(Listen::source("shop"), key));
    for id in ["1", "2"] {
        kit.deliver(&event(id, "shop", "A", &json!({})));
    }
    let key = |name: &str| kit.row::<String>("keys", name).unwrap().value;
    let keys: std::collections::BTreeSet<_> =
        ["A-1", "A-2", "shop-1", "shop-2"].map(key).into_iter().collect();
    assert_eq!(keys.len(), 4);
}
