//! The records of a page: what it names, who works on it, what became of it.

use eventyard_event::{DeliveryId, Event, Identity, short_hash};

use super::codec::{Damaged, Decode, Encode};

/// What a page names: a run of the log, with hashes to find candidates by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// When it was accepted, never before the page in front of it.
    pub at: i64,
    /// The sequence number of its first event.
    pub first: u64,
    pub entries: Vec<Entry>,
}

/// The front of a page's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub at: i64,
    pub first: u64,
}

/// One event of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The key under which the identity index has it, now or later.
    pub slot: u64,
    pub id: u32,
    pub event_type: u32,
    pub source: u32,
    pub subject: u32,
}

const ENTRY_BYTES: usize = 8 + 4 * 4;

impl Entry {
    /// The entry of an event under the key that the index tries first.
    pub fn new(event: &Event) -> Self {
        Self {
            slot: slot(&event.identity()),
            id: short_hash(event.id()),
            event_type: short_hash(event.event_type()),
            source: short_hash(event.source()),
            subject: event.subject().map_or(0, short_hash),
        }
    }
}

impl Page {
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.entries.len() * ENTRY_BYTES);
        out.put_i64(self.at);
        out.put_u64(self.first);
        for entry in &self.entries {
            out.put_u64(entry.slot);
            out.put_u32(entry.id);
            out.put_u32(entry.event_type);
            out.put_u32(entry.source);
            out.put_u32(entry.subject);
        }
        out
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut decode = Decode::new(bytes);
        let (at, first) = (decode.i64()?, decode.u64()?);
        let mut entries = Vec::with_capacity(decode.rest().len() / ENTRY_BYTES);
        while !decode.is_empty() {
            entries.push(Entry {
                slot: decode.u64()?,
                id: decode.u32()?,
                event_type: decode.u32()?,
                source: decode.u32()?,
                subject: decode.u32()?,
            });
        }
        Ok(Self { at, first, entries })
    }

    /// When the page was accepted and its first event, without its entries.
    pub fn head(bytes: &[u8]) -> Result<Head, Damaged> {
        let mut decode = Decode::new(bytes);
        Ok(Head { at: decode.i64()?, first: decode.u64()? })
    }

    /// The sequence number behind its last event.
    pub fn end(&self) -> u64 {
        self.first.saturating_add(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }
}

/// The number under which the identity index looks for an identity first.
pub(crate) fn slot(identity: &Identity) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *identity.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Who works on a page that is not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The opening of the store under which it was claimed; an older one holds no claim.
    pub generation: u64,
    pub attempt: u32,
    /// Until when nobody else takes it over.
    pub until: i64,
}

impl Lease {
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(20);
        out.put_u64(self.generation);
        out.put_u32(self.attempt);
        out.put_i64(self.until);
        out
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut decode = Decode::new(bytes);
        Ok(Self { generation: decode.u64()?, attempt: decode.u32()?, until: decode.i64()? })
    }
}

/// What became of a page: the deliveries that were made before it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcomes {
    pub sealed_at: i64,
    pub attempt: u32,
    /// Each delivery that has no item of its own, and when it was made.
    pub delivered: Vec<(DeliveryId, i64)>,
}

impl Outcomes {
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(12 + self.delivered.len() * 24);
        out.put_i64(self.sealed_at);
        out.put_u32(self.attempt);
        for (delivery, at) in &self.delivered {
            out.put(delivery.as_bytes());
            out.put_i64(*at);
        }
        out
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut decode = Decode::new(bytes);
        let (sealed_at, attempt) = (decode.i64()?, decode.u32()?);
        let mut delivered = Vec::with_capacity(decode.rest().len() / 24);
        while !decode.is_empty() {
            delivered.push((DeliveryId::from_bytes(decode.array()?), decode.i64()?));
        }
        Ok(Self { sealed_at, attempt, delivered })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let entry = |slot| Entry { slot, id: 1, event_type: 2, source: 3, subject: 0 };
        Page { at: -5, first: 9, entries: vec![entry(1), entry(u64::MAX)] }
    }

    #[test]
    fn records_are_read_as_they_were_written() {
        let outcomes = Outcomes {
            sealed_at: 7,
            attempt: 2,
            delivered: vec![(DeliveryId::from_bytes([3; 16]), 8)],
        };
        let lease = Lease { generation: 1, attempt: 2, until: 3 };
        assert_eq!(Page::read(&page().write()), Ok(page()));
        assert_eq!(Page::head(&page().write()), Ok(Head { at: -5, first: 9 }));
        assert_eq!(page().end(), 11);
        assert_eq!(Outcomes::read(&outcomes.write()), Ok(outcomes));
        assert_eq!(Lease::read(&lease.write()), Ok(lease));
    }

    #[test]
    fn a_record_that_was_cut_off_is_damaged() {
        let bytes = page().write();
        assert_eq!(Page::read(&bytes[..bytes.len() - 1]), Err(Damaged));
        assert_eq!(Page::read(&[]), Err(Damaged));
        assert_eq!(Lease::read(&[0; 19]), Err(Damaged));
    }
}
