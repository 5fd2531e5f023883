//! The functions of the bus.

/// A function of the bus. Its name in a template is that of its variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Takes messages of queues.
    IngestSqs,
    /// Takes notifications of topics at once.
    IngestSns,
    /// Takes events of EventBridge rules at once.
    IngestEventBridge,
    /// Takes events by HTTP.
    IngestHttp,
    /// Takes what was appended to streams of the table.
    IngestStream,
    /// Makes the deliveries that wait.
    Deliver,
    /// Delivers events of the log again.
    Replay,
    /// Finishes open pages, wakes what is due.
    Sweep,
}

impl Function {
    /// All of them, in the order of an event's way.
    pub const ALL: [Self; 8] = [
        Self::IngestSqs,
        Self::IngestSns,
        Self::IngestEventBridge,
        Self::IngestHttp,
        Self::IngestStream,
        Self::Deliver,
        Self::Replay,
        Self::Sweep,
    ];

    /// Its logical id in the template.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::IngestSqs => "IngestSqs",
            Self::IngestSns => "IngestSns",
            Self::IngestEventBridge => "IngestEventBridge",
            Self::IngestHttp => "IngestHttp",
            Self::IngestStream => "IngestStream",
            Self::Deliver => "Deliver",
            Self::Replay => "Replay",
            Self::Sweep => "Sweep",
        }
    }

    /// Its binary, which is also its name after the prefix.
    #[must_use]
    pub const fn binary(self) -> &'static str {
        match self {
            Self::IngestSqs => "ingest-sqs",
            Self::IngestSns => "ingest-sns",
            Self::IngestEventBridge => "ingest-eventbridge",
            Self::IngestHttp => "ingest-http",
            Self::IngestStream => "ingest-stream",
            Self::Deliver => "deliver",
            Self::Replay => "replay",
            Self::Sweep => "sweep",
        }
    }
}
