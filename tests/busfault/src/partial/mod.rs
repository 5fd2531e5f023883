//! Failing entries of a batch: they are taken out of the request, and put into the answer as failed.

mod by_id;
mod form;
mod in_order;
mod keys;

use crate::operation::Operation;
use crate::protocol::Protocol;
use crate::rule::Partial;
use serde_json::Value;

/// A batch without the entries that fail.
pub struct Cut {
    /// The request that is left; none when no entry is.
    pub request: Option<Vec<u8>>,
    failed: Failed,
}

enum Failed {
    ById(Vec<Value>),
    InOrder(in_order::Failed),
    Keys(keys::Failed),
    Form(Vec<String>),
}

impl Cut {
    /// Cuts a request; none when it is no batch that is known, or no entry of it fails.
    pub fn of(operation: &Operation, body: &[u8], partial: &Partial) -> Option<Self> {
        if operation.protocol == Protocol::Query {
            return form::cut(body, partial).map(Self::form);
        }
        let request: Value = serde_json::from_slice(body).ok()?;
        let (rest, failed) = match operation.name.as_str() {
            "SendMessageBatch" | "DeleteMessageBatch" | "ChangeMessageVisibilityBatch" => {
                let (rest, failed) = by_id::cut(request, partial)?;
                (rest, Failed::ById(failed))
            }
            "PutEvents" | "PutRecords" => {
                let (rest, failed) = in_order::cut(request, partial)?;
                (rest, Failed::InOrder(failed))
            }
            "BatchGetItem" | "BatchWriteItem" => {
                let (rest, failed) = keys::cut(request, partial)?;
                (rest, Failed::Keys(failed))
            }
            _ => return None,
        };
        Some(Self { request: rest.map(|rest| rest.to_string().into_bytes()), failed })
    }

    fn form((request, failed): (Option<Vec<u8>>, Vec<String>)) -> Self {
        Self { request, failed: Failed::Form(failed) }
    }

    /// The whole answer, from what the service said of the rest.
    pub fn answer(&self, of_rest: Option<&[u8]>) -> Vec<u8> {
        if let Failed::Form(failed) = &self.failed {
            return form::answer(of_rest, failed).into_bytes();
        }
        let of_rest = of_rest.and_then(|answer| serde_json::from_slice(answer).ok());
        let of_rest = of_rest.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let answer = match &self.failed {
            Failed::ById(failed) => by_id::answer(of_rest, failed),
            Failed::InOrder(failed) => in_order::answer(of_rest, failed),
            Failed::Keys(failed) => keys::answer(of_rest, failed),
            Failed::Form(_) => of_rest,
        };
        answer.to_string().into_bytes()
    }
}

/// Takes out of a list what fails; those that fail, with their places.
fn take(list: &mut Vec<Value>, partial: &Partial) -> Vec<(usize, Value)> {
    let entries = std::mem::take(list).into_iter().enumerate();
    let (failed, rest): (Vec<_>, Vec<_>) =
        entries.partition(|(place, entry)| partial.hits(*place, &entry.to_string()));
    list.extend(rest.into_iter().map(|(_, entry)| entry));
    failed
}

#[cfg(test)]
mod tests;
