//! What the batch operations have in common: up to ten entries, each answered on its own.

use super::SqsError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The most entries of one batch.
const ENTRIES_MAX: usize = 10;

/// One entry of a batch.
#[derive(Debug, Deserialize)]
pub(super) struct Entry<T> {
    /// The name that the caller gives it within the batch.
    #[serde(rename = "Id")]
    pub(super) id: String,
    /// What it asks for.
    #[serde(flatten)]
    pub(super) request: T,
}

#[derive(Debug, Deserialize)]
struct Batch {
    #[serde(rename = "Entries", default)]
    entries: Vec<Value>,
}

/// The entries of a batch request.
pub(super) fn entries<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<Entry<T>>, SqsError> {
    let malformed = |error: serde_json::Error| SqsError::malformed(error.to_string());
    let batch: Batch = serde_json::from_slice(body).map_err(malformed)?;
    match batch.entries.len() {
        0 => return Err(SqsError::empty_batch()),
        1..=ENTRIES_MAX => {}
        count => return Err(SqsError::too_many_entries(count)),
    }
    let mut ids = BTreeSet::new();
    let mut entries = Vec::with_capacity(batch.entries.len());
    for value in batch.entries {
        let entry: Entry<T> = serde_json::from_value(value).map_err(malformed)?;
        check_id(&entry.id)?;
        if !ids.insert(entry.id.clone()) {
            return Err(SqsError::ids_not_distinct(&entry.id));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn check_id(id: &str) -> Result<(), SqsError> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if (1..=80).contains(&id.len()) && id.bytes().all(letter) {
        return Ok(());
    }
    Err(SqsError::invalid_batch_id())
}

/// The answers to a batch.
#[derive(Debug, Default)]
pub(super) struct Answers {
    successful: Vec<Value>,
    failed: Vec<Value>,
}

impl Answers {
    pub(super) fn successful(&mut self, id: &str, mut answer: Value) {
        answer["Id"] = Value::from(id);
        self.successful.push(answer);
    }

    pub(super) fn failed(&mut self, id: &str, error: &SqsError) {
        self.failed.push(error.entry(id));
    }

    pub(super) fn done(&mut self, id: &str, result: Result<(), SqsError>) {
        match result {
            Ok(()) => self.successful(id, json!({})),
            Err(error) => self.failed(id, &error),
        }
    }

    /// Lists that are empty are left out, as SQS does.
    pub(super) fn into_json(self) -> Value {
        let mut answer = json!({});
        for (name, list) in [("Successful", self.successful), ("Failed", self.failed)] {
            if !list.is_empty() {
                answer[name] = Value::Array(list);
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::entries;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(ids: &[&str], code: Option<&str>) {
        let list: Vec<_> = ids.iter().map(|id| json!({ "Id": id })).collect();
        let body = json!({ "Entries": list }).to_string();
        let error = entries::<Value>(body.as_bytes()).err();
        assert_eq!(error.map(|error| error.code), code);
    }

    #[test]
    fn a_batch_has_one_to_ten_entries_with_ids_of_their_own() {
        check(&["a", "b-1_"], None);
        check(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], None);
        check(&[], Some("AWS.SimpleQueueService.EmptyBatchRequest"));
        let eleven = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
        check(&eleven, Some("AWS.SimpleQueueService.TooManyEntriesInBatchRequest"));
        check(&["a", "a"], Some("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"));
        check(&["a b"], Some("AWS.SimpleQueueService.InvalidBatchEntryId"));
    }
}
