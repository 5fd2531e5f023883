//! The public condition: the `when` of a rule.
use super::compile::Compiler;
use super::eval::Evaluation;
use super::ir::Expression;
use super::scan::Span;
use super::tree::Tree;
use super::{Options, explain, parse, scan};
use crate::{Explanation, FilterError};
use eventyard_event::json::Value;
use std::sync::Arc;

/// A compiled `when`: one logical expression of RFC 9535 §2.3.5.1 with `@` and `$` both the event.
///
/// ```
/// use eventyard_event::{Limits, json};
/// use eventyard_filter::Condition;
///
/// let when = Condition::parse("$.data.difference > $.data.baseline")?;
/// let event = json::parse(br#"{"data":{"difference":8.5,"baseline":4.0}}"#, &Limits::default())?;
/// assert!(when.matches(&event.root));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Condition {
    /// Shared: a matcher holds the conditions of its rules too.
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    text: Box<str>,
    tree: Tree<Atom>,
}

/// One atom of the top level with its place in the text.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub span: Span,
    pub expression: Expression,
}

impl Condition {
    /// Parses and compiles one logical expression; blanks and line breaks around it are allowed.
    ///
    /// ```
    /// use eventyard_filter::Condition;
    /// let error = Condition::parse("$.status in ['open']").unwrap_err();
    /// assert_eq!((error.code, error.span), ("E0102", 9..11));
    /// ```
    ///
    /// # Errors
    /// [`FilterError`] with its place in `text`.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Self::parse_with(text, Options::default())
    }

    /// Parses and compiles one logical expression with [`Options`].
    ///
    /// # Errors
    /// [`FilterError`] with its place in `text`.
    pub fn parse_with(text: &str, options: Options) -> Result<Self, FilterError> {
        let scan = scan::condition(text)?;
        let mut compiler = Compiler::new(text, &scan, options);
        let tree = scan.tree.map(&mut |span| {
            let expression = compiler.atom(&parse::atom(text, &scan, span)?, span)?;
            Ok(Atom { span: span.clone(), expression })
        })?;
        Ok(Self { inner: Arc::new(Inner { text: text.into(), tree }) })
    }

    /// Whether it holds for the document `root`. Never fails; never takes exponential time.
    #[must_use]
    pub fn matches(&self, root: &Value<'_>) -> bool {
        let evaluation = Evaluation::new(root);
        self.inner.tree.holds(&mut |atom| evaluation.holds(&atom.expression, root))
    }

    /// The verdict with every clause: what it saw, what it wanted, whether it alone decides.
    ///
    /// ```
    /// # use eventyard_event::{Limits, json};
    /// # use eventyard_filter::Condition;
    /// let when = Condition::parse("$.type == 'OrderPlaced' && $.total > 100")?;
    /// let event = json::parse(br#"{"type":"OrderPlaced","total":70}"#, &Limits::default())?;
    /// let why = when.explain(&event.root);
    /// let clause = &why.clauses[1];
    /// assert_eq!((clause.actual.as_str(), clause.expected.as_str()), ("70", "> 100"));
    /// assert!(clause.decisive && !why.matched);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, root: &Value<'_>) -> Explanation {
        explain::explain(self, root)
    }

    /// The structure over the atoms.
    pub(crate) fn tree(&self) -> &Tree<Atom> {
        &self.inner.tree
    }

    /// The text as it was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.inner.text
    }
}
