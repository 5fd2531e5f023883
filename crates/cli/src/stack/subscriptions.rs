//! The subscriptions of a bus on AWS, from its table.

use std::sync::Arc;

use anyhow::Result;
use eventyard_aws::NoWake;
use eventyard_history::subscription::{
    self, SubscriptionError, SubscriptionName, SubscriptionRecord, Turn,
};
use jiff::Timestamp;

use super::{remote, stack, store};
use crate::place::StackPlace;

/// All of them, in the order of their names.
///
/// # Errors
/// When AWS does not answer or denies it.
pub async fn subscriptions(place: &StackPlace) -> Result<Vec<SubscriptionRecord>> {
    let store = store(&stack(&place.name).await?, &place.bus, Arc::new(NoWake));
    subscription::list(&store).await.map_err(|error| remote(error.into(), place))
}

/// Does something with one of them.
///
/// # Errors
/// As [`subscriptions`], and when there is none of this name.
pub async fn turn(
    place: &StackPlace,
    name: &SubscriptionName,
    turn: Turn,
) -> Result<SubscriptionRecord> {
    let store = store(&stack(&place.name).await?, &place.bus, Arc::new(NoWake));
    let turned = subscription::turn(&store, &store, name, turn, Timestamp::now()).await;
    turned.map_err(|error| match error {
        SubscriptionError::Store(error) => remote(error.into(), place),
        error => error.into(),
    })
}
