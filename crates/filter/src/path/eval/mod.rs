//! Evaluation: a compiled form and a document give a truth value, a value or a nodelist.
//!
//! Exact RFC 9535 semantics, in the plain way. Nothing here fails, and nothing takes exponential time:
//! what may be reached twice is remembered for the length of one evaluation.

mod compare;
mod nodes;
mod operand;
mod select;
mod slice;
mod step;

pub(crate) use compare::compare;
pub(crate) use nodes::Counted;
pub(crate) use operand::{Operand, length};
pub(crate) use select::{normalized, select};
pub(crate) use step::Key;

use super::ir::{Expression, MemoId, NodeFilter, Path, Pattern, RegexTest, Start, Test};
use super::iregexp;
use eventyard_event::json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// One evaluation: the document, and what was found out about it so far.
///
/// INVARIANT (memo): an answer depends only on its key, since `$` is the same throughout.
pub(crate) struct Evaluation<'v> {
    pub root: &'v Value<'v>,
    exists: RefCell<HashMap<MemoId, bool>>,
    counted: RefCell<HashMap<MemoId, Counted<'v>>>,
    filtered: RefCell<HashMap<(MemoId, *const Value<'v>), bool>>,
}

impl<'v> Evaluation<'v> {
    pub fn new(root: &'v Value<'v>) -> Self {
        Self {
            root,
            exists: RefCell::default(),
            counted: RefCell::default(),
            filtered: RefCell::default(),
        }
    }

    /// The node a query starts from.
    pub fn start(&self, path: &Path, current: &'v Value<'v>) -> &'v Value<'v> {
        match path.start {
            Start::Root => self.root,
            Start::Current => current,
        }
    }

    /// Whether an expression holds for the current node.
    pub fn holds(&self, expression: &Expression, current: &'v Value<'v>) -> bool {
        expression.holds(&mut |test| self.test(test, current))
    }

    pub fn test(&self, test: &Test, current: &'v Value<'v>) -> bool {
        match test {
            Test::Exists(path) => self.exists(path, current),
            Test::Compare(c) => {
                let (left, right) =
                    (self.operand(&c.left, current), self.operand(&c.right, current));
                compare(&left, c.operator, &right)
            }
            Test::Regex(regex) => self.regex(regex, current),
        }
    }

    /// Whether the filter takes a child.
    fn takes(&self, filter: &NodeFilter, child: &'v Value<'v>) -> bool {
        let Some(memo) = filter.memo else { return self.holds(&filter.expression, child) };
        let key = (memo, std::ptr::from_ref(child));
        if let Some(known) = self.filtered.borrow().get(&key) {
            return *known;
        }
        let answer = self.holds(&filter.expression, child);
        self.filtered.borrow_mut().insert(key, answer);
        answer
    }

    /// Whether the query selects at least one node.
    pub fn exists(&self, path: &Path, current: &'v Value<'v>) -> bool {
        let Some(memo) = path.memo else { return self.find(path, current) };
        if let Some(known) = self.exists.borrow().get(&memo) {
            return *known;
        }
        let answer = self.find(path, current);
        self.exists.borrow_mut().insert(memo, answer);
        answer
    }

    /// How many nodes the query selects, and which, if it is only one.
    pub fn counted(&self, path: &Path, current: &'v Value<'v>) -> Counted<'v> {
        let Some(memo) = path.memo else { return self.count(path, current) };
        if let Some(known) = self.counted.borrow().get(&memo) {
            return *known;
        }
        let answer = self.count(path, current);
        self.counted.borrow_mut().insert(memo, answer);
        answer
    }

    /// RFC 9535 §2.4.6, §2.4.7: false unless both are strings and the pattern is an I-Regexp.
    fn regex(&self, test: &RegexTest, current: &'v Value<'v>) -> bool {
        let subject = self.operand(&test.subject, current);
        let Some(subject) = subject.as_str() else { return false };
        match &test.pattern {
            Pattern::Literal { regex, .. } => regex.is_match(subject),
            Pattern::Never => false,
            Pattern::Dynamic(pattern) => self
                .operand(pattern, current)
                .as_str()
                .and_then(|pattern| iregexp::compile(pattern, test.whole).ok())
                .is_some_and(|regex| regex.is_match(subject)),
        }
    }
}
