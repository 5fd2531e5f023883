//! What a rule set needs to be allowed: the targets it sends to, the secrets it signs with, the inputs it
//! reads. What the stack needs for itself, whatever the rules, is not here but in `duties`.

use crate::Arn;
use eventyard_rules::{Input, RuleSet, SecretRef, Target, TargetKind};
use std::collections::BTreeSet;
use std::fmt;

/// One action on one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// Such as `sqs:SendMessage`.
    pub action: &'static str,
    /// What it is done to.
    pub resource: Arn,
}

/// `sqs:SendMessage on arn:…`
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)
    }
}

/// Everything that a rule set needs, each once, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants(BTreeSet<Grant>);

/// What a function needs to take messages of a queue.
pub(crate) const RECEIVE: [&str; 4] = [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

impl Grants {
    /// What `rules` need.
    ///
    /// `sns:Subscribe` and `events:PutRule` stand for inputs: no function does these, the deployment
    /// does. A rule set with a new input needs a deployment as one with a new target does.
    ///
    /// ```
    /// use eventyard_infra::Grants;
    /// use eventyard_rules::{LoadOptions, SourceText, load};
    ///
    /// let rules = |topic| {
    ///     let targets = format!("targets: {{ told: {{ sns: {{ topic: {topic} }} }} }}");
    ///     let text = format!("version: 1\n{targets}\nrules: [{{ name: all, when: $, to: told }}]\n");
    ///     load(&[SourceText::new("shop.yaml", text)], &LoadOptions::default())
    /// };
    /// let packed = Grants::of(&rules("customers")?);
    /// let missing = Grants::of(&rules("everybody")?).missing_from(&packed);
    /// assert_eq!(
    ///     missing[0].to_string(),
    ///     "sns:Publish on arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:everybody"
    /// );
    /// # Ok::<(), eventyard_rules::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn of(rules: &RuleSet) -> Self {
        let targets = rules
            .targets
            .values()
            .flat_map(|target| sending(target).into_iter().chain(secrets(target)));
        let inputs = rules.bus.inputs.iter().flat_map(taking);
        Self(targets.chain(inputs).collect())
    }

    /// What of it `granted` does not hold; empty when the rule set may run where `granted` is given.
    ///
    /// Resources are the same when they are named the same way: `payments` and its full ARN differ
    /// until both were put [`at`](Self::at) a place.
    #[must_use]
    pub fn missing_from(&self, granted: &Self) -> Vec<Grant> {
        self.0.difference(&granted.0).cloned().collect()
    }

    /// The same with all names in full.
    #[must_use]
    pub fn at(self, place: &crate::Account) -> Self {
        let full = |grant: Grant| Grant { resource: grant.resource.at(place), ..grant };
        Self(self.0.into_iter().map(full).collect())
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }
}

/// What it takes to send to a target; nothing for HTTP. The URL of a queue is asked for where the rules do
/// not say it.
pub(crate) fn sending(target: &Target) -> Vec<Grant> {
    let (actions, service, before): (&[&'static str], _, _) = match &target.kind {
        TargetKind::Sqs { queue, .. } if queue.is_url() => (&["sqs:SendMessage"], "sqs", ""),
        TargetKind::Sqs { .. } => (&["sqs:GetQueueUrl", "sqs:SendMessage"], "sqs", ""),
        TargetKind::Sns { .. } => (&["sns:Publish"], "sns", ""),
        TargetKind::EventBridge { .. } => (&["events:PutEvents"], "events", "event-bus/"),
        TargetKind::StepFunctions { .. } => (&["states:StartExecution"], "states", "stateMachine:"),
        TargetKind::Lambda { .. } => (&["lambda:InvokeFunction"], "lambda", "function:"),
        TargetKind::Kinesis { .. } => (&["kinesis:PutRecords"], "kinesis", "stream/"),
        _ => return Vec::new(),
    };
    let resource = target.kind.resource().map(|named| Arn::of(service, before, named));
    let grant = |resource: Arn| {
        actions.iter().map(move |action| Grant { action, resource: resource.clone() })
    };
    resource.into_iter().flat_map(grant).collect()
}

/// What it takes to read the signing keys of a target.
pub(crate) fn secrets(target: &Target) -> Vec<Grant> {
    let TargetKind::Http(http) = &target.kind else { return Vec::new() };
    http.secrets.iter().filter_map(secret).collect()
}

fn secret(secret: &SecretRef) -> Option<Grant> {
    Some(match secret {
        SecretRef::Arn(arn) => {
            let mut arn = arn.clone();
            if !has_suffix(&arn) {
                arn.push_str("-??????");
            }
            Grant { action: "secretsmanager:GetSecretValue", resource: Arn::parse(&arn)? }
        }
        SecretRef::Ssm(path) => {
            let resource = Arn::own("ssm", format!("parameter{path}"));
            Grant { action: "ssm:GetParameter", resource }
        }
        _ => return None,
    })
}

/// Whether a secret's ARN ends in the six characters that Secrets Manager adds to its name. Policies know
/// the secret by that; the rules may leave them out.
fn has_suffix(arn: &str) -> bool {
    arn.rsplit_once('-').is_some_and(|(_, suffix)| {
        suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What it takes that events of an input come in.
pub(crate) fn taking(input: &Input) -> Vec<Grant> {
    let one = |action, resource| vec![Grant { action, resource }];
    match input {
        Input::Sqs { queue } => {
            let queue = Arn::of("sqs", "", queue);
            RECEIVE.map(|action| Grant { action, resource: queue.clone() }).to_vec()
        }
        Input::Sns { topic } => one("sns:Subscribe", Arn::of("sns", "", topic)),
        Input::EventBridge { bus } => one("events:PutRule", Arn::of("events", "event-bus/", bus)),
        Input::Http => Vec::new(),
    }
}
