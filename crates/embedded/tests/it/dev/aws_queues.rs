//! The SQS protocol over the queues of the targets.

use serde_json::{Value, json};

use super::bus::{Dev, event};

const RULES: &str = "
version: 1
targets:
  payments: { sqs: { queue: payments } }
  warehouse: { sqs: { queue: warehouse.fifo, group: $.subject } }
  audit: { eventbridge: { bus: audit } }
rules:
  - name: orders
    when: $.type == 'OrderPlaced'
    to: [payments, warehouse, audit]
";

async fn call(bus: &Dev, operation: &str, request: Value) -> Value {
    let (status, answer) = bus.aws(&format!("AmazonSQS.{operation}"), request).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused(bus: &Dev, operation: &str, request: Value) -> (String, String) {
    let headers = [("x-amz-target", &*format!("AmazonSQS.{operation}"))];
    let response = bus.send("/", &headers, request.to_string()).await;
    assert_eq!(response.status(), 400, "{operation}");
    let code = response.headers()["x-amzn-query-error"].to_str().unwrap().to_owned();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (code, body["__type"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_consumer_finds_receives_and_deletes_what_the_bus_delivered() {
    let mut bus = Dev::start(RULES).await;
    let found = call(&bus, "GetQueueUrl", json!({ "QueueName": "payments" })).await;
    assert_eq!(found["QueueUrl"], bus.queue("payments"));
    bus.event("1", "OrderPlaced").await;
    bus.delivered("payments").await;
    let message = &bus.receive("payments").await[0];
    let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
    let mut expected = event("1", "OrderPlaced");
    expected["eventyardhops"] = json!(1);
    assert_eq!(body, expected);
    let trace = bus.object("/trace/1").await;
    let delivery = &trace["events"][0]["deliveries"][0]["id"];
    let attribute = |name: &str| &message["MessageAttributes"][name]["StringValue"];
    assert_eq!(attribute("eventyard-delivery"), delivery);
    assert_eq!(
        (attribute("eventyard-hops"), attribute("eventyard-cause")),
        (&json!("1"), &json!("1"))
    );
    let on = |more: Value| {
        let mut request = json!({ "QueueUrl": bus.queue("payments") });
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request
    };
    let receipt = json!({ "ReceiptHandle": message["ReceiptHandle"] });
    let depth = json!({ "AttributeNames": ["ApproximateNumberOfMessagesNotVisible"] });
    let attributes = call(&bus, "GetQueueAttributes", on(depth.clone())).await;
    assert_eq!(attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "1");
    let hide = json!({ "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0 });
    call(&bus, "ChangeMessageVisibility", on(hide)).await;
    let again = call(&bus, "ReceiveMessage", on(json!({ "AttributeNames": ["All"] }))).await;
    assert_eq!(again["Messages"][0]["Attributes"]["ApproximateReceiveCount"], "2");
    let new_receipt = json!({ "ReceiptHandle": again["Messages"][0]["ReceiptHandle"] });
    // The older receipt is void, which is no error and deletes nothing.
    call(&bus, "DeleteMessage", on(receipt)).await;
    let attributes = call(&bus, "GetQueueAttributes", on(depth.clone())).await;
    assert_eq!(attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "1");
    call(&bus, "DeleteMessage", on(new_receipt)).await;
    let attributes = call(&bus, "GetQueueAttributes", on(depth)).await;
    assert_eq!(attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "0");
}

#[tokio::test]
async fn a_group_keeps_its_order_and_waits_for_its_first_message() {
    let bus = Dev::start(RULES).await;
    let lines: Vec<_> = (0..3).map(|n| event(&n.to_string(), "OrderPlaced").to_string()).collect();
    bus.post("application/x-ndjson", lines.join("\n")).await;
    bus.settled().await;
    let receive = json!({ "QueueUrl": bus.queue("warehouse.fifo"), "AttributeNames": ["All"] });
    let first = call(&bus, "ReceiveMessage", receive.clone()).await["Messages"][0].clone();
    assert!(first["Body"].as_str().unwrap().contains("\"id\":\"0\""));
    assert_eq!(first["Attributes"]["MessageGroupId"], "order-1");
    // The group is in flight.
    assert_eq!(call(&bus, "ReceiveMessage", receive.clone()).await, json!({}));
    let delete = json!({
        "QueueUrl": bus.queue("warehouse.fifo"),
        "ReceiptHandle": first["ReceiptHandle"],
    });
    call(&bus, "DeleteMessage", delete).await;
    let second = call(&bus, "ReceiveMessage", receive).await["Messages"][0].clone();
    assert!(second["Body"].as_str().unwrap().contains("\"id\":\"1\""));
}

#[tokio::test]
async fn an_eventbridge_target_gets_the_shape_that_its_rules_see() {
    let bus = Dev::start(RULES).await;
    bus.event("1", "OrderPlaced").await;
    bus.settled().await;
    let message = &bus.receive("audit").await[0];
    let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
    assert_eq!((&body["source"], &body["detail-type"]), (&json!("shop"), &json!("OrderPlaced")));
    assert_eq!(body["detail"], json!({ "total": 12.5 }));
    assert_ne!(body["id"], "1");
    let transform = "    to: audit\n    transform: { sum: $.data.total }\n";
    let rules = RULES.replace("    to: [payments, warehouse, audit]\n", transform);
    let bus = Dev::start(&rules).await;
    bus.event("1", "OrderPlaced").await;
    bus.settled().await;
    let message = &bus.receive("audit").await[0];
    let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
    assert_eq!(body["detail"], json!({ "sum": 12.5 }));
}

#[tokio::test]
async fn a_receive_waits_for_a_message_that_comes_later() {
    let bus = Dev::start(RULES).await;
    let url = bus.queue("payments");
    let wait = bus.receive("payments");
    let send = async {
        let message = json!({ "QueueUrl": url, "MessageBody": "late" });
        call(&bus, "SendMessage", message).await
    };
    let (received, sent) = tokio::join!(wait, send);
    assert_eq!(received[0]["Body"], "late");
    assert_eq!(received[0]["MessageId"], sent["MessageId"]);
    assert_eq!(received[0]["MD5OfBody"], sent["MD5OfMessageBody"]);
}

#[tokio::test]
async fn batches_answer_entry_by_entry() {
    let bus = Dev::start(RULES).await;
    let url = bus.queue("payments");
    let entries = json!([
        { "Id": "good", "MessageBody": "a" },
        { "Id": "bad", "MessageBody": "" },
        { "Id": "attributed", "MessageBody": "b",
          "MessageAttributes": { "k": { "DataType": "Binary", "BinaryValue": "AAE=" } } },
    ]);
    let request = json!({ "QueueUrl": url, "Entries": entries });
    let sent = call(&bus, "SendMessageBatch", request).await;
    let ids = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|entry| entry["Id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&sent["Successful"]), ["good", "attributed"]);
    assert_eq!(ids(&sent["Failed"]), ["bad"]);
    assert_eq!(sent["Failed"][0]["SenderFault"], true);
    let received = bus.receive("payments").await;
    assert_eq!(received[1]["MessageAttributes"]["k"]["BinaryValue"], "AAE=");
    assert_eq!(
        received[1]["MD5OfMessageAttributes"],
        sent["Successful"][1]["MD5OfMessageAttributes"]
    );
    let entries: Vec<_> = received
        .iter()
        .enumerate()
        .map(|(n, message)| json!({ "Id": n.to_string(), "ReceiptHandle": message["ReceiptHandle"] }))
        .chain([json!({ "Id": "none", "ReceiptHandle": "no receipt" })])
        .collect();
    let request = json!({ "QueueUrl": url, "Entries": entries });
    let deleted = call(&bus, "DeleteMessageBatch", request).await;
    assert_eq!(
        (ids(&deleted["Successful"]).len(), ids(&deleted["Failed"])),
        (2, vec!["none".to_owned()])
    );
}

#[tokio::test]
async fn refusals_name_the_exception_that_sdks_know() {
    let bus = Dev::start(RULES).await;
    let on = |queue: &str| json!({ "QueueUrl": bus.queue(queue) });
    let with = |queue: &str, name: &str, value: Value| {
        let mut request = on(queue);
        request[name] = value;
        request
    };
    for (operation, request, code, exception) in [
        (
            "GetQueueUrl",
            json!({ "QueueName": "none" }),
            "AWS.SimpleQueueService.NonExistentQueue;Sender",
            "com.amazonaws.sqs#QueueDoesNotExist",
        ),
        (
            "ReceiveMessage",
            on("none"),
            "AWS.SimpleQueueService.NonExistentQueue;Sender",
            "com.amazonaws.sqs#QueueDoesNotExist",
        ),
        (
            "SendMessage",
            with("none", "MessageBody", json!("x")),
            "AWS.SimpleQueueService.NonExistentQueue;Sender",
            "com.amazonaws.sqs#QueueDoesNotExist",
        ),
        (
            "ReceiveMessage",
            with("payments", "MaxNumberOfMessages", json!(11)),
            "InvalidParameterValue;Sender",
            "com.amazonaws.sqs#InvalidParameterValueException",
        ),
        (
            "ReceiveMessage",
            with("payments", "WaitTimeSeconds", json!(21)),
            "InvalidParameterValue;Sender",
            "com.amazonaws.sqs#InvalidParameterValueException",
        ),
        (
            "DeleteMessage",
            with("payments", "ReceiptHandle", json!("x")),
            "ReceiptHandleIsInvalid;Sender",
            "com.amazonaws.sqs#ReceiptHandleIsInvalid",
        ),
        (
            "SendMessage",
            with("warehouse.fifo", "MessageBody", json!("x")),
            "MissingParameter;Sender",
            "com.amazonaws.sqs#MissingRequiredParameterException",
        ),
        (
            "SendMessageBatch",
            with("payments", "Entries", json!([])),
            "AWS.SimpleQueueService.EmptyBatchRequest;Sender",
            "com.amazonaws.sqs#EmptyBatchRequest",
        ),
        (
            "DeleteQueue",
            on("payments"),
            "AWS.SimpleQueueService.UnsupportedOperation;Sender",
            "com.amazonaws.sqs#UnsupportedOperation",
        ),
    ] {
        let refused = refused(&bus, operation, request).await;
        assert_eq!(refused, (code.to_owned(), exception.to_owned()), "{operation}");
    }
}

#[tokio::test]
async fn queues_are_made_listed_and_purged() {
    let bus = Dev::start(RULES).await;
    let create = json!({ "QueueName": "mine", "Attributes": { "VisibilityTimeout": "5" } });
    let made = call(&bus, "CreateQueue", create.clone()).await;
    assert_eq!(made, call(&bus, "CreateQueue", create).await);
    let other = json!({ "QueueName": "mine", "Attributes": { "VisibilityTimeout": "6" } });
    assert_eq!(refused(&bus, "CreateQueue", other).await.0, "QueueAlreadyExists;Sender");
    let listed = call(&bus, "ListQueues", json!({})).await;
    let names = ["audit", "mine", "payments", "warehouse.fifo"].map(|name| bus.queue(name));
    assert_eq!(listed["QueueUrls"], json!(names));
    let page = call(&bus, "ListQueues", json!({ "MaxResults": 3 })).await;
    let next = json!({ "MaxResults": 3, "NextToken": page["NextToken"] });
    let rest = call(&bus, "ListQueues", next).await;
    assert_eq!(rest, json!({ "QueueUrls": [bus.queue("warehouse.fifo")] }));
    let on =
        json!({ "QueueUrl": bus.queue("mine"), "MessageBody": "x", "AttributeNames": ["All"] });
    call(&bus, "SendMessage", on.clone()).await;
    call(&bus, "PurgeQueue", on.clone()).await;
    let attributes = &call(&bus, "GetQueueAttributes", on).await["Attributes"];
    assert_eq!(attributes["ApproximateNumberOfMessages"], "0");
    assert_eq!(attributes["VisibilityTimeout"], "5");
}
