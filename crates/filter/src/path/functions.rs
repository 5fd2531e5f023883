//! The five functions of RFC 9535 §2.4 and their types; regular expressions are compiled here.
use super::compile::Compiler;
use super::ir::{Operand, Pattern, RegexTest, Test};
use super::iregexp;
use super::literal;
use super::scan::{Call, Span};
use crate::FilterError;
use eventyard_event::json::Value;
use jsonpath_rust::parser::model::{self, FnArg, TestFunction};

type Result<T> = std::result::Result<T, FilterError>;

impl Compiler<'_> {
    /// A function that stands as a test must be true or false by itself.
    pub(super) fn test_function(&mut self, function: &TestFunction) -> Result<Test> {
        let (whole, subject, pattern) = match function {
            TestFunction::Match(subject, pattern) => (true, subject, pattern),
            TestFunction::Search(subject, pattern) => (false, subject, pattern),
            _ => return Err(self.uncompared()),
        };
        let call = self.call()?;
        let subject = self.value_argument(subject, &argument(call, 0))?;
        let span = argument(call, 1);
        let pattern = self.value_argument(pattern, &span)?;
        let pattern = self.pattern(pattern, &span, whole)?;
        Ok(Test::Regex(RegexTest { whole, subject, pattern }))
    }

    /// A function whose result is a value.
    pub(super) fn value_function(&mut self, function: &TestFunction) -> Result<Operand> {
        let call = self.call()?;
        let span = argument(call, 0);
        match function {
            TestFunction::Length(value) => {
                self.value_argument(value, &span).map(|value| Operand::Length(Box::new(value)))
            }
            TestFunction::Count(nodes) => self.nodes_argument(nodes).map(Operand::Count),
            TestFunction::Value(nodes) => self.nodes_argument(nodes).map(Operand::Value),
            TestFunction::Match(..) | TestFunction::Search(..) | TestFunction::Custom(..) => Err(
                ill_typed(call.span.clone(), "a test has no value", "use it as a test of its own"),
            ),
        }
    }

    fn uncompared(&mut self) -> FilterError {
        let span = self.call().map_or_else(|_| self.within.clone(), |call| call.span.clone());
        let shown = self.text.get(span.clone()).unwrap_or_default();
        let wanted = if shown.starts_with("value") { "== 'x'" } else { "> 0" };
        let help = format!("write `{shown} {wanted}`");
        ill_typed(span, &format!("`{shown}` has a value and must be compared"), &help)
    }

    /// A literal, a path to one node at most, or another function's value.
    fn value_argument(&mut self, argument: &FnArg, span: &Span) -> Result<Operand> {
        match argument {
            FnArg::Literal(literal) => return self.literal(literal).map(Operand::Literal),
            FnArg::Test(test) => {
                if let model::Test::Function(function) = &**test {
                    return self.value_function(function);
                }
            }
            FnArg::Filter(_) => {}
        }
        let shown = self.text.get(span.clone()).unwrap_or_default();
        match self.argument_path(argument).transpose()? {
            Some(path) if path.is_singular() => Ok(Operand::Singular(path)),
            Some(_) => {
                let message = format!("`{shown}` may select several nodes, one value is needed");
                let help = "use `value(…)` for a single node, or test each inside a filter: `$.items[?length(@.a) > 3]`";
                Err(ill_typed(span.clone(), &message, help))
            }
            None => {
                let message = format!("`{shown}` is no value");
                Err(ill_typed(span.clone(), &message, "give a path or a value"))
            }
        }
    }

    /// The scan has seen to it that the argument is a path.
    fn nodes_argument(&mut self, argument: &FnArg) -> Result<super::ir::Path> {
        self.argument_path(argument).unwrap_or_else(|| Err(self.lost()))
    }

    /// The pattern of `match` or `search`, which stands at `span`.
    fn pattern(&self, pattern: Operand, span: &Span, whole: bool) -> Result<Pattern> {
        match pattern {
            Operand::Literal(Value::String(text)) => match iregexp::compile(&text, whole) {
                Ok(regex) => Ok(Pattern::Literal { text: text.into_owned(), regex }),
                Err(error) => Err(self.bad_pattern(error, span)),
            },
            Operand::Literal(_) => Ok(Pattern::Never),
            dynamic if self.options.dynamic_regex => Ok(Pattern::Dynamic(dynamic)),
            _ => {
                let message = "the regular expression comes out of the event";
                Err(FilterError::new("E0105", span.clone(), message)
                    .help("write it into the rule as a string: `match(@.a, 'x.*')`"))
            }
        }
    }

    /// Translates characters of the pattern into bytes of the text, where escapes make the two differ.
    fn bad_pattern(&self, error: iregexp::Error, span: &Span) -> FilterError {
        let token = self.text.get(span.clone()).unwrap_or_default();
        let characters = literal::characters(token, span.start);
        let place =
            |at: usize| characters.get(at).map_or(span.end.saturating_sub(1), |(_, byte)| *byte);
        let range = if error.at.start == 0 && error.at.end >= characters.len() {
            span.clone()
        } else {
            place(error.at.start)..place(error.at.end)
        };
        FilterError::new(error.code, range, error.message).help(error.help)
    }
}

/// The place of an argument; the whole call should the scan not know it.
fn argument(call: &Call, n: usize) -> Span {
    call.arguments.get(n).cloned().unwrap_or_else(|| call.span.clone())
}

fn ill_typed(span: Span, message: &str, help: &str) -> FilterError {
    FilterError::new("E0107", span, message).help(format!("{help} (RFC 9535 §2.4.3)"))
}
