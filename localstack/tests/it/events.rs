//! Functions that are invoked by queues and streams.

use serde_json::{Value, json};

use crate::clients::{Calls, localstack, parse, poll, unique};

/// A queue; returns its URL and ARN.
fn queue(calls: &mut Calls, attributes: Value) -> (String, String) {
    let arguments = json!({ "QueueName": unique("queue"), "Attributes": attributes });
    let url = calls.call("sqs", "create_queue", arguments)["QueueUrl"].clone();
    let arguments = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
    let arn =
        calls.call("sqs", "get_queue_attributes", arguments)["Attributes"]["QueueArn"].clone();
    (url.as_str().unwrap().to_owned(), arn.as_str().unwrap().to_owned())
}

#[test]
fn messages_of_a_batch_that_failed_come_again_and_the_others_do_not() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let (parked_url, parked) = queue(&mut calls, json!({}));
    let redrive = json!({ "deadLetterTargetArn": parked, "maxReceiveCount": "2" }).to_string();
    let (url, arn) =
        queue(&mut calls, json!({ "VisibilityTimeout": "1", "RedrivePolicy": redrive }));
    let bodies = ["good 1", "bad 1", "good 2", "bad 2"];
    let entries =
        bodies.iter().enumerate().map(|(n, b)| json!({ "Id": n.to_string(), "MessageBody": b }));
    let entries: Vec<_> = entries.collect();
    calls.call("sqs", "send_message_batch", json!({ "QueueUrl": url, "Entries": entries }));
    let name = calls.function(json!({ "Timeout": 1 }));
    let mapping = json!({
        "EventSourceArn": arn, "FunctionName": name, "FunctionResponseTypes": ["ReportBatchItemFailures"],
    });
    let mapping = calls.call("lambda", "create_event_source_mapping", mapping);
    let mut parked = Vec::new();
    poll(|| {
        let arguments =
            json!({ "QueueUrl": parked_url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1 });
        let answer = calls.call("sqs", "receive_message", arguments);
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        parked.extend(messages.iter().map(|message| message["Body"].as_str().unwrap().to_owned()));
        (parked.len() >= 2).then_some(())
    });
    parked.sort();
    assert_eq!(parked, ["bad 1", "bad 2"]);
    poll(|| {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let arguments = json!({ "QueueUrl": url, "AttributeNames": names });
        let attributes = calls.call("sqs", "get_queue_attributes", arguments)["Attributes"].clone();
        names.iter().all(|name| attributes[name] == "0").then_some(())
    });
    calls.call("lambda", "delete_event_source_mapping", json!({ "UUID": mapping["UUID"] }));
}

#[test]
fn changes_of_a_table_reach_a_function() {
    let localstack = localstack();
    let mut calls = Calls::new(&localstack);
    let (url, arn) = queue(&mut calls, json!({}));
    let table = unique("table");
    let arguments = json!({
        "TableName": table, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
    });
    let created = calls.call("dynamodb", "create_table", arguments);
    let stream = created["TableDescription"]["LatestStreamArn"].clone();
    let item = json!({ "pk": { "S": "one" } });
    calls.call("dynamodb", "put_item", json!({ "TableName": table, "Item": item }));
    // Nothing succeeds, so that what was read is told to the queue.
    let environment = json!({ "Variables": { "FAIL_INIT": "exit" } });
    let name = calls.function(json!({ "Environment": environment }));
    let mapping = json!({
        "EventSourceArn": stream, "FunctionName": name, "StartingPosition": "TRIM_HORIZON",
        "MaximumRetryAttempts": 0, "DestinationConfig": { "OnFailure": { "Destination": arn } },
    });
    let mapping = calls.call("lambda", "create_event_source_mapping", mapping);
    let told = poll(|| {
        let arguments = json!({ "QueueUrl": url, "WaitTimeSeconds": 1 });
        let answer = calls.call("sqs", "receive_message", arguments);
        answer["Messages"].get(0).map(|message| parse(&message["Body"]))
    });
    assert_eq!(told["DDBStreamBatchInfo"]["batchSize"], 1, "{told}");
    assert_eq!(told["DDBStreamBatchInfo"]["streamArn"], stream);
    calls.call("lambda", "delete_event_source_mapping", json!({ "UUID": mapping["UUID"] }));
}
