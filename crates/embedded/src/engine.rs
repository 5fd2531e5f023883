//! The tasks around the bus on one machine: what accepts, delivers, retries and reloads.
//!
//! ```text
//! listener ─┐                       ┌─▶ embedded queues (inline)
//!           ├─▶ intake ─▶ pages ─▶ dispatcher
//! inputs  ──┘    (bounded, in order)└─▶ delivery items ─▶ one worker per queued target
//! rules folder ─▶ watcher ─▶ live rules          stages ─▶ metrics, stream, terminal, wake-ups
//! ```
//! [`dev`] starts all of it; [`Running`] is how it is watched and stopped.

mod settings;
mod rules_folder;
mod stop;
mod clock;
mod wake;
mod metrics;
mod stages;
mod targets;
mod ports;
mod intake;
mod dispatcher;
mod workers;
mod inputs;
mod watcher;
mod dev;
mod running;

pub use dev::{DevError, dev};
pub use rules_folder::{rules_file, rules_files};
pub use running::{Running, ShutdownHandle, StopError};
pub use stages::Stages;
pub use settings::{DevOptions, DevSettings};

pub(crate) use intake::{Intake, Pending};
pub(crate) use metrics::{Metrics, Text};
pub(crate) use ports::{EmbeddedBus, EmbeddedPorts};
pub(crate) use stop::Stop;
pub(crate) use targets::{input_queue, queue_name};
