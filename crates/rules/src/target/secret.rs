//! References to secrets; and texts that look like secrets themselves, which a rules file never holds.
use std::fmt;

/// Where a signing key is kept. The key itself is never in a rules file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretRef {
    /// AWS Secrets Manager: the secret's ARN.
    Arn(String),
    /// AWS Systems Manager Parameter Store: the parameter's path, beginning with `/`.
    Ssm(String),
    /// An environment variable; for development.
    Env(String),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arn(arn) => f.write_str(arn),
            Self::Ssm(path) => write!(f, "ssm:{path}"),
            Self::Env(name) => write!(f, "env:{name}"),
        }
    }
}

/// Well-known secrets: what they begin with, and how many characters of a key follow at least.
const MARKS: &[(&str, usize)] = &[
    ("whsec_", 16),
    ("whsk_", 16),
    ("AKIA", 16),
    ("ASIA", 16),
    ("Bearer ", 20),
    ("Basic ", 20),
    ("ghp_", 30),
    ("sk_live_", 16),
    ("-----BEGIN ", 0),
];

/// Whether a text holds a secret that says so itself.
pub(crate) fn has_mark(text: &str) -> bool {
    MARKS.iter().any(|(mark, least)| {
        let key = |(at, _)| text.get(at + mark.len()..).map_or(0, key_length);
        text.match_indices(mark).map(key).any(|length| length >= *least)
    })
}

/// Characters at the start of `text` that keys are made of.
fn key_length(text: &str) -> usize {
    text.bytes().take_while(|byte| is_key_byte(*byte)).count()
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte)
}

/// Whether a word looks random: 32 or more characters of keys, either hexadecimal throughout or
/// with both cases and digits and more than 3.5 bits of entropy each.
pub(crate) fn is_random(word: &str) -> bool {
    if word.len() < 32 || !word.bytes().all(is_key_byte) {
        return false;
    }
    let has = |class: fn(&u8) -> bool| word.bytes().any(|byte| class(&byte));
    let hexadecimal = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    has(u8::is_ascii_digit) && (hexadecimal || (mixed && entropy_bits(word) > 3.5))
}

/// Bits per byte after Shannon.
fn entropy_bits(word: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in word.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(word.len()).unwrap_or(u32::MAX));
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_secrets_are_seen_anywhere_in_a_text() {
        for text in [
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "key AKIAIOSFODNN7EXAMPLE",
            "Bearer eyJhbGciOiJIUzI1NiJ9abc",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            assert!(has_mark(text), "{text}");
        }
        for text in ["whsec_", "AKIA", "Bearer of good news", "Basic rules", "MAKIAVELLI"] {
            assert!(!has_mark(text), "{text}");
        }
    }

    #[test]
    fn random_words_differ_from_names() {
        for word in [
            "d41d8cd98f00b204e9800998ecf8427e",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            assert!(is_random(word), "{word}");
        }
        for word in [
            "customer-notifications-for-orders-of-the-shop",
            "123e4567-e89b-12d3-a456-426614174000",
            "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzZ1",
            "MfKQ9r8GKYqrTwjU",
        ] {
            assert!(!is_random(word), "{word}");
        }
    }
}
