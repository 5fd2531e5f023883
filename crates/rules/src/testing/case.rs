//! What a file of rule tests says.

use eventyard_event::json::Value;

use crate::Place;

/// One file of rule tests.
#[derive(Debug, Clone, PartialEq)]
pub struct TestFile {
    /// The file's name as it was given.
    pub name: String,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// One case: an input and what is to become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The sentence that it proves.
    pub name: String,
    /// The bytes of the message that arrives; of an event, what was left out is filled in.
    pub message: String,
    /// What is to become of it.
    pub expect: Expectations,
    /// Where it begins.
    pub place: Place,
}

/// What is to become of it; what is not written is not checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectations {
    /// Exactly these rules match, in any order.
    pub rules: Option<Vec<String>>,
    /// These rules do not match.
    pub not: Vec<String>,
    /// What each of these targets receives.
    pub targets: Vec<(String, Expected)>,
    /// Members that the event has.
    pub event: Option<Value<'static>>,
    /// It becomes no event: for any reason (`Some(None)`), or for the one with this code.
    pub refused: Option<Option<String>>,
}

/// What a target is to receive.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// At least one delivery, whatever is in it.
    Something,
    /// No delivery.
    Nothing,
    /// A delivery of exactly this.
    Payload(Value<'static>),
}
