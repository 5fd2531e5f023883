//! The names of one node: found by comparing when they are few, by hash when they are many.
use super::slots::NodeId;
use std::collections::HashMap;

/// Up to this many names are compared one by one.
const COMPARED: usize = 8;

/// Names and where each leads.
#[derive(Debug, Default)]
pub(super) struct Names {
    few: Vec<(Box<[u8]>, NodeId)>,
    many: HashMap<Box<[u8]>, NodeId, foldhash::fast::FixedState>,
    longest: usize,
}

impl Names {
    /// Where `name` leads.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<NodeId> {
        if name.len() > self.longest {
            return None;
        }
        if self.many.is_empty() {
            return self.few.iter().find(|(own, _)| **own == *name).map(|(_, node)| *node);
        }
        self.many.get(name).copied()
    }

    /// Adds a name that is not there yet.
    pub fn insert(&mut self, name: &str, node: NodeId) {
        let name = Box::<[u8]>::from(name.as_bytes());
        self.longest = self.longest.max(name.len());
        if self.many.is_empty() && self.few.len() < COMPARED {
            return self.few.push((name, node));
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(name, node);
    }

    pub fn len(&self) -> usize {
        self.few.len().saturating_add(self.many.len())
    }
}
