//! What a clause of a `when` says about the values at the paths it names.

use eventyard_event::json::Value;
use eventyard_filter::Condition;
use eventyard_filter::outline::{Atom, AtomKind, Operand, Operator, Outline, PathOutline};

use super::bounds::mirrored;
use super::cases::Steps;
use super::field::Field;
use super::values::{ARRAY, MISSING, OBJECT, Values};

/// What must be true for a clause to hold.
#[expect(clippy::large_enum_variant, reason = "made once per rule and thrown away")]
pub(super) enum Claim {
    /// It holds if, and only if, one of these values stands there.
    Exact(Steps, Values),
    /// More than a set of values can say.
    Ask(Ask),
    /// A field of a pattern.
    Field(Field),
}

/// A clause that is known by its text.
pub(super) struct Ask {
    /// The same for clauses that mean the same; none where that is not certain.
    pub key: Option<String>,
    /// Whether it is to hold or not to.
    pub holds: bool,
    /// What is certain if it is as wanted.
    pub needs: Vec<(Steps, Values)>,
    /// The clause alone, and all paths that it looks at.
    pub alone: Option<(Condition, Vec<Steps>)>,
    /// Texts that it may want to see.
    pub hints: Vec<String>,
}

/// The claim that the atom holds, or with `holds` false that it does not.
pub(super) fn of_atom(atom: &Atom, text: &str, holds: bool) -> Claim {
    let exact = |path: &PathOutline, values: Values| {
        Claim::Exact(path.steps.clone(), if holds { values } else { values.not() })
    };
    match &atom.kind {
        AtomKind::Exists(path) if path.singular => exact(path, Values::missing().not()),
        AtomKind::Compare {
            left: Operand::Path(path),
            operator,
            right: Operand::Literal(value),
        } => exact(path, Values::compared(*operator, value)),
        AtomKind::Compare {
            left: Operand::Literal(value),
            operator,
            right: Operand::Path(path),
        } => exact(path, Values::compared(mirrored(*operator), value)),
        _ => Claim::Ask(ask(atom, text, holds)),
    }
}

fn ask(atom: &Atom, text: &str, holds: bool) -> Ask {
    let alone = Condition::parse(text).ok().filter(|alone| {
        // What stands inside a clause may have the span of the whole of it.
        matches!(alone.outline(), Outline::Atom(same)
            if same.kind == atom.kind && same.paths == atom.paths && same.patterns == atom.patterns)
    });
    Ask {
        key: alone.as_ref().map(|_| key(atom, text)),
        holds,
        needs: if holds { needs(atom) } else { Vec::new() },
        alone: alone
            .filter(|_| atom.paths.iter().all(|path| path.singular))
            .map(|alone| (alone, atom.paths.iter().map(|path| path.steps.clone()).collect())),
        hints: atom.patterns.iter().map(|pattern| super::sample::fitting(pattern)).collect(),
    }
}

/// Two paths compared: the smaller first.
pub(super) fn key(atom: &Atom, text: &str) -> String {
    match &atom.kind {
        AtomKind::Compare { left: Operand::Path(left), operator, right: Operand::Path(right) } => {
            let swapped = left.steps > right.steps;
            let (left, right) = if swapped { (right, left) } else { (left, right) };
            let operator = if swapped { mirrored(*operator) } else { *operator };
            format!("{:?} {operator:?} {:?}", left.steps, right.steps)
        }
        _ => text.trim().to_owned(),
    }
}

/// What must stand at the paths for the atom to hold.
fn needs(atom: &Atom) -> Vec<(Steps, Values)> {
    match &atom.kind {
        AtomKind::Exists(path) => {
            vec![(path.steps.clone(), Values::of_kinds(OBJECT | ARRAY))]
        }
        AtomKind::Regex { subject: Operand::Path(path) } => {
            vec![(path.steps.clone(), Values::all_strings())]
        }
        AtomKind::Compare {
            left: Operand::Path(left),
            operator: Operator::Less | Operator::Greater,
            right: Operand::Path(right),
        } => [left, right].map(|path| (path.steps.clone(), Values::ordered_types())).into(),
        _ => Vec::new(),
    }
}

impl Ask {
    /// Whether it is as wanted in a document; none where the clause cannot be asked alone.
    pub(super) fn answer(&self, document: &Value<'_>) -> Option<bool> {
        self.alone.as_ref().map(|(alone, _)| alone.matches(document) == self.holds)
    }
}

/// A path's values when what lies before it must be entered: by name into an object, else an array.
pub(super) fn entered(step: &str) -> Values {
    Values::of_kinds(if step.starts_with("['") { OBJECT } else { ARRAY })
}

/// Whether the values leave room for absence.
pub(super) fn may_miss(values: &Values) -> bool {
    values.has(MISSING)
}
