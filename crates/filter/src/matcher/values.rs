//! What one event has at the places that rules look at.
use super::slots::SlotId;
use eventyard_event::json::{self, Value};
use std::borrow::Cow;

/// A stretch of the event's text that is one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
}

/// What a stretch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string without escapes, without its quotes.
    Text,
    /// A string with escapes, without its quotes.
    Escaped,
    Number,
    True,
    False,
    Null,
    Object,
    Array,
}

impl Kind {
    /// The kind of a scalar that is no string, by its first byte.
    #[inline]
    pub fn of_word(first: u8) -> Self {
        match first {
            b't' => Self::True,
            b'f' => Self::False,
            b'n' => Self::Null,
            _ => Self::Number,
        }
    }
}

/// The values of one event, by slot.
#[derive(Debug, Default)]
pub(super) struct Values {
    slots: Vec<Slot>,
    event: u64,
    /// Slots with a value inside an element of an array that is a container.
    pub pinned: usize,
    pub is_object: bool,
}

#[derive(Debug, Default)]
struct Slot {
    /// The event that the values are of.
    event: u64,
    pinned: bool,
    spans: Vec<Span>,
}

impl Values {
    /// Forgets the event before.
    pub fn begin(&mut self, slots: usize) {
        self.slots.resize_with(slots, Slot::default);
        self.event = self.event.wrapping_add(1);
        self.pinned = 0;
        self.is_object = false;
    }

    #[inline]
    pub fn put(&mut self, slot: SlotId, span: Span, pinned: bool) {
        let Some(slot) = self.slots.get_mut(slot) else { return };
        if slot.event != self.event {
            slot.event = self.event;
            slot.pinned = false;
            slot.spans.clear();
        }
        if pinned && !slot.pinned {
            slot.pinned = true;
            self.pinned = self.pinned.saturating_add(1);
        }
        slot.spans.push(span);
    }

    /// What the event has there.
    #[inline]
    pub fn at(&self, slot: SlotId) -> &[Span] {
        match self.slots.get(slot) {
            Some(slot) if slot.event == self.event => &slot.spans,
            _ => &[],
        }
    }
}

impl Span {
    /// Its bytes in the text.
    #[inline]
    pub fn raw<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The string that it is, unescaped.
    #[inline]
    pub fn text<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        match self.kind {
            Kind::Text => Some(Cow::Borrowed(self.raw(text))),
            Kind::Escaped => match self.value(text) {
                Value::String(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value that it is. Linear in its bytes.
    pub fn value<'t>(&self, text: &'t str) -> Value<'t> {
        match self.kind {
            Kind::Text => Value::String(Cow::Borrowed(self.raw(text))),
            Kind::Escaped => {
                let (start, end) = (self.start.saturating_sub(1), self.end.saturating_add(1));
                json::read(text.get(start..end).unwrap_or_default())
            }
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Null => Value::Null,
            Kind::Number | Kind::Object | Kind::Array => json::read(self.raw(text)),
        }
    }
}
