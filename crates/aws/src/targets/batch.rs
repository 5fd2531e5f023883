//! Cutting: parcels become entries, entries become waves, waves become batches.
//!
//! A batch API may fail any entry of a batch alone, and takes the others. So that nothing overtakes an
//! earlier parcel of its group, a wave has at most one entry of each group: the next wave goes out when
//! the answers of this one are known.

use eventyard_bus::{Cause, Parcel, Sent};
use eventyard_rules::{RefusedCode, Target};
use std::borrow::Cow;
use std::collections::HashMap;

/// What a service takes in one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Entries of one call.
    pub(super) entries: usize,
    /// Bytes of all entries of one call.
    pub(super) bytes: usize,
}

impl Limits {
    /// One delivery for each call.
    pub(super) const ONE: Self = Self { entries: 1, bytes: usize::MAX };
}

/// One parcel, ready to be sent.
#[derive(Debug)]
pub(super) struct Entry<'p> {
    /// Its place among the parcels.
    pub(super) index: usize,
    pub(super) parcel: Parcel<'p>,
    pub(super) body: Cow<'p, str>,
    /// What it counts for, in bytes: its body, and what travels beside it.
    pub(super) bytes: usize,
}

impl Entry<'_> {
    pub(super) fn group(&self) -> Option<&str> {
        self.parcel.planned.group.as_deref()
    }

    /// The refusal of an entry that the target can never take.
    pub(super) fn refused(&self, target: &Target) -> Option<Sent> {
        let (bytes, most) = (self.bytes, target.kind.payload_bytes_max());
        (bytes > most).then(|| {
            let text = format!("the payload is {bytes} bytes, `{}` takes {most}", target.name);
            Sent::Park { cause: Cause::new(RefusedCode::PayloadTooLargeForTarget.as_str(), text) }
        })
    }
}

/// The first entries of all groups, with those of none; then the second ones; and so on.
pub(super) fn waves(entries: Vec<Entry<'_>>) -> Vec<Vec<Entry<'_>>> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut waves: Vec<Vec<Entry<'_>>> = Vec::new();
    for entry in entries {
        let wave = match entry.group() {
            None => 0,
            Some(group) => {
                let count = counts.entry(group.to_owned()).or_default();
                *count += 1;
                *count - 1
            }
        };
        if waves.len() <= wave {
            waves.resize_with(wave + 1, Vec::new);
        }
        if let Some(wave) = waves.get_mut(wave) {
            wave.push(entry);
        }
    }
    waves
}

/// Batches within the limits, in order; an entry over the limit of bytes goes alone.
pub(super) fn batches(entries: Vec<Entry<'_>>, limits: Limits) -> Vec<Vec<Entry<'_>>> {
    let mut batches: Vec<Vec<Entry<'_>>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let fits = |batch: &&mut Vec<Entry<'_>>| {
            batch.len() < limits.entries && bytes + entry.bytes <= limits.bytes
        };
        match batches.last_mut().filter(fits) {
            Some(batch) => {
                bytes += entry.bytes;
                batch.push(entry);
            }
            None => {
                bytes = entry.bytes;
                batches.push(vec![entry]);
            }
        }
    }
    batches
}
