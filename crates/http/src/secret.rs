//! Signing keys by reference: rules files name a secret, they never hold one.
//!
//! In: the reference of a target, such as `env:PARTNER_SECRET`. Out: its keys. Where secrets live is
//! a port: the environment on one machine, a secrets service on AWS.

use crate::sign::{KeyError, SigningKey};
use eventyard_rules::SecretRef;
use futures::future::BoxFuture;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where signing keys come from.
pub trait Secrets: Send + Sync {
    /// The keys behind a reference, the newest first; several while a key is being rotated.
    ///
    /// # Errors
    /// [`SecretError`]; nothing was sent, and its text never holds a secret.
    fn keys<'a>(
        &'a self,
        reference: &'a SecretRef,
    ) -> BoxFuture<'a, Result<Vec<SigningKey>, SecretError>>;

    /// Drops what is cached for a reference, since a receiver just refused the signature.
    ///
    /// Answers whether a new look-up can give other keys; if not, trying again is pointless.
    fn forget(&self, _reference: &SecretRef) -> bool {
        false
    }
}

/// Why a reference gave no keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The variable does not exist or holds nothing.
    #[error("the environment variable `{name}` of the target's secret is not set")]
    Missing {
        /// The name of the variable.
        name: String,
    },
    /// The secret was found, but it is no signing key.
    #[error("the secret `{reference}` holds no signing key: {cause}")]
    NotAKey {
        /// The reference as the rules file has it.
        reference: String,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// This bus cannot read secrets of that kind.
    #[error(
        "the secret `{reference}` cannot be read on this machine: \
         set `secret: env:NAME` in an overlay"
    )]
    Unsupported {
        /// The reference as the rules file has it.
        reference: String,
    },
    /// The service that keeps the secret knows none of that name, or denies us.
    #[error("the secret `{reference}` cannot be read: {cause}")]
    Denied {
        /// The reference as the rules file has it.
        reference: String,
        /// What the service said.
        cause: String,
    },
    /// The service that keeps the secret did not answer; a later attempt may succeed.
    #[error("the secret `{reference}` cannot be read at the moment: {cause}")]
    Unavailable {
        /// The reference as the rules file has it.
        reference: String,
        /// What the service said.
        cause: String,
    },
}

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Secrets in the environment of the process: `env:NAME`.
///
/// A variable holds one key, or several separated by white space while a key is being rotated.
#[derive(Clone)]
pub struct EnvSecrets {
    lookup: Arc<Lookup>,
}

impl EnvSecrets {
    /// Reads the environment of this process.
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// Reads from a function instead, which gets the name of a variable.
    pub fn of(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { lookup: Arc::new(lookup) }
    }

    fn read(&self, reference: &SecretRef) -> Result<Vec<SigningKey>, SecretError> {
        let SecretRef::Env(name) = reference else {
            return Err(SecretError::Unsupported { reference: reference.to_string() });
        };
        let text = Zeroizing::new((self.lookup)(name).unwrap_or_default());
        match SigningKey::parse_all(&text) {
            Ok(keys) if keys.is_empty() => Err(SecretError::Missing { name: name.clone() }),
            Ok(keys) => Ok(keys),
            Err(cause) => Err(SecretError::NotAKey { reference: reference.to_string(), cause }),
        }
    }
}

impl Secrets for EnvSecrets {
    fn keys<'a>(
        &'a self,
        reference: &'a SecretRef,
    ) -> BoxFuture<'a, Result<Vec<SigningKey>, SecretError>> {
        Box::pin(std::future::ready(self.read(reference)))
    }
}

#[cfg(test)]
mod tests {
    use super::EnvSecrets;
    use eventyard_rules::SecretRef;

    fn secrets() -> EnvSecrets {
        EnvSecrets::of(|name| match name {
            "ONE" => Some("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned()),
            "TWO" => Some(
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                    .to_owned(),
            ),
            "BAD" => Some("whsec_aHVudGVyMg==".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn a_variable_holds_one_key_or_several() {
        let count = |name: &str| secrets().read(&SecretRef::Env(name.to_owned())).unwrap().len();
        assert_eq!((count("ONE"), count("TWO")), (1, 2));
    }

    #[test]
    fn what_gives_no_key_says_why_and_never_what_it_found() {
        for (reference, text) in [
            (
                SecretRef::Env("NONE".to_owned()),
                "the environment variable `NONE` of the target's secret is not set",
            ),
            (
                SecretRef::Env("BAD".to_owned()),
                "the secret `env:BAD` holds no signing key: \
                 the signing key has 7 bytes, the standard wants 24 to 64",
            ),
            (
                SecretRef::Ssm("/partner".to_owned()),
                "the secret `ssm:/partner` cannot be read on this machine: \
                 set `secret: env:NAME` in an overlay",
            ),
        ] {
            assert_eq!(secrets().read(&reference).unwrap_err().to_string(), text);
        }
    }
}
