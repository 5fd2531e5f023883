//! `eventyard redrive`: parked deliveries are tried again, or dropped with a reason.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use eventyard_bus::view::Redrive as Request;
use eventyard_embedded::redrive;
use eventyard_embedded::store::Store;
use eventyard_event::DeliveryId;
use eventyard_rules::{RuleName, TargetName};
use jiff::Timestamp;

use crate::arguments::{BusArguments, OutputArguments};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, GOOD, styled};
use crate::place::{self, Bus, Place};
use crate::stack;

/// Sends parked deliveries again, to the failed target only; several filters must all hold.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).multiple(true)
    .args(["delivery", "event", "target", "rule", "all"])))]
pub struct Redrive {
    /// The parked delivery, as `parked` and `trace` name it.
    delivery: Option<DeliveryId>,
    /// Those of the event of this id.
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// Those for this target.
    #[arg(long, value_name = "NAME")]
    target: Option<TargetName>,
    /// Those of this rule.
    #[arg(long, value_name = "NAME")]
    rule: Option<RuleName>,
    /// All of them.
    #[arg(long)]
    all: bool,
    /// Send the contents of this file as the body instead; `-` is standard input.
    #[arg(long, value_name = "FILE", requires = "delivery")]
    edit: Option<String>,
    /// Drop them instead, for this reason, which is kept.
    #[arg(long, value_name = "REASON", conflicts_with = "edit")]
    drop: Option<String>,
    #[command(flatten)]
    bus: BusArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A body cannot be longer than what any target takes.
const EDIT_BYTES_MAX: u64 = 1024 * 1024;

impl Redrive {
    pub fn run(self) -> Result<Exit> {
        let request = self.request()?;
        let done = place::block_on(async {
            let place = match Bus::of(&self.bus) {
                Bus::Stack(stack) => return stack::redrive(&stack, &request).await,
                Bus::Here(place) => place,
            };
            match place.running().await {
                Place::Url(url) => remote(&url, &request).await,
                Place::Folder(folder) => local(&folder, &request).await,
            }
        })?;
        let word = if self.drop.is_some() { "dropped" } else { "redriven" };
        let mut out = output::stdout();
        if self.output.output.is_json() {
            output::json_line(&mut out, &serde_json::json!({ word: done }))?;
        } else {
            writeln!(out, "{}: {done} {word}", styled(GOOD, "ok"))?;
        }
        out.flush()?;
        Ok(if done == 0 { Exit::Found } else { Exit::Done })
    }

    fn request(&self) -> Result<Request> {
        let edit = match &self.edit {
            None => None,
            Some(file) => {
                let text = String::from_utf8(input::whole(Some(file), EDIT_BYTES_MAX)?);
                Some(text.with_context(|| format!("`{file}` is not UTF-8"))?)
            }
        };
        ensure!(edit.as_deref() != Some(""), "the new body is empty");
        Ok(Request {
            delivery: self.delivery,
            target: self.target.clone(),
            rule: self.rule.clone(),
            event: self.event.clone(),
            all: self.all,
            edit,
            drop: self.drop.clone(),
            ..Request::default()
        })
    }
}

async fn remote(url: &str, request: &Request) -> Result<usize> {
    let body = serde_json::to_string(request)?;
    let answer = place::client().post(format!("{url}/redrive")).body(body).send().await?;
    if answer.status() == reqwest::StatusCode::NOT_FOUND {
        return Ok(0);
    }
    let answer: serde_json::Value =
        serde_json::from_slice(&place::checked(answer).await?.bytes().await?)?;
    let count = answer
        .get("redriven")
        .or_else(|| answer.get("dropped"))
        .and_then(serde_json::Value::as_u64);
    Ok(usize::try_from(count.context("the bus did not say how many")?)?)
}

/// No bus runs on the folder: the store is opened to write; what is redriven goes out when one does.
async fn local(folder: &Path, request: &Request) -> Result<usize> {
    let store =
        Store::open(folder).with_context(|| format!("cannot open `{}`", folder.display()))?;
    Ok(redrive::redrive_store(&store, request, Timestamp::now()).await?)
}
