//! What the functions say: one JSON line per decision that matters, and metrics once per invocation.
//!
//! Both go to standard output, which Lambda gives to CloudWatch: log lines as they are, and metrics in the
//! [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//! The stage words are those of the command line. Ids and names only: never a payload, never a secret.

mod metrics;

pub use metrics::Gauge;

use eventyard_bus::{Observer, Stage, What};
use metrics::Metrics;
use serde_json::{Map, Value};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Level {
    /// Every stage.
    #[default]
    Info,
    /// What a person may have to look at.
    Warn,
    /// Nothing of the bus; errors of the function itself are logged still.
    Error,
}

impl Level {
    /// The level of `AWS_LAMBDA_LOG_LEVEL`: `TRACE`, `DEBUG` and `INFO` are all of it.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name.to_ascii_uppercase().as_str() {
            "WARN" => Self::Warn,
            "ERROR" | "FATAL" | "OFF" => Self::Error,
            _ => Self::Info,
        }
    }

    fn of(what: &What) -> Self {
        match what {
            What::Conflict { .. }
            | What::Refused { .. }
            | What::Retried { .. }
            | What::Parked { .. }
            | What::Dropped { .. }
            | What::TakenOver { .. }
            | What::BreakerOpened { .. }
            | What::RulesRefused { .. } => Self::Warn,
            _ => Self::Info,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// The invocation that is running.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// Lambda's id of it.
    pub request_id: String,
    /// The X-Ray header it came with.
    pub xray: Option<String>,
}

/// The observer of a function.
pub struct Telemetry {
    function: String,
    level: Level,
    state: Mutex<State>,
}

struct State {
    invocation: Invocation,
    metrics: Metrics,
    out: Box<dyn Write + Send>,
}

impl Telemetry {
    /// Logs at `level` and above, metrics always; both are written to `out`.
    #[must_use]
    pub fn new(bus: &str, function: &str, level: Level, out: Box<dyn Write + Send>) -> Self {
        let state = State { invocation: Invocation::default(), metrics: Metrics::new(bus), out };
        Self { function: function.to_owned(), level, state: Mutex::new(state) }
    }

    /// Names the invocation in every line from here on.
    pub fn begin(&self, invocation: Invocation) {
        self.state().invocation = invocation;
    }

    /// Sets a gauge of this invocation.
    pub fn gauge(&self, gauge: Gauge, value: f64) {
        self.state().metrics.gauge(gauge, value);
    }

    /// Writes the metrics of the invocation and begins new ones.
    pub fn flush(&self, now_ms: i64) {
        let mut state = self.state();
        for line in state.metrics.take(now_ms) {
            write_line(&mut state.out, &line);
        }
    }

    fn line(&self, level: Level, stage: &Stage, invocation: &Invocation) -> Value {
        let mut line = Map::new();
        line.insert("level".into(), level.name().into());
        line.insert("function".into(), self.function.as_str().into());
        line.insert("request_id".into(), invocation.request_id.as_str().into());
        if let Some(xray) = &invocation.xray {
            line.insert("xray_trace_id".into(), xray.as_str().into());
        }
        if let Ok(Value::Object(fields)) = serde_json::to_value(stage) {
            line.extend(fields);
        }
        Value::Object(line)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Telemetry {
    fn observe(&self, stage: &Stage) {
        let level = Level::of(&stage.what);
        let mut state = self.state();
        state.metrics.count(&stage.what);
        if level >= self.level {
            let line = self.line(level, stage, &state.invocation);
            write_line(&mut state.out, &line);
        }
    }
}

/// A log that cannot be written stops no event.
fn write_line(out: &mut dyn Write, line: &Value) {
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
