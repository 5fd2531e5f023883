//! The shape of a condition, for checks that look at rules rather than at events.
use super::condition::{Atom as CompiledAtom, Condition};
use super::ir::{Expression, Operand as Compiled, Path, Pattern, Segment, Selector, Start, Test};
use super::scan::Span;
use super::text;
use super::tree::Tree;
use eventyard_event::json::Value;

pub use super::ir::Operator;

/// The boolean structure of a condition over its clauses.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "made once per rule and thrown away")]
pub enum Outline {
    /// One of these holds.
    Or(Vec<Outline>),
    /// All of these hold.
    And(Vec<Outline>),
    /// This does not hold.
    Not(Box<Outline>),
    /// A clause.
    Atom(Atom),
}

/// A clause: what is true or false of an event on its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// Bytes of the condition's text.
    pub span: Span,
    /// What it asks.
    pub kind: AtomKind,
    /// Every path that starts at the event, also inside filters and functions.
    pub paths: Vec<PathOutline>,
    /// Every regular expression, also inside filters.
    pub patterns: Vec<String>,
}

/// What a clause asks.
#[derive(Debug, Clone, PartialEq)]
pub enum AtomKind {
    /// Whether a query selects anything.
    Exists(PathOutline),
    /// A comparison.
    Compare {
        /// The left side.
        left: Operand,
        /// How they compare.
        operator: Operator,
        /// The right side.
        right: Operand,
    },
    /// `match()` or `search()`.
    Regex {
        /// The text that is matched.
        subject: Operand,
    },
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// The same for every event.
    Literal(Value<'static>),
    /// A query that selects one node at most.
    Path(PathOutline),
    /// `length()`, `count()` or `value()`.
    Function,
}

/// A path of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathOutline {
    /// As JSONPath.
    pub text: String,
    /// Its steps as normalized paths have them (`['a']`, `[0]`, and `[-1]` as written), as far as each
    /// selects one node at most.
    pub steps: Vec<String>,
    /// The name of its first step, if that is a name.
    pub first_name: Option<String>,
    /// Whether `steps` is all of it.
    pub singular: bool,
    /// Whether it begins with a filter.
    pub filter_first: bool,
}

impl Condition {
    /// The shape of the condition; `@` is not told from `$`, as both are the event.
    ///
    /// ```
    /// use eventyard_filter::{Condition, outline::Outline};
    /// let Outline::And(parts) = Condition::parse("$.a && $.b != 1")?.outline() else { panic!() };
    /// assert_eq!(parts.len(), 2);
    /// # Ok::<(), eventyard_filter::FilterError>(())
    /// ```
    #[must_use]
    pub fn outline(&self) -> Outline {
        outline(self.tree(), self.text())
    }
}

fn outline(tree: &Tree<CompiledAtom>, text: &str) -> Outline {
    let all = |parts: &[Tree<CompiledAtom>]| parts.iter().map(|part| outline(part, text)).collect();
    match tree {
        Tree::Or(parts) => Outline::Or(all(parts)),
        Tree::And(parts) => Outline::And(all(parts)),
        Tree::Not(inner) => Outline::Not(Box::new(outline(inner, text))),
        Tree::Atom(atom) => clause(&atom.expression, &atom.span, text),
    }
}

fn clause(expression: &Expression, span: &Span, text: &str) -> Outline {
    let all = |parts: &[Expression]| parts.iter().map(|part| clause(part, span, text)).collect();
    match expression {
        Tree::Or(parts) => Outline::Or(all(parts)),
        Tree::And(parts) => Outline::And(all(parts)),
        Tree::Not(inner) => Outline::Not(Box::new(clause(inner, &without_not(span, text), text))),
        Tree::Atom(test) => {
            let mut inside = Inside::default();
            inside.test(test, true);
            let Inside { paths, patterns } = inside;
            Outline::Atom(Atom { span: span.clone(), kind: kind(test), paths, patterns })
        }
    }
}

/// The span of what a `!` stands before.
fn without_not(span: &Span, text: &str) -> Span {
    let written = text.get(span.clone()).unwrap_or_default();
    let rest = written.strip_prefix('!').unwrap_or(written).trim_start();
    span.end.saturating_sub(rest.len())..span.end
}

fn kind(test: &Test) -> AtomKind {
    match test {
        Test::Exists(path) => AtomKind::Exists(path_outline(path)),
        Test::Compare(comparison) => AtomKind::Compare {
            left: operand(&comparison.left),
            operator: comparison.operator,
            right: operand(&comparison.right),
        },
        Test::Regex(regex) => AtomKind::Regex { subject: operand(&regex.subject) },
    }
}

fn operand(operand: &Compiled) -> Operand {
    match operand {
        Compiled::Literal(value) => Operand::Literal(value.clone()),
        Compiled::Singular(path) => Operand::Path(path_outline(path)),
        Compiled::Length(_) | Compiled::Count(_) | Compiled::Value(_) => Operand::Function,
    }
}

fn path_outline(path: &Path) -> PathOutline {
    let steps: Vec<String> = path.segments.iter().map_while(step).collect();
    let first = path.segments.first();
    let alone = first.filter(|segment| !segment.descendant).map(|first| first.selectors.as_slice());
    PathOutline {
        text: text::path(path),
        singular: steps.len() == path.segments.len(),
        steps,
        first_name: match alone {
            Some([Selector::Name(name)]) => Some(name.clone()),
            _ => None,
        },
        filter_first: matches!(alone, Some([Selector::Filter(_), ..])),
    }
}

/// The step of a segment that selects one node at most.
fn step(segment: &Segment) -> Option<String> {
    match segment.selectors.as_slice() {
        [Selector::Name(name)] if !segment.descendant => {
            Some(format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")))
        }
        [Selector::Index(index)] if !segment.descendant => Some(format!("[{index}]")),
        _ => None,
    }
}

/// Collects what is inside a clause, however deep.
#[derive(Default)]
struct Inside {
    paths: Vec<PathOutline>,
    patterns: Vec<String>,
}

impl Inside {
    /// `top` is whether `@` is the event here.
    fn test(&mut self, test: &Test, top: bool) {
        match test {
            Test::Exists(path) => self.path(path, top),
            Test::Compare(comparison) => {
                self.operand(&comparison.left, top);
                self.operand(&comparison.right, top);
            }
            Test::Regex(regex) => {
                self.operand(&regex.subject, top);
                match &regex.pattern {
                    Pattern::Literal { text, .. } => self.patterns.push(text.clone()),
                    Pattern::Dynamic(operand) => self.operand(operand, top),
                    Pattern::Never => {}
                }
            }
        }
    }

    fn operand(&mut self, operand: &Compiled, top: bool) {
        match operand {
            Compiled::Literal(_) => {}
            Compiled::Singular(path) | Compiled::Count(path) | Compiled::Value(path) => {
                self.path(path, top);
            }
            Compiled::Length(inner) => self.operand(inner, top),
        }
    }

    fn path(&mut self, path: &Path, top: bool) {
        if top || path.start == Start::Root {
            self.paths.push(path_outline(path));
        }
        for selector in path.segments.iter().flat_map(|segment| &segment.selectors) {
            if let Selector::Filter(filter) = selector {
                self.expression(&filter.expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Tree::Or(parts) | Tree::And(parts) => {
                parts.iter().for_each(|part| self.expression(part))
            }
            Tree::Not(inner) => self.expression(inner),
            Tree::Atom(test) => self.test(test, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn atom(text: &str) -> Atom {
        match Condition::parse(text).unwrap().outline() {
            Outline::Atom(atom) => atom,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn structure_and_spans_are_those_of_the_text() {
        let text = "$.a == 1 && !($.b || $.c)";
        let Outline::And(parts) = Condition::parse(text).unwrap().outline() else { panic!() };
        let [Outline::Atom(first), Outline::Not(second)] = parts.as_slice() else { panic!() };
        assert_eq!(&text[first.span.clone()], "$.a == 1");
        assert!(matches!(&**second, Outline::Or(parts) if parts.len() == 2));
    }

    #[test]
    fn the_span_of_a_clause_is_without_its_negation() {
        let text = "$.a && ! $.b";
        let Outline::And(parts) = Condition::parse(text).unwrap().outline() else { panic!() };
        let [_, Outline::Not(not)] = parts.as_slice() else { panic!("{parts:?}") };
        let Outline::Atom(atom) = &**not else { panic!("{not:?}") };
        assert_eq!(&text[atom.span.clone()], "$.b");
    }

    #[test]
    fn a_path_gives_its_steps_as_far_as_they_are_singular() {
        let AtomKind::Exists(path) = atom("@.a['b c'][0].*.d").kind else { panic!() };
        assert_eq!(path.steps, ["['a']", "['b c']", "[0]"]);
        assert!(!path.singular && !path.filter_first);
        assert_eq!(path.first_name.as_deref(), Some("a"));
        let AtomKind::Exists(path) = atom("$[?@.a]").kind else { panic!() };
        assert!(path.filter_first && path.steps.is_empty() && !path.singular);
        let AtomKind::Exists(path) = atom("$").kind else { panic!() };
        assert!(path.singular && path.steps.is_empty());
    }

    #[test]
    fn paths_and_patterns_inside_filters_are_found() {
        let atom = atom("$.items[?search(@.sku, '^a') && @.qty > $.least && $..x]");
        let paths: Vec<&str> = atom.paths.iter().map(|path| path.text.as_str()).collect();
        assert_eq!(paths, ["$.items[?…]", "$.least", "$..x"]);
        assert_eq!(atom.patterns, ["^a"]);
    }
}
