//! Shared by the tests: loading one text.
use eventyard_event::json::{Value, parse};
use eventyard_event::{Event, Limits};
use eventyard_filter::pattern::Spanned;
use eventyard_rules::{Diagnostics, LoadOptions, RuleSet, SourceText, load};

/// One rule and one target; `HEAD` ends inside `rules`.
pub const HEAD: &str = "version: 1
targets:
  payments: { sqs: { queue: payments } }
rules:
";

/// The rule set of one file `rules.yaml`.
pub fn load_text(text: &str) -> Result<RuleSet, Diagnostics> {
    load(&[SourceText::new("rules.yaml", text)], &LoadOptions::default())
}

/// The rule set of a text that must load.
#[track_caller]
pub fn accepted(text: &str) -> RuleSet {
    load_text(text).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// The diagnostics of a text that must not load.
#[track_caller]
pub fn refused(text: &str) -> Diagnostics {
    match load_text(text) {
        Ok(_) => panic!("loads:\n{text}"),
        Err(errors) => errors,
    }
}

/// A file with one rule `orders` whose fields are `fields`, indented by four.
pub fn with_rule(fields: &str) -> String {
    let fields: Vec<String> = fields.lines().map(|line| format!("    {line}\n")).collect();
    format!("{HEAD}  - name: orders\n{}", fields.concat())
}

/// A file with one target `t` and one rule.
pub fn with_target(target: &str) -> String {
    format!(
        "version: 1\ntargets:\n  t: {target}\nrules:\n  - name: orders\n    when: $\n    to: t\n"
    )
}

/// The settled JSON of a text.
#[track_caller]
pub fn json(text: &str) -> Value<'_> {
    parse(text.as_bytes(), &Limits::default())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .root
}

/// A JSON value as the loader gives it to what compiles it; without places.
pub fn tree(value: &Value<'_>) -> Spanned {
    Spanned::from_json(value)
}

/// One case of a file of golden vectors.
pub struct Vector<'t>(Value<'t>);

impl<'t> Vector<'t> {
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        self.0.get(name)
    }

    pub fn maybe(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        self.maybe(name).unwrap_or_else(|| panic!("vector without `{name}`: {}", self.0))
    }
}

/// The cases of a file of golden vectors; never none.
#[track_caller]
pub fn vectors(text: &str) -> Vec<Vector<'_>> {
    let Value::Array(list) = json(text) else { panic!("vectors are a list") };
    assert!(!list.is_empty());
    list.into_iter().map(Vector).collect()
}

/// The event of a CloudEvents document.
#[track_caller]
pub fn event(text: &str) -> Event {
    Event::from_document(text.as_bytes(), &Limits::default())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}
