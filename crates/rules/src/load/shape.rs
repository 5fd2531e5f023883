//! The shape of a rules file as data: what the reader accepts and what the JSON Schema says come from
//! these tables, so neither can know a field that the other does not.

/// One field of a mapping.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
    /// One sentence for editors.
    pub(crate) doc: &'static str,
}

/// What may stand in a place.
pub(crate) enum Shape {
    /// Always 1.
    Version,
    Text,
    /// The name of a rule, target or source.
    Name,
    Duration,
    Rate,
    /// A JSONPath query.
    Query,
    /// A JSONPath condition.
    Condition,
    /// Plain name, URL or ARN.
    Resource,
    Url,
    Secret,
    Whole {
        least: u32,
        most: u32,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// An EventBridge pattern.
    Pattern,
    /// Any value.
    Any,
    /// Any mapping.
    Object,
    Fields(&'static [Field]),
    /// Exactly one of the first fields, and any of the second.
    OneOf(&'static [Field], &'static [Field]),
    /// A mapping with names of the user's choice.
    Named(&'static Shape),
    List(&'static Shape),
    /// One, or a list of at least one.
    OneOrMore(&'static Shape),
}

const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, required: false, shape, doc }
}

impl Field {
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// A rules file.
pub(crate) const FILE: &[Field] = &[
    field("version", Shape::Version, "The version of this format: 1.").required(),
    field("bus", Shape::Fields(BUS), "The bus itself; once per folder."),
    field("sources", Shape::List(&Shape::Fields(SOURCE)), "How raw JSON becomes an event."),
    field("targets", Shape::Named(&TARGET), "Where events go, by name."),
    field("rules", Shape::List(&Shape::Fields(RULE)), "Which events go where."),
];

/// An overlay: targets in place of those of the same name.
pub(crate) const OVERLAY: &[Field] = &[
    field("version", Shape::Version, "The version of this format: 1.").required(),
    field("targets", Shape::Named(&TARGET), "Targets that replace those of the same name."),
];

pub(crate) const BUS: &[Field] = &[
    field("name", Shape::Name, "The bus's name, part of every delivery id; `main` by default."),
    field("inputs", Shape::List(&Shape::OneOf(INPUTS, &[])), "Where events come from."),
    field("retention", Shape::Duration, "How long events are kept; 90d by default."),
];

pub(crate) const INPUTS: &[Field] = &[
    field("sqs", Shape::Fields(INPUT_SQS), "A queue."),
    field("sns", Shape::Fields(SNS), "A topic."),
    field("eventbridge", Shape::Fields(EVENTBRIDGE), "An EventBridge bus."),
    field("http", Shape::Fields(&[]), "The bus's own HTTP listener."),
];

const INPUT_SQS: &[Field] = &[field("queue", Shape::Resource, "Name, URL or ARN.").required()];

pub(crate) const SOURCE: &[Field] = &[
    field("name", Shape::Name, "A name for messages.").required(),
    field("when", Shape::Condition, "Which raw documents it maps; all when missing."),
    field("event", Shape::Object, "The event's attributes and data, as paths or text.").required(),
];

/// A target.
pub(crate) const TARGET: Shape = Shape::OneOf(KINDS, TARGET_OPTIONS);

pub(crate) const KINDS: &[Field] = &[
    field("sqs", Shape::Fields(SQS), "An SQS queue."),
    field("sns", Shape::Fields(SNS), "An SNS topic."),
    field("eventbridge", Shape::Fields(EVENTBRIDGE), "An EventBridge bus."),
    field("step-functions", Shape::Fields(STEP_FUNCTIONS), "A Step Functions state machine."),
    field("lambda", Shape::Fields(LAMBDA), "A Lambda function, invoked asynchronously."),
    field("kinesis", Shape::Fields(KINESIS), "A Kinesis stream."),
    field("http", Shape::Fields(HTTP), "An HTTPS endpoint."),
];

pub(crate) const TARGET_OPTIONS: &[Field] = &[
    field("on-park", Shape::Word(&["continue"]), "What a group does when a delivery is parked."),
    field("envelope", Shape::Word(&["cloudevents"]), "EventBridge: the whole event as detail."),
];

pub(crate) const SQS: &[Field] = &[
    field("queue", Shape::Resource, "Name, URL or ARN.").required(),
    field("group", Shape::Query, "The message group, for a .fifo queue."),
];

pub(crate) const SNS: &[Field] = &[field("topic", Shape::Resource, "Name or ARN.").required()];

pub(crate) const EVENTBRIDGE: &[Field] =
    &[field("bus", Shape::Resource, "Name or ARN.").required()];

pub(crate) const STEP_FUNCTIONS: &[Field] =
    &[field("state-machine", Shape::Resource, "Name or ARN.").required()];

pub(crate) const LAMBDA: &[Field] =
    &[field("function", Shape::Resource, "Name or ARN, with `:version` or `:alias`.").required()];

pub(crate) const KINESIS: &[Field] = &[
    field("stream", Shape::Resource, "Name or ARN.").required(),
    field("key", Shape::Query, "The partition key.").required(),
];

pub(crate) const HTTP: &[Field] = &[
    field("url", Shape::Url, "Where to; paths `<$.…>` may stand after the host.").required(),
    field("secret", Shape::OneOrMore(&Shape::Secret), "Where the signing keys are kept."),
];

pub(crate) const RULE: &[Field] = &[
    field("name", Shape::Name, "Unique in the folder.").required(),
    field("description", Shape::Text, "What the rule is for."),
    field("when", Shape::Condition, "A JSONPath condition on the event; `$` takes every event."),
    field("pattern", Shape::Pattern, "An EventBridge pattern; with `when`, both must hold."),
    field("to", Shape::OneOrMore(&Shape::Name), "The targets.").required(),
    field("transform", Shape::Any, "What the targets receive instead of the event."),
    field("retry", Shape::Fields(RETRY), "How long a failing delivery is tried."),
    field("max-rate", Shape::Rate, "Deliveries per s, m or h; more of them wait."),
    field("expires-after", Shape::Duration, "Older events are parked."),
    field("allow-loop", Shape::Fields(ALLOW_LOOP), "A loop through this rule is intended."),
];

pub(crate) const RETRY: &[Field] = &[
    field("attempts", Shape::Whole { least: 1, most: 1_000 }, "Attempts at most; 185 by default."),
    field("max-age", Shape::Duration, "Time since acceptance at most; 24h by default."),
    field("denied", Shape::Duration, "How long a target that denies us is tried; 15m by default."),
];

pub(crate) const ALLOW_LOOP: &[Field] =
    &[field("max-hops", Shape::Whole { least: 1, most: 100 }, "Rounds at most.").required()];
