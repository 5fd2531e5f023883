//! The clauses of all filters, each once, and how they are decided for one event.
use super::slots::SlotId;
use super::values::{Span, Values};
use crate::Pattern;
use crate::path::eval::{Evaluation, Operand, compare, length};
use crate::path::ir::{Operator, Test};
use eventyard_event::json::{self, Value};
use regex::Regex;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Numbers a clause.
pub(super) type AtomId = u32;

/// A clause: true or false of an event, whatever filter asks.
#[derive(Debug)]
pub(super) enum Atom {
    /// There is a value.
    Exists(SlotId),
    Compare {
        left: Term,
        operator: Operator,
        right: Term,
    },
    Regex {
        subject: Term,
        regex: Regex,
    },
    /// A test of the value at a place, which looks at nothing else.
    Below {
        slot: SlotId,
        test: Test,
    },
    /// A test that looks at places which are not known beforehand.
    Document(Test),
    /// A field of a pattern, on its own.
    Field {
        slot: SlotId,
        pattern: Pattern,
        leaf: usize,
    },
    /// A whole pattern, with the places of its fields.
    Pattern {
        slots: Vec<SlotId>,
        pattern: Pattern,
    },
}

/// A side of a comparison.
#[derive(Debug)]
pub(super) enum Term {
    Literal(Value<'static>),
    Slot(SlotId),
    Length(Box<Term>),
}

/// One event while it is matched.
pub(super) struct Seen<'e> {
    pub text: &'e str,
    pub values: &'e Values,
    root: OnceCell<Value<'e>>,
    below: RefCell<Vec<(SlotId, Rc<Value<'e>>)>>,
}

impl<'e> Seen<'e> {
    pub fn new(event: &'e json::Checked<'_>, values: &'e Values) -> Self {
        let (root, below) = (OnceCell::new(), RefCell::default());
        Self { text: event.as_str(), values, root, below }
    }

    /// The whole event, read when it is first asked for.
    fn root(&self) -> &Value<'e> {
        self.root.get_or_init(|| json::read(self.text))
    }

    /// The value at a place of a `when`, read once.
    fn value(&self, slot: SlotId, span: &Span) -> Rc<Value<'e>> {
        let known =
            self.below.borrow().iter().find(|(own, _)| *own == slot).map(|(_, v)| v.clone());
        known.unwrap_or_else(|| {
            let value = Rc::new(span.value(self.text));
            self.below.borrow_mut().push((slot, Rc::clone(&value)));
            value
        })
    }

    pub fn holds(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Exists(slot) => !self.values.at(*slot).is_empty(),
            Atom::Compare { left, operator, right } => {
                compare(&self.operand(left), *operator, &self.operand(right))
            }
            Atom::Regex { subject, regex } => {
                self.operand(subject).as_str().is_some_and(|text| regex.is_match(text))
            }
            Atom::Below { slot, test } => self.values.at(*slot).first().is_some_and(|span| {
                let value = self.value(*slot, span);
                Evaluation::new(&value).test(test, &value)
            }),
            Atom::Document(test) => {
                let root = self.root();
                Evaluation::new(root).test(test, root)
            }
            Atom::Field { slot, pattern, leaf } => self.field(*slot, pattern, *leaf),
            Atom::Pattern { slots, pattern } => self.pattern(slots, pattern),
        }
    }

    fn operand<'a>(&self, term: &'a Term) -> Operand<'a>
    where
        'e: 'a,
    {
        match term {
            Term::Literal(literal) => Operand::Value(Cow::Borrowed(literal)),
            Term::Slot(slot) => match self.values.at(*slot).first() {
                Some(span) => Operand::Value(Cow::Owned(span.value(self.text))),
                None => Operand::Nothing,
            },
            Term::Length(of) => length(&self.operand(of)),
        }
    }

    /// Whether a field of a pattern holds when no other field is regarded.
    fn field(&self, slot: SlotId, pattern: &Pattern, leaf: usize) -> bool {
        let Some(leaf) = pattern.leaves().get(leaf) else { return false };
        match self.values.at(slot) {
            [] => leaf.takes_absence(),
            spans => spans.iter().any(|span| leaf.accepts(&span.value(self.text))),
        }
    }

    /// Fields inside elements of arrays must hold in the same ones: where two places have values
    /// inside such, the fields are not independent, and the whole pattern is searched.
    fn pattern(&self, slots: &[SlotId], pattern: &Pattern) -> bool {
        if !self.values.is_object {
            return false;
        }
        if slots.is_empty() || self.values.pinned > 1 {
            return self.whole(pattern);
        }
        let holds =
            |leaf: &usize| slots.get(*leaf).is_some_and(|slot| self.field(*slot, pattern, *leaf));
        pattern.combinations().iter().any(|combination| combination.iter().all(holds))
    }

    /// The pattern on the whole document.
    pub fn whole(&self, pattern: &Pattern) -> bool {
        pattern.matches(self.root())
    }
}
