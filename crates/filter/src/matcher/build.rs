//! Builds the index: each rule is posted under the keys of the clause that fewest rules share; what
//! is still many is divided again by the clauses that are left.
use super::index::{Index, NodeId, Post, Target};
use super::key::{Fact, Key};
use super::program::{AtomTree, Clause, Rule};
use std::collections::HashMap;

/// Up to this many rules under one key are not divided further.
const LEAF: usize = 4;
/// Levels of the index.
const LEVELS_MAX: usize = 8;
/// Places that one rule may be posted at.
const COPIES_MAX: usize = 256;

/// A rule on its way into the index.
#[derive(Debug, Clone)]
struct Item {
    rule: u32,
    /// Clauses that were looked up on the way here.
    used: Vec<u16>,
    /// Those of them that are certain by it.
    certain: Vec<u16>,
    copies: usize,
}

type Map<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// The index of the rules.
pub(super) fn build(rules: &[Rule]) -> Index {
    let mut builder = Builder { rules, index: Index::default(), residuals: Map::default() };
    let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
    let item = |rule| Item { rule, used: Vec::new(), certain: Vec::new(), copies: 1 };
    let items = (0..rules.len()).map(number).map(item).collect();
    builder.index.residuals.push(Box::default());
    builder.residuals.insert(Box::default(), 0);
    let root = builder.node(items, 0);
    builder.index.root = root;
    builder.index
}

struct Builder<'r> {
    rules: &'r [Rule],
    index: Index,
    /// The numbers of the residuals, by the clauses in them.
    residuals: Map<Box<[AtomTree]>, u32>,
}

impl Builder<'_> {
    fn clauses(&self, item: &Item) -> &[Clause] {
        let rule = usize::try_from(item.rule).ok().and_then(|rule| self.rules.get(rule));
        rule.map(|rule| rule.clauses.as_slice()).unwrap_or_default()
    }

    /// The clauses that may still be looked up, with their numbers.
    fn open<'s>(&'s self, item: &'s Item) -> impl Iterator<Item = (u16, &'s [Key], bool)> {
        let numbered = (0_u16..).zip(self.clauses(item));
        numbered.filter_map(|(number, clause)| {
            let keys = clause.keys.as_ref()?;
            let fits = item.copies.saturating_mul(keys.any.len()) <= COPIES_MAX;
            let is_open = fits && !item.used.contains(&number);
            is_open.then_some((number, keys.any.as_slice(), keys.exact))
        })
    }

    /// Divides rules by their keys.
    fn node(&mut self, items: Vec<Item>, level: usize) -> NodeId {
        let mut always = Vec::new();
        let mut groups: Map<Key, Vec<Item>> = Map::default();
        let mut order: Vec<Key> = Vec::new();
        let shares = Shares::of(self, &items);
        for item in items {
            let best = self.open(&item).min_by_key(|(_, keys, _)| shares.cost(keys));
            let Some((number, keys, exact)) = best.filter(|_| level < LEVELS_MAX) else {
                always.push(item);
                continue;
            };
            let keys = keys.to_vec();
            let mut below = item.clone();
            below.used.push(number);
            below.certain.extend(exact.then_some(number));
            below.copies = item.copies.saturating_mul(keys.len().max(1));
            for key in keys {
                let group = groups.entry(key.clone()).or_insert_with(|| {
                    order.push(key);
                    Vec::new()
                });
                group.push(below.clone());
            }
        }
        let posts = always.iter().map(|item| self.post(item)).collect();
        let node = self.index.add(posts);
        for key in order {
            let Some(group) = groups.remove(&key) else { continue };
            let target = self.target(group, level);
            self.index.insert(node, key, target);
        }
        self.index.finish(node);
        node
    }

    fn target(&mut self, group: Vec<Item>, level: usize) -> Target {
        let divides =
            group.len() > LEAF && group.iter().any(|item| self.open(item).next().is_some());
        if divides {
            return Target::Node(self.node(group, level.saturating_add(1)));
        }
        let posts: Vec<Post> = group.iter().map(|item| self.post(item)).collect();
        match posts.as_slice() {
            [Post { rule, residual: 0 }] => Target::Rule(*rule),
            _ => self.index.list(posts),
        }
    }

    /// A rule with what is left to be verified of it.
    fn post(&mut self, item: &Item) -> Post {
        let left = (0_u16..).zip(self.clauses(item));
        let left: Box<[AtomTree]> = left
            .filter(|(number, _)| !item.certain.contains(number))
            .filter_map(|(_, clause)| clause.tree.clone())
            .collect();
        let next = u32::try_from(self.index.residuals.len()).unwrap_or(u32::MAX);
        let residual = *self.residuals.entry(left).or_insert_with_key(|left| {
            self.index.residuals.push(left.clone());
            next
        });
        Post { rule: item.rule, residual }
    }
}

/// How many rules share each key, and each range or presence of a place.
struct Shares {
    keys: Map<Key, usize>,
    ranges: Map<usize, usize>,
    all: usize,
}

impl Shares {
    fn of(builder: &Builder<'_>, items: &[Item]) -> Self {
        let mut shares = Self { keys: Map::default(), ranges: Map::default(), all: items.len() };
        for item in items {
            for key in builder.open(item).flat_map(|(_, keys, _)| keys) {
                if let Fact::Range(_) = key.fact {
                    let count = shares.ranges.entry(key.slot).or_default();
                    *count = count.saturating_add(1);
                }
                match shares.keys.get_mut(key) {
                    Some(count) => *count = count.saturating_add(1),
                    None => drop(shares.keys.insert(key.clone(), 1)),
                }
            }
        }
        shares
    }

    /// About how many rules are met with one that is looked up by these keys.
    fn cost(&self, keys: &[Key]) -> usize {
        let one = |key: &Key| {
            let same = self.keys.get(key).copied().unwrap_or(1);
            match key.fact {
                Fact::Text(_) | Fact::Number(_) | Fact::AnyCase(_) => same,
                // Where children are filtered there is nearly always an array.
                Fact::Object => same.div_ceil(64),
                Fact::Prefix(_) | Fact::Suffix(_) | Fact::Null => same.saturating_mul(2),
                Fact::Network(_) => same.saturating_mul(2).saturating_add(2),
                // The text is read once more.
                Fact::Contains(_) => same.saturating_mul(2).saturating_add(8),
                Fact::Bool(_) => same.saturating_mul(4),
                // About half of the ranges of a place hold for a value.
                Fact::Range(_) => {
                    let ranges = self.ranges.get(&key.slot).copied().unwrap_or(1);
                    ranges.div_ceil(2).saturating_add(same).saturating_add(8)
                }
                Fact::Present => self.all.saturating_add(16),
            }
        };
        keys.iter().map(one).sum()
    }
}
