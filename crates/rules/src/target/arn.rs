//! Amazon Resource Names: `arn:partition:service:region:account:resource`.
//!
//! Source: "Identify AWS resources with Amazon Resource Names", IAM User Guide.
use std::ops::Range;

/// A well-formed ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arn {
    pub service: String,
    pub region: String,
    pub account: String,
    /// All that follows the account, colons included.
    pub resource: String,
}

/// Why a text that begins with `arn:` is no ARN of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArnError {
    /// Bytes of the text.
    pub span: Range<usize>,
    pub message: &'static str,
}

impl Arn {
    /// Reads `text`, which needs a region and an account of 12 digits.
    ///
    /// # Errors
    /// With the part that is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, ArnError> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let &[prefix, partition, service, region, account, resource] = parts.as_slice() else {
            return Err(ArnError {
                span: 0..text.len(),
                message: "an ARN has six parts: `arn:aws:service:region:account:resource`",
            });
        };
        let fault = |part: &str, before: &[&str], message| {
            let start = before.iter().map(|part| part.len() + 1).sum();
            Err(ArnError { span: start..start + part.len(), message })
        };
        if prefix != "arn" || !is_partition(partition) {
            return fault(partition, &[prefix], "the partition of an ARN begins with `aws`");
        }
        if !is_region(region) {
            let before = [prefix, partition, service];
            return fault(region, &before, "an ARN needs a region such as `eu-west-1`");
        }
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            let before = [prefix, partition, service, region];
            return fault(account, &before, "account id must have 12 digits");
        }
        if resource.is_empty() {
            let before = [prefix, partition, service, region, account];
            return fault(resource, &before, "the ARN names no resource");
        }
        Ok(Self {
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        })
    }
}

/// `aws`, `aws-us-gov`. No wildcards anywhere: ARNs of the rules become resources of IAM statements.
fn is_partition(text: &str) -> bool {
    text.starts_with("aws") && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

/// `eu-west-1`, `us-gov-east-1`: lower-case words and a number, joined by `-`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let words: Vec<&str> = parts.collect();
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.len() >= 2
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts_region_and_account() {
        let arn = Arn::parse("arn:aws:lambda:eu-west-1:111122223333:function:score:live").unwrap();
        assert_eq!((arn.service.as_str(), arn.region.as_str()), ("lambda", "eu-west-1"));
        assert_eq!(
            (arn.account.as_str(), arn.resource.as_str()),
            ("111122223333", "function:score:live")
        );
        assert!(Arn::parse("arn:aws-us-gov:sqs:us-gov-east-1:111122223333:q").is_ok());
    }

    #[test]
    fn each_faulty_part_is_pointed_at() {
        for (text, part) in [
            ("arn:aws:sqs", "arn:aws:sqs"),
            ("arn:asw:sqs:eu-west-1:111122223333:q", "asw"),
            ("arn:aws*:sqs:eu-west-1:111122223333:q", "aws*"),
            ("arn:aws:sqs:euwest1:111122223333:q", "euwest1"),
            ("arn:aws:sqs:eu-west-1:123:q", "123"),
            ("arn:aws:sqs:eu-west-1:11112222333x:q", "11112222333x"),
            ("arn:aws:sqs:eu-west-1:111122223333:", ""),
        ] {
            let error = Arn::parse(text).unwrap_err();
            assert_eq!(&text[error.span], part, "{text}");
        }
    }
}
