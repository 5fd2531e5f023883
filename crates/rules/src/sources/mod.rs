//! Raw JSON becomes an event: the entries under `sources:`.
//!
//! Comes in: a message whose bytes are none of the shapes that the event crate knows. Goes out: an
//! event made by the first source, in file-name order then position, whose `when` holds on the raw
//! document; or a [`Refusal`] that says which source and which attribute, and why.
//!
//! - `source` and `type` must come out as texts. `time`, `subject`, `dataschema` and extensions
//!   stay unset when their path selects nothing or null.
//! - `id` may be a text or a number (its digits as written). Without `id`, or where its path
//!   selects nothing or null, the id is the transport's message id: the same message sent again by
//!   the transport is the same event. Never a hash of the content: two equal readings are two
//!   events.
//! - Without `data` the whole document is the data.

mod decode;
mod mapping;
mod refusal;

pub(crate) use mapping::Attribute;
pub use mapping::EventMapping;
pub use refusal::{Problem, Refusal};

use eventyard_event::json::Value;
use eventyard_filter::Condition;

use crate::{Place, ScalarPlace};

/// One entry under `sources:`.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, for messages.
    pub name: String,
    /// Which raw documents it maps; all when there is none.
    pub when: Option<Condition>,
    /// How it maps them.
    pub event: EventMapping,
    /// Its name in the file.
    pub place: Place,
    /// Its `when`, so that a clause can be pointed at.
    pub when_at: Option<ScalarPlace>,
}

impl Source {
    /// Whether it maps the raw document `root`.
    #[must_use]
    pub fn takes(&self, root: &Value<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.matches(root))
    }
}
