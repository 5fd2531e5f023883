//! The table as the template makes it, for tests and local tables.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
};

/// The sparse index of what is due or parked.
pub const INDEX: &str = "work";

/// The request that makes a table of this name, equal to the one in the template: keys `pk` and `sk`,
/// the index `work` over `wpk` and `wsk` with keys only, a stream of new images, paid by request. Items
/// expire by `ttl`, which is switched on by a call of its own once the table is there.
#[must_use]
pub fn create_table(client: &Client, table: &str) -> CreateTableFluentBuilder {
    let [pk, sk, wpk, wsk] = ["pk", "sk", "wpk", "wsk"].map(attribute);
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewImage)
        .build();
    client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions([pk, sk, wpk, wsk].into_iter().collect())
        .set_key_schema(keys("pk", "sk"))
        .set_global_secondary_indexes(index().map(|index| vec![index]))
        .set_stream_specification(stream.ok())
}

/// None where the SDK finds something missing, which it then says of the whole request.
fn attribute(name: &str) -> Option<AttributeDefinition> {
    let attribute = AttributeDefinition::builder().attribute_name(name);
    attribute.attribute_type(ScalarAttributeType::S).build().ok()
}

fn keys(partition: &str, sort: &str) -> Option<Vec<KeySchemaElement>> {
    let key = |name: &str, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().ok()
    };
    [key(partition, KeyType::Hash), key(sort, KeyType::Range)].into_iter().collect()
}

fn index() -> Option<GlobalSecondaryIndex> {
    let projection = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let index = GlobalSecondaryIndex::builder().index_name(INDEX).projection(projection);
    index.set_key_schema(keys("wpk", "wsk")).build().ok()
}
