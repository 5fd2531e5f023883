//! The numbers that go on from transaction to transaction, and the newest identities.

use redb::{ReadableTable, Table};

use super::error::Fault;
use super::identities::Tail;
use super::page::Page;

/// What the writer keeps in memory beside the tables. It is read from them when the store is
/// opened and after a failure, so that a lost transaction leaves no trace here either.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub next_event: u64,
    pub next_page: u64,
    pub next_message: u64,
    pub next_queue: u64,
    /// Which opening of the store this is.
    pub generation: u64,
    /// When the newest page was accepted.
    pub page_at: i64,
    pub tail: Tail,
}

/// The name of the number of the next event, which readers count by.
pub(crate) const NEXT_EVENT: &str = "next-event";

/// The names of the numbers in `meta`. The first event, page or queue has number 1.
const NEXT: [&str; 4] = [NEXT_EVENT, "next-page", "next-message", "next-queue"];
const GENERATION: &str = "generation";
const INDEXED: &str = "indexed-page";

impl Numbers {
    /// Reads the numbers, and the pages whose identities the index does not have yet.
    pub fn load(
        meta: &impl ReadableTable<&'static str, u64>,
        pages: &impl ReadableTable<u64, &'static [u8]>,
    ) -> Result<Self, Fault> {
        let number = |name: &'static str| -> Result<Option<u64>, Fault> {
            Ok(meta.get(name)?.map(|found| found.value()))
        };
        let mut numbers = Self {
            generation: number(GENERATION)?.unwrap_or(0),
            tail: Tail::new(number(INDEXED)?.unwrap_or(1)),
            ..Self::default()
        };
        for (name, place) in numbers.next() {
            *place = number(name)?.unwrap_or(1);
        }
        for page in pages.range(numbers.tail.indexed()..)? {
            let page = Page::read(page?.1.value())?;
            numbers.tail.add_page(&page);
        }
        if let Some((_, page)) = pages.last()? {
            numbers.page_at = Page::head(page.value())?.at;
        }
        Ok(numbers)
    }

    /// Writes the numbers that the transaction leaves behind.
    pub fn save(&mut self, meta: &mut Table<'_, &'static str, u64>) -> Result<(), Fault> {
        for (name, place) in self.next() {
            meta.insert(name, *place)?;
        }
        meta.insert(GENERATION, self.generation)?;
        meta.insert(INDEXED, self.tail.indexed())?;
        Ok(())
    }

    fn next(&mut self) -> [(&'static str, &mut u64); 4] {
        let [event, page, message, queue] = NEXT;
        [
            (event, &mut self.next_event),
            (page, &mut self.next_page),
            (message, &mut self.next_message),
            (queue, &mut self.next_queue),
        ]
    }
}

/// Takes the next number of a sequence.
pub(crate) fn take(next: &mut u64) -> u64 {
    let taken = *next;
    *next += 1;
    taken
}
