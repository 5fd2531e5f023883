//! PutEvents and PutRecords: the answer has one result for each entry, in the order of the request.

use super::take;
use crate::answer::MESSAGE;
use crate::rule::Partial;
use serde_json::{Value, json};

/// The results of the entries that failed, with their places.
pub struct Failed {
    list: &'static str,
    count: &'static str,
    results: Vec<(usize, Value)>,
}

pub fn cut(mut request: Value, partial: &Partial) -> Option<(Option<Value>, Failed)> {
    let (list, count) = match request.get("Records") {
        Some(_) => ("Records", "FailedRecordCount"),
        None => ("Entries", "FailedEntryCount"),
    };
    let entries = request.get_mut(list)?.as_array_mut()?;
    let failed = take(entries, partial);
    if failed.is_empty() {
        return None;
    }
    let is_empty = entries.is_empty();
    let result = json!({ "ErrorCode": partial.code, "ErrorMessage": MESSAGE });
    let results = failed.into_iter().map(|(place, _)| (place, result.clone())).collect();
    Some(((!is_empty).then_some(request), Failed { list, count, results }))
}

pub fn answer(mut of_rest: Value, failed: &Failed) -> Value {
    let Some(answer) = of_rest.as_object_mut() else { return of_rest };
    let count = answer.get(failed.count).and_then(Value::as_u64).unwrap_or_default();
    let mut results = match answer.remove(failed.list) {
        Some(Value::Array(results)) => results,
        _ => Vec::new(),
    };
    // In ascending order of places, so that each insertion leaves the next one right.
    for (place, result) in &failed.results {
        results.insert((*place).min(results.len()), result.clone());
    }
    let more = u64::try_from(failed.results.len()).unwrap_or(u64::MAX);
    answer.insert(failed.count.to_owned(), json!(count.saturating_add(more)));
    answer.insert(failed.list.to_owned(), Value::Array(results));
    of_rest
}
