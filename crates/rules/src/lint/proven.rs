//! Which paths must exist for a conjunction to hold.

use eventyard_filter::outline::{Atom, AtomKind, Operand, Operator, Outline, PathOutline};

/// Paths that exist wherever the clauses around a clause hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Proven(Vec<Vec<String>>);

impl Proven {
    /// Whether `path` exists: it, or something below it, is proven.
    pub(super) fn has(&self, path: &PathOutline) -> bool {
        self.0.iter().any(|proven| proven.starts_with(&path.steps))
    }

    /// What is also proven where all of `parts` hold (with `holds`), or none of them does.
    pub(super) fn with_all(&self, parts: &[Outline], holds: bool) -> Self {
        let mut more = self.clone();
        for part in parts {
            more.add(part, holds);
        }
        more
    }

    fn add(&mut self, outline: &Outline, holds: bool) {
        match outline {
            Outline::And(parts) if holds => parts.iter().for_each(|part| self.add(part, true)),
            Outline::Or(parts) if !holds => parts.iter().for_each(|part| self.add(part, false)),
            Outline::Not(inner) => self.add(inner, !holds),
            Outline::Atom(atom) => {
                self.0.extend(needed(atom, holds).map(|path| path.steps.clone()))
            }
            Outline::And(_) | Outline::Or(_) => {}
        }
    }
}

/// The paths that exist if the atom holds (or, with `holds` false, if it does not).
fn needed(atom: &Atom, holds: bool) -> impl Iterator<Item = &PathOutline> {
    let (one, other) = match &atom.kind {
        AtomKind::Exists(path) if holds => (Some(path), None),
        AtomKind::Regex { subject } if holds => (path(subject), None),
        AtomKind::Compare { left, operator, right } => compared(left, *operator, right, holds),
        _ => (None, None),
    };
    [one, other].into_iter().flatten()
}

/// Equality with a literal and any order need their path; an order needs both.
fn compared<'o>(
    left: &'o Operand,
    operator: Operator,
    right: &'o Operand,
    holds: bool,
) -> (Option<&'o PathOutline>, Option<&'o PathOutline>) {
    let strict = matches!(operator, Operator::Less | Operator::Greater);
    let equal =
        matches!(operator, Operator::Equal | Operator::LessOrEqual | Operator::GreaterOrEqual);
    let needs_literal = if holds { strict || equal } else { operator == Operator::NotEqual };
    match (left, right) {
        (Operand::Path(path), Operand::Literal(_)) | (Operand::Literal(_), Operand::Path(path))
            if needs_literal =>
        {
            (Some(path), None)
        }
        _ if strict && holds => (path(left), path(right)),
        _ => (None, None),
    }
}

fn path(operand: &Operand) -> Option<&PathOutline> {
    if let Operand::Path(path) = operand { Some(path) } else { None }
}
