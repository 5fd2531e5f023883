//! Nodelists in the order of RFC 9535 §2.5, with normalized paths (§2.7).
use super::Evaluation;
use super::step::{Key, children};
use crate::path::ir::{Path, Segment, Shape};
use crate::path::limits::SELECTED_NODES_MAX;
use eventyard_event::json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;

/// A node beside its normalized path.
pub(crate) type Located<'v> = (String, &'v Value<'v>);

/// The nodes of a query in order, at most `limit` and never more than 10,000; paths only if asked for.
pub(crate) fn select<'v>(
    path: &Path,
    root: &'v Value<'v>,
    limit: usize,
    is_located: bool,
) -> Vec<Located<'v>> {
    let evaluation = &Evaluation::new(root);
    let mut walk = Walk {
        evaluation,
        overlaps: path.shape == Shape::Overlapping,
        is_located,
        limit: limit.min(SELECTED_NODES_MAX),
        keys: Vec::new(),
        barren: HashSet::new(),
        found: Vec::new(),
    };
    walk.go(&path.segments, evaluation.start(path, root));
    walk.found
}

struct Walk<'k, 'v> {
    evaluation: &'k Evaluation<'v>,
    overlaps: bool,
    is_located: bool,
    limit: usize,
    /// The way from the root to the current node.
    keys: Vec<Key<'k>>,
    /// What was tried and led nowhere: (segments left, node).
    barren: HashSet<(usize, *const Value<'v>)>,
    found: Vec<Located<'v>>,
}

impl<'k, 'v: 'k> Walk<'k, 'v> {
    fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    /// Recursion is as deep as the query has segments and the document levels.
    fn go(&mut self, segments: &'k [Segment], node: &'v Value<'v>) {
        let Some((segment, rest)) = segments.split_first() else { return self.found(node) };
        let place = (segments.len(), std::ptr::from_ref(node));
        if self.overlaps && self.barren.contains(&place) {
            return;
        }
        let before = self.found.len();
        for selector in &segment.selectors {
            let evaluation = self.evaluation;
            evaluation.step(selector, node, &mut |(key, child)| {
                self.down(rest, key, child);
                !self.is_full()
            });
        }
        if segment.descendant {
            for (key, child) in children(node) {
                if self.is_full() {
                    return;
                }
                self.down(segments, key, child);
            }
        }
        if self.overlaps && self.found.len() == before {
            self.barren.insert(place);
        }
    }

    fn down(&mut self, segments: &'k [Segment], key: Key<'k>, child: &'v Value<'v>) {
        self.keys.push(key);
        self.go(segments, child);
        self.keys.pop();
    }

    fn found(&mut self, node: &'v Value<'v>) {
        if self.is_full() {
            return;
        }
        let path = if self.is_located { normalized(&self.keys) } else { String::new() };
        self.found.push((path, node));
    }
}

/// The normalized path: names in single quotes, escaped as §2.7 says.
pub(crate) fn normalized(keys: &[Key<'_>]) -> String {
    let mut path = String::from("$");
    for key in keys {
        // Writing into a `String` cannot fail.
        let _ = match key {
            Key::Index(index) => write!(path, "[{index}]"),
            Key::Name(name) => {
                path.push_str("['");
                name.chars().for_each(|c| escape(&mut path, c));
                path.write_str("']")
            }
        };
    }
    path
}

fn escape(out: &mut String, c: char) {
    match c {
        '\u{8}' => out.push_str("\\b"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\u{c}' => out.push_str("\\f"),
        '\r' => out.push_str("\\r"),
        '\'' => out.push_str("\\'"),
        '\\' => out.push_str("\\\\"),
        c if c < ' ' => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => out.push(c),
    }
}
