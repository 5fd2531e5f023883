//! HTTP targets, by the sender that all buses share.

use super::wire::{ACCOUNT, all_told, clients, event, parcels, rules, stored};
use eventyard_aws::secrets::{AwsSecrets, SecretSettings};
use eventyard_aws::targets::{AwsTargets, TargetSettings};
use eventyard_bus::{Sent, Targets};
use eventyard_http::{Guard, HttpSender, Settings};
use std::sync::Arc;
use std::time::Duration;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// Sends one event to `/hook` of the server, whose secrets are there as well.
async fn send(server: &MockServer, sender: bool, budget: Duration) -> Vec<Sent> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rules = rules(&format!(
        "version: 1\ntargets:\n  t: {{ http: {{ url: \"{}/hook\", secret: \"ssm:/partner\" }} }}\n\
         rules:\n  - {{ name: r, when: $.type == 'x', to: t }}\n",
        server.uri()
    ));
    let clients = clients(&server.uri()).await;
    let secrets = Arc::new(AwsSecrets::new(&clients, SecretSettings::default()));
    let guard = Guard { allow_loopback: true, ..Guard::default() };
    let http = HttpSender::new(Settings { guard, ..Settings::default() }, secrets);
    let mut settings = TargetSettings::default();
    settings.account = Some(ACCOUNT.to_owned());
    settings.budget = budget;
    let targets = AwsTargets::new(&clients, settings, sender.then_some(http));
    let stored = stored(&rules, vec![event("x", "e1")]);
    targets.send(&rules.targets["t"], &parcels(&stored, None)).await
}

async fn partner(delay: Duration) -> MockServer {
    let server = MockServer::start().await;
    let parameter = serde_json::json!({ "Parameter": { "Name": "/partner", "Value": KEY } });
    let hook = ResponseTemplate::new(200).set_delay(delay);
    Mock::given(path("/hook")).respond_with(hook).mount(&server).await;
    let parameters = super::wire::json(200, &parameter);
    Mock::given(method("POST")).and(path("/")).respond_with(parameters).mount(&server).await;
    server
}

#[tokio::test]
async fn an_http_target_gets_the_data_signed_with_a_key_of_aws() {
    let server = partner(Duration::ZERO).await;
    let sent = send(&server, true, Duration::from_secs(30)).await;
    assert_eq!(all_told(&sent), ["delivered"]);
    let requests = server.received_requests().await.unwrap();
    let hook = requests.iter().find(|request| request.url.path() == "/hook").unwrap();
    assert_eq!(hook.body, br#"{"total":12}"#);
    assert_eq!(hook.headers["ce-id"], "e1");
    assert!(hook.headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));
}

#[tokio::test]
async fn a_request_that_began_in_time_is_let_finish() {
    let server = partner(Duration::from_millis(1500)).await;
    let sent = send(&server, true, Duration::from_secs(1)).await;
    assert_eq!(all_told(&sent), ["delivered"]);
}

#[tokio::test]
async fn a_process_without_a_sender_leaves_http_targets_to_others() {
    let server = partner(Duration::ZERO).await;
    let sent = send(&server, false, Duration::from_secs(30)).await;
    assert_eq!(all_told(&sent), ["retry NoHttpSender"]);
}
