//! The identity index: which event is already in the log, by the hash of its source and id.
//!
//! Identities are random, so an index of them is a tree in which every insert touches another
//! leaf, and each leaf is written again with each commit: four times the bytes of the events
//! themselves. So the newest identities wait in memory, in a [`Tail`] that is rebuilt from the
//! pages when the store is opened, and move to the table one slice of the key space at a time: a
//! thousand of them into a few neighbouring leaves.
//!
//! `// INVARIANT (indexed)`: every event of a page below `Tail::indexed` is in the table; every
//! event of a later page is in the tail or in the table.

use std::collections::BTreeMap;

use eventyard_event::Identity;
use redb::{ReadableTable, Table};

use super::error::Fault;
use super::page::{self, Page};

/// Identities that wait before slices are moved; a tail grows to about twice as many (3 MB).
const TAIL: usize = 32_768;

/// Parts of the key space; a commit moves one.
const SLICES: u64 = 64;

/// The newest identities, and how far the table has followed.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    entries: BTreeMap<u64, u64>,
    /// The slice that is moved next.
    slice: u64,
    /// Pages below this one are wholly in the table.
    indexed: u64,
    /// Pages below this one will be, once every slice has been moved.
    indexing: u64,
}

/// What stands under a number that an identity may have.
pub(crate) enum Candidate<T> {
    /// The one looked for, with what its check gave.
    Is(T),
    /// Another one.
    Other,
    /// An event that was kept long enough, deleted or not.
    Ended,
}

impl<T> From<Option<T>> for Candidate<T> {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::Other, Self::Is)
    }
}

/// Where an identity is, or may be put.
pub(crate) enum Found<T> {
    /// It is in the log; what the check of the event's record gave.
    Taken(T),
    /// It is not; this number is free for it.
    Free(u64),
}

impl Tail {
    /// An empty tail for a table that has every page below `indexed`.
    pub fn new(indexed: u64) -> Self {
        Self { indexed, indexing: indexed, ..Self::default() }
    }

    /// The page from which on a tail must be rebuilt.
    pub fn indexed(&self) -> u64 {
        self.indexed
    }

    /// Takes up the events of one page, as when the store is opened.
    pub fn add_page(&mut self, page: &Page) {
        for (entry, sequence) in page.entries.iter().zip(page.first..) {
            self.entries.insert(entry.slot, sequence);
        }
    }

    pub fn insert(&mut self, slot: u64, sequence: u64) {
        self.entries.insert(slot, sequence);
    }

    /// Looks for an identity. Two identities whose numbers collide take neighbouring ones, so
    /// `check` says of each candidate whether it is the one looked for. The number of one that has
    /// ended may be given to another.
    pub fn find<T>(
        &self,
        table: &impl ReadableTable<u64, u64>,
        identity: &Identity,
        mut check: impl FnMut(u64) -> Result<Candidate<T>, Fault>,
    ) -> Result<Found<T>, Fault> {
        let mut slot = page::slot(identity);
        let mut ended = None;
        while let Some(sequence) = self.get(table, slot)? {
            match check(sequence)? {
                Candidate::Is(found) => return Ok(Found::Taken(found)),
                Candidate::Ended => ended = ended.or(Some(slot)),
                Candidate::Other => {}
            }
            slot = slot.wrapping_add(1);
        }
        Ok(Found::Free(ended.unwrap_or(slot)))
    }

    /// Forgets that an event has this number, if it has. Where a neighbour may have moved on because of
    /// it, the entry stays, so that the neighbour is found behind it.
    pub fn forget(
        &mut self,
        table: &mut Table<'_, u64, u64>,
        slot: u64,
        sequence: u64,
    ) -> Result<(), Fault> {
        let is_ours = self.get(table, slot)? == Some(sequence);
        if is_ours && self.get(table, slot.wrapping_add(1))?.is_none() {
            self.entries.remove(&slot);
            table.remove(slot)?;
        }
        Ok(())
    }

    /// The event that has this number.
    pub fn get(
        &self,
        table: &impl ReadableTable<u64, u64>,
        slot: u64,
    ) -> Result<Option<u64>, Fault> {
        match self.entries.get(&slot) {
            Some(sequence) => Ok(Some(*sequence)),
            None => Ok(table.get(slot)?.map(|found| found.value())),
        }
    }

    /// Moves slices to the table when enough has gathered; `next_page` is the next page's number.
    pub fn settle(&mut self, table: &mut Table<'_, u64, u64>, next_page: u64) -> Result<(), Fault> {
        if self.entries.len() > TAIL {
            self.move_slice(table, next_page)?;
        }
        while self.entries.len() > 2 * TAIL {
            self.move_slice(table, next_page)?;
        }
        Ok(())
    }

    fn move_slice(&mut self, table: &mut Table<'_, u64, u64>, next_page: u64) -> Result<(), Fault> {
        if self.slice == 0 {
            self.indexing = next_page;
        }
        let width = u64::MAX / SLICES + 1;
        let from = self.slice * width;
        let slice = from..=from + (width - 1);
        let moved: Vec<u64> = self.entries.range(slice).map(|(slot, _)| *slot).collect();
        for slot in moved {
            if let Some(sequence) = self.entries.remove(&slot) {
                table.insert(slot, sequence)?;
            }
        }
        self.slice = (self.slice + 1) % SLICES;
        if self.slice == 0 {
            self.indexed = self.indexing;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::{Database, TableDefinition, backends::InMemoryBackend};

    const TABLE: TableDefinition<'_, u64, u64> = TableDefinition::new("identities");

    /// Runs a test with an empty table.
    fn with_table(test: impl FnOnce(&mut Table<'_, u64, u64>)) {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        let write = database.begin_write().unwrap();
        test(&mut write.open_table(TABLE).unwrap());
    }

    /// The identity that begins with the number `slot` and ends with `last`.
    fn identity(slot: u64, last: u8) -> Identity {
        let mut bytes = [last; 16];
        bytes[..8].copy_from_slice(&slot.to_be_bytes());
        Identity::from_bytes(bytes)
    }

    /// Looks for `wanted` in a log whose events have these identities, from number 1.
    fn look(
        tail: &Tail,
        table: &Table<'_, u64, u64>,
        log: &[Identity],
        wanted: Identity,
    ) -> Found<u64> {
        let check = |sequence: u64| {
            let index = usize::try_from(sequence - 1).unwrap();
            Ok((log[index] == wanted).then_some(sequence).into())
        };
        tail.find(table, &wanted, check).unwrap()
    }

    #[test]
    fn identities_that_collide_are_told_apart_also_at_the_end_of_the_numbers() {
        for slot in [7, u64::MAX] {
            with_table(|table| {
                let log = [identity(slot, 1), identity(slot, 2)];
                let mut tail = Tail::new(1);
                for (event, sequence) in log.iter().zip(1..) {
                    let Found::Free(free) = look(&tail, table, &log, *event) else { panic!() };
                    tail.insert(free, sequence);
                }
                assert!(matches!(look(&tail, table, &log, log[0]), Found::Taken(1)));
                assert!(matches!(look(&tail, table, &log, log[1]), Found::Taken(2)));
                let third = look(&tail, table, &log, identity(slot, 3));
                assert!(matches!(third, Found::Free(free) if free == slot.wrapping_add(2)));
            });
        }
    }

    #[test]
    fn a_neighbour_is_found_after_the_one_before_it_was_forgotten() {
        with_table(|table| {
            let log = [identity(7, 1), identity(7, 2), identity(9, 3)];
            let mut tail = Tail::new(1);
            for (slot, sequence) in [(7, 1), (8, 2), (9, 3)] {
                tail.insert(slot, sequence);
            }
            tail.forget(table, 7, 1).unwrap();
            assert!(matches!(look(&tail, table, &log, log[1]), Found::Taken(2)));
            tail.forget(table, 9, 3).unwrap();
            assert!(matches!(look(&tail, table, &log, log[2]), Found::Free(9)));
            tail.forget(table, 8, 1).unwrap();
            assert!(matches!(look(&tail, table, &log, log[1]), Found::Taken(2)));
        });
    }

    #[test]
    fn the_number_of_an_event_that_ended_is_given_again() {
        with_table(|table| {
            let mut tail = Tail::new(1);
            tail.insert(7, 1);
            let ended = |_| Ok(Candidate::<()>::Ended);
            let found = tail.find(table, &identity(7, 1), ended).unwrap();
            assert!(matches!(found, Found::Free(7)));
        });
    }

    #[test]
    fn every_slice_is_moved_and_then_the_pages_of_its_start_are_indexed() {
        with_table(|table| {
            let mut tail = Tail::new(1);
            for nth in 0..=u64::try_from(2 * TAIL).unwrap() {
                tail.insert(nth.wrapping_mul(0x9E37_79B9_7F4A_7C15), nth + 1);
            }
            let before = tail.entries.clone();
            for _ in 0..SLICES {
                assert_eq!(tail.indexed(), 1);
                tail.move_slice(table, 66).unwrap();
            }
            assert!(tail.entries.is_empty());
            assert_eq!(tail.indexed(), 66);
            for (slot, sequence) in before {
                assert_eq!(table.get(slot).unwrap().unwrap().value(), sequence);
            }
        });
    }
}
