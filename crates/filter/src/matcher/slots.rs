//! What is read of an event: the places that rules look at, as two tries.
//!
//! A place of a `when` is one way through the document (names and indices from the front). A place
//! of a pattern is a sequence of names that passes through arrays, every element of them, and whose
//! names may be joined by dots (`{"a.b":1}` is `{"a":{"b":1}}`).
use super::names::Names;
use crate::path::Step;
use std::collections::HashMap;

/// A place, numbered; what an event has there is its values.
pub(super) type SlotId = usize;
/// A node of a trie.
pub(super) type NodeId = usize;

/// All places.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub single: Trie,
    pub flat: Trie,
    pub count: usize,
}

/// The places of one kind.
#[derive(Debug, Default)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// Of the flat trie: the node of each path.
    paths: HashMap<String, NodeId>,
}

/// What may follow a way so far.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub names: Names,
    /// How many of the names occur when no name of the event holds a dot.
    pub plain: usize,
    pub indices: Vec<(usize, NodeId)>,
    pub slot: Option<SlotId>,
}

impl Trie {
    #[inline]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn root(&mut self) -> NodeId {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        0
    }

    fn add(&mut self) -> NodeId {
        self.nodes.push(Node::default());
        self.nodes.len().saturating_sub(1)
    }

    fn named(&mut self, from: NodeId, name: &str) -> NodeId {
        if let Some(known) = self.nodes.get(from).and_then(|node| node.names.get(name.as_bytes())) {
            return known;
        }
        let to = self.add();
        self.link(from, name, to, true);
        to
    }

    fn link(&mut self, from: NodeId, name: &str, to: NodeId, is_plain: bool) {
        let Some(node) = self.nodes.get_mut(from) else { return };
        if node.names.get(name.as_bytes()).is_none() {
            node.names.insert(name, to);
            node.plain = node.plain.saturating_add(usize::from(is_plain));
        }
    }

    fn indexed(&mut self, from: NodeId, index: usize) -> NodeId {
        let known = self.nodes.get(from).map(|node| node.indices.as_slice()).unwrap_or_default();
        if let Some((_, known)) = known.iter().find(|(own, _)| *own == index) {
            return *known;
        }
        let to = self.add();
        if let Some(node) = self.nodes.get_mut(from) {
            node.indices.push((index, to));
        }
        to
    }
}

impl Slots {
    /// The place that one way leads to.
    pub fn single(&mut self, steps: &[Step]) -> SlotId {
        let root = self.single.root();
        let node = steps.iter().fold(root, |node, step| match step {
            Step::Name(name) => self.single.named(node, name),
            Step::Index(index) => self.single.indexed(node, *index),
        });
        Self::slot(&mut self.single, &mut self.count, node)
    }

    /// The place of a pattern's field: names joined by dots.
    pub fn flat(&mut self, path: &str) -> SlotId {
        let node = self.flat_node(path);
        Self::slot(&mut self.flat, &mut self.count, node)
    }

    fn slot(trie: &mut Trie, count: &mut usize, node: NodeId) -> SlotId {
        let next = *count;
        let Some(node) = trie.nodes.get_mut(node) else { return next };
        *node.slot.get_or_insert_with(|| {
            *count = count.saturating_add(1);
            next
        })
    }

    /// The node of a path, which every way to spell it leads to: quadratic in its names.
    fn flat_node(&mut self, path: &str) -> NodeId {
        let root = self.flat.root();
        if let Some(known) = self.flat.paths.get(path) {
            return *known;
        }
        let to = self.flat.add();
        self.flat.paths.insert(path.to_owned(), to);
        for (dot, _) in path.match_indices('.') {
            let Some((head, tail)) = path.split_at_checked(dot) else { continue };
            let name = tail.strip_prefix('.').unwrap_or(tail);
            let from = self.flat_node(head);
            self.flat.link(from, name, to, !name.contains('.'));
        }
        self.flat.link(root, path, to, !path.contains('.'));
        to
    }
}
