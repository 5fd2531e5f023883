//! The names of one node: found by comparing when they are few, by hash when they are many.
use super::slots::NodeId;
use std::collections::HashMap;

/// Up to this many names are compared one by one.
const COMPARED: usize = 8;

/// Names and where each leads.
#[derive(Debug, Default)]
pub(super) struct Names {
    few: Vec<Name>,
    many: HashMap<Box<[u8]>, NodeId, foldhash::fast::FixedState>,
    longest: usize,
}

#[derive(Debug)]
struct Name {
    /// The first eight bytes, zeros behind a shorter name: nearly all names differ here.
    head: u64,
    name: Box<[u8]>,
    node: NodeId,
}

impl Names {
    /// Where `name` leads.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<NodeId> {
        if name.len() > self.longest {
            return None;
        }
        if !self.many.is_empty() {
            return self.many.get(name).copied();
        }
        let head = head(name);
        let same = |own: &&Name| {
            own.head == head
                && own.name.len() == name.len()
                && (name.len() <= 8 || *own.name == *name)
        };
        self.few.iter().find(same).map(|own| own.node)
    }

    /// Adds a name that is not there yet.
    pub fn insert(&mut self, name: &str, node: NodeId) {
        let name = Box::<[u8]>::from(name.as_bytes());
        self.longest = self.longest.max(name.len());
        if self.many.is_empty() && self.few.len() < COMPARED {
            return self.few.push(Name { head: head(&name), name, node });
        }
        self.many.extend(self.few.drain(..).map(|own| (own.name, own.node)));
        self.many.insert(name, node);
    }

    pub fn len(&self) -> usize {
        self.few.len().saturating_add(self.many.len())
    }
}

#[inline]
fn head(name: &[u8]) -> u64 {
    if let Some(eight) = name.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    name.iter().rev().fold(0, |head, byte| (head << 8) | u64::from(*byte))
}
