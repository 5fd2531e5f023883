//! What the tests send, and to whom.

use bytes::Bytes;
use eventyard_bus::{Cause, Sent};
use eventyard_http::{EnvSecrets, Guard, HttpSender, Outgoing, Secrets, Settings};
use eventyard_rules::SecretRef;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

pub const KEY: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub const OTHER_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Development settings with patience for a loaded machine.
pub fn settings() -> Settings {
    let guard = Guard { allow_loopback: true, ..Guard::default() };
    Settings { guard, ..Settings::default() }
}

/// The same with no patience, for receivers that never finish.
pub fn impatient() -> Settings {
    let short = Duration::from_millis(150);
    Settings { connect: short, total: short, drain: short, ..settings() }
}

pub fn secrets() -> Arc<dyn Secrets> {
    Arc::new(EnvSecrets::of(|name| match name {
        "PARTNER" => Some(KEY.to_owned()),
        "ROTATING" => Some(format!("{OTHER_KEY} {KEY}")),
        "BROKEN" => Some("whsec_aHVudGVyMg==".to_owned()),
        _ => None,
    }))
}

pub fn sender(settings: Settings) -> HttpSender {
    install_tls_provider();
    HttpSender::new(settings, secrets())
}

/// Tests of one process race for this; whoever comes second finds it done.
pub fn install_tls_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub fn outgoing(url: &str) -> Outgoing<'_> {
    Outgoing {
        url,
        delivery: "dlv_1",
        attributes: vec![
            ("specversion".to_owned(), "1.0".to_owned()),
            ("id".to_owned(), "A 1".to_owned()),
        ],
        content_type: Some("application/json"),
        body: Bytes::from_static(b"{\"total\":12.50}"),
        secrets: &[],
        sent_at: Timestamp::now(),
    }
}

pub fn signed<'a>(url: &'a str, secrets: &'a [SecretRef]) -> Outgoing<'a> {
    Outgoing { secrets, ..outgoing(url) }
}

pub fn env(name: &str) -> Vec<SecretRef> {
    vec![SecretRef::Env(name.to_owned())]
}

/// The cause of anything but a success.
#[track_caller]
pub fn cause(sent: Sent) -> Cause {
    match sent {
        Sent::Delivered => panic!("delivered"),
        Sent::Retry { cause, .. } | Sent::Denied { cause } | Sent::Park { cause } => cause,
    }
}
