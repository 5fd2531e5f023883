//! The entries under `targets`.
use super::reader::{Fields, Reader};
use super::resource::{EVENTBRIDGE, KINESIS, LAMBDA, SNS, SQS, STEP_FUNCTIONS};
use super::shape;
use crate::TargetName;
use crate::place::Place;
use crate::report::Finding;
use crate::target::{Envelope, OnPark, Resource, Target, TargetKind};
use crate::yaml::{Content, Member, Node};
use eventyard_filter::Query;

/// A target that a file declares. A faulty one is still declared, so that rules may name it.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) target: Option<Target>,
}

impl Reader<'_> {
    pub(super) fn targets(&mut self, node: &Node) -> Vec<Declared> {
        let Content::Map(members) = &node.value else {
            self.wrong_kind(node, "targets", "a mapping of names to targets");
            return Vec::new();
        };
        let declared = members.iter().map(|member| {
            let place = self.report.place(&member.name_span);
            let name = self.name(&member.name, &member.name_span);
            let target = self.target(name, &member.value, &member.name, place.clone());
            Declared { name: member.name.clone(), place, target }
        });
        declared.collect()
    }

    fn target(
        &mut self,
        name: Option<TargetName>,
        node: &Node,
        what: &str,
        place: Place,
    ) -> Option<Target> {
        let fields = self.fields(node, what, &[shape::KINDS, shape::TARGET_OPTIONS])?;
        let member = self.one_of(node, fields, what, shape::KINDS)?;
        let kind = self.kind(member);
        let options = self.options(fields, member);
        let (on_park, envelope) = options?;
        Some(Target { name: name?, kind: kind?, on_park, envelope, place })
    }

    fn kind(&mut self, member: &Member) -> Option<TargetKind> {
        let known = shape::KINDS.iter().find(|field| field.name == member.name)?;
        let shape::Shape::Fields(table) = &known.shape else { return None };
        let fields = self.fields(&member.value, &member.name, &[table])?;
        let mut named = |field: &str, service| self.resource(fields.get(field)?, field, service);
        Some(match member.name.as_str() {
            "sqs" => return self.sqs(fields),
            "sns" => {
                let topic = named("topic", &SNS)?;
                self.refuse_fifo_topic(fields, &topic)?;
                TargetKind::Sns { topic }
            }
            "eventbridge" => TargetKind::EventBridge { bus: named("bus", &EVENTBRIDGE)? },
            "step-functions" => TargetKind::StepFunctions {
                state_machine: named("state-machine", &STEP_FUNCTIONS)?,
            },
            "lambda" => TargetKind::Lambda { function: named("function", &LAMBDA)? },
            "kinesis" => {
                let stream = named("stream", &KINESIS);
                let key = fields.get("key").and_then(|node| self.query(node, "key"));
                TargetKind::Kinesis { stream: stream?, key: key? }
            }
            _ => TargetKind::Http(self.http(fields)?),
        })
    }

    fn sqs(&mut self, fields: Fields<'_>) -> Option<TargetKind> {
        let queue = fields.get("queue").and_then(|node| self.resource(node, "queue", &SQS));
        let group = fields.get("group").map(|node| self.query(node, "group"));
        let queue = queue?;
        match (queue.is_fifo(), fields.member("group")) {
            (true, None) => {
                let message = format!("FIFO queue `{}` needs a `group`", queue.name());
                let help = "such as `group: $.subject`: events of one group keep their order";
                let span = fields.get("queue")?.span.clone();
                self.report.push(Finding::new("E0204", span, message).help(help));
                return None;
            }
            (false, Some(member)) => {
                let message = format!("`group` needs a FIFO queue, and `{}` is none", queue.name());
                let help = "the name of a FIFO queue ends in `.fifo`";
                let span = member.name_span.clone();
                self.report.push(Finding::new("E0204", span, message).help(help));
                return None;
            }
            _ => {}
        }
        let group: Option<Query> = match group {
            Some(group) => Some(group?),
            None => None,
        };
        Some(TargetKind::Sqs { queue, group })
    }

    fn refuse_fifo_topic(&mut self, fields: Fields<'_>, topic: &Resource) -> Option<()> {
        if !topic.is_fifo() {
            return Some(());
        }
        let message = format!("`{}` is a FIFO topic, which is no target", topic.name());
        let help = "send to FIFO queues directly: `sqs: { queue: ….fifo, group: … }`";
        let span = fields.get("topic")?.span.clone();
        self.report.push(Finding::new("E0204", span, message).help(help));
        None
    }

    /// `on-park` and `envelope`, each where it has a meaning.
    fn options(&mut self, fields: Fields<'_>, kind: &Member) -> Option<(OnPark, Envelope)> {
        let mut envelope = Envelope::Usual;
        if let Some(member) = fields.member("envelope") {
            let known = self.word(&member.value, "envelope", &["cloudevents"]);
            self.only_for(member, kind, "eventbridge")?;
            envelope = known.then_some(Envelope::CloudEvents)?;
        }
        if let Some(member) = fields.member("on-park") {
            let known = self.word(&member.value, "on-park", &["continue"]);
            self.only_for(member, kind, "sqs")?;
            known.then_some(())?;
        }
        Some((OnPark::Continue, envelope))
    }

    fn only_for(&mut self, option: &Member, kind: &Member, only: &str) -> Option<()> {
        if kind.name == only {
            return Some(());
        }
        let message = format!("`{}` has no meaning for `{}` targets", option.name, kind.name);
        let help = format!("only `{only}` targets have it");
        self.report.push(Finding::new("E0205", option.name_span.clone(), message).help(help));
        None
    }
}
