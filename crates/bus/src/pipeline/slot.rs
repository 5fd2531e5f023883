//! One delivery on its way through a page or a round.

use crate::{
    Attempt, Budget, Cause, Delivery, DeliveryKey, DeliveryRef, DeliveryState, LogPosition, Parcel,
    StoredEvent,
};
use eventyard_rules::Planned;
use jiff::Timestamp;
use std::borrow::Cow;

/// A planned delivery with what decides about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) event: &'a StoredEvent,
    pub(super) planned: &'a Planned,
    pub(super) position: LogPosition,
    pub(super) budget: Budget,
    /// The attempt that is made now, from 1.
    pub(super) attempt: u32,
    pub(super) edit: Option<&'a str>,
    /// Why the attempt before failed.
    pub(super) cause: Option<&'a Cause>,
}

impl<'a> Slot<'a> {
    /// The first attempt at a delivery of an open page.
    pub(super) fn first(
        event: &'a StoredEvent,
        planned: &'a Planned,
        position: LogPosition,
    ) -> Self {
        let budget = Budget { since: event.accepted_at, spent_before: 0, redrives: 0 };
        Self { event, planned, position, budget, attempt: 1, edit: None, cause: None }
    }

    /// The first attempt at a delivery of a replay, with a budget that begins now.
    pub(super) fn replayed(
        event: &'a StoredEvent,
        planned: &'a Planned,
        position: LogPosition,
        now: Timestamp,
    ) -> Self {
        let first = Self::first(event, planned, position);
        Self { budget: Budget { since: now, ..first.budget }, ..first }
    }

    /// The next attempt at a delivery that has an item.
    pub(super) fn next(item: &'a Delivery, event: &'a StoredEvent, planned: &'a Planned) -> Self {
        Self {
            event,
            planned,
            position: item.position,
            budget: item.budget,
            attempt: item.attempts.saturating_add(1),
            edit: item.edit.as_deref(),
            cause: item.cause.as_ref(),
        }
    }

    /// The group whose order is kept. A replay has groups of its own: a delivery of it that waits holds up the
    /// rest of the replay, and no live one, although it stands before those in the log.
    pub(super) fn group(&self) -> Option<Cow<'a, str>> {
        let group = self.planned.group.as_deref()?;
        Some(match &self.event.replayed {
            None => Cow::Borrowed(group),
            Some(replayed) => Cow::Owned(format!("replay/{}/{group}", replayed.name)),
        })
    }

    pub(super) fn key(&self) -> DeliveryKey {
        DeliveryKey { identity: self.event.event.identity(), id: self.planned.id }
    }

    pub(super) fn names(&self) -> DeliveryRef {
        DeliveryRef::planned(self.event, self.planned)
    }

    /// The attempts of this budget before the one that is made now.
    pub(super) fn spent(&self) -> u32 {
        self.attempt.saturating_sub(self.budget.spent_before).saturating_sub(1)
    }

    pub(super) fn parcel(&self, sent_at: Timestamp) -> Parcel<'a> {
        let Self { event, planned, attempt, edit, .. } = *self;
        Parcel { event, planned, attempt, edit, sent_at }
    }

    /// The item of a delivery that is not done, without or with its first attempt.
    pub(super) fn item(
        &self,
        state: DeliveryState,
        attempt: Option<Attempt>,
        cause: Option<Cause>,
        now: Timestamp,
    ) -> Delivery {
        Delivery {
            key: self.key(),
            rule: self.planned.rule.clone(),
            target: self.planned.target.clone(),
            group: self.group().map(Cow::into_owned),
            position: self.position,
            state,
            attempts: attempt.as_ref().map_or(0, |attempt| attempt.n),
            budget: self.budget,
            created_at: now,
            history: attempt.into_iter().collect(),
            cause,
            edit: None,
            replayed: self.event.replayed.as_deref().cloned(),
        }
    }
}
