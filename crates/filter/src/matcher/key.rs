//! Necessary conditions that an index can look up: if a filter takes an event, one of its keys holds.
use super::slots::SlotId;
use eventyard_event::json::Number;
use ipnet::IpNet;
use std::cmp::Ordering;

/// Bytes of a beginning or an ending that are looked up: so many lookups a value costs at most.
const AFFIX_BYTES_MAX: usize = 32;

/// What presence weighs beside other facts.
const PRESENT: usize = 256;

/// A fact about one value of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub slot: SlotId,
    pub fact: Fact,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    /// The string.
    Text(Box<[u8]>),
    /// The string, whatever the case of its letters; folded.
    AnyCase(Box<[u8]>),
    /// A string that begins so.
    Prefix(Box<[u8]>),
    /// A string that ends so.
    Suffix(Box<[u8]>),
    /// A string with this in it.
    Contains(Box<[u8]>),
    /// A string that is an address in the block.
    Network(IpNet),
    /// A number, as the nearest binary64: equal numbers have the same one.
    Number(u64),
    Bool(bool),
    Null,
    /// An object; known only of the places of conditions.
    Object,
    /// A number in a range.
    Range(Range),
    /// There is a value.
    Present,
}

/// A range of numbers, its ends as binary64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Range {
    pub low: Bound,
    pub high: Bound,
}

/// One end of a range, by bits so that it can be hashed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Bound {
    bits: u64,
    inclusive: bool,
    /// The number itself, where numbers are compared by their exact value.
    exact: Option<Number<'static>>,
}

impl Bound {
    /// An end that is compared as binary64.
    pub fn new(value: f64, inclusive: bool) -> Self {
        Self { bits: bits(value), inclusive, exact: None }
    }

    /// An end that is compared exactly.
    pub fn exact(number: &Number<'static>, inclusive: bool) -> Self {
        Self { bits: bits(number.as_f64()), inclusive, exact: Some(number.clone()) }
    }

    pub fn value(&self) -> f64 {
        f64::from_bits(self.bits)
    }

    /// Whether a number is on the right side of the end: `side` is where it must be.
    ///
    /// Rounding to binary64 keeps the order of numbers, so only those that round to the end itself
    /// need their exact value looked at.
    #[inline]
    fn holds(&self, value: f64, text: &str, side: Ordering) -> bool {
        match (value.partial_cmp(&self.value()), &self.exact) {
            (Some(Ordering::Equal), Some(exact)) => exactly(text, exact, side, self.inclusive),
            (Some(Ordering::Equal), None) => self.inclusive,
            (order, _) => order == Some(side),
        }
    }
}

#[cold]
fn exactly(text: &str, end: &Number<'_>, side: Ordering, inclusive: bool) -> bool {
    let order = Number::parse(text).map(|number| number.cmp(end));
    order == Some(side) || (inclusive && order == Some(Ordering::Equal))
}

impl Range {
    /// Every number.
    pub fn all() -> Self {
        Self { low: Bound::new(f64::NEG_INFINITY, true), high: Bound::new(f64::INFINITY, true) }
    }

    /// Whether the number `value`, written as `text`, lies in it.
    #[inline]
    pub fn holds(&self, value: f64, text: &str) -> bool {
        self.low.holds(value, text, Ordering::Greater)
            && self.high.holds(value, text, Ordering::Less)
    }

    /// The part that lies above (or at) `value` too, compared as binary64.
    pub fn above(self, value: f64, inclusive: bool) -> Self {
        let own = self.low.value();
        let tighter = value > own || (value == own && !inclusive);
        if tighter { Self { low: Bound::new(value, inclusive), ..self } } else { self }
    }

    /// The part that lies below (or at) `value` too, compared as binary64.
    pub fn below(self, value: f64, inclusive: bool) -> Self {
        let own = self.high.value();
        let tighter = value < own || (value == own && !inclusive);
        if tighter { Self { high: Bound::new(value, inclusive), ..self } } else { self }
    }
}

/// The bits of a number, the same for both zeros.
#[inline]
pub(super) fn bits(value: f64) -> u64 {
    if value == 0.0 { 0 } else { value.to_bits() }
}

/// Keys of which one holds whenever the clause does.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub any: Vec<Key>,
    /// Whether the clause holds whenever one of them does.
    pub exact: bool,
}

impl Keys {
    pub fn one(slot: SlotId, fact: Fact, exact: bool) -> Self {
        Self { any: vec![Key { slot, fact }], exact }
    }

    pub fn present(slot: SlotId) -> Self {
        Self::one(slot, Fact::Present, false)
    }

    /// A string that begins with `text`.
    pub fn prefix(slot: SlotId, text: &str) -> Self {
        let bytes = text.as_bytes();
        let cut = bytes.get(..AFFIX_BYTES_MAX).unwrap_or(bytes);
        Self::one(slot, Fact::Prefix(cut.into()), cut.len() == bytes.len())
    }

    /// A string that ends with `text`.
    pub fn suffix(slot: SlotId, text: &str) -> Self {
        let bytes = text.as_bytes();
        let cut = bytes.get(bytes.len().saturating_sub(AFFIX_BYTES_MAX)..).unwrap_or(bytes);
        Self::one(slot, Fact::Suffix(cut.into()), cut.len() == bytes.len())
    }

    /// A string with `text` in it.
    pub fn contains(slot: SlotId, text: &str) -> Self {
        let bytes = text.as_bytes();
        let cut = bytes.get(..AFFIX_BYTES_MAX).unwrap_or(bytes);
        Self::one(slot, Fact::Contains(cut.into()), cut.len() == bytes.len())
    }

    /// One of the alternatives holds; nothing is known when one of them has no keys.
    pub fn either(all: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let mut either = Self { any: Vec::new(), exact: true };
        for keys in all {
            let keys = keys?;
            either.exact &= keys.exact;
            either.any.extend(keys.any);
        }
        Some(either)
    }

    /// Both hold: the keys of the one that is looked up with less work.
    pub fn both(all: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let best = all.into_iter().flatten().min_by_key(Self::weight)?;
        Some(Self { exact: false, ..best })
    }

    /// Whether they hold for most events that have the place at all.
    pub fn are_common(&self) -> bool {
        self.weight() >= PRESENT
    }

    fn weight(&self) -> usize {
        let weight = |key: &Key| match key.fact {
            Fact::Text(_) | Fact::Number(_) | Fact::AnyCase(_) => 1,
            Fact::Prefix(_) | Fact::Suffix(_) | Fact::Null | Fact::Object => 4,
            Fact::Network(_) => 8,
            Fact::Bool(_) | Fact::Contains(_) => 16,
            Fact::Range(_) => 64,
            Fact::Present => PRESENT,
        };
        self.any.iter().map(weight).sum()
    }
}
