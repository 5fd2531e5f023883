//! BatchGetItem and BatchWriteItem: what was not done comes back as it was asked for.

use crate::rule::Partial;
use serde_json::{Map, Value, json};

/// What comes back, under the name that the operation has for it.
pub struct Failed {
    name: &'static str,
    tables: Map<String, Value>,
}

pub fn cut(mut request: Value, partial: &Partial) -> Option<(Option<Value>, Failed)> {
    let tables = request.get_mut("RequestItems")?.as_object_mut()?;
    let is_read = tables.values().any(|table| table.get("Keys").is_some());
    let name = if is_read { "UnprocessedKeys" } else { "UnprocessedItems" };
    let (mut failed, mut place) = (Map::new(), 0);
    for (table, asked) in tables.iter_mut() {
        let mut back = asked.clone();
        let taken = split(list(asked)?, partial, &mut place);
        if !taken.is_empty() {
            *list(&mut back)? = taken;
            failed.insert(table.clone(), back);
        }
    }
    if failed.is_empty() {
        return None;
    }
    tables.retain(|_, asked| list(asked).is_some_and(|list| !list.is_empty()));
    let is_empty = tables.is_empty();
    Some(((!is_empty).then_some(request), Failed { name, tables: failed }))
}

/// The keys that are read, or the writes, of one table.
fn list(asked: &mut Value) -> Option<&mut Vec<Value>> {
    match asked {
        Value::Array(writes) => Some(writes),
        read => read.get_mut("Keys")?.as_array_mut(),
    }
}

/// As [`take`](super::take), with places that run on over the tables.
fn split(list: &mut Vec<Value>, partial: &Partial, place: &mut usize) -> Vec<Value> {
    let (mut taken, mut rest) = (Vec::new(), Vec::new());
    for entry in std::mem::take(list) {
        let hit = partial.hits(*place, &entry.to_string());
        *place += 1;
        if hit { taken.push(entry) } else { rest.push(entry) }
    }
    *list = rest;
    taken
}

pub fn answer(mut of_rest: Value, failed: &Failed) -> Value {
    let Some(answer) = of_rest.as_object_mut() else { return of_rest };
    if failed.name == "UnprocessedKeys" {
        answer.entry("Responses").or_insert_with(|| json!({}));
    }
    let back = answer.entry(failed.name).or_insert_with(|| json!({}));
    for (table, asked) in &failed.tables {
        add(back, table, asked);
    }
    of_rest
}

/// Adds to what the service itself did not do.
fn add(back: &mut Value, table: &str, asked: &Value) {
    let mut asked = asked.clone();
    match back.get_mut(table).and_then(list) {
        Some(there) => there.extend(list(&mut asked).map(std::mem::take).unwrap_or_default()),
        None => {
            if let Some(tables) = back.as_object_mut() {
                tables.insert(table.to_owned(), asked);
            }
        }
    }
}
