//! The index: from the values of an event to the rules that may take it.
//!
//! One table holds the keys of all nodes; ranges are beside it, sorted by their lower ends.
use super::key::{Fact, Key, bits};
use super::parts::Parts;
use super::program::AtomTree;
use super::ranges::Ranges;
use super::slots::SlotId;
use super::values::{Kind, Span, Values};
use crate::pattern::address;
use crate::pattern::fold::folded;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use ipnet::IpNet;
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

pub(super) type NodeId = u32;

/// A rule, and what must be verified of it before it takes the event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Post {
    pub rule: u32,
    pub residual: u32,
}

/// What a key leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// The rule takes the event.
    Rule(u32),
    /// Rules to be verified, from and to.
    List(u32, u32),
    /// More keys.
    Node(NodeId),
}

/// The compiled keys.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub root: NodeId,
    /// What is left to be verified; number 0 is nothing.
    pub residuals: Vec<Box<[AtomTree]>>,
    nodes: Vec<Node>,
    posts: Vec<Post>,
    table: HashTable<Entry>,
    literals: Vec<u8>,
    state: FixedState,
}

#[derive(Debug, Default)]
struct Node {
    always: (u32, u32),
    probes: Vec<Probe>,
}

/// What is looked up for the values of one place.
#[derive(Debug)]
struct Probe {
    slot: SlotId,
    texts: bool,
    any_case: bool,
    parts: Parts,
    /// Of the blocks of addresses: whether of IPv4, and how many bits of an address they name.
    networks: Vec<(bool, u8)>,
    words: bool,
    numbers: bool,
    /// Lengths of the beginnings and endings.
    prefixes: Vec<usize>,
    suffixes: Vec<usize>,
    present: Option<Target>,
    ranges: Ranges,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    node: NodeId,
    slot: u32,
    kind: u8,
    literal: (u32, u32),
    target: Target,
}

const TEXT: u8 = 0;
const PREFIX: u8 = 1;
const SUFFIX: u8 = 2;
const NUMBER: u8 = 3;
const TRUE: u8 = 4;
const FALSE: u8 = 5;
const NULL: u8 = 6;
const ANY_CASE: u8 = 7;
const OBJECT: u8 = 8;
const NETWORK: u8 = 9;

impl Index {
    pub fn add(&mut self, always: Vec<Post>) -> NodeId {
        let always = self.span(always);
        self.nodes.push(Node { always, probes: Vec::new() });
        u32::try_from(self.nodes.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    pub fn list(&mut self, posts: Vec<Post>) -> Target {
        let (from, to) = self.span(posts);
        Target::List(from, to)
    }

    fn span(&mut self, posts: Vec<Post>) -> (u32, u32) {
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let from = number(self.posts.len());
        self.posts.extend(posts);
        (from, number(self.posts.len()))
    }

    /// The probe of a place.
    fn probe(&mut self, node: NodeId, slot: SlotId) -> Option<&mut Probe> {
        let probes = &mut self.nodes.get_mut(usize::try_from(node).ok()?)?.probes;
        // Keys of one place mostly come in a row.
        let known = probes.iter().rposition(|probe| probe.slot == slot);
        let at = known.unwrap_or_else(|| {
            probes.push(Probe::new(slot));
            probes.len().saturating_sub(1)
        });
        probes.get_mut(at)
    }

    pub fn insert(&mut self, node: NodeId, key: Key, target: Target) {
        let Some(probe) = self.probe(node, key.slot) else { return };
        let (kind, literal) = match key.fact {
            Fact::Present => return probe.present = Some(target),
            Fact::Contains(text) => return probe.parts.push(text, target),
            Fact::Network(net) => {
                note(&mut probe.networks, (net.addr().is_ipv4(), net.prefix_len()));
                (NETWORK, octets(net))
            }
            Fact::Range(range) => return probe.ranges.items.push((range, target)),
            Fact::Text(text) => {
                probe.texts = true;
                (TEXT, text)
            }
            Fact::AnyCase(text) => {
                probe.any_case = true;
                (ANY_CASE, text)
            }
            Fact::Prefix(text) => {
                note(&mut probe.prefixes, text.len());
                (PREFIX, text)
            }
            Fact::Suffix(text) => {
                note(&mut probe.suffixes, text.len());
                (SUFFIX, text)
            }
            Fact::Number(bits) => {
                probe.numbers = true;
                (NUMBER, bits.to_le_bytes().into())
            }
            Fact::Bool(value) => {
                probe.words = true;
                (if value { TRUE } else { FALSE }, Box::default())
            }
            Fact::Null => {
                probe.words = true;
                (NULL, Box::default())
            }
            Fact::Object => {
                probe.words = true;
                (OBJECT, Box::default())
            }
        };
        self.enter(node, key.slot, kind, &literal, target);
    }

    fn enter(&mut self, node: NodeId, slot: SlotId, kind: u8, literal: &[u8], target: Target) {
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        let hash = self.hash(node, slot, kind, literal);
        let from = number(self.literals.len());
        self.literals.extend_from_slice(literal);
        let literal = (from, number(self.literals.len()));
        let entry = Entry { hash, node, slot: number(slot), kind, literal, target };
        self.table.insert_unique(hash, entry, |entry| entry.hash);
    }

    /// Sorts what was inserted.
    pub fn finish(&mut self, node: NodeId) {
        let Some(node) = usize::try_from(node).ok().and_then(|node| self.nodes.get_mut(node))
        else {
            return;
        };
        for probe in &mut node.probes {
            probe.ranges.finish();
            probe.parts.finish();
            probe.prefixes.sort_unstable();
            probe.suffixes.sort_unstable();
        }
        node.probes.shrink_to_fit();
    }

    #[inline]
    fn hash(&self, node: NodeId, slot: SlotId, kind: u8, literal: &[u8]) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write(literal);
        hasher.write_u32(node);
        hasher.write_usize(slot);
        hasher.write_u8(kind);
        hasher.finish()
    }

    #[inline]
    fn get(&self, node: NodeId, slot: SlotId, kind: u8, literal: &[u8]) -> Option<Target> {
        let hash = self.hash(node, slot, kind, literal);
        let same = |entry: &Entry| {
            entry.hash == hash
                && entry.node == node
                && entry.kind == kind
                && usize::try_from(entry.slot).is_ok_and(|own| own == slot)
                && self.literal(entry) == literal
        };
        self.table.find(hash, same).map(|entry| entry.target)
    }

    #[inline]
    fn literal(&self, entry: &Entry) -> &[u8] {
        let (from, to) = entry.literal;
        let place = |at| usize::try_from(at).unwrap_or(usize::MAX);
        self.literals.get(place(from)..place(to)).unwrap_or_default()
    }

    /// Hands out the posts of a list.
    #[inline]
    pub fn posts(&self, from: u32, to: u32) -> &[Post] {
        let place = |at| usize::try_from(at).unwrap_or(usize::MAX);
        self.posts.get(place(from)..place(to)).unwrap_or_default()
    }

    /// What must be verified in any case at a node.
    #[inline]
    pub fn always(&self, node: NodeId) -> &[Post] {
        let node = usize::try_from(node).ok().and_then(|node| self.nodes.get(node));
        node.map_or(&[], |node| self.posts(node.always.0, node.always.1))
    }

    /// Hands out all that the values of an event lead to at a node, some of it several times.
    #[inline]
    pub fn look_up(
        &self,
        node: NodeId,
        text: &str,
        values: &Values,
        mut found: impl FnMut(Target),
    ) {
        let Some(own) = usize::try_from(node).ok().and_then(|node| self.nodes.get(node)) else {
            return;
        };
        for probe in &own.probes {
            let spans = values.at(probe.slot);
            if spans.is_empty() {
                continue;
            }
            if let Some(target) = probe.present {
                found(target);
            }
            if probe.is_valued() {
                spans.iter().for_each(|span| self.value(node, probe, text, span, &mut found));
            }
        }
    }

    #[inline]
    fn value(
        &self,
        node: NodeId,
        probe: &Probe,
        text: &str,
        span: &Span,
        found: &mut impl FnMut(Target),
    ) {
        let word = match span.kind {
            Kind::Text => {
                return self.text(node, probe, span.raw(text).as_bytes(), found);
            }
            Kind::Escaped => {
                let string = span.text(text).unwrap_or_default();
                return self.text(node, probe, string.as_bytes(), found);
            }
            Kind::Number => return self.number(node, probe, span.raw(text), found),
            Kind::True => TRUE,
            Kind::False => FALSE,
            Kind::Null => NULL,
            Kind::Object => OBJECT,
            Kind::Array => return,
        };
        if probe.words
            && let Some(target) = self.get(node, probe.slot, word, &[])
        {
            found(target);
        }
    }

    #[inline]
    fn text(&self, node: NodeId, probe: &Probe, text: &[u8], found: &mut impl FnMut(Target)) {
        if probe.texts {
            self.get(node, probe.slot, TEXT, text).into_iter().for_each(&mut *found);
        }
        if probe.any_case {
            self.any_case(node, probe.slot, text, found);
        }
        if !probe.parts.is_empty() {
            probe.parts.holding(text, found);
        }
        if !probe.networks.is_empty() {
            self.network(node, probe, text, found);
        }
        for length in &probe.prefixes {
            let Some(start) = text.get(..*length) else { break };
            self.get(node, probe.slot, PREFIX, start).into_iter().for_each(&mut *found);
        }
        for length in &probe.suffixes {
            let Some(end) = text.len().checked_sub(*length).and_then(|at| text.get(at..)) else {
                break;
            };
            self.get(node, probe.slot, SUFFIX, end).into_iter().for_each(&mut *found);
        }
    }

    fn any_case(&self, node: NodeId, slot: SlotId, text: &[u8], found: &mut impl FnMut(Target)) {
        // INVARIANT (checked): the bytes are a stretch of a `str`.
        let text = folded(std::str::from_utf8(text).unwrap_or_default());
        self.get(node, slot, ANY_CASE, text.as_bytes()).into_iter().for_each(found);
    }

    fn network(&self, node: NodeId, probe: &Probe, text: &[u8], found: &mut impl FnMut(Target)) {
        let text = std::str::from_utf8(text).unwrap_or_default();
        let Some(address) = address::parse(text) else { return };
        let own = probe.networks.iter().filter(|(is_v4, _)| *is_v4 == address.is_ipv4());
        for net in own.filter_map(|(_, bits)| IpNet::new(address, *bits).ok()) {
            let target = self.get(node, probe.slot, NETWORK, &octets(net));
            target.into_iter().for_each(&mut *found);
        }
    }

    #[inline]
    fn number(&self, node: NodeId, probe: &Probe, text: &str, found: &mut impl FnMut(Target)) {
        if !probe.numbers && probe.ranges.items.is_empty() {
            return;
        }
        let Ok(value) = text.parse::<f64>() else { return };
        if probe.numbers {
            let key = bits(value).to_le_bytes();
            self.get(node, probe.slot, NUMBER, &key).into_iter().for_each(&mut *found);
        }
        probe.ranges.holding(value, text, found);
    }
}

impl Probe {
    fn new(slot: SlotId) -> Self {
        Self {
            slot,
            texts: false,
            any_case: false,
            parts: Parts::default(),
            networks: Vec::new(),
            words: false,
            numbers: false,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            present: None,
            ranges: Ranges::default(),
        }
    }

    /// Whether it matters what the value is.
    fn is_valued(&self) -> bool {
        self.texts
            || self.any_case
            || !self.parts.is_empty()
            || !self.networks.is_empty()
            || self.words
            || self.numbers
            || !self.prefixes.is_empty()
            || !self.suffixes.is_empty()
            || !self.ranges.items.is_empty()
    }
}

fn note<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// A block of addresses as bytes: its bits, and its first address.
fn octets(net: IpNet) -> Box<[u8]> {
    let mut bytes = vec![net.prefix_len()];
    match net.network() {
        IpAddr::V4(address) => bytes.extend(address.octets()),
        IpAddr::V6(address) => bytes.extend(address.octets()),
    }
    bytes.into()
}
