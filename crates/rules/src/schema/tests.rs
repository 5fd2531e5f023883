//! The schema that editors use accepts what loads, and refuses what an editor can know to be wrong.
use crate::report::Report;
use crate::yaml::{self, Content, Node, ReadLimits};
use crate::{LoadOptions, SourceText, load, schema};
use serde_json::{Value, json};
use std::path::Path;

/// As much of draft-07 as our schema uses; the patterns of names and amounts are left to loading.
fn valid(schema: &Value, value: &Value) -> bool {
    let Value::Object(rules) = schema else { return schema != &Value::Bool(false) };
    rules.iter().all(|(keyword, rule)| match (keyword.as_str(), value) {
        ("type", _) => match rule {
            Value::Array(types) => types.iter().any(|name| is_type(name, value)),
            name => is_type(name, value),
        },
        ("const", _) => rule == value,
        ("enum", _) => rule.as_array().unwrap().contains(value),
        ("minimum", Value::Number(number)) => number.as_f64() >= rule.as_f64(),
        ("maximum", Value::Number(number)) => number.as_f64() <= rule.as_f64(),
        ("minItems", Value::Array(items)) => items.len() as u64 >= rule.as_u64().unwrap(),
        ("items", Value::Array(items)) => items.iter().all(|item| valid(rule, item)),
        ("required", Value::Object(object)) => {
            rule.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))
        }
        ("properties", Value::Object(object)) => object
            .iter()
            .all(|(name, value)| rule.get(name).is_none_or(|schema| valid(schema, value))),
        ("additionalProperties", Value::Object(object)) => object
            .iter()
            .filter(|(name, _)| {
                rules.get("properties").is_none_or(|known| known.get(name).is_none())
            })
            .all(|(_, value)| valid(rule, value)),
        ("oneOf", _) => {
            rule.as_array().unwrap().iter().filter(|one| valid(one, value)).count() == 1
        }
        ("anyOf", _) => rule.as_array().unwrap().iter().any(|one| valid(one, value)),
        ("$schema" | "title" | "description" | "pattern" | "propertyNames", _) => true,
        (keyword, _) => [
            "type",
            "minimum",
            "maximum",
            "minItems",
            "items",
            "required",
            "properties",
            "additionalProperties",
        ]
        .contains(&keyword),
    })
}

fn is_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        other => panic!("unknown type {other}"),
    }
}

/// The example of the language, as JSON.
fn example() -> Value {
    json!({
        "version": 1,
        "bus": { "name": "main", "inputs": [{ "sqs": { "queue": "events" } }, { "http": {} }], "retention": "90d" },
        "sources": [{ "name": "s", "when": "$.a", "event": { "source": "$.a", "type": "t" } }],
        "targets": {
            "warehouse": { "sqs": { "queue": "warehouse.fifo", "group": "$.subject" }, "on-park": "continue" },
            "audit": { "eventbridge": { "bus": "audit" }, "envelope": "cloudevents" },
            "partner": { "http": { "url": "https://partner.example/", "secret": ["env:A", "env:B"] } },
            "clicks": { "kinesis": { "stream": "clicks", "key": "$.id" } },
        },
        "rules": [{
            "name": "r", "description": "d", "when": "$", "pattern": { "source": ["shop"] },
            "to": ["warehouse", "audit"], "transform": [1, { "a": "$.b" }],
            "retry": { "attempts": 185, "max-age": "24h", "denied": "15m" },
            "max-rate": "100/s", "expires-after": "1h", "allow-loop": { "max-hops": 3 },
        }],
    })
}

#[test]
fn the_schema_is_draft_07_and_describes_every_field() {
    let schema = schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    insta::assert_json_snapshot!("schema", schema);
}

#[test]
fn the_schema_accepts_the_example_and_refuses_its_neighbours() {
    let schema = schema();
    assert!(valid(&schema, &example()));
    for (pointer, bad) in [
        ("/version", json!(3)),
        ("/rules/0/to", json!([])),
        ("/rules/0/to", json!(5)),
        ("/rules/0/retry/attempts", json!(0)),
        ("/rules/0/name", json!(null)),
        ("/targets/audit/envelope", json!("raw")),
        ("/targets/audit", json!({})),
        ("/targets/audit", json!({ "sns": { "topic": "t" }, "sqs": { "queue": "q" } })),
        ("/targets/warehouse/sqs", json!({ "queue": "q", "gruop": "$.a" })),
        ("/bus/inputs/1", json!({ "https": {} })),
        ("/sources/0", json!({ "name": "s" })),
    ] {
        let mut document = example();
        *document.pointer_mut(pointer).unwrap() = bad.clone();
        assert!(!valid(&schema, &document), "{pointer}: {bad}");
    }
}

#[test]
fn what_the_schema_accepts_here_also_loads() {
    loads("example.json", &example().to_string());
}

#[test]
fn the_rules_of_this_repository_load_and_fit_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = std::fs::read_dir(root.join("../../rules")).unwrap();
    let files = folder.map(|entry| entry.unwrap().path());
    let rules = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    for path in rules.chain([root.join("tests/it/example.yaml")]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let value = as_json(&text);
        assert!(valid(&schema(), &value), "{path:?}: {value:#}");
        loads("rules.yaml", &text);
    }
}

#[track_caller]
fn loads(name: &str, text: &str) {
    let file = SourceText::new(name, text);
    load(&[file], &LoadOptions::default()).unwrap_or_else(|errors| panic!("{errors}"));
}

/// What an editor makes of a YAML text.
fn as_json(text: &str) -> Value {
    let mut report = Report::new("rules.yaml", text);
    value(&yaml::read(text, ReadLimits { depth: 64, aliases: 100 }, &mut report).unwrap())
}

fn value(node: &Node) -> Value {
    match &node.value {
        Content::Null => Value::Null,
        Content::Bool(value) => json!(value),
        Content::Number(text) => serde_json::from_str(text).unwrap(),
        Content::Text(text) => json!(text),
        Content::List(items) => items.iter().map(value).collect(),
        Content::Map(members) => {
            members.iter().map(|member| (member.name.clone(), value(&member.value))).collect()
        }
    }
}
