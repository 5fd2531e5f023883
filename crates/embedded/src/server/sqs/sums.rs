//! The MD5 sums in SQS answers; an SDK refuses a message whose sum is wrong.
//!
//! The attributes' sum runs over each attribute in the order of its name: name, data type, one
//! byte for the kind of value, value; lengths in four bytes, big-endian (Amazon SQS Developer
//! Guide, "Calculating the MD5 message digest for message attributes").

use md5::{Digest, Md5};

/// What kind of value an attribute has on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `String` and `Number`, with or without a custom label.
    Text = 1,
    /// `Binary`.
    Bytes = 2,
}

/// One attribute as it goes into the sum.
pub(crate) struct Summand<'a> {
    pub(crate) name: &'a str,
    pub(crate) data_type: &'a str,
    pub(crate) kind: Kind,
    pub(crate) value: &'a [u8],
}

/// The sum of a message body, in lower-case hex.
pub(crate) fn of_body(body: &str) -> String {
    hex(Md5::new_with_prefix(body))
}

/// The sum of message attributes; none when there are none.
pub(crate) fn of_attributes(mut attributes: Vec<Summand<'_>>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    attributes.sort_unstable_by_key(|attribute| attribute.name);
    let mut sum = Md5::new();
    for attribute in attributes {
        add(&mut sum, attribute.name.as_bytes());
        add(&mut sum, attribute.data_type.as_bytes());
        sum.update([attribute.kind as u8]);
        add(&mut sum, attribute.value);
    }
    Some(hex(sum))
}

fn add(sum: &mut Md5, bytes: &[u8]) {
    // Lengths are bounded by the size of a message, far below 4 GiB.
    sum.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    sum.update(bytes);
}

fn hex(sum: Md5) -> String {
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Summand, of_attributes, of_body};

    #[test]
    fn the_sum_of_a_body_is_md5() {
        assert_eq!(of_body("hello world"), "5eb63bbbe01eeed093cb22bb8f5acdc3");
    }

    #[test]
    fn the_sum_of_attributes_does_not_depend_on_their_order_but_on_every_part() {
        let text = |name, value: &'static str| Summand {
            name,
            data_type: "String",
            kind: Kind::Text,
            value: value.as_bytes(),
        };
        let sum = of_attributes(vec![text("a", "1"), text("b", "2")]);
        assert_eq!(sum, of_attributes(vec![text("b", "2"), text("a", "1")]));
        assert_ne!(sum, of_attributes(vec![text("a", "1"), text("b", "3")]));
        let bytes = Summand { kind: Kind::Bytes, ..text("b", "2") };
        assert_ne!(sum, of_attributes(vec![text("a", "1"), bytes]));
        assert_eq!(of_attributes(Vec::new()), None);
    }
}
