//! Queries: a part of a partition, of the table or of the index.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use super::calls::Table;
use super::schema::INDEX;
use super::walk::Walk;

/// Which part of a partition.
#[derive(Debug, Clone)]
pub(super) enum Range {
    All,
    Prefix(String),
    From(String),
    After(String),
    UpTo(String),
    /// Both ends belong to it.
    Between(String, String),
}

impl Table {
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
    let (condition, values) = match range {
        Range::All => (String::new(), vec![]),
        Range::Prefix(prefix) => (format!(" AND begins_with({sort}, :sk)"), vec![prefix]),
        Range::From(from) => (format!(" AND {sort} >= :sk"), vec![from]),
        Range::After(after) => (format!(" AND {sort} > :sk"), vec![after]),
        Range::UpTo(to) => (format!(" AND {sort} <= :sk"), vec![to]),
        Range::Between(from, to) => (format!(" AND {sort} BETWEEN :sk AND :to"), vec![from, to]),
    };
    let query = query
        .key_condition_expression(format!("{partition} = :pk{condition}"))
        .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()));
    let values = [":sk", ":to"].into_iter().zip(values);
    values.fold(query, |query, (name, value)| {
        query.expression_attribute_values(name, AttributeValue::S(value))
    })
}
