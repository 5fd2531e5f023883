//! What a target receives instead of the event: the value under `transform:`.
//!
//! Comes in: that value as a tree. Goes out: a [`Transform`], compiled once, rendered to compact
//! JSON per event.
//!
//! - A text that begins with `$` is a path and stands for the value that it selects, with its own
//!   type and, for a number, the very digits of the event. A path that selects nothing gives
//!   `null`. A query that can select several values gives the list of them, also when they are
//!   none or one.
//! - Any other text may hold paths as `<$.path>` ([`Template`] has the rules) and stays a text.
//! - Numbers, `true`, `false` and `null` stand for themselves; lists and maps are built with these
//!   rules applied inside, in their order. Names in maps are never paths.
//! - To begin a plain text with `$`, write `\$`.

use eventyard_event::json::{Number, Value};
use eventyard_filter::Query;
use eventyard_filter::pattern::{PatternNode, Spanned};

use crate::part_error::PartError;
use crate::template::{Template, parse_query, write_list};

/// A compiled `transform`, or the `data` of a source.
#[derive(Debug, Clone)]
pub struct Transform(Shape);

/// One node of what is built.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// The same for every event.
    Literal(Value<'static>),
    /// What a path selects.
    Query(Query),
    /// A text with paths in it.
    Text(Template),
    /// A list of shapes.
    List(Vec<Shape>),
    /// Named shapes, in order.
    Map(Vec<(String, Shape)>),
}

impl Transform {
    /// Compiles the value under `transform:`; every error carries the mark of its node.
    ///
    /// # Errors
    /// All that is wrong in it: a malformed path (its own `E01xx`), a text that begins with `$`
    /// and is no path (E0211), a path that is never closed (E0210).
    pub fn compile(tree: &Spanned) -> Result<Self, Vec<PartError>> {
        let mut errors = Vec::new();
        let shape = compile(tree, &mut errors);
        if errors.is_empty() { Ok(Self(shape)) } else { Err(errors) }
    }

    /// What `root` becomes, as compact JSON. Never fails.
    ///
    /// ```
    /// # use eventyard_rules::Transform;
    /// # use eventyard_event::json::parse;
    /// # use eventyard_filter::pattern::Spanned;
    /// # let limits = Default::default();
    /// let tree = br#"{"sensor":"$.id","text":"<$.id> shakes <$.by>","none":"$.x"}"#;
    /// let tree = Spanned::from_json(&parse(tree, &limits)?.root);
    /// let transform = Transform::compile(&tree).unwrap();
    /// let event = parse(br#"{"id":"VB-1","by":8.50}"#, &limits)?;
    /// let body = r#"{"sensor":"VB-1","text":"VB-1 shakes 8.50","none":null}"#;
    /// assert_eq!(transform.render(&event.root), body);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn render(&self, root: &Value<'_>) -> String {
        let mut out = String::new();
        write_shape(&mut out, &self.0, root);
        out
    }

    /// What it is made of, for checks that look at rules rather than at events.
    pub(crate) fn shape(&self) -> &Shape {
        &self.0
    }
}

fn compile(tree: &Spanned, errors: &mut Vec<PartError>) -> Shape {
    match &tree.node {
        PatternNode::Null => Shape::Literal(Value::Null),
        PatternNode::Bool(value) => Shape::Literal(Value::Bool(*value)),
        PatternNode::Number(text) => Shape::Literal(number(text)),
        PatternNode::String(text) => text_shape(text).unwrap_or_else(|error| {
            errors.push(error.at(tree.at));
            Shape::Literal(Value::Null)
        }),
        PatternNode::List(items) => {
            Shape::List(items.iter().map(|item| compile(item, errors)).collect())
        }
        PatternNode::Map(members) => Shape::Map(
            members
                .iter()
                .map(|member| (member.name.clone(), compile(&member.value, errors)))
                .collect(),
        ),
    }
}

/// The reader of the file gives numbers of the JSON grammar; anything else stays a text.
fn number(text: &str) -> Value<'static> {
    match Number::parse(text.to_owned()) {
        Some(number) => Value::Number(number),
        None => Value::from(text.to_owned()),
    }
}

/// A text: a path, a plain text, or one with paths in it.
pub(crate) fn text_shape(text: &str) -> Result<Shape, PartError> {
    if text.starts_with('$') {
        return parse_query(text, 0).map(Shape::Query).map_err(|error| not_a_path(text, error));
    }
    let unescaped = text.strip_prefix('\\').filter(|rest| rest.starts_with('$'));
    let template = Template::parse(unescaped.unwrap_or(text)).map_err(|mut error| {
        let removed = text.len() - unescaped.unwrap_or(text).len();
        error.span = error.span.start + removed..error.span.end + removed;
        error
    })?;
    Ok(match template.as_text() {
        Some(plain) => Shape::Literal(Value::from(plain.to_owned())),
        None => Shape::Text(template),
    })
}

/// `$5` is a price, `$.a[` a slip of the pen: each gets the help that fits it.
fn not_a_path(text: &str, error: PartError) -> PartError {
    if matches!(text.strip_prefix('$').and_then(|rest| rest.chars().next()), Some('.' | '[')) {
        return error;
    }
    PartError::new("E0211", 0..text.len(), format!("`{text}` begins like a path and is none"))
        .with_help("a path reads `$.data.id`; for a plain text that begins with `$` write `\\$`")
}

fn write_shape(out: &mut String, shape: &Shape, root: &Value<'_>) {
    match shape {
        Shape::Literal(value) => out.push_str(&value.to_string()),
        Shape::Query(query) => write_selected(out, query, root),
        Shape::Text(template) => out.push_str(&Value::from(template.render(root)).to_string()),
        Shape::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(out, index);
                write_shape(out, item, root);
            }
            out.push(']');
        }
        Shape::Map(members) => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                separate(out, index);
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_shape(out, member, root);
            }
            out.push('}');
        }
    }
}

fn separate(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

fn write_selected(out: &mut String, query: &Query, root: &Value<'_>) {
    if !query.is_singular() {
        return write_list(out, &query.select(root));
    }
    match query.first(root) {
        Some(value) => out.push_str(&value.to_string()),
        None => out.push_str("null"),
    }
}
