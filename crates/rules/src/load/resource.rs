//! AWS resources: plain name, URL or ARN, checked for the service they are named under.
use super::reader::Reader;
use crate::report::Finding;
use crate::target::{Arn, Resource};
use crate::yaml::Node;
use std::ops::Range;
use url::Url;

/// What is particular to the resources of one service.
pub(super) struct Service {
    /// The key in the rules file.
    kind: &'static str,
    /// What people call it.
    title: &'static str,
    /// The service in an ARN.
    arn: &'static str,
    /// What stands before the name in an ARN's resource.
    prefix: &'static str,
    /// The longest name.
    name_chars_max: usize,
    /// Characters of names beside letters, digits, `-` and `_`.
    marks: &'static str,
    /// What follows a name after a colon: the version or alias of a function.
    qualified: bool,
}

const fn service(kind: &'static str, title: &'static str, arn: &'static str) -> Service {
    Service { kind, title, arn, prefix: "", name_chars_max: 80, marks: "", qualified: false }
}

pub(super) const SQS: Service = service("sqs", "an SQS", "sqs");
pub(super) const SNS: Service = Service { name_chars_max: 256, ..service("sns", "an SNS", "sns") };
pub(super) const EVENTBRIDGE: Service = Service {
    prefix: "event-bus/",
    name_chars_max: 256,
    marks: "./",
    ..service("eventbridge", "an EventBridge", "events")
};
pub(super) const STEP_FUNCTIONS: Service = Service {
    prefix: "stateMachine:",
    qualified: true,
    ..service("step-functions", "a Step Functions", "states")
};
pub(super) const LAMBDA: Service = Service {
    prefix: "function:",
    name_chars_max: 140,
    qualified: true,
    ..service("lambda", "a Lambda", "lambda")
};
pub(super) const KINESIS: Service = Service {
    prefix: "stream/",
    name_chars_max: 128,
    marks: ".",
    ..service("kinesis", "a Kinesis", "kinesis")
};

/// Why a text names no resource of its service: code, bytes of the text, message, help.
struct Fault(&'static str, Range<usize>, String, Option<String>);

impl Reader<'_> {
    /// The resource that `node` names.
    pub(super) fn resource(
        &mut self,
        node: &Node,
        what: &str,
        service: &Service,
    ) -> Option<Resource> {
        let text = self.text(node, what)?;
        match service.resource(text) {
            Ok(resource) => Some(resource),
            Err(Fault(code, within, message, help)) => {
                let span = self.report.span_in(node, within);
                self.report.push(Finding::new(code, span, message).maybe_help(help));
                None
            }
        }
    }
}

impl Service {
    fn resource(&self, text: &str) -> Result<Resource, Fault> {
        if text.starts_with("arn:") {
            self.by_arn(text)
        } else if text.contains("://") {
            self.by_url(text)
        } else {
            let name = self.unqualified(text);
            self.check_name(name, 0)?;
            Ok(Resource::new(text, name, None))
        }
    }

    fn by_arn(&self, text: &str) -> Result<Resource, Fault> {
        let arn = Arn::parse(text)
            .map_err(|error| Fault("E0201", error.span, error.message.to_owned(), None))?;
        if arn.service != self.arn {
            let start = text.find(&arn.service).unwrap_or(0);
            let (kind, title, got) = (self.kind, self.title, &arn.service);
            let message = format!("`{kind}` needs {title} ARN, got {got}");
            return Err(Fault("E0202", start..start + got.len(), message, None));
        }
        let start = text.len() - arn.resource.len();
        let Some(named) = arn.resource.strip_prefix(self.prefix) else {
            let example = format!("{}NAME", self.prefix);
            let message = format!("{} ARN ends in `{example}`", self.title);
            return Err(Fault("E0201", start..text.len(), message, None));
        };
        let name = self.unqualified(named).to_owned();
        self.check_name(&name, start + self.prefix.len())?;
        Ok(Resource::new(text, &name, Some(arn)))
    }

    /// Only queues have URLs: `https://host/account/name`.
    fn by_url(&self, text: &str) -> Result<Resource, Fault> {
        let fault = |message: &str| {
            let help = (self.arn == "sqs").then(|| {
                "such as `https://sqs.eu-west-1.amazonaws.com/111122223333/payments`".into()
            });
            Err(Fault("E0203", 0..text.len(), message.to_owned(), help))
        };
        if self.arn != "sqs" {
            return fault("only an SQS queue is named by a URL; write the name or the ARN");
        }
        let Ok(url) = Url::parse(text) else { return fault("not a URL of an SQS queue") };
        let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
        let is_queue = matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.query().is_none()
            && url.fragment().is_none();
        match segments.as_slice() {
            [.., account, name] if is_queue && is_account(account) => {
                self.check_name(name, text.len().saturating_sub(name.len()))?;
                Ok(Resource::new(text, name, None))
            }
            _ => fault("the URL of an SQS queue ends in account id and name"),
        }
    }

    /// The name without `:version` or `:alias`.
    fn unqualified<'t>(&self, text: &'t str) -> &'t str {
        match text.split_once(':') {
            Some((name, qualifier)) if self.qualified && is_qualifier(qualifier) => name,
            _ => text,
        }
    }

    fn check_name(&self, name: &str, start: usize) -> Result<(), Fault> {
        let is_mark =
            |c: char| c.is_ascii_alphanumeric() || "-_".contains(c) || self.marks.contains(c);
        let may_be_fifo = matches!(self.arn, "sqs" | "sns");
        let stem = name.strip_suffix(".fifo").filter(|_| may_be_fifo).unwrap_or(name);
        let odd = stem.char_indices().find(|(_, character)| !is_mark(*character));
        if let Some((at, character)) = odd {
            let at = start + at;
            let message = format!("the name of {} resource cannot hold `{character}`", self.title);
            return Err(Fault("E0203", at..at + character.len_utf8(), message, None));
        }
        if stem.is_empty() || name.len() > self.name_chars_max {
            let most = self.name_chars_max;
            let message = format!("the name of {} resource has 1 to {most} characters", self.title);
            return Err(Fault("E0203", start..start + name.len(), message, None));
        }
        Ok(())
    }
}

/// A version, an alias, or `$LATEST`.
fn is_qualifier(text: &str) -> bool {
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || b"-_$".contains(&byte);
    !text.is_empty() && text.bytes().all(is_mark)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
