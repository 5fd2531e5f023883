//! The replays of a bus: a running one on this machine or at an address, or one on AWS.

use anyhow::{Context as _, Result, bail};
use eventyard_bus::ReplayName;
use eventyard_history::replay::{DryRun, ReplayAsk, ReplayRecord};
use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::place::{self, Bus, Place};
use crate::stack::StackReplays;

/// Where replays are done.
pub enum Replays {
    /// A running bus, by its URL.
    Url(String),
    /// A bus on AWS.
    Stack(StackReplays),
}

impl Replays {
    /// The replays of this bus.
    ///
    /// # Errors
    /// When no bus runs on the folder, or the stack cannot be read.
    pub async fn of(bus: Bus) -> Result<Self> {
        match bus {
            Bus::Stack(stack) => Ok(Self::Stack(StackReplays::of(&stack).await?)),
            Bus::Here(place) => match place.running().await {
                Place::Url(url) => Ok(Self::Url(url)),
                Place::Folder(folder) => bail!(
                    "no bus runs on `{}`, and replays are done by a running bus: start it with `eventyard dev`",
                    folder.display()
                ),
            },
        }
    }

    pub async fn start(&self, ask: &ReplayAsk) -> Result<ReplayRecord> {
        match self {
            Self::Url(_) => self.ask(Method::POST, "replays", Some(ask)).await,
            Self::Stack(stack) => stack.start(ask).await,
        }
    }

    pub async fn dry_run(&self, ask: &ReplayAsk) -> Result<DryRun> {
        match self {
            Self::Url(_) => self.ask(Method::POST, "replays?dry-run=true", Some(ask)).await,
            Self::Stack(stack) => stack.dry_run(ask).await,
        }
    }

    pub async fn list(&self) -> Result<Vec<ReplayRecord>> {
        match self {
            Self::Url(url) => {
                let answer = place::client().get(format!("{url}/replays")).send().await?;
                let text = place::checked(answer).await?.text().await?;
                let records = text.lines().map(serde_json::from_str);
                records.collect::<Result<_, _>>().context("the bus's answer cannot be read")
            }
            Self::Stack(stack) => stack.list().await,
        }
    }

    pub async fn read(&self, name: &ReplayName) -> Result<ReplayRecord> {
        match self {
            Self::Url(_) => self.ask(Method::GET, &format!("replays/{name}"), None).await,
            Self::Stack(stack) => stack.read(name).await,
        }
    }

    pub async fn pause(&self, name: &ReplayName) -> Result<ReplayRecord> {
        match self {
            Self::Url(_) => self.ask(Method::POST, &format!("replays/{name}/pause"), None).await,
            Self::Stack(stack) => stack.pause(name).await,
        }
    }

    pub async fn resume(&self, name: &ReplayName) -> Result<ReplayRecord> {
        match self {
            Self::Url(_) => self.ask(Method::POST, &format!("replays/{name}/resume"), None).await,
            Self::Stack(stack) => stack.resume(name).await,
        }
    }

    /// Asks a running bus.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&ReplayAsk>,
    ) -> Result<T> {
        let Self::Url(url) = self else { bail!("a stack has no URL") };
        let mut request = place::client().request(method, format!("{url}/{path}"));
        if let Some(ask) = body {
            request = request.body(serde_json::to_string(ask)?);
        }
        let text = place::checked(request.send().await?).await?.text().await?;
        serde_json::from_str(&text).context("the bus's answer cannot be read")
    }
}
