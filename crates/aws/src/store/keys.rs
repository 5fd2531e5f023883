//! The keys of every item; the module's table says what each is.

use eventyard_bus::{CheckpointName, DeliveryKey, LogPosition, PageNumber, ParkedCursor};
use eventyard_event::{DeliveryId, Identity, Timestamp};
use eventyard_rules::{TargetName, Version};

use super::item::Key;

/// The bits of a page's number below its shard.
const NUMBER_BITS: u32 = 48;

/// A page as its shard and its number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub shard: u16,
    pub n: u64,
}

impl Place {
    pub fn of(page: PageNumber) -> Self {
        let shard = u16::try_from(page.0 >> NUMBER_BITS).unwrap_or(u16::MAX);
        Self { shard, n: page.0 & ((1 << NUMBER_BITS) - 1) }
    }

    pub fn page(self) -> PageNumber {
        PageNumber(u64::from(self.shard) << NUMBER_BITS | self.n)
    }
}

/// Makes the keys of one bus.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    bus: String,
}

impl Keys {
    pub fn new(bus: &str) -> Self {
        Self { bus: bus.to_owned() }
    }

    fn pk(&self, rest: std::fmt::Arguments<'_>) -> String {
        format!("{}#{rest}", self.bus)
    }

    pub fn event(&self, identity: &Identity) -> Key {
        Key::new(self.pk(format_args!("E#{identity}")), "E")
    }

    pub fn delivery(&self, key: &DeliveryKey) -> Key {
        Key::new(self.pk(format_args!("E#{}", key.identity)), format!("D#{}", key.id))
    }

    /// The delivery that a key of the table is of.
    pub fn read_delivery(&self, key: &Key) -> Option<DeliveryKey> {
        let identity = key.pk.strip_prefix(&*self.bus)?.strip_prefix("#E#")?;
        let id: DeliveryId = key.sk.strip_prefix("D#")?.parse().ok()?;
        Some(DeliveryKey { identity: identity.parse().ok()?, id })
    }

    pub fn shard(&self, shard: u16) -> String {
        self.pk(format_args!("L#{shard:02}"))
    }

    pub fn page(&self, page: PageNumber) -> Key {
        let place = Place::of(page);
        Key::new(self.shard(place.shard), twenty(place.n))
    }

    pub fn mark(&self, shard: u16) -> Key {
        Key::new(self.pk(format_args!("W#{shard:02}")), "W")
    }

    pub fn group(&self, target: &TargetName, group: &str) -> String {
        self.pk(format_args!("G#{target}#{group}"))
    }

    /// The pointer of a group to one of its deliveries.
    pub fn pointer(
        &self,
        target: &TargetName,
        group: &str,
        position: &LogPosition,
        key: &DeliveryKey,
    ) -> Key {
        let sk = format!("{}#{}", place(position), pair(key));
        Key::new(self.group(target, group), sk)
    }

    pub fn targets(&self) -> String {
        self.pk(format_args!("T"))
    }

    pub fn target(&self, target: &TargetName) -> Key {
        Key::new(self.targets(), target.as_str())
    }

    pub fn rule_set(&self, version: &Version) -> Key {
        Key::new(self.pk(format_args!("R#{version}")), "R")
    }

    pub fn active_rules(&self, deployed: &Version) -> Key {
        Key::new(self.pk(format_args!("R#active")), deployed.to_string())
    }

    pub fn checkpoints(&self) -> String {
        self.pk(format_args!("K"))
    }

    pub fn checkpoint(&self, name: &CheckpointName) -> Key {
        Key::new(self.checkpoints(), name.as_str())
    }

    pub fn undecodables(&self) -> String {
        self.pk(format_args!("X"))
    }

    /// The body of an undecodable message, apart from the list, which stays small.
    pub fn undecodable(&self, place: &str) -> Key {
        let hash = blake3::hash(place.as_bytes()).to_hex();
        Key::new(self.pk(format_args!("X#{hash}")), "X")
    }

    pub fn stream(&self, stream: &str) -> String {
        self.pk(format_args!("S#{stream}"))
    }

    pub fn due(&self, target: &TargetName) -> String {
        self.pk(format_args!("DUE#{target}"))
    }

    pub fn parked(&self, target: &TargetName) -> String {
        self.pk(format_args!("PARK#{target}"))
    }
}

/// A number as 20 digits, which sort as it does.
pub(super) fn twenty(n: u64) -> String {
    format!("{n:020}")
}

/// A time as text that sorts as it does, to the nanosecond, for the years 0 to 9999.
pub(super) fn sortable(at: Timestamp) -> String {
    const YEAR_0: Timestamp = Timestamp::constant(-62_167_219_200, 0);
    format!("{:.9}", at.max(YEAR_0))
}

/// A place in the log as text that sorts as it does.
fn place(position: &LogPosition) -> String {
    let LogPosition { page, entry, delivery } = position;
    format!("{}.{entry:010}.{delivery:010}", twenty(page.0))
}

fn read_place(text: &str) -> Option<LogPosition> {
    let mut parts = text.split('.');
    let page = PageNumber(parts.next()?.parse().ok()?);
    let (entry, delivery) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(LogPosition { page, entry, delivery })
}

fn pair(key: &DeliveryKey) -> String {
    format!("{}/{}", key.identity, key.id)
}

fn read_pair(text: &str) -> Option<DeliveryKey> {
    let (identity, id) = text.split_once('/')?;
    Some(DeliveryKey { identity: identity.parse().ok()?, id: id.parse().ok()? })
}

/// Where an item stands in the order of its target's due times.
pub(super) fn due_place(due: Timestamp, position: &LogPosition, key: &DeliveryKey) -> String {
    format!("{}#{}#{}", sortable(due), place(position), pair(key))
}

pub(super) fn read_due_place(text: &str) -> Option<(Timestamp, LogPosition)> {
    let mut parts = text.split('#');
    let due = parts.next()?.parse().ok()?;
    Some((due, read_place(parts.next()?)?))
}

/// The end of the range of everything that is due at this time.
pub(super) fn due_until(now: Timestamp) -> String {
    // `~` sorts behind `#`, so it is behind everything of this very time.
    format!("{}~", sortable(now))
}

/// Where an item stands in the order of parking.
pub(super) fn parked_place(cursor: &ParkedCursor) -> String {
    format!("{}#{}", sortable(cursor.at), pair(&cursor.key))
}

/// The delivery and the place that a group's pointer names.
pub(super) fn read_pointer(sk: &str) -> Option<(LogPosition, DeliveryKey)> {
    let (place, key) = sk.split_once('#')?;
    Some((read_place(place)?, read_pair(key)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventyard_bus::contract::fixture::{at, item};

    #[test]
    fn times_sort_as_texts() {
        let times = [
            Timestamp::MIN,
            Timestamp::UNIX_EPOCH,
            at(0),
            at(0) + jiff::SignedDuration::from_nanos(1),
            at(1),
            Timestamp::MAX,
        ];
        let texts = times.map(sortable);
        assert!(texts.is_sorted(), "{texts:?}");
        assert!(texts.iter().all(|text| text.len() == texts[0].len()), "{texts:?}");
    }

    #[test]
    fn places_are_read_as_they_were_written() {
        let item = item(7, "x", 3);
        let text = due_place(at(3), &item.position, &item.key);
        assert_eq!(read_due_place(&text), Some((at(3), item.position)));
        assert!(text < due_until(at(3)) && text > due_until(at(2)));
        let keys = Keys::new("main");
        assert_eq!(keys.read_delivery(&keys.delivery(&item.key)), Some(item.key));
        let pointer = keys.pointer(&item.target, "a", &item.position, &item.key);
        assert_eq!(read_pointer(&pointer.sk), Some((item.position, item.key)));
    }

    #[test]
    fn a_page_is_a_shard_and_a_number() {
        let place = Place { shard: 15, n: 42 };
        assert_eq!(Place::of(place.page()), place);
        let key = Keys::new("main").page(place.page());
        assert_eq!((&*key.pk, &*key.sk), ("main#L#15", "00000000000000000042"));
    }
}
