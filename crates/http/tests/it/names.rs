//! Names that resolve to places inside, at once or later.

use crate::receiver::{cause, install_tls_provider, outgoing, secrets, settings};
use eventyard_bus::Sent;
use eventyard_http::{HttpSender, Resolver, Settings};
use futures::future::BoxFuture;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A name server that gives one answer after the other, and the last one from then on.
struct Scripted {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|a| a.parse().unwrap()).collect();
        let answers = Mutex::new(answers.iter().map(parse).collect());
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }
}

impl Resolver for Scripted {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.lock().unwrap();
        let answer = answers.get(asked).or(answers.last()).cloned();
        Box::pin(async { answer.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)) })
    }
}

fn sender(settings: Settings, names: &Arc<Scripted>) -> HttpSender {
    install_tls_provider();
    HttpSender::with_resolver(settings, secrets(), Arc::clone(names) as Arc<dyn Resolver>)
}

#[tokio::test]
async fn a_name_with_one_address_inside_is_refused_and_not_connected() {
    for (address, kind) in [
        ("127.0.0.1", "loopback"),
        ("10.0.0.7", "private"),
        ("169.254.169.254", "link-local"),
        ("fd00:ec2::254", "private"),
        ("::ffff:192.168.1.1", "private"),
    ] {
        let names = Scripted::new(&[&["93.184.216.34", address]]);
        let sent = sender(Settings::default(), &names)
            .send(&outgoing("https://partner.example/hook"))
            .await;
        assert!(matches!(sent, Sent::Park { .. }), "{sent:?}");
        let cause = cause(sent);
        assert_eq!(cause.code, "AddressRefused");
        let text = format!("host `partner.example` is refused: address {address} is {kind}");
        assert_eq!(cause.message, text);
    }
}

#[tokio::test]
async fn a_name_that_changes_its_answer_is_checked_at_every_connection() {
    let server = MockServer::start().await;
    let close = ResponseTemplate::new(200).insert_header("connection", "close");
    Mock::given(method("POST")).respond_with(close).mount(&server).await;
    let names = Scripted::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let sender = sender(settings(), &names);
    let url = format!("http://partner.example:{}/", server.address().port());
    let first = sender.send(&outgoing(&url)).await;
    assert!(matches!(first, Sent::Delivered), "{first:?}");
    assert_eq!(cause(sender.send(&outgoing(&url)).await).code, "AddressRefused");
    assert_eq!(names.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn plain_http_to_a_public_address_is_refused_even_in_development() {
    let names = Scripted::new(&[&["93.184.216.34"]]);
    let sent = sender(settings(), &names).send(&outgoing("http://partner.example/")).await;
    assert!(matches!(sent, Sent::Park { .. }), "{sent:?}");
}

#[tokio::test]
async fn a_name_without_addresses_is_a_passing_failure() {
    let names = Scripted::new(&[]);
    let sent = sender(settings(), &names).send(&outgoing("https://partner.example/")).await;
    assert!(matches!(sent, Sent::Retry { .. }), "{sent:?}");
    assert_eq!(cause(sent).code, "ConnectFailed");
}
