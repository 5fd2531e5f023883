//! What the bus on one machine is told: by its user, and by tests that have less patience.

use crate::queues::QueueName;
use eventyard_event::Limits;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// What the user of `eventyard dev` says.
#[derive(Debug, Clone)]
pub struct DevOptions {
    /// The folder of the rules files.
    pub rules: PathBuf,
    /// A file whose targets replace those of the same name.
    pub overlay: Option<PathBuf>,
    /// The folder of everything the bus keeps.
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether HTTP targets on this machine are allowed, also without TLS.
    pub allow_insecure_targets: bool,
    /// Where `lambda` targets are invoked, such as `http://127.0.0.1:9000` for `cargo lambda watch`;
    /// without it they become queues.
    pub lambda_endpoint: Option<String>,
    /// Queues that are consumed by functions: each with the URL of its function, or of the Lambda endpoint
    /// that runs one of the queue's name.
    pub consume: Vec<(QueueName, String)>,
    /// Durations and bounds.
    pub settings: DevSettings,
}

impl DevOptions {
    /// The defaults of the command line: 127.0.0.1:4400, no overlay, public HTTPS targets only.
    pub fn new(rules: impl Into<PathBuf>, data: impl Into<PathBuf>) -> Self {
        Self {
            rules: rules.into(),
            overlay: None,
            data: data.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4400)),
            allow_insecure_targets: false,
            lambda_endpoint: None,
            consume: Vec::new(),
            settings: DevSettings::default(),
        }
    }
}

/// Durations and bounds of the tasks and the listener.
#[derive(Debug, Clone)]
pub struct DevSettings {
    /// Those of the pipeline.
    pub bus: eventyard_bus::Settings,
    /// Those of one attempt at an HTTP target; the guard follows
    /// [`DevOptions::allow_insecure_targets`].
    pub http: eventyard_http::Settings,
    /// Those of an event.
    pub limits: Limits,
    /// Requests to one queued target at the same time.
    pub target_concurrency: usize,
    /// Accepted pages that wait for their delivery; who brings more waits.
    pub pages_max: usize,
    /// The most bytes of events in one page, beyond its last event.
    pub page_bytes: usize,
    /// The most events of one request.
    pub request_events_max: usize,
    /// The most bytes of one request in the AWS protocols.
    pub aws_request_bytes: usize,
    /// Requests at the same time; who comes later is told to come again.
    pub requests_max: usize,
    /// Requests that bring events at the same time; who comes later waits.
    pub uploads_max: usize,
    /// Readers of the stream at the same time.
    pub streams_max: usize,
    /// How long a request body may pause.
    pub body_pause: Duration,
    /// Stages that a slow reader of the stream may be behind.
    pub stages_max: usize,
    /// How long rules files must be quiet before they are read again.
    pub reload_after: Duration,
    /// How long to wait before a failed store is asked again.
    pub store_pause: Duration,
    /// The wait before a message comes again that its function failed at.
    pub consume_again: Duration,
    /// How long work under way may take once the bus is to stop.
    pub grace: Duration,
}

impl Default for DevSettings {
    fn default() -> Self {
        Self {
            bus: eventyard_bus::Settings::default(),
            http: eventyard_http::Settings::default(),
            limits: Limits::default(),
            target_concurrency: 16,
            pages_max: 8,
            page_bytes: 4 * 1024 * 1024,
            request_events_max: 1_000_000,
            aws_request_bytes: 8 * 1024 * 1024,
            requests_max: 1024,
            uploads_max: 64,
            streams_max: 64,
            body_pause: Duration::from_secs(30),
            stages_max: 4096,
            reload_after: Duration::from_millis(150),
            store_pause: Duration::from_secs(1),
            consume_again: Duration::from_secs(1),
            grace: Duration::from_secs(10),
        }
    }
}
