//! The syntax tree straight from the scan's tokens: the same tree that jsonpath-rust's grammar builds
//! (RFC 9535 Appendix A), without its backtracking, which takes most of the time that a rule takes to
//! load.
//!
//! INVARIANT (scanned): the scan has accepted the text before, so places, limits and refusals are no
//! concern here. What does not fit gives none, and the grammar decides.
use crate::path::lex::{Kind, Token};
use crate::path::literal;
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector,
    SingularQuery, SingularQuerySegment, Test, TestFunction,
};

/// The atom that `tokens` of `text` are, all of them.
pub(super) fn atom(text: &str, tokens: &[Token]) -> Option<FilterAtom> {
    let mut builder = Builder { text, tokens };
    builder.atom().filter(|_| builder.tokens.is_empty())
}

/// The segments of the query that `tokens` of `text` are, all of them.
pub(super) fn query(text: &str, tokens: &[Token]) -> Option<Vec<Segment>> {
    let mut builder = Builder { text, tokens };
    builder.take(Kind::Root)?;
    builder.segments().filter(|_| builder.tokens.is_empty())
}

/// One side of a comparison, a test, or an argument.
enum Operand {
    Literal(Literal),
    Test(Test),
}

/// The tokens that are left.
struct Builder<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl<'t> Builder<'t> {
    fn peek(&self) -> Option<Kind> {
        self.tokens.first().map(|token| token.kind)
    }

    /// The text of the next token, if it is of that kind.
    fn take(&mut self, kind: Kind) -> Option<&'t str> {
        let (token, rest) = self.tokens.split_first().filter(|(token, _)| token.kind == kind)?;
        self.tokens = rest;
        self.text.get(token.span.clone())
    }

    fn logical(&mut self) -> Option<Filter> {
        self.joined(Kind::Or, Filter::Or, Self::conjunction)
    }

    fn conjunction(&mut self) -> Option<Filter> {
        self.joined(Kind::And, Filter::And, |builder| builder.atom().map(Filter::Atom))
    }

    /// What `part` reads, once, or several times with `by` between.
    fn joined(
        &mut self,
        by: Kind,
        join: fn(Vec<Filter>) -> Filter,
        part: fn(&mut Self) -> Option<Filter>,
    ) -> Option<Filter> {
        let first = part(self)?;
        if self.peek() != Some(by) {
            return Some(first);
        }
        let mut parts = vec![first];
        while self.take(by).is_some() {
            parts.push(part(self)?);
        }
        Some(join(parts))
    }

    fn atom(&mut self) -> Option<FilterAtom> {
        let not = self.take(Kind::Not).is_some();
        if self.take(Kind::LeftParen).is_some() {
            let expr = Box::new(self.logical()?);
            self.take(Kind::RightParen)?;
            return Some(FilterAtom::Filter { expr, not });
        }
        let left = self.operand()?;
        let Some(operator) = self.take(Kind::Compare) else {
            let Operand::Test(test) = left else { return None };
            return Some(FilterAtom::Test { expr: Box::new(test), not });
        };
        let (left, right) = (comparable(left)?, comparable(self.operand()?)?);
        let comparison = Comparison::try_new(operator, left, right).ok().filter(|_| !not)?;
        Some(FilterAtom::Comparison(Box::new(comparison)))
    }

    fn operand(&mut self) -> Option<Operand> {
        Some(match self.peek()? {
            Kind::Root => {
                self.take(Kind::Root)?;
                Operand::Test(Test::AbsQuery(JpQuery::new(self.segments()?)))
            }
            Kind::Current => {
                self.take(Kind::Current)?;
                Operand::Test(Test::RelQuery(self.segments()?))
            }
            Kind::Number => {
                self.take(Kind::Number)?;
                // As masked: the compiler takes the number from the text.
                Operand::Literal(Literal::Int(0))
            }
            Kind::Text => Operand::Literal(Literal::String(self.string()?)),
            Kind::Word => self.word()?,
            _ => return None,
        })
    }

    /// `true`, `false`, `null`, or a call.
    fn word(&mut self) -> Option<Operand> {
        let word = self.take(Kind::Word)?;
        if self.take(Kind::LeftParen).is_none() {
            return Some(Operand::Literal(match word {
                "true" => Literal::Bool(true),
                "false" => Literal::Bool(false),
                "null" => Literal::Null,
                _ => return None,
            }));
        }
        let mut arguments = vec![self.argument()?];
        while self.take(Kind::Comma).is_some() {
            arguments.push(self.argument()?);
        }
        self.take(Kind::RightParen)?;
        let function = TestFunction::try_new(word, arguments).ok()?;
        Some(Operand::Test(Test::Function(Box::new(function))))
    }

    fn argument(&mut self) -> Option<FnArg> {
        Some(match self.operand()? {
            Operand::Literal(literal) => FnArg::Literal(literal),
            Operand::Test(test) => FnArg::Test(Box::new(test)),
        })
    }

    fn segments(&mut self) -> Option<Vec<Segment>> {
        let mut segments = Vec::new();
        loop {
            segments.push(match self.peek() {
                Some(Kind::Dot) => {
                    self.take(Kind::Dot)?;
                    self.child()?
                }
                Some(Kind::DotDot) => {
                    self.take(Kind::DotDot)?;
                    Segment::Descendant(Box::new(self.child()?))
                }
                Some(Kind::LeftBracket) => self.child()?,
                _ => return Some(segments),
            });
        }
    }

    /// A name, `*` or a bracket.
    fn child(&mut self) -> Option<Segment> {
        if self.take(Kind::LeftBracket).is_none() {
            return self.shorthand().map(Segment::Selector);
        }
        let first = self.selector()?;
        if self.take(Kind::RightBracket).is_some() {
            return Some(Segment::Selector(first));
        }
        let mut selectors = vec![first];
        while self.take(Kind::Comma).is_some() {
            selectors.push(self.selector()?);
        }
        self.take(Kind::RightBracket)?;
        Some(Segment::Selectors(selectors))
    }

    fn shorthand(&mut self) -> Option<Selector> {
        match self.take(Kind::Name) {
            Some(name) => Some(Selector::Name(name.to_owned())),
            None => self.take(Kind::Star).map(|_| Selector::Wildcard),
        }
    }

    fn selector(&mut self) -> Option<Selector> {
        Some(match self.peek()? {
            Kind::Text => Selector::Name(self.string()?),
            Kind::Number | Kind::Colon => return self.index_or_slice(),
            Kind::Question => {
                self.take(Kind::Question)?;
                Selector::Filter(self.logical()?)
            }
            _ => return self.take(Kind::Star).map(|_| Selector::Wildcard),
        })
    }

    fn index_or_slice(&mut self) -> Option<Selector> {
        let start = self.integer()?;
        if self.take(Kind::Colon).is_none() {
            return start.map(Selector::Index);
        }
        let end = self.integer()?;
        let step = if self.take(Kind::Colon).is_some() { self.integer()? } else { None };
        Some(Selector::Slice(start, end, step))
    }

    /// An integer that may be missing; none when it is no integer.
    fn integer(&mut self) -> Option<Option<i64>> {
        match self.take(Kind::Number) {
            Some(text) => text.parse().ok().map(Some),
            None => Some(None),
        }
    }

    fn string(&mut self) -> Option<String> {
        self.take(Kind::Text).map(literal::value)
    }
}

/// An operand that is one value at most.
fn comparable(operand: Operand) -> Option<Comparable> {
    let singular = |segments: Vec<Segment>| segments.into_iter().map(key).collect::<Option<_>>();
    Some(match operand {
        Operand::Literal(literal) => Comparable::Literal(literal),
        Operand::Test(Test::RelQuery(segments)) => {
            Comparable::SingularQuery(SingularQuery::Current(singular(segments)?))
        }
        Operand::Test(Test::AbsQuery(query)) => {
            Comparable::SingularQuery(SingularQuery::Root(singular(query.segments)?))
        }
        Operand::Test(Test::Function(function)) if function.is_comparable() => {
            Comparable::Function(*function)
        }
        Operand::Test(Test::Function(_)) => return None,
    })
}

fn key(segment: Segment) -> Option<SingularQuerySegment> {
    match segment {
        Segment::Selector(Selector::Name(name)) => Some(SingularQuerySegment::Name(name)),
        Segment::Selector(Selector::Index(index)) => Some(SingularQuerySegment::Index(index)),
        _ => None,
    }
}
