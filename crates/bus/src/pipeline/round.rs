//! What a round does with the items that are due: send, park, or wait longer.

use super::Bus;
use super::slot::Slot;
use super::sort::{Found, target_removed};
use super::verdict::{denied_long_enough, overdue};
use crate::breaker::Permit;
use crate::time::after;
use crate::{
    Cause, Deliveries, Delivery, DeliveryKey, DeliveryRef, Ports, StoreError, StoredEvent, What,
    rate,
};
use eventyard_rules::{RuleName, Target, TargetName, Version};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A due item with its event; none when the ledger has it no more.
pub(super) type Due = (Delivery, Option<Arc<StoredEvent>>);

/// What a round does with the items that are due.
#[derive(Debug, Default)]
pub(super) struct Round<'a> {
    pub(super) send: Vec<Ready<'a>>,
    /// What the breaker holds back.
    pub(super) held: Vec<Ready<'a>>,
    park: Vec<(&'a Delivery, Cause)>,
    defer: Vec<(DeliveryKey, Timestamp)>,
}

/// A due item that may be sent.
#[derive(Debug)]
pub(super) struct Ready<'a> {
    item: &'a Delivery,
    pub(super) slot: Slot<'a>,
    pub(super) version: Version,
    pub(super) target: Arc<Target>,
}

impl<P: Ports> Bus<P> {
    /// Parks what cannot or may no longer be sent; all else may be sent.
    pub(super) async fn weigh<'a>(
        &self,
        due: &'a [Due],
        now: Timestamp,
    ) -> Result<Round<'a>, StoreError> {
        let mut found = Found::new();
        let mut round = Round::default();
        for (item, event) in due {
            let Some(slot) = event.as_deref().and_then(|event| slot(item, event)) else {
                round.park.push((item, event_missing()));
                continue;
            };
            if let Some(cause) = overdue(&slot, now) {
                round.park.push((item, cause));
                continue;
            }
            match self.find(slot.event, slot.planned, &mut found).await? {
                Some((version, target)) => round.send.push(Ready { item, slot, version, target }),
                None => round.park.push((item, target_removed(slot.planned))),
            }
        }
        Ok(round)
    }

    /// Keeps of a round what the breaker and the rates let through now.
    pub(super) async fn admit(
        &self,
        target: &TargetName,
        round: &mut Round<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if round.send.is_empty() {
            return Ok(());
        }
        match self.permit(target, now).await? {
            Permit::All => self.limit_rates(target, round, usize::MAX, now),
            Permit::Some(most) => {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                self.limit_rates(target, round, most, now);
            }
            Permit::Wait(_) => round.held = std::mem::take(&mut round.send),
        }
        Ok(())
    }

    /// Sends at most so many. What is over its rule's rate waits, each for a token of its own, so that
    /// it does not stand in the way of other rules.
    fn limit_rates(&self, target: &TargetName, round: &mut Round<'_>, most: usize, now: Timestamp) {
        let live = self.live.load();
        let mut next_token: BTreeMap<RuleName, Timestamp> = BTreeMap::new();
        for ready in std::mem::take(&mut round.send) {
            if round.send.len() >= most {
                round.held.push(ready);
                continue;
            }
            let rule = &ready.slot.planned.rule;
            let Some(rate) = live.max_rate(rule) else {
                round.send.push(ready);
                continue;
            };
            match self.gates.take(rule, target, rate, now) {
                Ok(()) => round.send.push(ready),
                Err(token_at) => {
                    let at =
                        next_token.get(rule).map_or(token_at, |at| after(*at, rate::spacing(rate)));
                    next_token.insert(rule.clone(), at);
                    round.defer.push((ready.item.key, at));
                }
            }
        }
    }

    /// Parks what the breaker holds back and the target has denied for long enough. Called when this
    /// round's probe has shown whether it still does. True when something was parked.
    pub(super) async fn park_denied(
        &self,
        target: &TargetName,
        held: &[Ready<'_>],
    ) -> Result<bool, StoreError> {
        let (denied, now) = (self.gates.denied(target), self.now());
        let over = held.iter().filter_map(|ready| {
            Some((ready.item, denied_long_enough(&ready.slot, denied.as_ref(), now)?))
        });
        self.park(over.collect(), now).await
    }

    /// Writes what is not sent in this round; true when something was parked.
    pub(super) async fn put_aside(
        &self,
        round: &mut Round<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if !round.defer.is_empty() {
            self.ports.deliveries().defer(&round.defer).await?;
        }
        self.park(std::mem::take(&mut round.park), now).await
    }

    async fn park(
        &self,
        items: Vec<(&Delivery, Cause)>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if items.is_empty() {
            return Ok(false);
        }
        let keys = items.iter().map(|(item, cause)| (item.key, cause.clone())).collect();
        let parked = self.ports.deliveries().park(keys, now).await?;
        let any = parked.contains(&true);
        for ((item, cause), _) in items.into_iter().zip(parked).filter(|(_, parked)| *parked) {
            let (delivery, attempts) = (DeliveryRef::from(item), item.attempts);
            self.observe(What::Parked { delivery, attempts, cause });
        }
        Ok(any)
    }
}

fn slot<'a>(item: &'a Delivery, event: &'a StoredEvent) -> Option<Slot<'a>> {
    let planned = event.plan.deliveries.iter().find(|planned| planned.id == item.key.id)?;
    Some(Slot::next(item, event, planned))
}

fn event_missing() -> Cause {
    Cause::new(
        "EventMissing",
        "the event is no longer kept, or its plan does not have this delivery",
    )
}
