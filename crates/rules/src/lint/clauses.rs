//! Warnings about single clauses, in the light of those around them.

use eventyard_filter::View;
use eventyard_filter::outline::{Atom, AtomKind, Operand, Operator, Outline, PathOutline};

use super::Clause;
use super::proven::Proven;

/// Attributes that every event has (CloudEvents 1.0.2 §3.1.1).
const ALWAYS_THERE: [&str; 4] = ["['id']", "['source']", "['specversion']", "['type']"];

pub(super) fn clauses(outline: &Outline, view: View) -> Vec<Clause> {
    let mut walk = Walk { view, found: Vec::new() };
    walk.outline(outline, true, &Proven::default());
    walk.found
}

struct Walk {
    view: View,
    found: Vec<Clause>,
}

impl Walk {
    /// `holds` is whether the part must hold or must not, `proven` what its neighbours prove.
    fn outline(&mut self, outline: &Outline, holds: bool, proven: &Proven) {
        match outline {
            Outline::Not(inner) => self.outline(inner, !holds, proven),
            Outline::Atom(atom) => self.atom(atom, holds, proven),
            Outline::And(parts) if holds => self.all(parts, holds, &proven.with_all(parts, true)),
            Outline::Or(parts) if !holds => self.all(parts, holds, &proven.with_all(parts, false)),
            Outline::And(parts) | Outline::Or(parts) => self.all(parts, holds, proven),
        }
    }

    fn all(&mut self, parts: &[Outline], holds: bool, proven: &Proven) {
        parts.iter().for_each(|part| self.outline(part, holds, proven));
    }

    fn atom(&mut self, atom: &Atom, holds: bool, proven: &Proven) {
        match &atom.kind {
            AtomKind::Exists(path) if path.filter_first => self.top_level_filter(atom),
            AtomKind::Exists(_) => {}
            AtomKind::Regex { subject } => self.missing_holds(atom, !holds, &[subject], proven),
            AtomKind::Compare { left, operator, right } => {
                self.comparison(atom, [left, right], *operator, holds, proven);
            }
        }
        self.anchors(atom);
        self.names_of_eventbridge(atom);
    }

    fn comparison(
        &mut self,
        atom: &Atom,
        sides: [&Operand; 2],
        operator: Operator,
        holds: bool,
        proven: &Proven,
    ) {
        let differs = (operator == Operator::NotEqual) == holds;
        match (sides, operator) {
            (_, Operator::NotEqual | Operator::Equal) if differs => {
                self.missing_holds(atom, true, &sides, proven);
            }
            ([Operand::Path(left), Operand::Path(right)], operator)
                if !matches!(operator, Operator::Less | Operator::Greater)
                    && holds != (operator == Operator::NotEqual) =>
            {
                self.both_missing(atom, left, right, proven);
            }
            _ => {}
        }
    }

    /// L0101
    fn missing_holds(&mut self, atom: &Atom, applies: bool, sides: &[&Operand], proven: &Proven) {
        let paths = sides.iter().filter_map(|side| path(side));
        let unproven = paths.filter(|path| !self.is_there(path, proven)).collect::<Vec<_>>();
        let Some(path) = unproven.first().filter(|_| applies) else { return };
        let path = &path.text;
        self.push(
            "L0101",
            atom,
            format!("holds also for every event without `{path}`"),
            format!(
                "if that is not meant, write `{path} && …` in front; if it is, `(!{path} || …)`"
            ),
        );
    }

    /// L0102
    fn both_missing(
        &mut self,
        atom: &Atom,
        left: &PathOutline,
        right: &PathOutline,
        proven: &Proven,
    ) {
        if self.is_there(left, proven) || self.is_there(right, proven) {
            return;
        }
        let (left, right) = (&left.text, &right.text);
        self.push(
            "L0102",
            atom,
            format!("holds also when both `{left}` and `{right}` are missing"),
            format!("write `{left} && …` in front"),
        );
    }

    /// L0103
    fn top_level_filter(&mut self, atom: &Atom) {
        self.push(
            "L0103",
            atom,
            "looks for a member of the event that fits, not at the event itself".to_owned(),
            "leave out `$[?` and `]`, and begin the paths inside with `$`".to_owned(),
        );
    }

    /// L0104
    fn anchors(&mut self, atom: &Atom) {
        for pattern in atom.patterns.iter().filter(|pattern| has_anchor(pattern)) {
            self.push(
                "L0104",
                atom,
                format!("`{pattern}` has an anchor, which RFC 9485 takes for a plain character and this bus for an anchor"),
                "leave it out: `match` takes the whole string, and `search` any part of it; for the \
                 character itself write `[$]`"
                    .to_owned(),
            );
        }
    }

    /// L0107
    fn names_of_eventbridge(&mut self, atom: &Atom) {
        if self.view != View::Event {
            return;
        }
        for path in &atom.paths {
            let ours = match path.steps.first().map(String::as_str) {
                Some("['detail']") => "$.data",
                Some("['detail-type']") => "$.type",
                _ => continue,
            };
            let theirs = path.steps.first().map(|step| format!("${step}")).unwrap_or_default();
            self.push(
                "L0107",
                atom,
                format!("`{theirs}` is EventBridge's name, and no event has it"),
                format!("in `when` it is `{ours}`"),
            );
        }
    }

    fn is_there(&self, path: &PathOutline, proven: &Proven) -> bool {
        let always = match path.steps.as_slice() {
            [] => true,
            [one] => self.view == View::Event && ALWAYS_THERE.contains(&one.as_str()),
            _ => false,
        };
        always || proven.has(path)
    }

    fn push(&mut self, code: &'static str, atom: &Atom, message: String, help: String) {
        self.found.push(Clause { code, span: atom.span.clone(), message, help });
    }
}

fn path<'o>(operand: &&'o Operand) -> Option<&'o PathOutline> {
    if let Operand::Path(path) = operand { Some(path) } else { None }
}

/// A `^` at the beginning or a `$` at the end; an I-Regexp cannot escape them otherwise than `[$]`.
fn has_anchor(pattern: &str) -> bool {
    pattern.starts_with('^') || pattern.ends_with('$')
}
