//! Rule sets and templates for tests.

use std::path::{Path, PathBuf};

use eventyard_infra::export::{self, Options};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};
use serde_json::Value;

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the project.
pub fn file(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rules that are deployed with the project.
pub fn deployed() -> RuleSet {
    let texts = ["factory.yaml", "shop.yaml"]
        .map(|name| SourceText::new(name, file(&format!("rules/{name}"))));
    load(&texts, &LoadOptions::default()).unwrap()
}

/// Rules with these targets and inputs, in flow style: `a: { sqs: { queue: q } }`.
#[track_caller]
pub fn rules(targets: &[&str], inputs: &[&str]) -> RuleSet {
    let names: Vec<&str> = targets.iter().map(|target| target.split_once(':').unwrap().0).collect();
    let rules = match names.is_empty() {
        true => String::new(),
        false => format!("rules: [{{ name: all, when: $, to: [{}] }}]\n", names.join(", ")),
    };
    let (targets, inputs) = (targets.join(", "), inputs.join(", "));
    let text =
        format!("version: 1\nbus: {{ inputs: [{inputs}] }}\ntargets: {{ {targets} }}\n{rules}");
    load(&[SourceText::new("r.yaml", &text)], &LoadOptions::default())
        .unwrap_or_else(|errors| panic!("{text}\n{errors}"))
}

/// The project's template with all that `rules` need.
#[track_caller]
pub fn exported(rules: &RuleSet, options: &Options) -> Value {
    export::sam(&file("infra/template.yaml"), rules, options).unwrap()
}

/// A resource of a template.
#[track_caller]
pub fn resource<'t>(template: &'t Value, id: &str) -> &'t Value {
    template.pointer(&format!("/Resources/{id}")).unwrap_or_else(|| panic!("no `{id}`"))
}

/// Every mapping inside a value, itself included.
pub fn mappings<'v>(value: &'v Value, found: &mut Vec<&'v serde_json::Map<String, Value>>) {
    match value {
        Value::Object(members) => {
            found.push(members);
            members.values().for_each(|member| mappings(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| mappings(item, found)),
        _ => {}
    }
}
