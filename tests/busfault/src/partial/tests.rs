//! Each kind of batch: what is left of the request, and the whole answer.

use super::Cut;
use crate::operation::Operation;
use crate::protocol::Protocol;
use crate::rule::Partial;
use serde_json::{Value, json};

fn operation(name: &str, protocol: Protocol) -> Operation {
    Operation { service: "any".into(), name: name.into(), region: String::new(), protocol }
}

fn fail(entries: &[usize]) -> Partial {
    Partial { entries: entries.to_vec(), code: "Throttled".into(), ..Partial::default() }
}

fn cut(name: &str, request: &Value, partial: &Partial) -> Option<Cut> {
    Cut::of(&operation(name, Protocol::Json), request.to_string().as_bytes(), partial)
}

fn rest(cut: &Cut) -> Value {
    serde_json::from_slice(cut.request.as_deref().expect("something is left")).unwrap()
}

fn answer(cut: &Cut, of_rest: &Value) -> Value {
    serde_json::from_slice(&cut.answer(Some(of_rest.to_string().as_bytes()))).unwrap()
}

#[test]
fn messages_fail_by_their_ids() {
    let request = json!({ "QueueUrl": "q", "Entries": [{ "Id": "a" }, { "Id": "b" }] });
    let cut = cut("SendMessageBatch", &request, &fail(&[1])).unwrap();
    assert_eq!(rest(&cut), json!({ "QueueUrl": "q", "Entries": [{ "Id": "a" }] }));
    let whole = answer(&cut, &json!({ "Successful": [{ "Id": "a", "MessageId": "1" }] }));
    assert_eq!(whole["Successful"][0]["Id"], "a");
    assert_eq!(whole["Failed"][0]["Id"], "b");
    assert_eq!(whole["Failed"][0]["Code"], "Throttled");
    assert_eq!(whole["Failed"][0]["SenderFault"], false);
}

#[test]
fn events_fail_in_their_places() {
    let request = json!({ "Entries": [{ "n": 0 }, { "n": 1 }, { "n": 2 }, { "n": 3 }] });
    let cut = cut("PutEvents", &request, &fail(&[0, 2])).unwrap();
    assert_eq!(rest(&cut), json!({ "Entries": [{ "n": 1 }, { "n": 3 }] }));
    let of_rest =
        json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "1" }, { "EventId": "3" }] });
    let whole = answer(&cut, &of_rest);
    assert_eq!(whole["FailedEntryCount"], 2);
    let codes: Vec<_> = (0..4).map(|n| whole["Entries"][n]["ErrorCode"].is_string()).collect();
    assert_eq!(codes, [true, false, true, false]);
    assert_eq!(whole["Entries"][3]["EventId"], "3");
}

#[test]
fn keys_that_were_not_read_come_back() {
    let request = json!({ "RequestItems": {
        "one": { "Keys": [{ "k": 0 }, { "k": 1 }], "ConsistentRead": true },
        "two": { "Keys": [{ "k": 2 }] },
    } });
    let cut = cut("BatchGetItem", &request, &fail(&[1, 2])).unwrap();
    assert_eq!(
        rest(&cut),
        json!({ "RequestItems": { "one": { "Keys": [{ "k": 0 }], "ConsistentRead": true } } })
    );
    let whole = answer(&cut, &json!({ "Responses": { "one": [{}] }, "UnprocessedKeys": {} }));
    assert_eq!(
        whole["UnprocessedKeys"],
        json!({
            "one": { "Keys": [{ "k": 1 }], "ConsistentRead": true }, "two": { "Keys": [{ "k": 2 }] },
        })
    );
}

#[test]
fn an_entry_is_found_by_its_text_wherever_it_stands() {
    let partial = Partial { containing: Some("poison".into()), ..Partial::default() };
    let request = json!({ "Entries": [{ "Id": "0", "MessageBody": "poison" }] });
    let cut = cut("SendMessageBatch", &request, &partial).unwrap();
    assert!(cut.request.is_none(), "nothing is left to send");
    let whole: Value = serde_json::from_slice(&cut.answer(None)).unwrap();
    assert_eq!(
        (whole["Successful"].as_array().unwrap().len(), &whole["Failed"][0]["Id"]),
        (0, &json!("0"))
    );
}

#[test]
fn what_has_no_entry_to_fail_is_left_alone() {
    let request = json!({ "Entries": [{ "Id": "0" }] });
    assert!(cut("SendMessageBatch", &request, &fail(&[7])).is_none());
    assert!(cut("PutItem", &request, &fail(&[0])).is_none());
}

#[test]
fn published_messages_fail_in_form_and_xml() {
    let form = "Action=PublishBatch&TopicArn=t\
        &PublishBatchRequestEntries.member.1.Id=0&PublishBatchRequestEntries.member.1.Message=a+b\
        &PublishBatchRequestEntries.member.2.Id=1&PublishBatchRequestEntries.member.2.Message=c";
    let operation = operation("PublishBatch", Protocol::Query);
    let cut = Cut::of(&operation, form.as_bytes(), &fail(&[0])).unwrap();
    assert_eq!(
        String::from_utf8(cut.request.clone().unwrap()).unwrap(),
        "Action=PublishBatch&TopicArn=t&PublishBatchRequestEntries.member.1.Id=1\
         &PublishBatchRequestEntries.member.1.Message=c"
    );
    let of_rest = "<R><PublishBatchResult><Successful><member/></Successful><Failed/></PublishBatchResult></R>";
    let whole = String::from_utf8(cut.answer(Some(of_rest.as_bytes()))).unwrap();
    assert!(whole.contains("<Failed><member><Id>0</Id><Code>Throttled</Code>"), "{whole}");
    assert!(whole.contains("<Successful><member/></Successful>"), "{whole}");
}
