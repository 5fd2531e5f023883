//! Driving one target: batch after batch, within the time budget.
//!
//! In: parcels of one target, and the [`Service`] it is of. Out: one answer for each parcel. Batches of
//! one wave go out side by side; a whole call that is refused because of what is in it is cut in two, so
//! that one bad delivery takes none with it; a target that denies us is not asked again.

use super::batch::{Entry, Limits, batches, waves};
use super::codes::Kind;
use super::fault::Fault;
use super::outcome::BatchOutcome;
use eventyard_bus::{Parcel, Sent};
use eventyard_rules::Target;
use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use std::borrow::Cow;
use std::collections::HashSet;
use std::future::Future;
use std::sync::OnceLock;
use tokio::time::{Instant, timeout_at};

/// What is particular to one service.
pub(super) trait Service: Sync {
    /// What one call takes.
    fn limits(&self) -> Limits {
        Limits::ONE
    }

    /// The body of a parcel.
    fn body<'p>(&self, parcel: &Parcel<'p>) -> Cow<'p, str>;

    /// What travels beside the body and counts, in bytes.
    fn beside(&self, _parcel: &Parcel<'_>) -> usize {
        0
    }

    /// Whether a call that began in time is let finish, since it has a clock of its own.
    fn has_clock(&self) -> bool {
        false
    }

    /// Makes one call.
    fn call(
        &self,
        entries: &[Entry<'_>],
    ) -> impl Future<Output = Result<BatchOutcome, Fault>> + Send;
}

/// How fast a target is driven.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// When to come back.
    pub(super) deadline: Instant,
    /// Calls at the same time.
    pub(super) parallel: usize,
}

/// Sends parcels to one target; one answer for each, in order.
pub(super) async fn drive<S: Service>(
    service: &S,
    target: &Target,
    parcels: &[Parcel<'_>],
    pace: Pace,
) -> Vec<Sent> {
    let mut answers: Vec<Sent> = vec![not_tried().into_sent(); parcels.len()];
    let entries = entries(service, target, parcels, &mut answers);
    let run = Run { service, pace, denied: OnceLock::new() };
    let mut held = HashSet::new();
    for wave in waves(entries) {
        let (behind, free): (Vec<_>, Vec<_>) =
            wave.into_iter().partition(|entry| entry.group().is_some_and(|g| held.contains(g)));
        for (entry, sent) in answered(behind, &after_earlier()).chain(run.wave(free).await) {
            if is_again(&sent) {
                held.extend(entry.group().map(str::to_owned));
            }
            if let Some(answer) = answers.get_mut(entry.index) {
                *answer = sent;
            }
        }
    }
    answers
}

/// The entries that can be sent; the answers of all others are given.
fn entries<'p, S: Service>(
    service: &S,
    target: &Target,
    parcels: &[Parcel<'p>],
    answers: &mut [Sent],
) -> Vec<Entry<'p>> {
    let mut entries = Vec::with_capacity(parcels.len());
    for (index, (parcel, answer)) in parcels.iter().zip(answers).enumerate() {
        let body = service.body(parcel);
        let bytes = body.len().saturating_add(service.beside(parcel));
        let entry = Entry { index, parcel: *parcel, body, bytes };
        match entry.refused(target) {
            Some(refusal) => *answer = refusal,
            None => entries.push(entry),
        }
    }
    entries
}

fn answered<'p>(entries: Vec<Entry<'p>>, fault: &Fault) -> impl Iterator<Item = (Entry<'p>, Sent)> {
    let sent = fault.clone().into_sent();
    entries.into_iter().map(move |entry| (entry, sent.clone()))
}

/// One [`drive`].
struct Run<'s, S> {
    service: &'s S,
    pace: Pace,
    /// Set once the target denied us.
    denied: OnceLock<Fault>,
}

impl<S: Service> Run<'_, S> {
    /// Sends entries of different groups.
    async fn wave<'p>(&self, entries: Vec<Entry<'p>>) -> Vec<(Entry<'p>, Sent)> {
        let batches = batches(entries, self.service.limits());
        let mut calls: Vec<BoxFuture<'_, BatchOutcome>> = Vec::with_capacity(batches.len());
        for batch in &batches {
            calls.push(self.batch(batch));
        }
        let outcomes: Vec<BatchOutcome> =
            stream::iter(calls).buffered(self.pace.parallel.max(1)).collect().await;
        let sents = outcomes.into_iter().flat_map(BatchOutcome::into_sents);
        batches.into_iter().flatten().zip(sents).collect()
    }

    fn batch<'b>(&'b self, entries: &'b [Entry<'_>]) -> BoxFuture<'b, BatchOutcome> {
        Box::pin(async move {
            let fault = match self.call(entries).await {
                Ok(outcome) => return outcome,
                Err(fault) => fault,
            };
            if fault.is_of_delivery() && entries.len() > 1 {
                let (first, second) = entries.split_at(entries.len() / 2);
                let first = self.batch(first).await;
                return first.then(self.batch(second).await);
            }
            if fault.is_of_target() {
                self.denied.get_or_init(|| fault.clone());
            }
            BatchOutcome::failed(entries.len(), fault)
        })
    }

    async fn call(&self, entries: &[Entry<'_>]) -> Result<BatchOutcome, Fault> {
        if let Some(fault) = self.denied.get() {
            return Err(fault.clone());
        }
        if Instant::now() >= self.pace.deadline {
            return Err(not_tried());
        }
        let call = self.service.call(entries);
        if self.service.has_clock() {
            return call.await;
        }
        timeout_at(self.pace.deadline, call).await.unwrap_or_else(|_| Err(Fault::timeout()))
    }
}

/// Whether a parcel is to be sent again, so that its group waits behind it.
fn is_again(sent: &Sent) -> bool {
    matches!(sent, Sent::Retry { .. } | Sent::Denied { .. })
}

fn not_tried() -> Fault {
    Fault::new(Kind::Failing, "NotTried", "the time for sending was over before its turn")
}

fn after_earlier() -> Fault {
    Fault::new(Kind::Failing, "GroupHeld", "an earlier delivery of its group failed")
}
