//! Which bus a verb is about: a running one, or a data folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::arguments::{BusArguments, PlaceArguments};
use crate::exit::RemoteError;

/// The data folder of a bus that was started without `--data`.
pub const DATA_DEFAULT: &str = ".eventyard";

/// How long a bus on this machine may take to say that it is there.
const HEALTH_MAX: Duration = Duration::from_secs(2);

/// Where a verb finds its bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A running bus, without a final slash.
    Url(String),
    /// A data folder, whether or not a bus runs on it.
    Folder(PathBuf),
}

/// A bus on AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackPlace {
    /// What the names of its stack begin with.
    pub name: String,
    /// The bus's name in its rules.
    pub bus: String,
}

/// Where a verb that reads or mends finds its bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bus {
    /// On this machine, or at an address.
    Here(Place),
    /// On AWS.
    Stack(StackPlace),
}

impl Bus {
    /// What the arguments name.
    #[must_use]
    pub fn of(arguments: &BusArguments) -> Self {
        match &arguments.stack.stack {
            None => Self::Here(Place::of(&arguments.place)),
            Some(name) => {
                let (name, bus) = (name.clone(), arguments.stack.bus.clone());
                Self::Stack(StackPlace { name, bus })
            }
        }
    }
}

impl Place {
    /// What the arguments name; the default folder where they name nothing.
    #[must_use]
    pub fn of(arguments: &PlaceArguments) -> Self {
        match (&arguments.data, &arguments.url) {
            (Some(folder), _) => Self::Folder(folder.clone()),
            (None, Some(url)) => Self::Url(url.trim_end_matches('/').to_owned()),
            (None, None) => Self::Folder(PathBuf::from(DATA_DEFAULT)),
        }
    }

    /// For verbs that write: the bus that runs on the folder, where one does.
    ///
    /// A bus that was killed leaves its address behind, so it is asked.
    pub async fn running(self) -> Self {
        let Self::Folder(folder) = &self else { return self };
        let Some(url) = url_in(folder) else { return self };
        let health = client().get(format!("{url}/healthz")).timeout(HEALTH_MAX).send().await;
        if health.is_ok_and(|answer| answer.status().is_success()) { Self::Url(url) } else { self }
    }
}

/// The address that a running bus left in its folder.
#[must_use]
pub fn url_in(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("url")).ok()?;
    Some(text.trim().to_owned()).filter(|url| !url.is_empty())
}

/// A client for the bus: no proxy, for it is a neighbour.
#[must_use]
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap_or_default()
}

/// Runs a verb that waits for others.
///
/// # Errors
/// When the runtime cannot start, and what `work` fails with.
pub fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")?
        .block_on(work)
}

/// The answer, or what the bus said instead.
///
/// # Errors
/// [`RemoteError`] with the bus's own message and help, where the status is not a success.
pub async fn checked(answer: reqwest::Response) -> Result<reqwest::Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let text = answer.text().await.unwrap_or_default();
    Err(RemoteError(format!("the bus answered {status}: {}", said(&text))).into())
}

/// `message (help)` of an error answer, else its first line.
#[must_use]
pub fn said(text: &str) -> String {
    let error = serde_json::from_str::<serde_json::Value>(text).ok();
    let part =
        |name: &str| error.as_ref()?.get("error")?.get(name)?.as_str().map(ToOwned::to_owned);
    match (part("message"), part("help")) {
        (Some(message), Some(help)) => format!("{message} ({help})"),
        (Some(message), None) => message,
        _ => text.lines().next().unwrap_or_default().chars().take(200).collect(),
    }
}
