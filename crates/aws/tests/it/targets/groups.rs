//! Order within a group.

use super::wire::{Aws, all_taken, all_told, event_with, json, queue_url, taken};
use eventyard_event::Event;
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

/// Events of these subjects, numbered.
fn events(to: &str, subjects: &[&str]) -> Vec<Event> {
    let event = |(n, subject): (usize, &&str)| {
        event_with(to, &format!("e{n}"), subject, &format!("{{\"n\":{n}}}"))
    };
    subjects.iter().enumerate().map(event).collect()
}

/// The subjects of each call, in the order of the calls.
async fn groups(aws: &Aws) -> Vec<Vec<String>> {
    let group = |entry: &Value| entry["MessageGroupId"].as_str().unwrap().to_owned();
    let calls = aws.calls("SendMessageBatch").await;
    calls
        .iter()
        .map(|call| call["Entries"].as_array().unwrap().iter().map(group).collect())
        .collect()
}

#[tokio::test]
async fn a_call_has_one_message_of_each_group() {
    let aws = Aws::answering(all_taken).await;
    let sent = aws.send(events("lane", &["a", "a", "b", "a", "b"])).await;
    assert_eq!(all_told(&sent), ["delivered"; 5]);
    assert_eq!(groups(&aws).await, [vec!["a", "b"], vec!["a", "b"], vec!["a"]]);
}

#[tokio::test]
async fn nothing_of_a_group_is_sent_after_what_is_to_be_sent_again() {
    // Takes everything but group `a`.
    let answer = |request: &Request| -> ResponseTemplate {
        let body: Value = request.body_json().unwrap();
        let Some(entries) = body["Entries"].as_array() else { return json(200, &queue_url()) };
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for (n, entry) in entries.iter().enumerate() {
            match entry["MessageGroupId"] == "a" {
                true => failed.push(
                    json!({ "Id": n.to_string(), "Code": "InternalError", "SenderFault": false }),
                ),
                false => successful.push(taken(n)),
            }
        }
        json(200, &json!({ "Successful": successful, "Failed": failed }))
    };
    let aws = Aws::answering(answer).await;
    let sent = aws.send(events("lane", &["a", "b", "a", "b", "a"])).await;
    let held = "retry GroupHeld";
    assert_eq!(all_told(&sent), ["retry InternalError", "delivered", held, "delivered", held]);
    assert_eq!(groups(&aws).await, [vec!["a", "b"], vec!["b"]]);
}

#[tokio::test]
async fn what_is_parked_holds_nobody() {
    let answer = |request: &Request| -> ResponseTemplate {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let refused = json!([{ "Id": "0", "Code": "InvalidMessageContents", "SenderFault": true }]);
        match body.contains("\\\"n\\\":0}") {
            true => json(200, &json!({ "Successful": [], "Failed": refused })),
            false => all_taken(request),
        }
    };
    let aws = Aws::answering(answer).await;
    let sent = aws.send(events("lane", &["a", "a"])).await;
    assert_eq!(all_told(&sent), ["park InvalidMessageContents", "delivered"]);
}
