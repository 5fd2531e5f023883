//! A deployed stack, found by its name: what its names begin with.
//!
//! The table has the stack's name. All else is what the function `NAME-deliver` is told by its environment,
//! which is what the bus itself goes by: the work queues' URLs, and the account.

use crate::failure::summary;
use crate::{Clients, WorkQueues};
use aws_config::Region;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use std::collections::{BTreeMap, HashMap};

/// A deployed stack.
#[derive(Debug, Clone)]
pub struct Stack {
    /// What its names begin with, and the name of its table.
    pub name: String,
    /// Region, credentials and endpoint.
    pub clients: Clients,
}

/// What the environment of a function says of its stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackEnvironment {
    /// The table.
    pub table: Option<String>,
    /// The queues that wake workers.
    pub work_queues: WorkQueues,
    /// Where hot rules lie, `s3://…`.
    pub rules_s3: Option<String>,
}

/// Why a stack cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// No region is set: the calls cannot be made.
    #[error("no region is set: set AWS_REGION, or name a profile with a region by AWS_PROFILE")]
    NoRegion,
    /// A function's configuration cannot be read.
    #[error("the configuration of the function `{function}` cannot be read: {reason}")]
    Function {
        /// Its name.
        function: String,
        /// What AWS said.
        reason: String,
    },
    /// A function's environment does not say what it should.
    #[error("the environment of the function `{function}` does not say `{variable}`")]
    Environment {
        /// Its name.
        function: String,
        /// What is missing or cannot be read.
        variable: &'static str,
    },
}

impl Stack {
    /// The stack of this name; no call is made.
    ///
    /// # Errors
    /// [`StackError::NoRegion`].
    pub fn new(clients: Clients, name: &str) -> Result<Self, StackError> {
        match clients.config().region().map(Region::as_ref) {
            Some(region) if !region.is_empty() => Ok(Self { name: name.to_owned(), clients }),
            _ => Err(StackError::NoRegion),
        }
    }

    /// A name of the stack: its own, and what it is the name of.
    #[must_use]
    pub fn named(&self, what: &str) -> String {
        format!("{}-{what}", self.name)
    }

    /// What the function that delivers is told by its environment.
    ///
    /// # Errors
    /// [`StackError`].
    pub async fn environment(&self) -> Result<StackEnvironment, StackError> {
        let function = self.named("deliver");
        let client = aws_sdk_lambda::Client::new(self.clients.config());
        let call = client.get_function_configuration().function_name(&function);
        match call.send().await {
            Ok(found) => environment_of(&function, &found),
            Err(error) => Err(StackError::Function { function, reason: summary(&error) }),
        }
    }
}

/// What a function's configuration says of its stack.
pub(crate) fn environment_of(
    function: &str,
    found: &GetFunctionConfigurationOutput,
) -> Result<StackEnvironment, StackError> {
    let variables = found.environment().and_then(|environment| environment.variables());
    read(variables.unwrap_or(&HashMap::new()))
        .map_err(|variable| StackError::Environment { function: function.to_owned(), variable })
}

fn read(variables: &HashMap<String, String>) -> Result<StackEnvironment, &'static str> {
    const SHARED: &str = "EVENTYARD_WORK_QUEUE";
    const OWN: &str = "EVENTYARD_WORK_QUEUES";
    let text = |name: &str| variables.get(name).filter(|text| !text.is_empty());
    let own = match text(OWN) {
        Some(json) => serde_json::from_str(json).map_err(|_| OWN)?,
        None => BTreeMap::new(),
    };
    let shared = text(SHARED).ok_or(SHARED)?.clone();
    Ok(StackEnvironment {
        table: text("EVENTYARD_TABLE").cloned(),
        work_queues: WorkQueues { shared, own },
        rules_s3: text("EVENTYARD_RULES_S3").cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use std::collections::HashMap;

    #[track_caller]
    fn check(variables: &[(&str, &str)], missing: Option<&str>) {
        let owned = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let found = read(&owned.collect::<HashMap<_, _>>());
        assert_eq!(found.err(), missing, "{variables:?}");
    }

    #[test]
    fn the_environment_says_which_queues_wake_workers() {
        let work = ("EVENTYARD_WORK_QUEUE", "http://queue/work");
        check(&[work], None);
        check(&[work, ("EVENTYARD_WORK_QUEUES", r#"{"partner":"http://queue/p"}"#)], None);
        check(&[work, ("EVENTYARD_WORK_QUEUES", "[]")], Some("EVENTYARD_WORK_QUEUES"));
        check(&[("EVENTYARD_TABLE", "shop")], Some("EVENTYARD_WORK_QUEUE"));
    }
}
