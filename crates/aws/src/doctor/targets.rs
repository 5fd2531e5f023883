//! The targets of the rules: that each is there.
//!
//! EventBridge answers success for events put to a bus that is not there, so that no delivery would tell.

use aws_config::{Region, SdkConfig};
use eventyard_infra::{Account, Arn};
use eventyard_rules::{Resource, RuleSet, Target, TargetKind};

use super::finding::Finding;
use super::trouble::Trouble;
use super::{each, queues};
use crate::Stack;

/// What all look-ups go by.
struct Place<'a> {
    config: &'a SdkConfig,
    account: Option<&'a Account>,
}

pub(super) async fn check(
    stack: &Stack,
    rules: &RuleSet,
    account: Option<&Account>,
) -> Vec<Finding> {
    let place = Place { config: stack.clients.config(), account };
    each(rules.targets.values().map(|target| of_target(&place, rules, target))).await
}

async fn of_target(place: &Place<'_>, rules: &RuleSet, target: &Target) -> Vec<Finding> {
    let about = about(rules, target);
    let Some(looked) = look(place, &target.kind).await else { return Vec::new() };
    let Some(resource) = target.kind.resource() else { return Vec::new() };
    vec![match looked {
        Ok(()) => Finding::ok("target", about),
        Err(trouble) => {
            let help = format!("make the {} `{resource}`, or name another", what(&target.kind));
            Finding::of_trouble("target", about, trouble, help)
        }
    }]
}

/// The target as the rules call it, and which rules send to it.
pub(super) fn about(rules: &RuleSet, target: &Target) -> String {
    let sends = rules.rules.iter().filter(|rule| rule.to.contains(&target.name));
    let names: Vec<_> = sends.map(|rule| rule.name.as_str()).collect();
    let kind = target.kind.kind_name();
    let resource = target.kind.resource().map(|named| format!(" {named}")).unwrap_or_default();
    match names.as_slice() {
        [] => format!("{} ({kind}{resource}), of no rule", target.name),
        names => format!("{} ({kind}{resource}), of {}", target.name, names.join(", ")),
    }
}

fn what(kind: &TargetKind) -> &'static str {
    match kind {
        TargetKind::Sqs { .. } => "queue",
        TargetKind::Sns { .. } => "topic",
        TargetKind::EventBridge { .. } => "event bus",
        TargetKind::StepFunctions { .. } => "state machine",
        TargetKind::Lambda { .. } => "function",
        TargetKind::Kinesis { .. } => "stream",
        _ => "receiver",
    }
}

/// Asks the service; none for what is not AWS's.
async fn look(place: &Place<'_>, kind: &TargetKind) -> Option<Result<(), Trouble>> {
    let resource = kind.resource()?;
    let config = &place.of(resource);
    Some(match kind {
        TargetKind::Sqs { queue, .. } => sqs(config, queue).await,
        TargetKind::Sns { topic } => sns(config, &place.arn("sns", "", topic)?).await,
        TargetKind::EventBridge { bus } => eventbridge(config, bus.as_str()).await,
        TargetKind::Lambda { function } => lambda(config, function.as_str()).await,
        TargetKind::StepFunctions { state_machine } => {
            step_functions(config, &place.arn("states", "stateMachine:", state_machine)?).await
        }
        TargetKind::Kinesis { stream, .. } => kinesis(config, stream).await,
        _ => return None,
    })
}

impl Place<'_> {
    /// The configuration for the region of a resource.
    fn of(&self, resource: &Resource) -> SdkConfig {
        match crate::targets::region(resource) {
            Some(region) => self.config.to_builder().region(Region::new(region.to_owned())).build(),
            None => self.config.clone(),
        }
    }

    /// The ARN of a resource; none where the stack's account is not known.
    fn arn(&self, service: &str, before: &str, resource: &Resource) -> Option<String> {
        if resource.is_arn() {
            return Some(resource.as_str().to_owned());
        }
        let Account { region, account } = self.account?;
        let arn = Arn::parse(&format!("arn:aws:{service}:{region}:{account}:{before}{resource}"))?;
        Some(arn.to_string())
    }
}

async fn sqs(config: &SdkConfig, queue: &Resource) -> Result<(), Trouble> {
    let client = aws_sdk_sqs::Client::new(config);
    if queue.is_url() {
        return queues::attributes_at(&client, queue.as_str()).await.map(|_| ());
    }
    let owner = queue.account().map(str::to_owned);
    let call = client.get_queue_url().queue_name(queue.name());
    let call = call.set_queue_owner_aws_account_id(owner).send().await;
    call.map(|_| ()).map_err(|error| Trouble::of(&error))
}

async fn sns(config: &SdkConfig, arn: &str) -> Result<(), Trouble> {
    let call = aws_sdk_sns::Client::new(config).get_topic_attributes().topic_arn(arn);
    call.send().await.map(|_| ()).map_err(|error| Trouble::of(&error))
}

async fn eventbridge(config: &SdkConfig, bus: &str) -> Result<(), Trouble> {
    let call = aws_sdk_eventbridge::Client::new(config).describe_event_bus().name(bus);
    call.send().await.map(|_| ()).map_err(|error| Trouble::of(&error))
}

async fn lambda(config: &SdkConfig, function: &str) -> Result<(), Trouble> {
    let client = aws_sdk_lambda::Client::new(config);
    let call = client.get_function_configuration().function_name(function);
    call.send().await.map(|_| ()).map_err(|error| Trouble::of(&error))
}

async fn step_functions(config: &SdkConfig, arn: &str) -> Result<(), Trouble> {
    let call = aws_sdk_sfn::Client::new(config).describe_state_machine().state_machine_arn(arn);
    call.send().await.map(|_| ()).map_err(|error| Trouble::of(&error))
}

async fn kinesis(config: &SdkConfig, stream: &Resource) -> Result<(), Trouble> {
    let call = aws_sdk_kinesis::Client::new(config).describe_stream_summary();
    let call = match stream.is_arn() {
        true => call.stream_arn(stream.as_str()),
        false => call.stream_name(stream.as_str()),
    };
    call.send().await.map(|_| ()).map_err(|error| Trouble::of(&error))
}
