//! What the resources of the stack are called. All names begin with one prefix.

use crate::Arn;
use eventyard_event::short_hash;

/// The names of one stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    prefix: String,
}

/// Longest part of a queue's name that comes from a target: 80 less a prefix of 24, `-work-` and `-dlq`.
const SLUG_CHARS_MAX: usize = 46;

impl Names {
    /// The names that begin with `prefix`, a text or a parameter in the form `${Prefix}`.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into() }
    }

    /// The names in a template, whose parameter `Prefix` is filled in when it is deployed.
    pub(crate) fn template() -> Self {
        Self::new("${Prefix}")
    }

    /// A name: the prefix, and what it is the name of.
    pub(crate) fn named(&self, what: &str) -> String {
        format!("{}-{what}", self.prefix)
    }

    /// The table.
    pub(crate) fn table(&self) -> Arn {
        Arn::own("dynamodb", format!("table/{}", self.prefix))
    }

    /// Its index of what is due, waiting and parked.
    pub(crate) fn index(&self) -> Arn {
        Arn::own("dynamodb", format!("table/{}/index/work", self.prefix))
    }

    /// The function that goes on with replays.
    pub(crate) fn replay(&self) -> Arn {
        Arn::own("lambda", format!("function:{}", self.named("replay")))
    }

    /// The queue `what` of the stack.
    pub(crate) fn queue(&self, what: &str) -> Arn {
        Arn::own("sqs", self.named(what))
    }

    /// The name of the work queue that belongs to one target.
    pub(crate) fn own_queue(&self, target: &str) -> String {
        self.named(&format!("work-{}", slug(target)))
    }

    /// The name of the EventBridge rule that sends what comes to `bus` to the stack.
    pub(crate) fn bus_rule(&self, bus: &str) -> String {
        self.named(&format!("from-{}", slug(bus)))
    }
}

/// A name of letters, digits, `-` and `_`. What had to change is followed by a hash of the whole, so that
/// different names stay different.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let slug: String = name.chars().map(plain).collect();
    if slug == name && slug.len() <= SLUG_CHARS_MAX {
        return slug;
    }
    let short: String = slug.chars().take(SLUG_CHARS_MAX - 9).collect();
    format!("{short}-{:08x}", short_hash(name))
}

/// A logical id of a template: `kind` and the words of `name`, letters and digits only. A hash follows
/// where the words do not tell the name.
pub(crate) fn logical_id(kind: &str, name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    });
    let words: String = words.collect();
    let is_plain = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if name.split('-').all(is_plain) && name.len() <= 100 {
        return format!("{kind}{words}");
    }
    let words: String = words.chars().filter(char::is_ascii_alphanumeric).take(100).collect();
    format!("{kind}{words}{:08x}", short_hash(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_stand_are_kept_and_others_get_a_hash() {
        assert_eq!(slug("partner_2"), "partner_2");
        assert_eq!(logical_id("Work", "big-partner"), "WorkBigPartner");
        for (one, other) in [("a.b", "a-b"), ("a.b", "a_b"), (&"x".repeat(60), &"x".repeat(61))] {
            assert_ne!(slug(one), slug(other));
            assert!(slug(one).len() <= SLUG_CHARS_MAX);
        }
        for (one, other) in [("a-b", "aB"), ("a-b", "a_b"), ("ab", "Ab"), ("1-1", "11")] {
            assert_ne!(logical_id("Work", one), logical_id("Work", other), "{one} {other}");
        }
    }
}
