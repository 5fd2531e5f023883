//! SQS: entries have ids, and the answer names them under `Successful` and `Failed`.

use super::take;
use crate::answer::MESSAGE;
use crate::rule::Partial;
use serde_json::{Value, json};

pub fn cut(mut request: Value, partial: &Partial) -> Option<(Option<Value>, Vec<Value>)> {
    let entries = request.get_mut("Entries")?.as_array_mut()?;
    let failed = take(entries, partial);
    if failed.is_empty() {
        return None;
    }
    let is_empty = entries.is_empty();
    let failed = failed.iter().map(|(_, entry)| {
        json!({
            "Id": entry["Id"], "Code": partial.code, "Message": MESSAGE,
            "SenderFault": partial.sender_fault,
        })
    });
    Some(((!is_empty).then_some(request), failed.collect()))
}

pub fn answer(mut of_rest: Value, failed: &[Value]) -> Value {
    if let Some(answer) = of_rest.as_object_mut() {
        answer.entry("Successful").or_insert_with(|| json!([]));
        let list = answer.entry("Failed").or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.extend(failed.iter().cloned());
        }
    }
    of_rest
}
