//! The calls about one item: reads are consistent, and a condition that does not hold is no error.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use eventyard_bus::StoreError;

use super::expression::{Change, Condition, values};
use super::item::{Item, Key};
use crate::failure::summary;

/// One table, and the client that calls it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) client: Client,
    pub(super) name: String,
}

/// What became of a conditional write.
#[derive(Debug)]
pub(super) enum Write {
    /// It was written.
    Done,
    /// The condition does not hold, nothing was written; the item that is there, where the answer has it.
    Refused(Option<Item>),
}

impl Table {
    pub async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let get = self.client.get_item().table_name(&self.name).consistent_read(true);
        let answer = get.set_key(Some(key.attributes())).send().await;
        Ok(answer.map_err(unavailable("GetItem"))?.item.map(Item::from))
    }

    /// Writes an item whatever is there.
    pub async fn put(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name);
        let put = put.set_item(Some(item.into_attributes()));
        put.send().await.map_err(unavailable("PutItem"))?;
        Ok(())
    }

    /// Writes an item if the condition holds.
    pub async fn put_if(&self, item: Item, condition: &Condition) -> Result<Write, StoreError> {
        let put = self.client.put_item().table_name(&self.name);
        let put = put
            .set_item(Some(item.into_attributes()))
            .condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(Write::Done),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    Ok(Write::Refused(refused.item().cloned().map(Item::from)))
                }
                _ => Err(unavailable("PutItem")(error)),
            },
        }
    }

    /// Changes an item if the condition holds; the item as it then is, none when it does not hold.
    pub async fn update_if(
        &self,
        key: &Key,
        change: Change<'_>,
        condition: &Condition,
    ) -> Result<Option<Item>, StoreError> {
        let update = self.client.update_item().table_name(&self.name);
        let update = update
            .set_key(Some(key.attributes()))
            .update_expression(change.expression)
            .condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(values(change.values, condition))
            .return_values(ReturnValue::AllNew);
        match update.send().await {
            Ok(answer) => Ok(answer.attributes.map(Item::from)),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(unavailable("UpdateItem")(error)),
            },
        }
    }

    pub async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name);
        let delete = delete.set_key(Some(key.attributes()));
        delete.send().await.map_err(unavailable("DeleteItem"))?;
        Ok(())
    }

    /// Deletes an item if the condition holds, else leaves it.
    pub async fn delete_if(&self, key: &Key, condition: &Condition) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name);
        let delete = delete
            .set_key(Some(key.attributes()))
            .condition_expression(condition.expression)
            .set_expression_attribute_values(condition.values());
        match delete.send().await {
            Err(error) if !is_refused(&error) => Err(unavailable("DeleteItem")(error)),
            _ => Ok(()),
        }
    }
}

fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    code == Some("ConditionalCheckFailedException")
}

/// What a call that did not happen, or that nobody knows of, is to the bus.
pub(super) fn unavailable<E: ProvideErrorMetadata, R>(
    operation: &'static str,
) -> impl FnOnce(SdkError<E, R>) -> StoreError {
    move |error| StoreError::unavailable(format!("{operation}: {}", summary(&error)))
}
