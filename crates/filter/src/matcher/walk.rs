//! One pass over an event's bytes: finds what stands at the places that rules look at, steps over
//! everything else, and stops when nothing more is wanted.
use super::skip::{container_end, scalar_end, space_end, string_end};
use super::slots::{Node, NodeId, SlotId, Slots};
use super::values::{Kind, Span, Values};
use eventyard_event::json;
use std::borrow::Cow;

/// Fills `values` with what `event` has at `slots`.
pub(super) fn walk(slots: &Slots, event: &json::Checked<'_>, values: &mut Values) {
    let bytes = event.as_str().as_bytes();
    let at = space_end(bytes, 0);
    let mut walk = Walk { slots, bytes, dotted: event.has_dotted_name(), values, elements: 0 };
    let root = (!slots.single.is_empty()).then_some(0);
    // A pattern takes objects only.
    let is_object = bytes.get(at) == Some(&b'{');
    let flat = (is_object && !slots.flat.is_empty()).then_some(0);
    walk.values.is_object = is_object;
    walk.value(at, Places { single: root, flat }, true);
}

/// Where in the two tries the walk is.
#[derive(Debug, Clone, Copy)]
struct Places {
    single: Option<NodeId>,
    flat: Option<NodeId>,
}

impl Places {
    fn is_nowhere(self) -> bool {
        self.single.is_none() && self.flat.is_none()
    }
}

struct Walk<'w> {
    slots: &'w Slots,
    bytes: &'w [u8],
    dotted: bool,
    values: &'w mut Values,
    /// Elements that are containers, around the current value.
    elements: u32,
}

/// Nothing more is wanted of the event, or the place behind the value.
type Behind = Option<usize>;

impl<'w> Walk<'w> {
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b' ')
    }

    /// Steps over a value.
    #[inline]
    fn skip(&self, at: usize) -> usize {
        let inside = at.saturating_add(1);
        match self.byte(at) {
            b'"' => string_end(self.bytes, inside).0.saturating_add(1),
            b'{' => container_end(self.bytes, inside, b'{', b'}'),
            b'[' => container_end(self.bytes, inside, b'[', b']'),
            _ => scalar_end(self.bytes, at),
        }
    }

    /// Reads the value at `at`, for the `places` it is at. `is_last` says that nothing behind it is
    /// wanted.
    fn value(&mut self, at: usize, places: Places, is_last: bool) -> Behind {
        let single = places.single.and_then(|id| self.slots.single.node(id));
        let flat = places.flat.and_then(|id| self.slots.flat.node(id));
        let single_slot = single.and_then(|node| node.slot);
        match self.byte(at) {
            b'{' => {
                let behind = if wants_members(single) || wants_members(flat) {
                    self.object(at, single, flat, is_last && single_slot.is_none())
                } else {
                    Some(self.skip(at))
                };
                self.container(single_slot, Kind::Object, at, behind)
            }
            b'[' => {
                let wants = single.is_some_and(|node| !node.indices.is_empty()) || flat.is_some();
                let behind = if wants {
                    Some(self.array(at, single, places.flat))
                } else {
                    Some(self.skip(at))
                };
                self.container(single_slot, Kind::Array, at, behind)
            }
            _ => Some(self.scalar(at, single_slot, flat.and_then(|node| node.slot))),
        }
    }

    fn container(&mut self, slot: Option<SlotId>, kind: Kind, at: usize, behind: Behind) -> Behind {
        if let (Some(slot), Some(behind)) = (slot, behind) {
            self.values.put(slot, Span { start: at, end: behind, kind }, false);
        }
        behind
    }

    #[inline]
    fn scalar(&mut self, at: usize, single: Option<SlotId>, flat: Option<SlotId>) -> usize {
        let (span, behind) = if self.byte(at) == b'"' {
            let start = at.saturating_add(1);
            let (end, escaped) = string_end(self.bytes, start);
            let kind = if escaped { Kind::Escaped } else { Kind::Text };
            (Span { start, end, kind }, end.saturating_add(1))
        } else {
            let end = scalar_end(self.bytes, at);
            (Span { start: at, end, kind: Kind::of_word(self.byte(at)) }, end)
        };
        if let Some(slot) = single {
            self.values.put(slot, span, false);
        }
        if let Some(slot) = flat {
            self.values.put(slot, span, self.elements > 0);
        }
        behind
    }

    fn object(
        &mut self,
        at: usize,
        single: Option<&'w Node>,
        flat: Option<&'w Node>,
        is_last: bool,
    ) -> Behind {
        let mut wanted = self.expected(single).saturating_add(self.expected(flat));
        let mut here = space_end(self.bytes, at.saturating_add(1));
        while self.byte(here) == b'"' {
            let (name, value) = self.name(here);
            let find = |node: Option<&Node>| node.and_then(|node| node.names.get(&name));
            let places = Places { single: find(single), flat: find(flat) };
            if places.is_nowhere() {
                here = self.skip(value);
            } else {
                let found = usize::from(places.single.is_some());
                wanted = wanted.saturating_sub(found);
                wanted = wanted.saturating_sub(usize::from(places.flat.is_some()));
                here = self.value(value, places, is_last && wanted == 0)?;
                if wanted == 0 {
                    let rest = || container_end(self.bytes, here, b'{', b'}');
                    return (!is_last).then(rest);
                }
            }
            here = space_end(self.bytes, here);
            if self.byte(here) != b',' {
                break;
            }
            here = space_end(self.bytes, here.saturating_add(1));
        }
        Some(here.saturating_add(1))
    }

    /// How many members a node waits for.
    fn expected(&self, node: Option<&Node>) -> usize {
        node.map_or(0, |node| if self.dotted { node.names.len() } else { node.plain })
    }

    /// The name that begins at `at`, unescaped, and the place of its value.
    #[inline]
    fn name(&self, at: usize) -> (Cow<'w, [u8]>, usize) {
        let start = at.saturating_add(1);
        let (end, escaped) = string_end(self.bytes, start);
        let raw = self.bytes.get(start..end).unwrap_or_default();
        let mut colon = end.saturating_add(1);
        if self.byte(colon) != b':' {
            colon = space_end(self.bytes, colon);
        }
        let value = space_end(self.bytes, colon.saturating_add(1));
        let name = if escaped { Cow::Owned(unescaped(self.bytes, at, end)) } else { raw.into() };
        (name, value)
    }

    /// Reads every element; `flat` stays where it is, as a pattern passes through arrays.
    fn array(&mut self, at: usize, single: Option<&'w Node>, flat: Option<NodeId>) -> usize {
        let mut here = space_end(self.bytes, at.saturating_add(1));
        let mut index = 0_usize;
        while self.byte(here) != b']' && here < self.bytes.len() {
            let indexed =
                single.and_then(|node| node.indices.iter().find(|(own, _)| *own == index));
            let places = Places { single: indexed.map(|(_, node)| *node), flat };
            if places.is_nowhere() {
                here = self.skip(here);
            } else {
                let is_container = matches!(self.byte(here), b'{' | b'[');
                self.elements = self.elements.saturating_add(u32::from(is_container));
                // Inside an array nothing is the last: another element may have more.
                here = self.value(here, places, false).unwrap_or(self.bytes.len());
                self.elements = self.elements.saturating_sub(u32::from(is_container));
            }
            here = space_end(self.bytes, here);
            if self.byte(here) == b',' {
                here = space_end(self.bytes, here.saturating_add(1));
            }
            index = index.saturating_add(1);
        }
        here.saturating_add(1)
    }
}

#[inline]
fn wants_members(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.names.len() > 0)
}

/// A name with escapes, quotes around it.
#[cold]
fn unescaped(bytes: &[u8], start: usize, end: usize) -> Vec<u8> {
    let quoted = bytes.get(start..end.saturating_add(1)).unwrap_or_default();
    let quoted = std::str::from_utf8(quoted).unwrap_or_default();
    json::read(quoted).as_str().unwrap_or_default().as_bytes().to_vec()
}
