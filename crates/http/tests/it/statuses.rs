//! The status matrix, row by row, over real connections.

use crate::receiver::{cause, outgoing, sender, settings};
use eventyard_bus::Sent;
use std::time::Duration;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn answering(response: ResponseTemplate) -> (MockServer, Sent) {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(response).mount(&server).await;
    let sent = sender(settings()).send(&outgoing(&format!("{}/hook", server.uri()))).await;
    (server, sent)
}

fn word(sent: &Sent) -> &'static str {
    match sent {
        Sent::Delivered => "delivered",
        Sent::Retry { .. } => "retry",
        Sent::Denied { .. } => "denied",
        Sent::Park { .. } => "park",
    }
}

#[tokio::test]
async fn every_status_leads_to_the_one_disposition_of_the_table() {
    for (disposition, statuses) in [
        ("delivered", &[200, 201, 202, 204][..]),
        ("park", &[300, 301, 302, 303, 304, 307, 308]),
        ("park", &[400, 401, 403, 404, 405, 409, 413, 422, 451]),
        ("denied", &[410]),
        ("retry", &[408, 425, 429, 500, 502, 503, 504, 507]),
    ] {
        for &status in statuses {
            let (_server, sent) = answering(ResponseTemplate::new(status)).await;
            assert_eq!(word(&sent), disposition, "{status}");
            if disposition != "delivered" {
                let cause = cause(sent);
                assert_eq!(cause.code, format!("Http{status}"));
                assert_eq!(cause.message, format!("`127.0.0.1` answered {status}"));
            }
        }
    }
}

#[tokio::test]
async fn a_retry_after_is_honoured_where_a_retry_follows_and_nowhere_else() {
    let after = |status: u16| ResponseTemplate::new(status).insert_header("retry-after", "2");
    let (_server, sent) = answering(after(429)).await;
    let Sent::Retry { after: wait, .. } = sent else { panic!("{sent:?}") };
    assert_eq!(wait, Some(Duration::from_secs(2)));
    let (_server, sent) = answering(ResponseTemplate::new(503)).await;
    assert!(matches!(sent, Sent::Retry { after: None, .. }), "{sent:?}");
    let (_server, sent) = answering(after(400)).await;
    assert!(matches!(sent, Sent::Park { .. }), "{sent:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    let moved =
        ResponseTemplate::new(307).insert_header("location", format!("{}/new", server.uri()));
    Mock::given(path("/old")).respond_with(moved).expect(1).mount(&server).await;
    Mock::given(path("/new"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&server)
        .await;
    let sent = sender(settings()).send(&outgoing(&format!("{}/old", server.uri()))).await;
    assert_eq!(cause(sent).code, "Http307");
}

#[tokio::test]
async fn the_receiver_gets_the_body_and_the_event_in_its_headers() {
    let (server, sent) = answering(ResponseTemplate::new(204)).await;
    assert_eq!(word(&sent), "delivered");
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body, b"{\"total\":12.50}");
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-id", "A%201"),
        ("content-type", "application/json"),
        ("webhook-id", "dlv_1"),
    ] {
        assert_eq!(requests[0].headers[name], value, "{name}");
    }
    for absent in ["webhook-signature", "authorization", "referer"] {
        assert!(!requests[0].headers.contains_key(absent), "{absent}");
    }
}
