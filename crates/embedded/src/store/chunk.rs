//! How events lie in the log: several to a value, in the order they were accepted.
//!
//! A chunk is `count`, the end of each event, then the events. Large values written in sequence
//! cost the database a third of what single events would; a chunk fits the database's 64 KiB page,
//! so a single event is read back with at most that much. An event larger than a chunk has one to
//! itself.

use eventyard_bus::{Accept, PageNumber, StoredEvent};
use eventyard_event::{Digest, Event, Identity, Limits, Timestamp};
use eventyard_rules::Plan;

use super::codec::{Damaged, Decode, Encode, length};
use super::error::Fault;
use super::instant;
use super::page::Entry;

/// What a chunk may hold: a page of 64 KiB less what the database keeps there for itself.
pub(crate) const CHUNK_BYTES: usize = 65_536 - 512;

/// Identity, digest, time of acceptance and page in front of an event's plan and document.
const HEADER_BYTES: usize = 16 + 16 + 8 + 8;

/// An event made ready for the log, before a sequence number or a page is known.
pub(crate) struct Prepared {
    pub identity: Identity,
    pub digest: Digest,
    /// What the page's entry says of it, but for the place in the index.
    pub entry: Entry,
    /// The input it came by and the plan, each with its length in front; then the document.
    body: Vec<u8>,
}

impl Prepared {
    /// Encodes one event with its plan.
    ///
    /// # Errors
    /// The plan does not serialize, which no plan of this program does.
    pub fn new(accept: &Accept) -> Result<Self, Fault> {
        let event = &accept.event;
        let document = event.document();
        let mut body = Vec::with_capacity(document.len() + 256);
        body.put_text(&accept.via);
        let plan = body.len();
        body.put_u32(0);
        serde_json::to_writer(&mut body, &accept.plan)?;
        let bytes = length(body.len() - plan - 4);
        body[plan..plan + 4].copy_from_slice(&bytes.to_le_bytes());
        body.put(document.as_bytes());
        Ok(Self {
            identity: event.identity(),
            digest: event.digest(),
            entry: Entry::new(event),
            body,
        })
    }

    /// Bytes that the event takes in a chunk.
    pub fn bytes(&self) -> usize {
        4 + HEADER_BYTES + self.body.len()
    }
}

/// The number of events, from the front of `events`, that make the next chunk: at least one.
pub(crate) fn take(events: &[&Prepared]) -> usize {
    let mut bytes = 4;
    let fits = events.iter().take_while(|event| {
        bytes += event.bytes();
        bytes <= CHUNK_BYTES
    });
    fits.count().max(1).min(events.len())
}

/// The number of these events, as it is stored.
pub(crate) fn count(events: &[&Prepared]) -> u32 {
    length(events.len())
}

/// Bytes of the chunk of these events.
pub(crate) fn size(events: &[&Prepared]) -> usize {
    4 + events.iter().map(|event| event.bytes()).sum::<usize>()
}

/// Writes the chunk of these events into `place`, which has exactly its [`size`].
pub(crate) fn write(events: &[&Prepared], accepted_at: i64, page: u64, place: &mut [u8]) {
    let mut out = Sink(place);
    out.put_u32(count(events));
    let mut end = 0;
    for event in events {
        end += HEADER_BYTES + event.body.len();
        out.put_u32(length(end));
    }
    for event in events {
        out.put(event.identity.as_bytes());
        out.put(event.digest.as_bytes());
        out.put_i64(accepted_at);
        out.put_u64(page);
        out.put(&event.body);
    }
}

/// A place of known size that is filled from the front.
struct Sink<'a>(&'a mut [u8]);

impl Encode for Sink<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let place = std::mem::take(&mut self.0);
        let (head, rest) = place.split_at_mut(bytes.len());
        head.copy_from_slice(bytes);
        self.0 = rest;
    }
}

/// The events of one chunk.
#[derive(Clone, Copy)]
pub(crate) struct Chunk<'a> {
    ends: &'a [u8],
    events: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut decode = Decode::new(bytes);
        let count = decode.len()?;
        let ends = decode.bytes(count.checked_mul(4).ok_or(Damaged)?)?;
        Ok(Self { ends, events: decode.rest() })
    }

    /// The number of events.
    pub fn len(&self) -> usize {
        self.ends.len() / 4
    }

    /// The event at `index`; none behind the last.
    pub fn get(&self, index: usize) -> Option<Result<Stored<'a>, Damaged>> {
        (index < self.len()).then(|| {
            let start = if index == 0 { 0 } else { self.end(index - 1)? };
            let bytes = self.events.get(start..self.end(index)?).ok_or(Damaged)?;
            Stored::read(bytes)
        })
    }

    fn end(&self, index: usize) -> Result<usize, Damaged> {
        Decode::new(self.ends.get(index * 4..).ok_or(Damaged)?).len()
    }
}

/// One event as it lies in the log.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'a> {
    /// All of it, to be read again elsewhere.
    pub bytes: &'a [u8],
    pub identity: Identity,
    pub digest: Digest,
    pub accepted_at: Timestamp,
    pub page: u64,
    pub via: &'a str,
    pub plan: &'a [u8],
    pub document: &'a str,
}

impl<'a> Stored<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut decode = Decode::new(bytes);
        let identity = Identity::from_bytes(decode.array()?);
        let digest = Digest::from_bytes(decode.array()?);
        let accepted_at = instant::time(decode.i64()?);
        let page = decode.u64()?;
        let via = decode.text()?;
        let len = decode.len()?;
        let plan = decode.bytes(len)?;
        let document = std::str::from_utf8(decode.rest()).map_err(|_| Damaged)?;
        Ok(Self { bytes, identity, digest, accepted_at, page, via, plan, document })
    }

    /// The event itself, read again from its document.
    pub fn event(&self) -> Result<Event, Fault> {
        event(self.document)
    }

    pub fn plan(&self) -> Result<Plan, Fault> {
        Ok(serde_json::from_slice(self.plan)?)
    }

    /// The event with all that is known of its acceptance.
    pub fn stored_event(&self) -> Result<StoredEvent, Fault> {
        Ok(StoredEvent {
            event: self.event()?,
            plan: self.plan()?,
            accepted_at: self.accepted_at,
            page: PageNumber(self.page),
            via: self.via.into(),
            replayed: None,
        })
    }
}

/// The event of a document. What was once accepted stays readable, whatever limits hold now.
pub(crate) fn event(document: &str) -> Result<Event, Fault> {
    let limits = Limits {
        event_bytes: usize::MAX,
        depth: 256,
        members: usize::MAX,
        string_bytes: usize::MAX,
        ..Limits::default()
    };
    Ok(Event::from_document(document.as_bytes(), &limits).map_err(|_| Damaged)?)
}
