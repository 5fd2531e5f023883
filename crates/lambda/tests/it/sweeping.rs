//! The sweeper.

use crate::world::{World, event, record, target};
use eventyard_lambda::sweep::{Swept, sweep};
use std::time::Duration;
use tokio::time::Instant;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test]
async fn a_page_whose_worker_is_gone_is_finished_when_its_lease_is_over_and_not_before() {
    let world = World::new().await;
    let event = eventyard_event::Event::builder("1", "test", "Queue").data_text("x");
    let event = event.build(&eventyard_event::Limits::default()).unwrap();
    world.bus.ingest(vec![event], "test").await.unwrap();
    let swept = sweep(&world.bus, &world.wake, soon()).await.unwrap();
    assert_eq!((swept.pages, world.delivered("queue").len()), (0, 0));
    world.ports.clock.advance(Duration::from_secs(600));
    let swept = sweep(&world.bus, &world.wake, soon()).await.unwrap();
    assert_eq!((swept.pages, world.delivered("queue").len()), (1, 1));
    assert_eq!(sweep(&world.bus, &world.wake, soon()).await.unwrap(), Swept::default());
    world.assert_promise_holds();
}

#[tokio::test]
async fn a_target_with_overdue_deliveries_is_woken_and_no_other() {
    let world = World::new().await;
    let batch = vec![record("m1", &event("1", "Partner")), record("m2", &event("2", "Queue"))];
    world.sqs(batch).await;
    world.ports.clock.advance(Duration::from_secs(90));
    let swept = sweep(&world.bus, &world.wake, soon()).await.unwrap();
    assert_eq!(swept.woken, [target("partner")]);
    assert_eq!(swept.oldest_due, Duration::from_secs(90));
    assert_eq!(world.wake.targets(), [target("partner")]);
}
