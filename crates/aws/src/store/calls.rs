//! The calls of one table: consistent where the table is read, paged to the end, errors told apart.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use eventyard_bus::StoreError;

use super::item::{Item, Key};
use super::schema::INDEX;
use super::walk::Walk;
use crate::failure::summary;

/// One table, and the client that calls it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) client: Client,
    pub(super) name: String,
}

/// What must hold for a write: an expression, and the numbers in it.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    expression: &'static str,
    numbers: Vec<(&'static str, String)>,
}

impl Condition {
    /// Nothing is there under the key.
    pub fn absent() -> Self {
        Self::that("attribute_not_exists(pk)")
    }

    /// Nothing is there, or what is there was kept long enough by this time (seconds since 1970).
    pub fn absent_or_expired(now_s: i64) -> Self {
        Self::that("attribute_not_exists(pk) OR #ttl <= :now").with(":now", now_s)
    }

    pub fn that(expression: &'static str) -> Self {
        Self { expression, numbers: Vec::new() }
    }

    /// The number that stands for a name in the expression.
    #[must_use]
    pub fn with(mut self, name: &'static str, number: impl Display) -> Self {
        self.numbers.push((name, number.to_string()));
        self
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        let uses_ttl = self.expression.contains("#ttl");
        uses_ttl.then(|| HashMap::from([("#ttl".to_owned(), "ttl".to_owned())]))
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        let value = |(name, number): &(&str, String)| {
            ((*name).to_owned(), AttributeValue::N(number.clone()))
        };
        (!self.numbers.is_empty()).then(|| self.numbers.iter().map(value).collect())
    }
}

/// What became of a conditional write.
#[derive(Debug)]
pub(super) enum Write {
    /// It was written.
    Done,
    /// The condition does not hold, nothing was written; the item that is there, where the answer has it.
    Refused(Option<Item>),
}

/// Which part of a partition.
#[derive(Debug, Clone)]
pub(super) enum Range {
    All,
    Prefix(String),
    From(String),
    After(String),
    UpTo(String),
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

    /// Changes an item by an expression if the condition holds; the item as it then is, none when the
    /// condition does not hold. `numbers` are those of the change.
    pub async fn update_if(
        &self,
        key: &Key,
        change: Change<'_>,
        condition: &Condition,
    ) -> Result<Option<Item>, StoreError> {
        let mut values = condition.values().unwrap_or_default();
        values.extend(change.values);
        let update = self.client.update_item().table_name(&self.name);
        let update = update
            .set_key(Some(key.attributes()))
            .update_expression(change.expression)
            .condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()))
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
        let mut values = condition.values().unwrap_or_default();
        values.extend(change.values);
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .update_expression(change.expression)
            .condition_expression(condition.expression)
            .set_expression_attribute_values(Some(values));
        let update = update.build().map_err(|_| incomplete())?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A part of a partition of the table, consistent, in order.
    pub fn query(&self, pk: &str, range: Range) -> Query {
        let query = self.client.query().table_name(&self.name).consistent_read(true);
        Query(within(query, ["pk", "sk"], pk, range))
    }

    /// A part of a partition of the index, in order: candidates, which may be gone or changed.
    pub fn query_index(&self, wpk: &str, range: Range) -> Query {
        let query = self.client.query().table_name(&self.name).index_name(INDEX);
        Query(within(query, ["wpk", "wsk"], wpk, range))
    }
}

/// How an item is changed.
#[derive(Debug)]
pub(super) struct Change<'a> {
    expression: &'a str,
    values: Vec<(String, AttributeValue)>,
}

impl<'a> Change<'a> {
    pub fn new(expression: &'a str) -> Self {
        Self { expression, values: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, number: impl Display) -> Self {
        self.values.push((name.to_owned(), AttributeValue::N(number.to_string())));
        self
    }

    #[must_use]
    pub fn with_bytes(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.values.push((name.to_owned(), AttributeValue::B(bytes.into())));
        self
    }

    #[must_use]
    pub fn with_text(mut self, name: &str, text: String) -> Self {
        self.values.push((name.to_owned(), AttributeValue::S(text)));
        self
    }
}

/// A query that is about to be made.
#[derive(Debug)]
pub(super) struct Query(QueryFluentBuilder);

impl Query {
    /// From the end of the range to its beginning.
    #[must_use]
    pub fn backwards(self) -> Self {
        Self(self.0.scan_index_forward(false))
    }

    /// Asks for so many items with each call; the walk goes on all the same.
    #[must_use]
    pub fn by(self, items: usize) -> Self {
        Self(self.0.limit(i32::try_from(items.max(1)).unwrap_or(i32::MAX)))
    }

    pub fn walk(self) -> Walk {
        Walk::new(self.0)
    }
}

fn within(
    query: QueryFluentBuilder,
    names: [&str; 2],
    pk: &str,
    range: Range,
) -> QueryFluentBuilder {
    let [partition, sort] = names;
    let (condition, value) = match range {
        Range::All => (String::new(), None),
        Range::Prefix(prefix) => (format!(" AND begins_with({sort}, :sk)"), Some(prefix)),
        Range::From(from) => (format!(" AND {sort} >= :sk"), Some(from)),
        Range::After(after) => (format!(" AND {sort} > :sk"), Some(after)),
        Range::UpTo(to) => (format!(" AND {sort} <= :sk"), Some(to)),
    };
    let query = query
        .key_condition_expression(format!("{partition} = :pk{condition}"))
        .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()));
    match value {
        Some(value) => query.expression_attribute_values(":sk", AttributeValue::S(value)),
        None => query,
    }
}

fn incomplete() -> StoreError {
    StoreError::unavailable("TransactWriteItems: a request that cannot be made")
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
