//! Writes that happen together or not at all.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use eventyard_bus::StoreError;

use super::calls::{Table, unavailable};
use super::expression::{Change, Condition, names, values};
use super::item::{Item, Key};

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All of it was written.
    Done,
    /// A condition does not hold; nothing was written.
    Refused,
    /// Another transaction was about the same items at the same time; nothing was written.
    Contended,
}

impl Table {
    /// The writing of an item as a part of a transaction.
    pub fn put_action(
        &self,
        item: Item,
        condition: &Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item.into_attributes()))
            .condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values());
        let put = put.build().map_err(|_| incomplete())?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The change of an item as a part of a transaction.
    pub fn update_action(
        &self,
        key: &Key,
        change: Change<'_>,
        condition: &Condition,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .update_expression(change.expression)
            .condition_expression(condition.expression)
            .set_expression_attribute_names(names(change.expression))
            .set_expression_attribute_values(values(change.values, condition));
        let update = update.build().map_err(|_| incomplete())?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    pub async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<Outcome, StoreError> {
        let transaction = self.client.transact_write_items().set_transact_items(Some(actions));
        let Err(error) = transaction.send().await else { return Ok(Outcome::Done) };
        let codes: Vec<_> = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                canceled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect()
            }
            _ => Vec::new(),
        };
        if codes.contains(&"ConditionalCheckFailed") {
            Ok(Outcome::Refused)
        } else if codes.contains(&"TransactionConflict") {
            Ok(Outcome::Contended)
        } else {
            Err(unavailable("TransactWriteItems")(error))
        }
    }
}

fn incomplete() -> StoreError {
    StoreError::unavailable("TransactWriteItems: a request that cannot be made")
}
