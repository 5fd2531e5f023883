//! Tests of rules, written beside them: `rules/tests/*.yaml`.
//!
//! ```yaml
//! cases:
//!   - name: an order is paid for
//!     event: { type: OrderPlaced, source: shop, data: { total: 30 } }
//!     expect:
//!       rules: [take-payment]           # exactly these match
//!       not: [big-orders]               # this one is meant not to: a negative case
//!       targets:
//!         payments: true                # receives something
//!         audit: false                  # receives nothing
//!
//!   - name: a shaking machine is reported
//!     raw: { eventId: "7", eventType: VibrationRecorded, source: VibrationSensor,
//!            data: { sensorId: VB-1, difference: 8.5, unit: m/s² } }
//!     expect:
//!       rules: [bad-vibration]
//!       event: { id: "7", type: VibrationRecorded }      # what `sources:` made of it, in part
//!       targets:
//!         alerts: { sensor: VB-1, text: "VB-1 shakes 8.5 m/s² over its baseline" }   # exactly this
//!
//!   - name: a reading without an id is refused
//!     raw: '{"eventType": "VibrationRecorded"}'
//!     expect: { refused: E0551 }         # or `true` for any reason
//! ```
//!
//! A case gives one of `event` and `raw`. Of `event`, what is not written is filled in:
//! `specversion: "1.0"`, `id: test`, `source: test`, `type: test`; an EventBridge envelope (it has
//! `detail-type`) is taken as it is. `raw` is a message as the transport brings it, with the
//! message id `test`: a map becomes its JSON, a text is taken byte for byte.
//!
//! What a target receives is the rule's transform, else the event: its data at `http` targets, its
//! document elsewhere. Where several rules send to one target, one of them must send what is
//! expected. A delivery that the plan parks (payload too large, loop) is not received.
//!
//! A rule has a positive case where some case names it under `rules`, and a negative one where some
//! case names it under `not`: [`coverage`] lists the rules that lack one.

mod case;
mod coverage;
mod diff;
mod junit;
mod outcome;
mod parse;
mod run;

pub use case::{Case, Expectations, Expected, TestFile};
pub use coverage::{Coverage, coverage};
pub use junit::junit;
pub use outcome::{CaseResult, Failure};
pub use parse::parse;
pub use run::run;
