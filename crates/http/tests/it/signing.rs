//! Signatures as the standard's own library checks them, and secrets that stay secret.

use crate::receiver::{
    KEY, OTHER_KEY, cause, env, install_tls_provider, outgoing, sender, settings, signed,
};
use eventyard_bus::Sent;
use eventyard_http::{HttpSender, SecretError, Secrets, SigningKey};
use eventyard_rules::SecretRef;
use futures::future::BoxFuture;
use standardwebhooks::Webhook;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

async fn accepting() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    server
}

fn verifies(key: &str, request: &Request) -> bool {
    Webhook::new(key).unwrap().verify(&request.body, &request.headers).is_ok()
}

#[tokio::test]
async fn a_signed_delivery_is_verified_by_the_standards_own_library() {
    let server = accepting().await;
    let sent = sender(settings()).send(&signed(&server.uri(), &env("PARTNER"))).await;
    assert!(matches!(sent, Sent::Delivered), "{sent:?}");
    let requests = server.received_requests().await.unwrap();
    assert!(verifies(KEY, &requests[0]));
    assert!(!verifies(OTHER_KEY, &requests[0]));
}

#[tokio::test]
async fn while_a_key_is_rotated_the_old_and_the_new_one_verify() {
    let server = accepting().await;
    let sent = sender(settings()).send(&signed(&server.uri(), &env("ROTATING"))).await;
    assert!(matches!(sent, Sent::Delivered), "{sent:?}");
    let requests = server.received_requests().await.unwrap();
    assert!(verifies(KEY, &requests[0]) && verifies(OTHER_KEY, &requests[0]));
}

/// A secret that was changed after the bus cached it.
struct Stale(AtomicBool);

impl Secrets for Stale {
    fn keys<'a>(&'a self, _: &'a SecretRef) -> BoxFuture<'a, Result<Vec<SigningKey>, SecretError>> {
        let key = if self.0.load(Ordering::SeqCst) { OTHER_KEY } else { KEY };
        Box::pin(async move { Ok(vec![SigningKey::parse(key).unwrap()]) })
    }

    fn forget(&self, _: &SecretRef) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_refused_signature_is_tried_once_more_with_the_secret_read_again() {
    install_tls_provider();
    let server = MockServer::start().await;
    let good = |request: &Request| verifies(KEY, request);
    let bad = |request: &Request| !verifies(KEY, request);
    Mock::given(good).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    Mock::given(bad).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let stale = HttpSender::new(settings(), Arc::new(Stale(AtomicBool::new(true))));
    let sent = stale.send(&signed(&server.uri(), &env("PARTNER"))).await;
    assert!(matches!(sent, Sent::Delivered), "{sent:?}");
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
    let wrong = sender(settings()).send(&signed(&server.uri(), &env("ROTATING"))).await;
    assert!(matches!(wrong, Sent::Delivered), "{wrong:?}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_parks_the_delivery_and_nothing_is_sent() {
    let server = accepting().await;
    for reference in [
        SecretRef::Env("NONE".to_owned()),
        SecretRef::Env("BROKEN".to_owned()),
        SecretRef::Ssm("/partner".to_owned()),
        SecretRef::Arn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:x".to_owned()),
    ] {
        let sent = sender(settings()).send(&signed(&server.uri(), &[reference])).await;
        assert!(matches!(sent, Sent::Park { .. }), "{sent:?}");
        assert_eq!(cause(sent).code, "SecretRefused");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn no_cause_quotes_a_secret_a_path_or_a_body() {
    let server = MockServer::start().await;
    let echo = ResponseTemplate::new(500).set_body_string("hunter2");
    Mock::given(method("POST")).respond_with(echo).mount(&server).await;
    let sender = sender(settings());
    let mut causes = Vec::new();
    for (url, name) in [
        (format!("{}/hunter2?token=hunter2", server.uri()), "PARTNER"),
        (format!("{}/hunter2", server.uri()), "BROKEN"),
        ("http://127.0.0.1:1/hunter2".to_owned(), "PARTNER"),
        ("https://user:hunter2@partner.example/".to_owned(), "PARTNER"),
        ("https://hunter2 .example/".to_owned(), "PARTNER"),
        ("https://169.254.169.254/hunter2".to_owned(), "PARTNER"),
        ("https://127.0.0.1:1/hunter2".to_owned(), "PARTNER"),
    ] {
        causes.push(cause(sender.send(&signed(&url, &env(name))).await));
    }
    let broken = eventyard_http::Outgoing {
        content_type: Some("hunter2\n"),
        ..outgoing("https://partner.example/")
    };
    causes.push(cause(sender.send(&broken).await));
    for cause in causes {
        let text = format!("{cause:?}");
        for secret in ["hunter2", "aHVudGVyMg", &KEY[6..], "12.50"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
