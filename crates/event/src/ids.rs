//! Who an event is, what it holds, and which delivery of it this is: hashes of 16 bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 32 hexadecimal digits")]
pub struct InvalidId;

macro_rules! hash_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The id of these bytes, as [`Self::as_bytes`] gave them out.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, for keys of a store.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        /// 32 lower-case hexadecimal digits.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", u128::from_be_bytes(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if text.len() != 32 || text.starts_with('+') {
                    return Err(InvalidId);
                }
                let value = u128::from_str_radix(text, 16).map_err(|_| InvalidId)?;
                Ok(Self(value.to_be_bytes()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hash_id! {
    /// Which event this is: `source` and `id` of CloudEvents, never its content.
    Identity
}

hash_id! {
    /// What an event holds: type, subject, content type and data, by value. Time and extensions
    /// do not count, so a resend of the same fact has the same digest.
    Digest
}

hash_id! {
    /// Which delivery this is: one event to one target by one rule. Retries, redrives and
    /// recoveries keep it; a replay has its own. Its text has no `.`, as Standard Webhooks wants.
    DeliveryId
}

impl Identity {
    /// The identity of the event that `source` calls `id`.
    ///
    /// ```
    /// use eventyard_event::Identity;
    /// assert_eq!(Identity::new("shop", "1"), Identity::new("shop", "1"));
    /// assert_ne!(Identity::new("shop", "11"), Identity::new("shop1", "1"));
    /// ```
    pub fn new(source: &str, id: &str) -> Self {
        Self(Parts::new("identity").part(source).part(id).finish())
    }
}

impl DeliveryId {
    /// The id of the delivery of an event to `target` by `rule`, on the bus of that name.
    ///
    /// ```
    /// use eventyard_event::{DeliveryId, Identity};
    /// let event = Identity::new("shop", "1");
    /// let id = DeliveryId::new("main", &event, "take-payment", "payments", None);
    /// assert_ne!(id, DeliveryId::new("main", &event, "take-payment", "payments", Some("july")));
    /// assert_eq!(id.to_string().parse(), Ok(id));
    /// ```
    pub fn new(
        bus: &str,
        identity: &Identity,
        rule: &str,
        target: &str,
        replay: Option<&str>,
    ) -> Self {
        let mut parts = Parts::new("delivery");
        parts.part(bus).bytes(&identity.0).part(rule).part(target);
        if let Some(replay) = replay {
            parts.part(replay);
        }
        Self(parts.finish())
    }
}

/// A hash of 32 bits, for entries of a log page that find candidates and decide nothing.
pub fn short_hash(text: &str) -> u32 {
    let [a, b, c, d, ..] = Parts::new("short").part(text).finish();
    u32::from_be_bytes([a, b, c, d])
}

/// A hash over parts, each with its length in front, so that no two lists of parts look alike.
///
/// The parts are gathered first: one hash of a kilobyte is quicker than a hundred small updates.
pub(crate) struct Parts(Vec<u8>);

impl Parts {
    /// Starts with the purpose, so that hashes of different purposes never meet.
    pub fn new(purpose: &str) -> Self {
        let mut parts = Self(Vec::with_capacity(256));
        parts.part(purpose);
        parts
    }

    pub fn part(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.raw(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.raw(bytes)
    }

    /// Bytes without their length: only for what delimits itself.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn finish(&self) -> [u8; 16] {
        let hash = blake3::hash(&self.0);
        hash.as_bytes().first_chunk().copied().unwrap_or_default()
    }
}
