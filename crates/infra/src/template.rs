//! Reads CloudFormation templates and policies, JSON or YAML, into JSON values. The short forms of intrinsic
//! functions become long ones: `!Sub text` is `{"Fn::Sub": "text"}`.
//!
//! Source: "Intrinsic function reference", AWS CloudFormation User Guide.

use granit_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value, json};

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The text is neither YAML nor JSON.
    #[error("neither YAML nor JSON: {0}")]
    Syntax(String),
    /// YAML that has no counterpart in JSON, or that templates do not use.
    #[error("{what} at line {line} is not for templates")]
    Unfit {
        /// What it is.
        what: &'static str,
        /// From 1.
        line: usize,
    },
    /// No mapping stands at the top.
    #[error("the document is not a mapping")]
    NoMapping,
}

/// The deepest nesting that is read.
const DEPTH_MAX: usize = 64;

/// Reads one document, a mapping.
///
/// # Errors
/// [`TemplateError`], with the line.
pub fn read(text: &str) -> Result<Value, TemplateError> {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = DEPTH_MAX;
    options.block_nesting_limit = DEPTH_MAX;
    let mut reader = Reader::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| TemplateError::Syntax(error.to_string()))?;
        reader
            .event(event)
            .map_err(|what| TemplateError::Unfit { what, line: span.start.line() })?;
    }
    reader.root.filter(Value::is_object).ok_or(TemplateError::NoMapping)
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    root: Option<Value>,
}

/// A list or mapping that is being read, and its tag.
struct Open {
    inside: Inside,
    tag: Option<String>,
}

enum Inside {
    List(Vec<Value>),
    /// The entries, and the name whose value comes next.
    Map(Map<String, Value>, Option<String>),
}

impl Reader {
    fn event(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, _, tag) => self.scalar(&text, style, tag.as_deref()),
            Event::SequenceStart(_, _, tag) => self.start(Inside::List(Vec::new()), tag.as_deref()),
            Event::MappingStart(_, _, tag) => {
                self.start(Inside::Map(Map::new(), None), tag.as_deref())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(_) => Err("an alias"),
            Event::DocumentStart(..) if self.root.is_some() => Err("a second document"),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<(), &'static str> {
        if let Some(Open { inside: Inside::Map(_, name @ None), .. }) = self.open.last_mut() {
            *name = Some(text.to_owned());
            return Ok(());
        }
        let value = match tag.map(function_of) {
            Some(function) => applied(&function, json!(text)),
            None if style == ScalarStyle::Plain => plain(text),
            None => json!(text),
        };
        self.put(value)
    }

    fn start(&mut self, inside: Inside, tag: Option<&Tag>) -> Result<(), &'static str> {
        if matches!(self.open.last(), Some(Open { inside: Inside::Map(_, None), .. })) {
            return Err("a name that is no text");
        }
        self.open.push(Open { inside, tag: tag.map(function_of) });
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let Some(Open { inside, tag }) = self.open.pop() else { return Ok(()) };
        let value = match inside {
            Inside::List(items) => Value::Array(items),
            Inside::Map(members, _) => Value::Object(members),
        };
        self.put(match tag {
            Some(function) => json!({ function: value }),
            None => value,
        })
    }

    fn put(&mut self, value: Value) -> Result<(), &'static str> {
        match self.open.last_mut().map(|open| &mut open.inside) {
            None => self.root = Some(value),
            Some(Inside::List(items)) => items.push(value),
            Some(Inside::Map(members, name)) => {
                let name = name.take().unwrap_or_default();
                if members.insert(name, value).is_some() {
                    return Err("a name that stands twice");
                }
            }
        }
        Ok(())
    }
}

/// The long name of the function that a tag is short for.
fn function_of(tag: &Tag) -> String {
    match tag.original().trim_start_matches('!') {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    }
}

/// A function of a text; `GetAtt` splits at the first dot.
fn applied(function: &str, text: Value) -> Value {
    let parts = text.as_str().filter(|_| function == "Fn::GetAtt").and_then(|t| t.split_once('.'));
    match parts {
        Some((resource, attribute)) => json!({ function: [resource, attribute] }),
        None => json!({ function: text }),
    }
}

/// What a plain scalar says: a value of JSON, or text.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" => Value::Null,
        "true" | "false" | "null" => json!(serde_json::from_str::<Value>(text).ok()),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_become_long_ones_and_json_is_read_too() {
        let yaml = "a: !Ref X\nb: !GetAtt Q.Arn\nc: !If [Has, !Sub '${X}-q', !Ref AWS::NoValue]\nd: 2010-09-09\ne: [1, true, '1', ~]\n";
        let json = json!({
            "a": { "Ref": "X" },
            "b": { "Fn::GetAtt": ["Q", "Arn"] },
            "c": { "Fn::If": ["Has", { "Fn::Sub": "${X}-q" }, { "Ref": "AWS::NoValue" }] },
            "d": "2010-09-09",
            "e": [1, true, "1", null],
        });
        assert_eq!(read(yaml), Ok(json.clone()));
        assert_eq!(read(&json.to_string()), Ok(json));
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_line() {
        assert!(matches!(read("a: [1"), Err(TemplateError::Syntax(_))));
        assert_eq!(read("- 1"), Err(TemplateError::NoMapping));
        for (text, line) in [("a: &x 1\nb: *x\n", 2), ("a: 1\na: 2\n", 2), ("? [a]\n: 1\n", 1)] {
            let found = read(text);
            assert!(
                matches!(found, Err(TemplateError::Unfit { line: l, .. }) if l == line),
                "{found:?}"
            );
        }
    }
}
