//! Existence and number of nodes, each linear in segments × nodes however many ways lead to a node.
use super::step::children;
use super::{Evaluation, slice};
use crate::path::ir::{Path, Segment, Selector, Shape};
use eventyard_event::json::Value;
use std::collections::{HashMap, HashSet};

/// How many nodes a query selects, and one of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted<'v> {
    nodes: u64,
    any: Option<&'v Value<'v>>,
}

impl<'v> Counted<'v> {
    /// The number of nodes, duplicates counted; stays at the largest number rather than overflow.
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// The node, if there is exactly one.
    pub fn only(&self) -> Option<&'v Value<'v>> {
        self.any.filter(|_| self.nodes == 1)
    }

    /// Some node, if there is one.
    pub fn any(&self) -> Option<&'v Value<'v>> {
        self.any
    }
}

type Node<'v> = &'v Value<'v>;

impl<'v> Evaluation<'v> {
    /// The node of a singular query; `None` for others.
    pub(crate) fn single(&self, path: &Path, current: Node<'v>) -> Option<Node<'v>> {
        path.segments.iter().try_fold(self.start(path, current), |node, segment| {
            match (segment.selectors.as_slice(), node) {
                ([Selector::Name(name)], Value::Object(members)) => members.get(name),
                ([Selector::Index(at)], Value::Array(elements)) => {
                    slice::index(*at, elements.len()).and_then(|at| elements.get(at))
                }
                _ => None,
            }
        })
    }

    /// Depth first, stops at the first node. Without recursion: only filters inside filters recurse.
    pub(crate) fn find(&self, path: &Path, current: Node<'v>) -> bool {
        if path.is_singular() {
            return self.single(path, current).is_some();
        }
        let mut open: Vec<(&[Segment], Node<'v>)> =
            vec![(path.segments.as_slice(), self.start(path, current))];
        let mut seen = HashSet::new();
        while let Some((segments, node)) = open.pop() {
            let Some((segment, rest)) = segments.split_first() else { return true };
            if path.shape == Shape::Overlapping
                && !seen.insert((rest.len(), std::ptr::from_ref(node)))
            {
                continue;
            }
            if segment.descendant {
                open.extend(children(node).map(|(_, child)| (segments, child)));
            }
            for selector in &segment.selectors {
                let found = !self.step(selector, node, &mut |(_, child)| {
                    open.push((rest, child));
                    !rest.is_empty()
                });
                if found {
                    return true;
                }
            }
        }
        false
    }

    /// Segment by segment: each node of the nodelist once, with how often it is in it.
    pub(crate) fn count(&self, path: &Path, current: Node<'v>) -> Counted<'v> {
        let mut list = Tally::default();
        list.add(self.start(path, current), 1);
        for segment in &path.segments {
            if segment.descendant {
                list = list.with_descendants();
            }
            let mut next = Tally::default();
            for (node, times) in list.nodes {
                for selector in &segment.selectors {
                    self.step(selector, node, &mut |(_, child)| {
                        next.add(child, times);
                        true
                    });
                }
            }
            list = next;
        }
        let nodes = list.nodes.iter().fold(0_u64, |sum, (_, times)| sum.saturating_add(*times));
        Counted { nodes, any: list.nodes.first().map(|(node, _)| *node) }
    }
}

/// A nodelist without duplicates: each node with the number of times it occurs.
#[derive(Default)]
struct Tally<'v> {
    nodes: Vec<(Node<'v>, u64)>,
    places: HashMap<*const Value<'v>, usize>,
}

impl<'v> Tally<'v> {
    fn add(&mut self, node: Node<'v>, times: u64) {
        let place = *self.places.entry(std::ptr::from_ref(node)).or_insert(self.nodes.len());
        match self.nodes.get_mut(place) {
            Some((_, total)) => *total = total.saturating_add(times),
            None => self.nodes.push((node, times)),
        }
    }

    /// Every node and all that lies below it, as often as there are ways down from the list.
    fn with_descendants(self) -> Self {
        let mut all = Self::default();
        let mut open = Vec::new();
        for (node, times) in self.nodes {
            open.push(node);
            while let Some(node) = open.pop() {
                all.add(node, times);
                open.extend(children(node).rev().map(|(_, child)| child));
            }
        }
        all
    }
}
