//! Signing keys: where they are read, how long they are kept.

use super::wire::{clients, error, json};
use eventyard_aws::secrets::{AwsSecrets, SecretSettings};
use eventyard_http::{SecretError, Secrets};
use eventyard_rules::SecretRef;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ARN: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:partner";

struct Vault {
    server: MockServer,
    secrets: AwsSecrets,
}

impl Vault {
    async fn answering(answer: impl Respond + 'static) -> Self {
        Self::keeping(SecretSettings::default(), answer).await
    }

    async fn keeping(settings: SecretSettings, answer: impl Respond + 'static) -> Self {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(answer).mount(&server).await;
        let secrets = AwsSecrets::new(&clients(&server.uri()).await, settings);
        Self { server, secrets }
    }

    async fn look_ups(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The number of keys.
    async fn keys(&self, reference: &SecretRef) -> Result<usize, SecretError> {
        self.secrets.keys(reference).await.map(|keys| keys.len())
    }
}

fn arn() -> SecretRef {
    SecretRef::Arn(ARN.to_owned())
}

fn secret(text: &str) -> ResponseTemplate {
    json(200, &json!({ "ARN": ARN, "Name": "partner", "SecretString": text }))
}

/// The first key, and from the second look-up on the other one too.
fn rotating() -> impl Fn(&Request) -> ResponseTemplate {
    let look_ups = AtomicUsize::new(0);
    move |_| match look_ups.fetch_add(1, Ordering::SeqCst) {
        0 => secret(KEY),
        _ => secret(&format!("{OTHER_KEY}\n{KEY}")),
    }
}

/// Look-ups as often as receivers refuse.
fn eager() -> SecretSettings {
    let mut settings = SecretSettings::default();
    settings.refetch_every = Duration::ZERO;
    settings
}

#[tokio::test]
async fn a_secret_is_read_in_its_region_and_kept() {
    let vault = Vault::answering(secret(KEY)).await;
    for _ in 0..3 {
        assert_eq!(vault.keys(&arn()).await, Ok(1));
    }
    let look_ups = vault.look_ups().await;
    assert_eq!(look_ups.len(), 1);
    let body: serde_json::Value = look_ups[0].body_json().unwrap();
    assert_eq!(body, json!({ "SecretId": ARN }));
    let signed = look_ups[0].headers["authorization"].to_str().unwrap();
    assert!(signed.contains("/us-east-1/secretsmanager/"), "{signed}");
}

#[tokio::test]
async fn a_parameter_is_read_decrypted() {
    let parameter = json!({ "Parameter": { "Name": "/partner", "Value": KEY } });
    let vault = Vault::answering(json(200, &parameter)).await;
    assert_eq!(vault.keys(&SecretRef::Ssm("/partner".to_owned())).await, Ok(1));
    let body: serde_json::Value = vault.look_ups().await[0].body_json().unwrap();
    assert_eq!(body, json!({ "Name": "/partner", "WithDecryption": true }));
}

#[tokio::test]
async fn look_ups_at_the_same_time_are_one() {
    let vault = Vault::answering(secret(KEY).set_delay(Duration::from_millis(50))).await;
    let (reference, vault) = (arn(), Arc::new(vault));
    let all = (0..20).map(|_| vault.keys(&reference));
    assert!(futures::future::join_all(all).await.iter().all(|keys| keys == &Ok(1)));
    assert_eq!(vault.look_ups().await.len(), 1);
}

#[tokio::test]
async fn a_refused_signature_reads_a_secret_again_once_in_a_while() {
    let vault = Vault::answering(rotating()).await;
    assert_eq!(vault.keys(&arn()).await, Ok(1));
    // Just read: a storm of refusals reads nothing.
    assert!(!vault.secrets.forget(&arn()));
    assert_eq!(vault.keys(&arn()).await, Ok(1));
    assert_eq!(vault.look_ups().await.len(), 1);

    let vault = Vault::keeping(eager(), rotating()).await;
    assert_eq!(vault.keys(&arn()).await, Ok(1));
    assert!(vault.secrets.forget(&arn()));
    assert_eq!(vault.keys(&arn()).await, Ok(2));
    assert_eq!(vault.look_ups().await.len(), 2);
}

#[tokio::test]
async fn refusals_under_the_old_key_are_tried_with_the_new_one_without_reading_it_again() {
    let mut settings = SecretSettings::default();
    settings.ttl = Duration::ZERO;
    let vault = Vault::keeping(settings, rotating()).await;
    assert_eq!((vault.keys(&arn()).await, vault.keys(&arn()).await), (Ok(1), Ok(2)));
    assert!(vault.secrets.forget(&arn()));
    assert_eq!(vault.look_ups().await.len(), 2);
    assert!(!vault.secrets.forget(&SecretRef::Env("PARTNER".to_owned())));
}

#[tokio::test]
async fn keys_go_on_being_used_while_the_service_does_not_answer() {
    let look_ups = AtomicUsize::new(0);
    let answer = move |_: &Request| match look_ups.fetch_add(1, Ordering::SeqCst) {
        0 => secret(KEY),
        _ => error(500, "InternalServiceError", "text"),
    };
    let vault = Vault::keeping(eager(), answer).await;
    assert_eq!(vault.keys(&arn()).await, Ok(1));
    assert!(vault.secrets.forget(&arn()));
    assert_eq!(vault.keys(&arn()).await, Ok(1));
    assert_eq!(vault.look_ups().await.len(), 2);
}

#[tokio::test]
async fn what_gives_no_keys_says_why_and_never_what_it_found() {
    let rows = [
        (secret("hunter2"), "holds no signing key: the signing key is not base64 after `whsec_`"),
        (secret(" \n"), "cannot be read: it holds no text"),
        (
            error(400, "ResourceNotFoundException", "Secrets Manager can't find it."),
            "cannot be read: ResourceNotFoundException: the service does not know it: \
             Secrets Manager can't find it",
        ),
        (
            error(400, "AccessDeniedException", "no permission"),
            "cannot be read: AccessDeniedException: the service denies it: no permission",
        ),
        (
            error(503, "InternalServiceError", "text"),
            "cannot be read at the moment: InternalServiceError: the service failed",
        ),
    ];
    for (answer, text) in rows {
        let vault = Vault::answering(answer).await;
        let text = format!("the secret `{ARN}` {text}");
        assert_eq!(vault.keys(&arn()).await.unwrap_err().to_string(), text);
        // A failed look-up is not repeated at once either.
        assert!(vault.keys(&arn()).await.is_err());
        assert_eq!(vault.look_ups().await.len(), 1);
    }
}
