//! What answers mean: entry by entry, and for whole calls row by row.

use super::wire::{
    Aws, all_taken, all_told, error, event, events, json, published, queue_url, taken,
};
use eventyard_bus::Sent;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::{Request, ResponseTemplate};

/// SQS's answer, `Successful` and `Failed` as given.
fn sqs(successful: &[usize], failed: Value) -> impl Fn(&Request) -> ResponseTemplate + use<> {
    let successful: Vec<Value> = successful.iter().map(|id| taken(*id)).collect();
    move |request| match request.headers["x-amz-target"].to_str().unwrap() {
        "AmazonSQS.GetQueueUrl" => json(200, &queue_url()),
        _ => json(200, &json!({ "Successful": successful, "Failed": failed })),
    }
}

fn failed(id: usize, code: &str, by_sender: bool) -> Value {
    json!({ "Id": id.to_string(), "Code": code, "SenderFault": by_sender, "Message": "secret text" })
}

#[tokio::test]
async fn each_entry_of_a_queue_has_its_own_answer() {
    let rows = json!([
        failed(1, "InvalidMessageContents", true),
        failed(2, "InternalError", false),
        failed(3, "SomethingNew", true),
        failed(4, "SomethingNew", false),
        failed(5, "KMS.ThrottlingException", true),
        failed(6, "KMS.DisabledException", true),
        failed(7, "AccessDenied", true),
    ]);
    let aws = Aws::answering(sqs(&[0], rows)).await;
    let sent = aws.send(events("queue", 9)).await;
    let expected = [
        "delivered",
        "park InvalidMessageContents",
        "retry InternalError",
        "park SomethingNew",
        "retry SomethingNew",
        "retry KMS.ThrottlingException",
        "denied KMS.DisabledException",
        "denied AccessDenied",
        "retry NoAnswer",
    ];
    assert_eq!(all_told(&sent), expected);
    let Sent::Park { cause } = &sent[1] else { panic!() };
    assert!(!cause.message.contains("secret text"), "{cause}");
}

#[tokio::test]
async fn each_entry_of_a_topic_has_its_own_answer() {
    let member = |id: usize, code: &str, by_sender: bool| {
        format!(
            "<member><Id>{id}</Id><Code>{code}</Code><SenderFault>{by_sender}</SenderFault></member>"
        )
    };
    let failed = member(1, "InternalError", false) + &member(2, "InvalidParameter", true);
    let aws = Aws::answering(published(1, &failed)).await;
    let sent = aws.send(events("topic", 4)).await;
    let expected = ["delivered", "retry InternalError", "park InvalidParameter", "retry NoAnswer"];
    assert_eq!(all_told(&sent), expected);
}

#[tokio::test]
async fn each_entry_of_an_event_bus_has_its_own_answer_though_the_call_succeeds() {
    let entry = |code: &str| json!({ "ErrorCode": code, "ErrorMessage": "text" });
    let entries = json!([
        { "EventId": "1" },
        entry("InternalFailure"),
        entry("ThrottlingException"),
        entry("MalformedDetail"),
        entry("NotAuthorizedForSourceException"),
        entry("AccessDeniedException"),
        {},
    ]);
    let answer = json!({ "FailedEntryCount": 6, "Entries": entries });
    let aws = Aws::answering(json(200, &answer)).await;
    let expected = [
        "delivered",
        "retry InternalFailure",
        "retry ThrottlingException",
        "park MalformedDetail",
        "park NotAuthorizedForSourceException",
        "denied AccessDeniedException",
        "retry NoAnswer",
        "retry NoAnswer",
    ];
    assert_eq!(all_told(&aws.send(events("bus", 8)).await), expected);
}

#[tokio::test]
async fn each_record_of_a_stream_has_its_own_answer() {
    let records = json!([
        { "ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "text" },
        { "SequenceNumber": "1", "ShardId": "s" },
    ]);
    let answer = json!({ "FailedRecordCount": 1, "Records": records });
    let aws = Aws::answering(json(200, &answer)).await;
    let two = [("e0", "c0"), ("e1", "c1")];
    let two = two.map(|(id, subject)| super::wire::event_with("stream", id, subject, "{}"));
    let expected = ["retry ProvisionedThroughputExceededException", "delivered"];
    assert_eq!(all_told(&aws.send(two.to_vec()).await), expected);
}

/// One error of a whole call, for each kind of target.
const CALLS: &[(&str, u16, &str, &str)] = &[
    ("by-url", 400, "com.amazonaws.sqs#QueueDoesNotExist", "denied QueueDoesNotExist"),
    ("by-url", 403, "com.amazonaws.sqs#RequestThrottled", "retry RequestThrottled"),
    ("by-url", 400, "com.amazonaws.sqs#KmsAccessDenied", "denied KmsAccessDenied"),
    ("by-url", 403, "AccessDenied", "denied AccessDenied"),
    ("by-url", 403, "ExpiredToken", "retry ExpiredToken"),
    ("queue", 400, "com.amazonaws.sqs#QueueDoesNotExist", "denied QueueDoesNotExist"),
    ("bus", 400, "ValidationException", "park ValidationException"),
    ("bus", 500, "InternalException", "retry InternalException"),
    ("bus", 400, "AccessDeniedException", "denied AccessDeniedException"),
    ("machine", 400, "StateMachineDoesNotExist", "denied StateMachineDoesNotExist"),
    ("machine", 400, "ExecutionAlreadyExists", "delivered"),
    ("machine", 400, "InvalidExecutionInput", "park InvalidExecutionInput"),
    ("machine", 400, "ThrottlingException", "retry ThrottlingException"),
    ("stream", 400, "ResourceNotFoundException", "denied ResourceNotFoundException"),
    ("stream", 400, "KMSDisabledException", "denied KMSDisabledException"),
    ("stream", 400, "KMSThrottlingException", "retry KMSThrottlingException"),
    ("stream", 400, "SomethingNew", "park SomethingNew"),
    ("stream", 503, "SomethingNew", "retry SomethingNew"),
    ("stream", 404, "UnknownOperationException", "denied UnknownOperationException"),
];

#[tokio::test]
async fn an_error_of_a_whole_call_is_judged_by_its_code_then_by_its_status() {
    for (to, status, code, expected) in CALLS {
        let aws = Aws::answering(error(*status, code, "text")).await;
        let sent = aws.send(vec![event(to, "e1")]).await;
        assert_eq!(all_told(&sent), [*expected], "{to} {status} {code}");
    }
}

#[tokio::test]
async fn a_topic_that_does_not_exist_is_denied_in_its_words() {
    let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code>\
               <Message>Topic does not exist</Message></Error></ErrorResponse>";
    let aws = Aws::answering(ResponseTemplate::new(404).set_body_raw(xml, "text/xml")).await;
    let sent = aws.send(vec![event("topic", "e1")]).await;
    let Sent::Denied { cause } = &sent[0] else { panic!("{sent:?}") };
    let text = "NotFound: the service does not know it: Topic does not exist";
    assert_eq!(cause.to_string(), text);
}

#[tokio::test]
async fn a_function_that_is_throttled_is_tried_again_when_it_says() {
    let answer = error(429, "TooManyRequestsException", "Rate exceeded")
        .insert_header("x-amzn-errortype", "TooManyRequestsException")
        .insert_header("retry-after", "7");
    let aws = Aws::answering(answer).await;
    let sent = aws.send(vec![event("function", "e1")]).await;
    let Sent::Retry { cause, after } = &sent[0] else { panic!("{sent:?}") };
    assert_eq!(
        (cause.code.as_str(), *after),
        ("TooManyRequestsException", Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_or_never_comes_is_tried_again() {
    let aws = Aws::answering(ResponseTemplate::new(200).set_body_string("<html>")).await;
    let sent = aws.send(vec![event("bus", "e1")]).await;
    assert_eq!(all_told(&sent), ["retry AnswerNotReadable"]);
    let sent = Aws::nowhere().await.send(vec![event("bus", "e1")]).await;
    assert_eq!(all_told(&sent), ["retry ConnectFailed"]);
}

#[tokio::test]
async fn one_bad_delivery_takes_none_with_it_when_its_call_is_refused() {
    let picky = |request: &Request| match String::from_utf8_lossy(&request.body).contains("bad") {
        true => error(400, "ValidationException", "text"),
        false => all_taken(request),
    };
    let aws = Aws::answering(picky).await;
    let ids = ["e0", "e1", "bad", "e3", "e4"];
    let events =
        ids.map(|id| super::wire::event_with("bus", id, id, &format!("{{\"id\":\"{id}\"}}")));
    let sent = aws.send(events.to_vec()).await;
    let expected = ["delivered", "delivered", "park ValidationException", "delivered", "delivered"];
    assert_eq!(all_told(&sent), expected);
}

#[tokio::test]
async fn a_target_that_denies_us_is_not_asked_again() {
    let aws = Aws::answering(error(400, "AccessDeniedException", "text")).await;
    let sent = aws.send(events("machine", 50)).await;
    assert_eq!(all_told(&sent), ["denied AccessDeniedException"; 50]);
    let calls = aws.calls("StartExecution").await.len();
    assert!(calls <= 4, "{calls} calls");
}
