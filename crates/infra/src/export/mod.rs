//! The SAM template of the bus with all that a rule set needs: statements for each function, a work queue
//! for each HTTP target, what connects the inputs, and on request the queues, topics and buses that the
//! rules name.

mod create;
mod functions;
mod http_queues;
mod inputs;
mod parts;
mod sections;

use crate::template::{TemplateError, read};
use crate::{Function, names};
use eventyard_rules::{Resource, RuleSet};
use sections::Sections;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is wanted of the template beside the rules' needs.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Make the queues, topics, buses and streams that the rules name plainly; else they are there.
    pub create: bool,
    /// Topics invoke a function at once; a parameter's default.
    pub direct_sns: bool,
    /// EventBridge rules invoke a function at once; a parameter's default.
    pub direct_eventbridge: bool,
    /// The table goes with the stack, for tests.
    pub disposable: bool,
    /// Where the built functions lie; those not named are built by `sam build`.
    pub code: BTreeMap<Function, String>,
}

/// Why a template was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The text is no template.
    #[error("the template cannot be read")]
    Template(#[from] TemplateError),
    /// The template is not one of the bus.
    #[error("the template has no `{0}`")]
    Lacks(String),
    /// Two parts would have the same logical id.
    #[error("the template has `{0}` already")]
    Taken(String),
    /// More HTTP targets than have room in the functions' environment.
    #[error(
        "{targets} HTTP targets: the addresses of their queues need about {bytes} bytes of environment, \
         and Lambda gives 4096; split the rules over two buses"
    )]
    Environment {
        /// How many.
        targets: usize,
        /// What the environment would need.
        bytes: usize,
    },
    /// More statements than a role takes.
    #[error(
        "the statements of `{function}` have about {chars} characters, and a role takes 10240; \
         split the rules over two buses"
    )]
    Statements {
        /// The function.
        function: &'static str,
        /// Characters, without white space.
        chars: usize,
    },
}

/// The overlay's file beside a function's binary.
pub const OVERLAY: &str = "overlay.yaml";

/// `template`, the text of the bus's SAM template, with all that `rules` need.
///
/// # Errors
/// [`ExportError`].
pub fn sam(template: &str, rules: &RuleSet, options: &Options) -> Result<Value, ExportError> {
    let mut template = Sections::new(read(template)?)?;
    template.set_default("BusName", &rules.bus.name)?;
    functions::code(&mut template, &options.code)?;
    if rules.overlay.is_some() {
        template.environment()?.insert("EVENTYARD_OVERLAY".into(), OVERLAY.into());
    }
    http_queues::add(&mut template, rules)?;
    functions::allow(&mut template, rules)?;
    inputs::add(&mut template, rules, options)?;
    if options.create {
        create::add(&mut template, rules)?;
    }
    if options.disposable {
        template.dispose_of("Table")?;
    }
    Ok(template.into_value())
}

/// A logical id for what belongs to a resource that the rules name.
fn id_of(kind: &str, named: &Resource) -> String {
    let id = names::logical_id(kind, named.name());
    match named.as_str() == named.name() {
        true => id,
        false => format!("{id}{:08x}", eventyard_event::short_hash(named.as_str())),
    }
}
