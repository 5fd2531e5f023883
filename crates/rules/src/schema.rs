//! The JSON Schema of the rules file, for editors.
use crate::load::shape::{FILE, Field, Shape};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft-07, which yaml-language-server reads) of a rules file.
///
/// It is made of the same tables that [`load`](crate::load()) reads by: every field is in both. What
/// a schema cannot say (filters, ARNs, addresses) only loading checks.
#[must_use]
pub fn schema() -> Value {
    let mut schema = fields(&[FILE]);
    schema.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
    schema.insert("title".into(), "Eventyard rules file".into());
    Value::Object(schema)
}

/// A mapping with exactly these fields.
fn fields(tables: &[&[Field]]) -> Map<String, Value> {
    let all = || tables.iter().flat_map(|table| table.iter());
    let properties: Map<String, Value> = all().map(property).collect();
    let required: Vec<&str> =
        all().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    schema
}

fn property(field: &Field) -> (String, Value) {
    let mut schema = shape(&field.shape);
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".into(), field.doc.into());
    }
    (field.name.to_owned(), schema)
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Version => json!({ "const": 1 }),
        Shape::Name => json!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$" }),
        Shape::Duration => json!({ "type": "string", "pattern": "^[0-9]+[smhd]$" }),
        Shape::Rate => json!({ "type": "string", "pattern": "^[0-9]+/[smh]$" }),
        Shape::Text | Shape::Query | Shape::Condition | Shape::Resource => {
            json!({ "type": "string" })
        }
        Shape::Url => json!({ "type": "string", "pattern": "^https?://" }),
        Shape::Secret => json!({ "type": "string", "pattern": "^(arn|ssm|env):" }),
        Shape::Whole { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Pattern => json!({ "type": ["object", "string"] }),
        Shape::Any => json!({}),
        Shape::Object => json!({ "type": "object" }),
        Shape::Fields(table) => Value::Object(fields(&[table])),
        Shape::OneOf(kinds, options) => {
            let mut schema = fields(&[kinds, options]);
            let one: Vec<Value> =
                kinds.iter().map(|kind| json!({ "required": [kind.name] })).collect();
            schema.insert("oneOf".into(), one.into());
            Value::Object(schema)
        }
        Shape::Named(value) => json!({
            "type": "object",
            "propertyNames": shape(&Shape::Name),
            "additionalProperties": shape(value),
        }),
        Shape::List(item) => json!({ "type": "array", "items": shape(item) }),
        Shape::OneOrMore(item) => json!({
            "anyOf": [shape(item), { "type": "array", "items": shape(item), "minItems": 1 }],
        }),
    }
}

#[cfg(test)]
mod tests;
