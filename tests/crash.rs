//! Kills a bus under load, again and again, and looks from outside whether anything it acknowledged is missing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::bus::{self, Bus, Start, eventually};
use crate::command;
use crate::load;
use crate::receiver::Receiver;

/// How often to kill, and under what load.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many times the bus is killed.
    pub kills: u64,
    /// Clients that post at the same time.
    pub clients: u64,
    /// Events in one request.
    pub batch: u64,
    /// The command under test; `None` for the one the tests build.
    pub binary: Option<PathBuf>,
}

/// What a run came to. All of it is counted from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Events whose acceptance was acknowledged.
    pub acknowledged: usize,
    /// Events that are stored: at least those, and what was stored when the answer was lost.
    pub stored: usize,
    /// Deliveries that the receiver of webhooks saw, each counted once.
    pub delivered: usize,
    /// How many of them came more than once: only a kill may cause that.
    pub repeated: usize,
}

const RULES: &str = "version: 1
targets:
  payments: { sqs: { queue: payments } }
  partner: { http: { url: \"RECEIVER\" } }
rules:
  - { name: take-payment, when: \"$.type == 'OrderPlaced'\", to: payments }
  - { name: tell-partner, when: \"$.data.total >= 0\", to: partner }
";

/// Runs `plan` in `folder`. `say` hears of every kill.
///
/// # Errors
/// When an acknowledged event is missing, the audit finds a violation, or a planned delivery never comes.
pub async fn run(plan: &Plan, folder: &Path, mut say: impl FnMut(&str)) -> Result<Summary> {
    let receiver = Receiver::start().await?;
    let rules = folder.join("rules");
    std::fs::create_dir_all(&rules)?;
    std::fs::write(rules.join("crash.yaml"), RULES.replace("RECEIVER", &receiver.url()))?;
    let data = folder.join("data");
    let start = Start {
        rules: &rules,
        data: &data,
        arguments: &["--allow-insecure-targets"],
        binary: plan.binary.as_deref(),
    };
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    for kill in 0..plan.kills {
        let bus = Bus::start(start.clone()).await?;
        check(&data, plan, &acknowledged)?;
        load_until_killed(bus, plan, kill, &acknowledged).await?;
        let count = lock(&acknowledged).len();
        say(&format!("kill {:>3} of {}: {count} events acknowledged so far", kill + 1, plan.kills));
    }
    // With no writer at all the folder must be readable too: it is repaired by whoever opens it first.
    check(&data, plan, &acknowledged)?;
    let bus = Bus::start(start).await?;
    let summary = settle(&bus, plan, &receiver, &acknowledged).await?;
    Ok(summary)
}

/// Posts from several clients at once and kills the bus in the middle.
async fn load_until_killed(bus: Bus, plan: &Plan, kill: u64, acknowledged: &Shared) -> Result<()> {
    let url = format!("{}/events", bus.url());
    let clients: Vec<_> = (0..plan.clients)
        .map(|client| {
            let (url, batch, acknowledged) = (url.clone(), plan.batch, Arc::clone(acknowledged));
            tokio::spawn(async move {
                post_until_refused(&url, kill, client, batch, &acknowledged).await
            })
        })
        .collect();
    // Where in the work the kill falls is left to a spread of delays, from before the first commit on.
    let delay = Duration::from_millis(5 + kill.wrapping_mul(7919) % 400);
    tokio::time::sleep(delay).await;
    bus.kill()?;
    for client in clients {
        client.await?;
    }
    Ok(())
}

type Shared = Arc<Mutex<BTreeSet<String>>>;

fn lock(shared: &Shared) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Posts batch after batch until the bus is gone, remembering what it acknowledged.
async fn post_until_refused(url: &str, kill: u64, client: u64, batch: u64, acknowledged: &Shared) {
    let http = bus::client();
    for round in 0.. {
        let body = load::order_lines(&format!("k{kill}-c{client}-r{round}"), 0, batch, 600);
        let request = http.post(url).header("content-type", "application/x-ndjson").body(body);
        let Ok(response) = request.send().await else { return };
        let Ok(answer) = response.bytes().await else { return };
        let Ok(answer) = serde_json::from_slice::<Value>(&answer) else { return };
        let results = answer.get("results").and_then(Value::as_array).into_iter().flatten();
        let accepted = results.filter(|result| result["status"] == "accepted");
        lock(acknowledged)
            .extend(accepted.filter_map(|result| Some(result["id"].as_str()?.to_owned())));
    }
}

/// Reads the folder as an operator would: every acknowledged event is there, and the invariant holds.
fn check(data: &Path, plan: &Plan, acknowledged: &Shared) -> Result<BTreeSet<String>> {
    let acknowledged = lock(acknowledged).clone();
    if acknowledged.is_empty() && !data.join("events.redb").exists() {
        return Ok(BTreeSet::new());
    }
    let stored: BTreeSet<String> = verb(plan, data, "events")?
        .into_iter()
        .filter_map(|event| Some(event["id"].as_str()?.to_owned()))
        .collect();
    let missing: Vec<_> = acknowledged.difference(&stored).take(3).collect();
    ensure!(missing.is_empty(), "acknowledged and not stored: {missing:?} and maybe more");
    audit(plan, data)?;
    Ok(stored)
}

/// The audit's answer; an error when it found a violation.
fn audit(plan: &Plan, data: &Path) -> Result<Value> {
    let mut lines = verb(plan, data, "audit")?;
    let audit = lines.pop().context("audit printed nothing")?;
    let violations = audit["violations"].as_array().context("an audit without violations")?;
    ensure!(violations.is_empty(), "the invariant is broken: {audit}");
    Ok(audit)
}

fn verb(plan: &Plan, data: &Path, verb: &str) -> Result<Vec<Value>> {
    let data = data.to_str().context("the folder's name is not UTF-8")?;
    let binary = match &plan.binary {
        Some(path) => path.as_path(),
        None => command::binary()?,
    };
    let output = std::process::Command::new(binary)
        .args([verb, "--data", data, "--output", "json"])
        .output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "eventyard {verb}: {}\n{stderr}", output.status);
    let text = String::from_utf8(output.stdout)?;
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}")))
        .collect()
}

/// Waits until nothing is in flight, and counts what came out.
async fn settle(
    bus: &Bus,
    plan: &Plan,
    receiver: &Receiver,
    acknowledged: &Shared,
) -> Result<Summary> {
    eventually("nothing in flight", || async {
        let audit = audit(plan, bus.data())?;
        Ok((audit["in_flight"] == 0).then_some(()))
    })
    .await?;
    let stored = check(bus.data(), plan, acknowledged)?;
    let counts = receiver.counts();
    let acknowledged = lock(acknowledged).len();
    // One rule sends every event to the receiver: a delivery id of its own for each stored event, no more, no fewer.
    ensure!(
        counts.len() == stored.len(),
        "{} events stored, {} delivered",
        stored.len(),
        counts.len()
    );
    let repeated = counts.values().filter(|&&times| times > 1).count();
    Ok(Summary { acknowledged, stored: stored.len(), delivered: counts.len(), repeated })
}
