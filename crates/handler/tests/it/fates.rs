//! What becomes of a delivery whose handler failed.

use eventyard_handler::testing::{Kit, event};
use eventyard_handler::{Context, HandlerError, Rows, Service};
use serde_json::{Value, json};
use std::time::Duration;

/// Fails as the event says, and notes that it ran.
async fn obey(order: Value, cx: Context) -> Result<(), HandlerError> {
    cx.emit("Half", &json!({}))?;
    cx.transact(Rows::default().put("done", cx.event().id(), &cx.attempt())?);
    match order["do"].as_str() {
        Some("retry") if cx.attempt() < 3 => Err(HandlerError::retry("the provider is down")),
        Some("later") if cx.attempt() < 2 => {
            Err(HandlerError::retry_after("throttled", Duration::from_secs(30)))
        }
        Some("park") => Err(HandlerError::park("no such customer").with_code("NoCustomer")),
        Some("drop") => Err(HandlerError::drop("a test order")),
        Some("panic") => panic!("a bug"),
        _ => Ok(()),
    }
}

fn kit() -> Kit {
    Kit::new(Service::new("payment").on("OrderPlaced", obey))
}

fn order(what: &str) -> eventyard_event::Event {
    event("1", "shop", "OrderPlaced", &json!({ "do": what }))
}

#[track_caller]
fn has_done(kit: &Kit, attempt: Option<u32>) {
    assert_eq!(kit.row::<u32>("done", "1").map(|row| row.value), attempt);
}

#[test]
fn a_retry_comes_again_and_leaves_nothing_of_the_attempts_that_failed() {
    let kit = kit();
    for _ in 0..2 {
        let seen = kit.deliver(&order("retry"));
        assert_eq!((seen.back, seen.emitted), (vec!["1".to_owned()], Vec::new()));
        has_done(&kit, None);
    }
    let seen = kit.deliver(&order("retry"));
    assert!(seen.is_done() && seen.emitted.len() == 1);
    has_done(&kit, Some(3));
}

#[test]
fn a_retry_with_a_wait_does_not_run_before_it_is_over() {
    let kit = kit();
    assert!(!kit.deliver(&order("later")).is_done());
    kit.clock().advance(Duration::from_secs(29));
    assert!(!kit.deliver(&order("later")).is_done());
    has_done(&kit, None);
    kit.clock().advance(Duration::from_secs(1));
    assert!(kit.deliver(&order("later")).is_done());
    has_done(&kit, Some(2));
}

#[test]
fn a_parked_delivery_is_done_with_its_payload_and_cause_and_does_not_run_again() {
    let kit = kit();
    assert!(kit.deliver(&order("park")).is_done());
    assert!(kit.deliver(&order("park")).is_done());
    has_done(&kit, None);
    let parked = kit.parked();
    let [parked] = &*parked else { panic!("{parked:?}") };
    assert_eq!((&*parked.cause.code, &*parked.cause.message), ("NoCustomer", "no such customer"));
    assert_eq!((&*parked.payload, parked.attempts), (order("park").document(), 1));
}

#[test]
fn a_redrive_runs_the_handler_of_today_and_parks_again_what_fails_again() {
    let kit = kit();
    kit.deliver(&order("park"));
    let again = kit.redrive();
    assert!(again[0].to_string().contains("NoCustomer"), "{again:?}");
    assert_eq!(kit.parked()[0].attempts, 2);
    async fn mended(_: Value, cx: Context) -> Result<(), HandlerError> {
        cx.transact(Rows::default().put("done", cx.event().id(), &cx.attempt())?);
        Ok(())
    }
    let mended = Service::new("payment").on("OrderPlaced", mended);
    let kit = Kit::with(mended, kit.journal(), kit.clock().clone());
    assert_eq!(kit.redrive(), []);
    assert_eq!(kit.parked(), []);
    has_done(&kit, Some(3));
}

#[test]
fn a_redrive_that_would_be_retried_is_parked_again_with_the_new_cause() {
    async fn down(_: Value, _: Context) -> Result<(), HandlerError> {
        Err(HandlerError::retry("the provider is down"))
    }
    let kit = kit();
    kit.deliver(&order("park"));
    let service = Service::new("payment").on("OrderPlaced", down);
    let kit = Kit::with(service, kit.journal(), kit.clock().clone());
    assert_eq!(kit.redrive().len(), 1);
    assert_eq!(kit.parked()[0].cause.message, "the provider is down");
}

#[test]
fn a_dropped_delivery_is_done_and_does_not_run_again() {
    let kit = kit();
    assert!(kit.deliver(&order("drop")).is_done());
    assert!(kit.deliver(&order("drop")).is_done());
    has_done(&kit, None);
    assert_eq!((kit.counts().dropped, kit.counts().duplicates, kit.parked().len()), (1, 1, 0));
}

#[test]
fn a_panic_fails_its_own_message_alone_and_is_parked_at_its_third_attempt() {
    let kit = kit();
    let good = event("2", "shop", "OrderPlaced", &json!({}));
    let seen = kit.batch(&[&order("panic"), &good]);
    assert_eq!((seen.back, seen.emitted.len()), (vec!["1".to_owned()], 1));
    assert!(!kit.deliver(&order("panic")).is_done());
    assert!(kit.deliver(&order("panic")).is_done());
    assert_eq!(kit.parked()[0].cause.code, "Panicked");
}

#[test]
fn data_that_does_not_fit_the_argument_is_parked_without_a_word_of_it_in_the_cause() {
    #[derive(serde::Deserialize)]
    struct Order {
        #[expect(dead_code, reason = "it is only read")]
        total: f64,
    }
    async fn typed(_: Order, _: Context) -> Result<(), HandlerError> {
        Ok(())
    }
    let kit = Kit::new(Service::new("payment").on("OrderPlaced", typed));
    kit.deliver(&event("1", "shop", "OrderPlaced", &json!({ "total": "s3cret" })));
    kit.deliver(&event("2", "shop", "OrderPlaced", &json!({})));
    let mut causes: Vec<_> =
        kit.parked().into_iter().map(|parked| parked.cause.to_string()).collect();
    causes.sort();
    assert!(causes[0].starts_with("DataUnfit: the data does not fit the handler's argument"));
    assert!(causes.iter().any(|cause| cause.contains("missing field `total`")), "{causes:?}");
    assert!(causes.iter().all(|cause| !cause.contains("s3cret")), "{causes:?}");
}
