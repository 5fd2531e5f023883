//! The databases of DynamoDB Local, which disturb each other's streams where they are opened late.

use eventyard_localstack::{Kind, Settings};
use serde_json::json;

use crate::clients::{Calls, unique};

#[test]
fn a_table_with_a_stream_takes_writes_whoever_writes_beside_it() {
    // One of its own, whose databases nobody has opened but its start.
    let settings = Settings { kind: Kind::Process, port: 4606 };
    let localstack = settings.up().unwrap();
    let mut beside = localstack.clone();
    beside.endpoint = localstack.dynamodb_endpoint.clone().unwrap();
    let (mut here, mut beside) = (Calls::new(&localstack), Calls::new(&beside));
    let name = unique("table");
    let table = json!({
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
    });
    here.call("dynamodb", "create_table", table.clone());
    let put = |n: usize| json!({ "TableName": name, "Item": { "pk": { "S": n.to_string() } } });
    (0..20).for_each(|n| drop(here.call("dynamodb", "put_item", put(n))));
    beside.call("dynamodb", "create_table", table);
    beside.call("dynamodb", "put_item", put(0));
    (20..40).for_each(|n| drop(here.call("dynamodb", "put_item", put(n))));
    settings.down().unwrap();
}
