//! The replays of a bus on AWS: its function `replay` does them, its table says how far they are.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use eventyard_aws::store::DynamoStore;
use eventyard_aws::{Functions, NoWake};
use eventyard_bus::ReplayName;
use eventyard_history::replay::{self, DryRun, ReplayAsk, ReplayError, ReplayRecord};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{remote, stack, store};
use crate::exit::RemoteError;
use crate::place::StackPlace;

/// The replays of a stack.
pub struct StackReplays {
    place: StackPlace,
    store: DynamoStore,
    functions: Functions,
    function: String,
}

impl StackReplays {
    /// Those of this stack; no call is made.
    ///
    /// # Errors
    /// When no region is set.
    pub async fn of(place: &StackPlace) -> Result<Self> {
        let stack = stack(&place.name).await?;
        Ok(Self {
            place: place.clone(),
            store: store(&stack, &place.bus, Arc::new(NoWake)),
            functions: Functions::new(stack.clients.lambda()),
            function: stack.named("replay"),
        })
    }

    pub async fn start(&self, ask: &ReplayAsk) -> Result<ReplayRecord> {
        let record = self.ask(&json!({ "start": ask }), "record").await?;
        serde_json::from_value(record).context("the function's answer cannot be read")
    }

    pub async fn dry_run(&self, ask: &ReplayAsk) -> Result<DryRun> {
        let found = self.ask(&json!({ "dry-run": ask }), "dry-run").await?;
        serde_json::from_value(found).context("the function's answer cannot be read")
    }

    pub async fn list(&self) -> Result<Vec<ReplayRecord>> {
        replay::list(&self.store).await.map_err(|error| remote(error.into(), &self.place))
    }

    pub async fn read(&self, name: &ReplayName) -> Result<ReplayRecord> {
        replay::read(&self.store, name).await.map_err(|error| self.failure(error))
    }

    pub async fn pause(&self, name: &ReplayName) -> Result<ReplayRecord> {
        let paused = replay::pause(&self.store, name, Timestamp::now()).await;
        paused.map_err(|error| self.failure(error))
    }

    pub async fn resume(&self, name: &ReplayName) -> Result<ReplayRecord> {
        let record = replay::resume(&self.store, name, Timestamp::now()).await;
        let record = record.map_err(|error| self.failure(error))?;
        let payload = serde_json::to_vec(&json!({ "run": name }))?;
        let invoked = self.functions.invoke_later(&self.function, payload).await;
        invoked.map_err(|error| RemoteError(error.to_string()))?;
        Ok(record)
    }

    /// Invokes the function; what it answers under this name.
    async fn ask(&self, request: &Value, name: &str) -> Result<Value> {
        let payload = serde_json::to_vec(request)?;
        let answer = self.functions.invoke(&self.function, payload).await;
        let answer = answer.map_err(|error| RemoteError(error.to_string()))?;
        let mut answer: Value =
            serde_json::from_slice(&answer).context("the function's answer cannot be read")?;
        if let Some(refused) = answer.get("refused").and_then(Value::as_str) {
            return Err(RemoteError(refused.to_owned()).into());
        }
        match answer.get_mut(name).map(Value::take) {
            Some(found) => Ok(found),
            None => bail!("the function `{}` did not answer with `{name}`", self.function),
        }
    }

    fn failure(&self, error: ReplayError) -> anyhow::Error {
        match error {
            ReplayError::Store(error) => remote(error.into(), &self.place),
            error => RemoteError(error.to_string()).into(),
        }
    }
}
