//! From filters to rules of clauses: each clause once, with the keys it can be found by.
use super::atom::{Atom, AtomId, Term};
use super::facts::{comparison_keys, field_keys, regex_keys};
use super::inside::Inside;
use super::key::{Fact, Keys};
use super::slots::{SlotId, Slots};
use crate::path::Step;
use crate::path::ir::{
    Comparison, Operand, Operator, Path, Pattern as RegexPattern, RegexTest, Segment, Selector,
    Start, Test,
};
use crate::path::tree::Tree;
use crate::pattern::leaf::Leaf;
use crate::{Condition, Filter, Pattern};
use std::collections::HashMap;

/// Dots of a field's path up to which each way to spell it has its own place in the trie.
pub(super) const DOTS_MAX: usize = 32;

/// Clauses, joined.
pub(super) type AtomTree = Tree<AtomId>;

/// A rule: all of these must hold.
#[derive(Debug, Default)]
pub(super) struct Rule {
    pub clauses: Vec<Clause>,
    /// The pattern, if its fields may depend on each other.
    pub pinned: Option<Pattern>,
}

/// A part of a rule.
#[derive(Debug)]
pub(super) struct Clause {
    /// What decides it; none for what another clause of the rule decides too.
    pub tree: Option<AtomTree>,
    pub keys: Option<Keys>,
}

/// The filters, as far as they are compiled.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub slots: Slots,
    pub atoms: Vec<Atom>,
    /// The clauses by what they look at and what they want.
    known: HashMap<String, AtomId, foldhash::fast::FixedState>,
}

impl Program {
    /// Forgets what is needed only to compile.
    pub fn finish(&mut self) {
        self.known = HashMap::default();
        self.atoms.shrink_to_fit();
    }

    /// Compiles one filter.
    pub fn rule(&mut self, filter: &Filter) -> Rule {
        let mut rule = Rule::default();
        if let Some(when) = &filter.when {
            self.condition(when, &mut rule);
        }
        if let Some(pattern) = &filter.pattern {
            self.pattern(pattern, &mut rule);
        }
        rule
    }

    fn condition(&mut self, when: &Condition, rule: &mut Rule) {
        let tree = when.tree().map(&mut |atom| self.expression(&atom.expression));
        let Ok(tree) = tree;
        let tree = flat(tree);
        let mut parts = Vec::new();
        conjuncts(tree, &mut parts);
        let found: Vec<Option<Keys>> = parts.iter().map(|part| keys(part, true)).collect();
        // To look into arrays costs a walk through them: only for what is hard to find otherwise.
        let is_hard = found.iter().flatten().all(Keys::are_common);
        for (part, keys) in parts.into_iter().zip(found) {
            let inside = match &part {
                Tree::Atom(known) if is_hard => known.inside.as_ref(),
                _ => None,
            };
            let keys = inside.and_then(|inside| self.inside(inside)).or(keys);
            let Ok(tree) = part.map(&mut |known| Ok::<_, std::convert::Infallible>(known.atom));
            rule.clauses.push(Clause { tree: Some(tree), keys });
        }
    }

    fn expression<'f>(
        &mut self,
        expression: &'f Tree<Test>,
    ) -> Result<Tree<Known<'f>>, std::convert::Infallible> {
        expression.map(&mut |test| Ok(self.test(test)))
    }

    /// The clause of a test at the top level, where `@` and `$` are the event.
    fn test<'f>(&mut self, test: &'f Test) -> Known<'f> {
        let compiled = match test {
            Test::Exists(path) => self.exists(path),
            Test::Compare(comparison) => self.compare(comparison),
            Test::Regex(regex) => self.regex(regex),
        };
        compiled.unwrap_or_else(|| {
            let atom = self.add(format!("? {test:?}"), || Atom::Document(test.clone()));
            Known { atom, holds: None, fails: None, inside: None }
        })
    }

    fn exists<'f>(&mut self, path: &'f Path) -> Option<Known<'f>> {
        let (steps, rest) = singular(path);
        if rest.is_empty() {
            let slot = self.slots.single(&steps);
            let atom = self.add(format!("e{slot}"), || Atom::Exists(slot));
            let holds = Some(Keys::one(slot, Fact::Present, true));
            return Some(Known { atom, holds, fails: None, inside: None });
        }
        if rest.iter().any(looks_at_root) {
            return None;
        }
        let slot = self.slots.single(&steps);
        let atom = self.add(format!("b{slot} {rest:?}"), || Atom::Below {
            slot,
            test: Test::Exists(Path::new(Start::Current, rest.to_vec())),
        });
        let inside = Inside::of(slot, &steps, rest);
        Some(Known { atom, holds: Some(Keys::present(slot)), fails: None, inside })
    }

    fn compare(&mut self, comparison: &Comparison) -> Option<Known<'static>> {
        let left = self.term(&comparison.left)?;
        let right = self.term(&comparison.right)?;
        let operator = comparison.operator;
        let holds = comparison_keys(&left, operator, &right);
        let fails = match operator {
            Operator::NotEqual => comparison_keys(&left, Operator::Equal, &right),
            _ => None,
        };
        let identity = format!("c{} {} {}", Written(&left), operator.as_str(), Written(&right));
        let atom = self.add(identity, || Atom::Compare { left, operator, right });
        Some(Known { atom, holds, fails, inside: None })
    }

    fn regex(&mut self, test: &RegexTest) -> Option<Known<'static>> {
        let RegexPattern::Literal { text, regex } = &test.pattern else { return None };
        let subject = self.term(&test.subject)?;
        let holds = match &subject {
            Term::Slot(slot) => Some(regex_keys(*slot, text, test.whole)),
            _ => None,
        };
        let whole = if test.whole { 'm' } else { 's' };
        let identity = format!("r{whole}{} {text}", Written(&subject));
        let atom = self.add(identity, || Atom::Regex { subject, regex: regex.clone() });
        Some(Known { atom, holds, fails: None, inside: None })
    }

    fn term(&mut self, operand: &Operand) -> Option<Term> {
        match operand {
            Operand::Literal(literal) => Some(Term::Literal(literal.clone())),
            Operand::Singular(path) => {
                let (steps, rest) = singular(path);
                rest.is_empty().then(|| Term::Slot(self.slots.single(&steps)))
            }
            Operand::Length(of) => self.term(of).map(|of| Term::Length(Box::new(of))),
            Operand::Count(_) | Operand::Value(_) => None,
        }
    }

    fn add(&mut self, identity: String, atom: impl FnOnce() -> Atom) -> AtomId {
        let next = AtomId::try_from(self.atoms.len()).unwrap_or(AtomId::MAX);
        *self.known.entry(identity).or_insert_with(|| {
            self.atoms.push(atom());
            next
        })
    }

    fn pattern(&mut self, pattern: &Pattern, rule: &mut Rule) {
        let leaves = pattern.leaves();
        let is_spread = |leaf: &Leaf| leaf.place.matches('.').count() <= DOTS_MAX;
        if !leaves.iter().all(is_spread) {
            let atom = self.whole(pattern, Vec::new());
            return rule.clauses.push(Clause { tree: Some(Tree::Atom(atom)), keys: None });
        }
        let slots: Vec<SlotId> = leaves.iter().map(|leaf| self.slots.flat(&leaf.place)).collect();
        let independent =
            pattern.combinations().len() == 1 && !leaves.iter().any(Leaf::takes_absence);
        for (number, (leaf, slot)) in leaves.iter().zip(&slots).enumerate() {
            let in_all = |all: &Vec<usize>| all.contains(&number);
            if leaf.takes_absence() || !pattern.combinations().iter().all(in_all) {
                continue;
            }
            let keys = field_keys(*slot, &leaf.tests);
            let tree = independent.then(|| Tree::Atom(self.field(pattern, number, leaf, *slot)));
            rule.clauses.push(Clause { tree, keys });
        }
        if !independent {
            let atom = self.whole(pattern, slots);
            rule.clauses.push(Clause { tree: Some(Tree::Atom(atom)), keys: None });
        } else if leaves.len() > 1 {
            rule.pinned = Some(pattern.clone());
        }
    }

    fn field(&mut self, pattern: &Pattern, number: usize, leaf: &Leaf, slot: SlotId) -> AtomId {
        // By the compiled tests: two lists may be described in the same words.
        self.add(format!("f{slot} {:?}", leaf.tests), || Atom::Field {
            slot,
            pattern: pattern.clone(),
            leaf: number,
        })
    }

    fn whole(&mut self, pattern: &Pattern, slots: Vec<SlotId>) -> AtomId {
        // With the places: one text means others in another view.
        let places: Vec<&str> = pattern.leaves().iter().map(|leaf| leaf.place.as_str()).collect();
        self.add(format!("p{places:?} {}", pattern.text()), || Atom::Pattern {
            slots,
            pattern: pattern.clone(),
        })
    }
}

/// A clause with what is known when it holds, and when it does not.
struct Known<'f> {
    atom: AtomId,
    holds: Option<Keys>,
    fails: Option<Keys>,
    /// The filter in it that takes children.
    inside: Option<Inside<'f>>,
}

/// Removes the level of the text's own parentheses.
fn flat<'f>(tree: Tree<Tree<Known<'f>>>) -> Tree<Known<'f>> {
    match tree {
        Tree::Or(parts) => Tree::Or(parts.into_iter().map(flat).collect()),
        Tree::And(parts) => Tree::And(parts.into_iter().map(flat).collect()),
        Tree::Not(inner) => Tree::Not(Box::new(flat(*inner))),
        Tree::Atom(inner) => inner,
    }
}

/// The parts of a conjunction, and of those in it.
fn conjuncts<'f>(tree: Tree<Known<'f>>, parts: &mut Vec<Tree<Known<'f>>>) {
    match tree {
        Tree::And(all) => all.into_iter().for_each(|one| conjuncts(one, parts)),
        other => parts.push(other),
    }
}

/// The keys of a tree that holds, or does not.
fn keys(tree: &Tree<Known<'_>>, holds: bool) -> Option<Keys> {
    match tree {
        Tree::Atom(known) if holds => known.holds.clone(),
        Tree::Atom(known) => known.fails.clone(),
        Tree::Not(inner) => keys(inner, !holds),
        Tree::And(parts) if holds => Keys::both(parts.iter().map(|part| keys(part, holds))),
        Tree::Or(parts) if !holds => Keys::both(parts.iter().map(|part| keys(part, holds))),
        Tree::And(parts) | Tree::Or(parts) => {
            Keys::either(parts.iter().map(|part| keys(part, holds)))
        }
    }
}

/// The steps that lead to one node, and what follows them.
fn singular(path: &Path) -> (Vec<Step>, &[Segment]) {
    let step = |segment: &Segment| match segment.selectors.as_slice() {
        _ if segment.descendant => None,
        [Selector::Name(name)] => Some(Step::Name(name.clone())),
        [Selector::Index(index)] => usize::try_from(*index).ok().map(Step::Index),
        _ => None,
    };
    let steps: Vec<Step> = path.segments.iter().map_while(step).collect();
    let rest = path.segments.get(steps.len()..).unwrap_or_default();
    (steps, rest)
}

/// Whether a filter in the segment has a path that begins at the event.
fn looks_at_root(segment: &Segment) -> bool {
    segment.selectors.iter().any(|selector| match selector {
        Selector::Filter(filter) => any_test(&filter.expression),
        _ => false,
    })
}

fn any_test(tree: &Tree<Test>) -> bool {
    match tree {
        Tree::Or(parts) | Tree::And(parts) => parts.iter().any(any_test),
        Tree::Not(inner) => any_test(inner),
        Tree::Atom(Test::Exists(path)) => begins_at_root(path),
        Tree::Atom(Test::Compare(c)) => of_root(&c.left) || of_root(&c.right),
        Tree::Atom(Test::Regex(regex)) => {
            let dynamic = match &regex.pattern {
                RegexPattern::Dynamic(pattern) => of_root(pattern),
                _ => false,
            };
            dynamic || of_root(&regex.subject)
        }
    }
}

fn of_root(operand: &Operand) -> bool {
    match operand {
        Operand::Literal(_) => false,
        Operand::Singular(path) | Operand::Count(path) | Operand::Value(path) => {
            begins_at_root(path)
        }
        Operand::Length(of) => of_root(of),
    }
}

fn begins_at_root(path: &Path) -> bool {
    path.start == Start::Root || path.segments.iter().any(looks_at_root)
}

/// A side of a comparison, as its identity has it.
struct Written<'t>(&'t Term);

impl std::fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Term::Literal(literal) => write!(f, "{literal}"),
            Term::Slot(slot) => write!(f, "@{slot}"),
            Term::Length(of) => write!(f, "#{}", Written(of)),
        }
    }
}
