//! Calls whose answer is lost and which the SDK makes again: each write is told from another's.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::http::StatusCode;
use eventyard_aws::store::DynamoStore;
use eventyard_bus::breaker::{Breaker, Round};
use eventyard_bus::contract::fixture::{
    at, cause, end, event, grouped, item, lease, parked, planned, target,
};
use eventyard_bus::{
    Acceptance, Appended, BreakerSettings, Breakers, Deliveries, DeliveryState, Expected, Ledger,
    Streams,
};

use crate::table::{block_on, fresh_bus, watched_with};

/// Makes the answer to the first try of every call a failure of the service.
#[derive(Debug)]
struct Deaf;

impl Intercept for Deaf {
    fn name(&self) -> &'static str {
        "deaf"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempts = config.load::<RequestAttempts>().map_or(0, RequestAttempts::attempts);
        if attempts == 1 {
            *context.response_mut().status_mut() = StatusCode::try_from(503)?;
        }
        Ok(())
    }
}

async fn deaf() -> DynamoStore {
    let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    watched_with(&fresh_bus(), Deaf, retry).await
}

#[test]
fn an_event_whose_answer_was_lost_is_accepted_and_no_duplicate() {
    block_on(async {
        let store = deaf().await;
        let batch = (0..3).map(|n| planned(event(&n.to_string(), "a"), &["x"])).collect();
        let accepted = store.accept(batch, lease(0, 60)).await.expect("accepted");
        assert_eq!(accepted.results, [Acceptance::Accepted; 3]);
        let page = accepted.page.expect("a page");
        assert_eq!(page.claim.page.0 & 0xffff_ffff, 1, "its first page");
        assert_eq!(store.renew(&page.claim, lease(1, 90)).await, Ok(()));
        assert_eq!(store.seal(&page.claim, &[], at(2)).await, Ok(()));
        let big = planned(event("big", &"a".repeat(250_000)), &["x"]);
        let accepted = store.accept(vec![big], lease(0, 60)).await.expect("accepted");
        assert_eq!(accepted.results, [Acceptance::Accepted]);
    });
}

#[test]
fn an_attempt_whose_answer_was_lost_is_ours() {
    block_on(async {
        let store = deaf().await;
        let (alone, first) = (item(1, "x", 0), grouped(2, "x", "a", 0));
        store
            .record(vec![alone.clone(), first.clone(), parked(3, "x", 0)])
            .await
            .expect("recorded");
        for item in [alone, first] {
            assert_eq!(store.claim(&[(item.key, 1)], lease(1, 60)).await, Ok(vec![true]));
            let done = end(item.key, 1, DeliveryState::Delivered { at: at(2) }, 1);
            assert_eq!(store.settle(vec![done]).await, Ok(vec![true]));
        }
        assert_eq!(store.holds(&target("x"), "a").await, Ok(false));
        assert!(store.redrive(&parked(3, "x", 0).key, None, at(3)).await.is_ok());
    });
}

#[test]
fn a_breaker_whose_answer_was_lost_is_written() {
    block_on(async {
        let store = deaf().await;
        let mut breaker = Breaker::default();
        breaker.record(Round::Denied(cause()), at(1), &BreakerSettings::default());
        assert_eq!(store.put(&target("x"), &breaker, 0).await, Ok(true));
        assert_eq!(store.put(&target("x"), &breaker, 1).await, Ok(true));
        assert_eq!(store.put(&target("x"), &breaker, 1).await, Ok(false));
    });
}

#[test]
fn an_append_whose_answer_was_lost_is_done_once() {
    block_on(async {
        let store = deaf().await;
        let stream = "order".parse().expect("a name");
        let events = [event("1", "a"), event("2", "b")];
        for (expected, events) in
            [(Expected::None, &events[..1]), (Expected::Exact(1), &events[1..])]
        {
            let appended = store.append(&stream, expected, events, at(0)).await;
            assert!(matches!(appended, Ok(Appended { .. })), "{appended:?}");
        }
        assert_eq!(store.last_version(&stream).await, Ok(2));
        assert_eq!(store.advance_listed(&stream, 0, 2).await, Ok(true));
    });
}
