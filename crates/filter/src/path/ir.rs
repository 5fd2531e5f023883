//! The compiled form: what the evaluator runs. Well-typed by construction (RFC 9535 §2.4.3), regular
//! expressions compiled, numbers exact.
use super::tree::Tree;
use eventyard_event::json::Value;
use regex::Regex;

/// A logical expression inside a filter.
pub(crate) type Expression = Tree<Test>;

/// An atom: what is true or false for a current node and an event.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    /// The query selects at least one node.
    Exists(Path),
    Compare(Comparison),
    Regex(RegexTest),
}

#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    pub left: Operand,
    pub operator: Operator,
    pub right: Operand,
}

/// `match()` or `search()`.
#[derive(Debug, Clone)]
pub(crate) struct RegexTest {
    /// Whether the whole string must match.
    pub whole: bool,
    pub subject: Operand,
    pub pattern: Pattern,
}

/// The pattern of `match()` or `search()`.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Literal {
        text: String,
        regex: Regex,
    },
    /// A literal that is no string: never true.
    Never,
    /// Comes out of the event; only with `Options::dynamic_regex`.
    Dynamic(Operand),
}

/// A comparison operator (RFC 9535 §2.3.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The operator with its sides exchanged.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// What yields one value or Nothing (RFC 9535 §2.4.1, ValueType).
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Literal(Value<'static>),
    /// A query that selects one node at most.
    Singular(Path),
    Length(Box<Operand>),
    Count(Path),
    /// `value()`: the node if there is exactly one.
    Value(Path),
}

/// Where a query starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// `$`
    Root,
    /// `@`
    Current,
}

/// A query.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub start: Start,
    pub segments: Vec<Segment>,
    pub shape: Shape,
    /// Set for a `$` query inside a filter: its answer is the same for every current node, so it is
    /// found once per evaluation.
    pub memo: Option<MemoId>,
}

/// How the ways of a query through a document may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One way: it selects one node at most, whatever the document (RFC 9535 §2.3.5.1).
    Singular,
    /// Many ways that never meet.
    Tree,
    /// Several ways may lead to the same node: an unguarded walk could take exponential time.
    Overlapping,
}

/// Names what is remembered during one evaluation.
pub(crate) type MemoId = u32;

#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub descendant: bool,
    pub selectors: Vec<Selector>,
}

#[derive(Debug, Clone)]
pub(crate) enum Selector {
    Name(String),
    Wildcard,
    Index(i64),
    Slice(Slice),
    Filter(Box<NodeFilter>),
}

/// `start:end:step`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    pub start: Option<i64>,
    pub end: Option<i64>,
    pub step: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct NodeFilter {
    pub expression: Expression,
    /// Set for a filter inside a filter, which may see the same node many times.
    pub memo: Option<MemoId>,
}

impl Path {
    /// A query whose answer is not remembered.
    pub fn new(start: Start, segments: Vec<Segment>) -> Self {
        let is_single = |segment: &Segment| {
            !segment.descendant
                && matches!(segment.selectors.as_slice(), [Selector::Name(_) | Selector::Index(_)])
        };
        let overlaps = |segment: &Segment| segment.descendant || segment.selectors.len() > 1;
        let shape = if segments.iter().all(is_single) {
            Shape::Singular
        } else if segments.iter().any(overlaps) {
            Shape::Overlapping
        } else {
            Shape::Tree
        };
        Self { start, segments, shape, memo: None }
    }

    /// Whether it selects one node at most, whatever the document.
    pub fn is_singular(&self) -> bool {
        self.shape == Shape::Singular
    }
}
