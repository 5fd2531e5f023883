//! Which events a handler takes.

use eventyard_event::Event;
use eventyard_filter::{Condition, FilterError};

/// Which events a handler takes, and under which name its work is known.
///
/// A text is the type of the events. The name is a part of the idempotency key: change what a handler
/// listens to, and give it the old [name](Self::named), or it takes redeliveries for new.
///
/// ```
/// use eventyard_handler::Listen;
/// let big = Listen::filter("$.type == 'OrderPlaced' && $.data.total > 1000")?.named("big-orders");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Listen {
    name: String,
    to: To,
}

#[derive(Debug, Clone)]
enum To {
    Type(String),
    Source(String),
    Filter(Box<Condition>),
}

impl Listen {
    /// Events of this type.
    pub fn event_type(event_type: impl Into<String>) -> Self {
        let event_type = event_type.into();
        Self { name: event_type.clone(), to: To::Type(event_type) }
    }

    /// Events of this source.
    pub fn source(source: impl Into<String>) -> Self {
        let source = source.into();
        Self { name: source.clone(), to: To::Source(source) }
    }

    /// Events for which a filter holds: the `when` of a rule.
    ///
    /// # Errors
    /// [`FilterError`] with its place in the text.
    pub fn filter(when: &str) -> Result<Self, FilterError> {
        let condition = Condition::parse(when)?;
        Ok(Self { name: when.to_owned(), to: To::Filter(Box::new(condition)) })
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether an event is taken.
    #[must_use]
    pub fn takes(&self, event: &Event) -> bool {
        match &self.to {
            To::Type(event_type) => event.event_type() == event_type,
            To::Source(source) => event.source() == source,
            To::Filter(condition) => condition.matches(&event.root()),
        }
    }
}

impl From<&str> for Listen {
    fn from(event_type: &str) -> Self {
        Self::event_type(event_type)
    }
}

impl From<String> for Listen {
    fn from(event_type: String) -> Self {
        Self::event_type(event_type)
    }
}
