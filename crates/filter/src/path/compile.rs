//! Syntax tree to compiled form: checks types (RFC 9535 §2.4.3), compiles regular expressions, takes
//! numbers from the text.
use super::Options;
use super::ir::{
    Comparison, Expression, MemoId, NodeFilter, Operand, Operator, Path, Segment, Selector, Slice,
    Start, Test,
};
use super::scan::{Call, Scan, Span};
use super::tree::Tree;
use crate::FilterError;
use eventyard_event::json::{Number, Value};
use jsonpath_rust::parser::model::{self, FilterAtom, FnArg, Literal, SingularQuerySegment};

/// Walks a syntax tree in the order of the text, beside the calls and numbers that the scan found in
/// the same order.
pub(super) struct Compiler<'s> {
    pub(super) text: &'s str,
    pub(super) options: Options,
    calls: &'s [Call],
    numbers: &'s [Span],
    /// The atom or query being compiled, for errors without a closer place.
    pub(super) within: Span,
    filters: usize,
    memos: MemoId,
}

type Result<T> = std::result::Result<T, FilterError>;

impl<'s> Compiler<'s> {
    pub fn new(text: &'s str, scan: &'s Scan, options: Options) -> Self {
        let within = 0..text.len();
        let (calls, numbers) = (scan.calls.as_slice(), scan.numbers.as_slice());
        Self { text, options, calls, numbers, within, filters: 0, memos: 0 }
    }

    /// Compiles the atom that stands at `span`. Atoms must come in the order of the text.
    pub fn atom(&mut self, atom: &FilterAtom, span: &Span) -> Result<Tree<Test>> {
        self.within = span.clone();
        match atom {
            FilterAtom::Filter { expr, not } => Ok(negate(*not, self.expression(expr)?)),
            FilterAtom::Test { expr, not } => Ok(negate(*not, Tree::Atom(self.test(expr)?))),
            FilterAtom::Comparison(comparison) => Ok(Tree::Atom(self.comparison(comparison)?)),
        }
    }

    fn expression(&mut self, filter: &model::Filter) -> Result<Expression> {
        let within = self.within.clone();
        match filter {
            model::Filter::Or(parts) => Ok(Tree::Or(self.expressions(parts)?)),
            model::Filter::And(parts) => Ok(Tree::And(self.expressions(parts)?)),
            model::Filter::Atom(atom) => self.atom(atom, &within),
        }
    }

    fn expressions(&mut self, parts: &[model::Filter]) -> Result<Vec<Expression>> {
        parts.iter().map(|part| self.expression(part)).collect()
    }

    fn test(&mut self, test: &model::Test) -> Result<Test> {
        match test {
            model::Test::RelQuery(segments) => {
                self.path(Start::Current, segments).map(Test::Exists)
            }
            model::Test::AbsQuery(query) => {
                self.path(Start::Root, &query.segments).map(Test::Exists)
            }
            model::Test::Function(function) => self.test_function(function),
        }
    }

    fn comparison(&mut self, comparison: &model::Comparison) -> Result<Test> {
        let (left, right) = comparison.vals();
        let left = self.comparable(left)?;
        let right = self.comparable(right)?;
        let operator = match comparison {
            model::Comparison::Eq(..) => Operator::Equal,
            model::Comparison::Ne(..) => Operator::NotEqual,
            model::Comparison::Lt(..) => Operator::Less,
            model::Comparison::Lte(..) => Operator::LessOrEqual,
            model::Comparison::Gt(..) => Operator::Greater,
            model::Comparison::Gte(..) => Operator::GreaterOrEqual,
        };
        Ok(Test::Compare(Comparison { left, operator, right }))
    }

    fn comparable(&mut self, comparable: &model::Comparable) -> Result<Operand> {
        match comparable {
            model::Comparable::Literal(literal) => self.literal(literal).map(Operand::Literal),
            model::Comparable::Function(function) => self.value_function(function),
            model::Comparable::SingularQuery(model::SingularQuery::Current(keys)) => {
                Ok(self.singular(Start::Current, keys))
            }
            model::Comparable::SingularQuery(model::SingularQuery::Root(keys)) => {
                Ok(self.singular(Start::Root, keys))
            }
        }
    }

    pub(super) fn literal(&mut self, literal: &Literal) -> Result<Value<'static>> {
        Ok(match literal {
            Literal::Null => Value::Null,
            Literal::Bool(value) => Value::Bool(*value),
            Literal::String(text) => Value::from(text.clone()),
            Literal::Int(_) | Literal::Float(_) => Value::Number(self.number()?),
        })
    }

    /// The next number of the text.
    fn number(&mut self) -> Result<Number<'static>> {
        let Some((span, rest)) = self.numbers.split_first() else { return Err(self.lost()) };
        self.numbers = rest;
        let text = self.text.get(span.clone()).unwrap_or_default();
        Number::parse(text.to_owned()).ok_or_else(|| {
            FilterError::new("E0108", span.clone(), format!("number `{text}` is out of range"))
                .help("events cannot hold such a number either")
        })
    }

    /// The next function call of the text.
    pub(super) fn call(&mut self) -> Result<&'s Call> {
        let Some((call, rest)) = self.calls.split_first() else { return Err(self.lost()) };
        self.calls = rest;
        Ok(call)
    }

    /// The scan and the parser read different things; the text is refused rather than misread.
    pub(super) fn lost(&self) -> FilterError {
        FilterError::new("E0101", self.within.clone(), "not a JSONPath expression")
            .help("see RFC 9535 §2.3.5.1")
    }

    fn singular(&mut self, start: Start, keys: &[SingularQuerySegment]) -> Operand {
        let selector = |key: &SingularQuerySegment| match key {
            SingularQuerySegment::Name(name) => Selector::Name(name.clone()),
            SingularQuerySegment::Index(index) => Selector::Index(*index),
        };
        let segment = |key| Segment { descendant: false, selectors: vec![selector(key)] };
        Operand::Singular(Path::new(start, keys.iter().map(segment).collect()))
    }

    /// Compiles a query.
    pub fn path(&mut self, start: Start, segments: &[model::Segment]) -> Result<Path> {
        let segments = segments.iter().map(|s| self.segment(s)).collect::<Result<_>>()?;
        let mut path = Path::new(start, segments);
        if start == Start::Root && self.filters > 0 && !path.is_singular() {
            path.memo = Some(self.memo());
        }
        Ok(path)
    }

    fn segment(&mut self, segment: &model::Segment) -> Result<Segment> {
        let (descendant, inner) = match segment {
            model::Segment::Descendant(inner) => (true, &**inner),
            other => (false, other),
        };
        let selectors = match inner {
            model::Segment::Selector(one) => vec![self.selector(one)?],
            model::Segment::Selectors(all) => {
                all.iter().map(|one| self.selector(one)).collect::<Result<_>>()?
            }
            model::Segment::Descendant(_) => return Err(self.lost()),
        };
        Ok(Segment { descendant, selectors })
    }

    fn selector(&mut self, selector: &model::Selector) -> Result<Selector> {
        Ok(match selector {
            model::Selector::Name(name) => Selector::Name(name.clone()),
            model::Selector::Wildcard => Selector::Wildcard,
            model::Selector::Index(index) => Selector::Index(*index),
            model::Selector::Slice(start, end, step) => {
                Selector::Slice(Slice { start: *start, end: *end, step: step.unwrap_or(1) })
            }
            model::Selector::Filter(filter) => {
                let memo = (self.filters > 0).then(|| self.memo());
                self.filters += 1;
                let expression = self.expression(filter)?;
                self.filters -= 1;
                Selector::Filter(Box::new(NodeFilter { expression, memo }))
            }
        })
    }

    fn memo(&mut self) -> MemoId {
        self.memos += 1;
        self.memos
    }

    /// A query as the argument of a function.
    pub(super) fn argument_path(&mut self, argument: &FnArg) -> Option<Result<Path>> {
        let FnArg::Test(test) = argument else { return None };
        match &**test {
            model::Test::RelQuery(segments) => Some(self.path(Start::Current, segments)),
            model::Test::AbsQuery(query) => Some(self.path(Start::Root, &query.segments)),
            model::Test::Function(_) => None,
        }
    }
}

fn negate(not: bool, tree: Expression) -> Expression {
    if not { Tree::Not(Box::new(tree)) } else { tree }
}
