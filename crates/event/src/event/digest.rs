//! What an event holds, as a hash: equal for equal values, however they were written.

use crate::Digest;
use crate::ids::Parts;
use crate::json::{Object, Value};

/// The digest of a document: type, subject, content type and payload.
pub(super) fn digest(document: &Object<'_>) -> Digest {
    let mut parts = Parts::new("digest");
    for name in ["type", "subject", "datacontenttype", "data", "data_base64"] {
        match document.get(name) {
            None | Some(Value::Null) => value(&mut parts, &Value::Null),
            Some(its) => value(&mut parts, its),
        }
    }
    Digest::from_bytes(parts.finish())
}

/// Adds a value so that two values add the same bytes exactly when they are equal.
fn value(parts: &mut Parts, its: &Value<'_>) {
    match its {
        Value::Null => tag(parts, b"n"),
        Value::Bool(true) => tag(parts, b"t"),
        Value::Bool(false) => tag(parts, b"f"),
        Value::Number(number) => {
            parts.raw(b"d");
            number.canonical(|bytes| {
                parts.raw(bytes);
            });
        }
        Value::String(text) => {
            parts.raw(b"s").part(text);
        }
        Value::Array(elements) => {
            parts.raw(b"[");
            elements.iter().for_each(|element| value(parts, element));
            parts.raw(b"]");
        }
        Value::Object(object) => {
            parts.raw(b"{");
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            for (name, its) in members {
                parts.part(name);
                value(parts, its);
            }
            parts.raw(b"}");
        }
    }
}

fn tag(parts: &mut Parts, tag: &[u8]) {
    parts.raw(tag);
}
