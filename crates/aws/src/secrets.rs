//! Signing keys from Secrets Manager (`arn:`), Parameter Store (`ssm:`) and the environment (`env:`).
//!
//! In: the reference of a target. Out: its keys, from a cache. A secret is text: one key, or several
//! separated by white space while a key is being rotated. Error texts hold what AWS said, which never
//! quotes a secret.

use crate::Clients;
use crate::targets::{Fault, PerRegion};
use eventyard_http::{EnvSecrets, SecretError, Secrets, SigningKey};
use eventyard_rules::SecretRef;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// How long a look-up that failed is not repeated.
const FAILED: Duration = Duration::from_secs(5);

/// How long keys are kept.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SecretSettings {
    /// How long keys are used before they are looked up again; 5 minutes by default.
    pub ttl: Duration,
    /// How often they are looked up at most when receivers refuse signatures; once a minute by default.
    pub refetch_every: Duration,
}

impl Default for SecretSettings {
    fn default() -> Self {
        Self { ttl: Duration::from_secs(300), refetch_every: Duration::from_secs(60) }
    }
}

/// Signing keys on AWS.
///
/// Look-ups of one reference wait for each other, so that each is made once. While the service does not
/// answer, keys that were looked up before go on being used.
pub struct AwsSecrets {
    settings: SecretSettings,
    secrets_manager: PerRegion<aws_sdk_secretsmanager::Client>,
    ssm: aws_sdk_ssm::Client,
    environment: EnvSecrets,
    slots: Mutex<HashMap<SecretRef, Slot>>,
}

/// What is known of one reference; locked while it is looked up.
type Slot = Arc<tokio::sync::Mutex<Option<Kept>>>;

/// The last look-up of a reference.
struct Kept {
    found: Result<Found, SecretError>,
    at: Instant,
    fresh_until: Instant,
    /// Whether it gave other keys than the one before.
    is_changed: bool,
}

#[derive(Clone)]
struct Found {
    keys: Vec<SigningKey>,
    digest: blake3::Hash,
}

impl AwsSecrets {
    /// Secrets read by these clients; no call is made.
    #[must_use]
    pub fn new(clients: &Clients, settings: SecretSettings) -> Self {
        let config = clients.config();
        Self {
            settings,
            secrets_manager: PerRegion::new(config, aws_sdk_secretsmanager::Client::new),
            ssm: aws_sdk_ssm::Client::new(config),
            environment: EnvSecrets::of_process(),
            slots: Mutex::default(),
        }
    }

    async fn cached(&self, reference: &SecretRef) -> Result<Vec<SigningKey>, SecretError> {
        let slot = self.slot(reference);
        let mut kept = slot.lock().await;
        let known = match kept.take() {
            Some(known) if Instant::now() < known.fresh_until => known,
            old => self.renewed(reference, old).await,
        };
        let keys = known.found.as_ref().map(|found| found.keys.clone()).map_err(Clone::clone);
        *kept = Some(known);
        keys
    }

    async fn renewed(&self, reference: &SecretRef, old: Option<Kept>) -> Kept {
        let found = self.look_up(reference).await;
        let at = Instant::now();
        let old = old.and_then(|old| old.found.ok());
        match (found, old) {
            (Ok(found), old) => Kept {
                is_changed: old.is_some_and(|old| old.digest != found.digest),
                found: Ok(found),
                at,
                fresh_until: at + self.settings.ttl,
            },
            (Err(SecretError::Unavailable { .. }), Some(old)) => {
                Kept { found: Ok(old), at, fresh_until: at + FAILED, is_changed: false }
            }
            (Err(error), _) => {
                Kept { found: Err(error), at, fresh_until: at + FAILED, is_changed: false }
            }
        }
    }

    async fn look_up(&self, reference: &SecretRef) -> Result<Found, SecretError> {
        let text = match reference {
            SecretRef::Arn(arn) => self.of_secrets_manager(arn).await,
            SecretRef::Ssm(path) => self.of_parameter_store(path).await,
            _ => return Err(SecretError::Unsupported { reference: reference.to_string() }),
        };
        let text = text.map_err(|fault| unread(reference, fault))?;
        let digest = blake3::hash(text.as_bytes());
        match SigningKey::parse_all(&text) {
            Ok(keys) if keys.is_empty() => {
                let cause = "it holds no text".to_owned();
                Err(SecretError::Denied { reference: reference.to_string(), cause })
            }
            Ok(keys) => Ok(Found { keys, digest }),
            Err(cause) => Err(SecretError::NotAKey { reference: reference.to_string(), cause }),
        }
    }

    /// The text of a secret; of one that is binary, nothing.
    async fn of_secrets_manager(&self, arn: &str) -> Result<Zeroizing<String>, Fault> {
        let client = self.secrets_manager.of(arn.split(':').nth(3));
        let answer = client.get_secret_value().secret_id(arn).send().await;
        let text = answer.map_err(|error| Fault::of(&error))?.secret_string;
        Ok(Zeroizing::new(text.unwrap_or_default()))
    }

    async fn of_parameter_store(&self, path: &str) -> Result<Zeroizing<String>, Fault> {
        let answer = self.ssm.get_parameter().name(path).with_decryption(true).send().await;
        let parameter = answer.map_err(|error| Fault::of(&error))?.parameter;
        Ok(Zeroizing::new(parameter.and_then(|parameter| parameter.value).unwrap_or_default()))
    }

    fn slot(&self, reference: &SecretRef) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(reference.clone()).or_default())
    }
}

fn unread(reference: &SecretRef, fault: Fault) -> SecretError {
    let (reference, is_passing) = (reference.to_string(), fault.is_passing());
    let cause = fault.into_cause().to_string();
    match is_passing {
        true => SecretError::Unavailable { reference, cause },
        false => SecretError::Denied { reference, cause },
    }
}

impl Secrets for AwsSecrets {
    fn keys<'a>(
        &'a self,
        reference: &'a SecretRef,
    ) -> BoxFuture<'a, Result<Vec<SigningKey>, SecretError>> {
        match reference {
            SecretRef::Env(_) => self.environment.keys(reference),
            _ => Box::pin(self.cached(reference)),
        }
    }

    /// Yes, when the last look-up is long enough ago for another, or gave new keys that the refused
    /// request may not have known; so a storm of refusals is one look-up a minute.
    fn forget(&self, reference: &SecretRef) -> bool {
        if matches!(reference, SecretRef::Env(_)) {
            return false;
        }
        let slot = self.slot(reference);
        // Locked: it is being looked up.
        let Ok(mut kept) = slot.try_lock() else { return true };
        let Some(kept) = kept.as_mut() else { return true };
        let now = Instant::now();
        if now.duration_since(kept.at) < self.settings.refetch_every {
            return kept.is_changed;
        }
        kept.fresh_until = now;
        true
    }
}
