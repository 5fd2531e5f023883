//! Standard Webhooks 1.0.0: the three headers that let a receiver know who sent a delivery.
//!
//! In: keys, delivery id, time of the attempt, the bytes of the body. Out: header values. The
//! signed text is `id.timestamp.body`, so the bytes signed must be the bytes sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";

/// One signing key of an endpoint: 24 to 64 random bytes, wiped from memory when dropped.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<Vec<u8>>);

/// Why a text is not a signing key; it never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// What follows the `whsec_` prefix is not base64.
    #[error("the signing key is not base64 after `whsec_`")]
    NotBase64,
    /// The decoded key is too short to be safe or longer than the standard allows.
    #[error("the signing key has {bytes} bytes, the standard wants 24 to 64")]
    Length {
        /// The decoded length in bytes.
        bytes: usize,
    },
}

impl SigningKey {
    /// Reads a key in its serialised form, base64 with or without the prefix `whsec_`.
    ///
    /// # Errors
    /// [`KeyError`] when it is not base64 or not 24 to 64 bytes long.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let encoded = text.strip_prefix(PREFIX).unwrap_or(text);
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| KeyError::NotBase64)?);
        if !(24..=64).contains(&bytes.len()) {
            return Err(KeyError::Length { bytes: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// Reads several keys, separated by white space; none from a text that has nothing else.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), for the first that is no key.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, KeyError> {
        text.split_whitespace().map(Self::parse).collect()
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
        // HMAC takes a key of any length; the branch exists because the trait is shared with others.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The value of `webhook-signature`: one `v1,…` per key, separated by a space.
///
/// Several keys are valid at once while a key is being rotated; a receiver accepts any of them.
/// `timestamp` is in seconds since the Unix epoch and stands in `webhook-timestamp`.
pub fn signature(keys: &[SigningKey], id: &str, timestamp: i64, body: &[u8]) -> String {
    keys.iter().filter_map(|key| key.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{KeyError, SigningKey, signature};

    const OLD: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const NEW: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_signature_is_the_one_the_standard_publishes() {
        let key = SigningKey::parse(OLD).unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        assert_eq!(
            signature(&[key], "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body),
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        );
    }

    #[test]
    fn each_key_of_a_rotation_signs() {
        let keys = [SigningKey::parse(NEW).unwrap(), SigningKey::parse(OLD).unwrap()];
        let both = signature(&keys, "d1", 1, b"{}");
        let parts: Vec<_> = both.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], signature(&keys[1..], "d1", 1, b"{}"));
        assert_ne!(parts[0], parts[1]);
    }

    #[test]
    fn a_key_that_is_no_key_is_refused_without_being_quoted() {
        assert_eq!(SigningKey::parse("whsec_!!!").unwrap_err(), KeyError::NotBase64);
        assert_eq!(SigningKey::parse("c2hvcnQ=").unwrap_err(), KeyError::Length { bytes: 5 });
        assert_eq!(format!("{:?}", SigningKey::parse(OLD).unwrap()), "SigningKey(…)");
    }
}
