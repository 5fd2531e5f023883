//! The public query: parsed once, used on many documents.
use super::compile::Compiler;
use super::eval::{Evaluation, select};
use super::ir::{Path, Start};
use super::{Options, parse, scan};
use crate::FilterError;
use eventyard_event::json::Value;

/// A compiled JSONPath query (RFC 9535), such as `$.data.items[?@.qty > 3].sku`.
///
/// ```
/// use eventyard_event::{Limits, json};
/// use eventyard_filter::Query;
///
/// let query = Query::parse("$.items[?@.qty > 3].sku")?;
/// let event = json::parse(br#"{"items":[{"sku":"a","qty":1},{"sku":"b","qty":5}]}"#, &Limits::default())?;
/// let (path, value) = query.located(&event.root).remove(0);
/// assert_eq!((path.as_str(), value.as_str()), ("$['items'][1]['sku']", Some("b")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    text: String,
    path: Path,
}

impl Query {
    /// Parses and compiles a query; it begins with `$` and has no blanks around it.
    ///
    /// ```
    /// use eventyard_filter::Query;
    /// let error = Query::parse("$.items[0").unwrap_err();
    /// assert_eq!((error.code, error.span), ("E0101", 9..9));
    /// ```
    ///
    /// # Errors
    /// [`FilterError`] with its place in `text`.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Self::parse_with(text, Options::default())
    }

    /// Parses and compiles a query with [`Options`].
    ///
    /// # Errors
    /// [`FilterError`] with its place in `text`.
    pub fn parse_with(text: &str, options: Options) -> Result<Self, FilterError> {
        let scan = scan::query(text)?;
        let segments = parse::query(&parse::mask(text, &scan.numbers))?;
        let path = Compiler::new(text, &scan, options).path(Start::Root, &segments)?;
        Ok(Self { text: text.to_owned(), path })
    }

    /// The values of the selected nodes, in the order and with the duplicates of RFC 9535 §2.5; at most
    /// the first 10,000.
    #[must_use]
    pub fn select<'v>(&self, root: &'v Value<'v>) -> Vec<&'v Value<'v>> {
        select(&self.path, root, usize::MAX, false).into_iter().map(|(_, node)| node).collect()
    }

    /// The selected nodes beside their normalized paths (RFC 9535 §2.7); at most the first 10,000.
    #[must_use]
    pub fn located<'v>(&self, root: &'v Value<'v>) -> Vec<(String, &'v Value<'v>)> {
        select(&self.path, root, usize::MAX, true)
    }

    /// Whether at least one node is selected. Linear in segments × nodes.
    #[must_use]
    pub fn exists(&self, root: &Value<'_>) -> bool {
        Evaluation::new(root).exists(&self.path, root)
    }

    /// The value of the first selected node.
    #[must_use]
    pub fn first<'v>(&self, root: &'v Value<'v>) -> Option<&'v Value<'v>> {
        select(&self.path, root, 1, false).pop().map(|(_, node)| node)
    }

    /// Whether it selects one node at most, whatever the document: names and single indices only.
    #[must_use]
    pub fn is_singular(&self) -> bool {
        self.path.is_singular()
    }

    /// The text as it was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
