//! What a store does with breakers: see [`Breakers`].

use super::fixture::{at, cause, target};
use crate::BreakerSettings;
use crate::breaker::{Breaker, Round};
use crate::ports::{Breakers, KeptBreaker};

fn open() -> Breaker {
    let mut breaker = Breaker::default();
    breaker.record(Round::Denied(cause()), at(1), &BreakerSettings::default());
    breaker
}

/// What was never written is closed.
pub async fn an_unknown_breaker_is_closed_at_revision_0(store: &impl Breakers) {
    assert_eq!(store.get(&target("x")).await, Ok(KeptBreaker::default()));
    assert_eq!(store.all().await, Ok(Vec::new()));
}

/// A breaker comes back as it was written, beside those of other targets.
pub async fn a_breaker_is_read_as_it_was_written(store: &impl Breakers) {
    assert_eq!(store.put(&target("y"), &open(), 0).await, Ok(true));
    assert_eq!(store.put(&target("x"), &Breaker::default(), 0).await, Ok(true));
    assert_eq!(store.put(&target("x"), &open(), 1).await, Ok(true));
    let (x, y) = (
        KeptBreaker { breaker: open(), revision: 2 },
        KeptBreaker { breaker: open(), revision: 1 },
    );
    assert_eq!(store.get(&target("x")).await, Ok(x.clone()));
    assert_eq!(store.all().await, Ok(vec![(target("x"), x), (target("y"), y)]));
}

/// Of several workers that saw the same breaker one writes, so that one probes.
pub async fn a_breaker_is_written_once_at_each_revision(store: &impl Breakers) {
    assert_eq!(store.put(&target("x"), &open(), 1).await, Ok(false), "it was never written");
    assert_eq!(store.put(&target("x"), &open(), 0).await, Ok(true));
    assert_eq!(store.put(&target("x"), &Breaker::default(), 0).await, Ok(false));
    assert_eq!(store.get(&target("x")).await.map(|kept| kept.breaker), Ok(open()));
}
