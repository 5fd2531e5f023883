//! The tasks around the bus on one machine: what accepts, delivers, retries and reloads.
//!
//! ```text
//! listener ─┐                       ┌─▶ embedded queues (inline)
//!           ├─▶ intake ─▶ pages ─▶ dispatcher
//! inputs  ──┤    (bounded, in order)└─▶ delivery items ─▶ one worker per queued target
//! streams ──┘
//! rules folder ─▶ watcher ─▶ live rules          stages ─▶ metrics, stream, terminal, wake-ups
//! ```
//! [`dev`] starts all of it; [`Running`] is how it is watched and stopped.

mod clock;
mod consume;
mod dev;
mod dispatcher;
mod inputs;
mod intake;
mod metrics;
mod ports;
mod replays;
mod retention;
mod rules_folder;
mod running;
mod settings;
mod stages;
mod stop;
mod streams;
mod targets;
mod wake;
mod watcher;
mod workers;

pub use dev::{DevError, dev};
pub use running::{Running, ShutdownHandle, StopError};
pub use settings::{DevOptions, DevSettings};
pub use stages::Stages;

pub(crate) use intake::{Intake, Pending};
pub(crate) use metrics::{Metrics, Text};
pub(crate) use ports::{EmbeddedBus, EmbeddedPorts};
pub(crate) use replays::ReplayStarter;
pub(crate) use stop::Stop;
pub(crate) use targets::{input_queue, queue_name};
