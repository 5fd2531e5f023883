//! Replays on AWS: started, and gone on with until the deadline; then the function invokes itself once more.
//!
//! How far a replay is stands in the table. A replay whose function ended without invoking itself (a crash, a
//! throttled call) stays as it is; `eventyard replay --resume` goes on with it, and the sweeper does when its
//! record was not written for [`ABANDONED`].

use eventyard_aws::Wake;
use eventyard_bus::{Bus, Checkpoints, History, Ports, ReplayName};
use eventyard_history::replay::{
    self, DryRun, ReplayAsk, ReplayError, ReplayRecord, ReplayState, Replaying,
};
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// How long a running replay's record may stay unwritten before the sweeper takes its worker for lost: longer
/// than the longest invocation, which waits for its rate at most that long.
pub const ABANDONED: Duration = Duration::from_secs(16 * 60);

/// What the function is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Starts a replay, and has it go on; answers its record.
    Start(Box<ReplayAsk>),
    /// Says what a replay would deliver.
    DryRun(Box<ReplayAsk>),
    /// Goes on with a replay.
    Run(ReplayName),
}

/// What the function answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Where the replay stands.
    Record(Box<ReplayRecord>),
    /// What it would deliver.
    DryRun(DryRun),
    /// What was asked cannot be, in words.
    Refused(String),
}

/// Has the function work on a replay again.
pub trait Again: Send + Sync {
    /// Asks for it; who cannot ask says so in the log, and the replay waits for the sweeper.
    fn again<'a>(&'a self, name: &'a ReplayName) -> BoxFuture<'a, ()>;
}

/// Does what is asked, and begins nothing after the deadline.
///
/// # Errors
/// The store failed: Lambda invokes the function again, which repeats at most one step.
pub async fn answer<P: Ports>(
    bus: &Bus<P>,
    store: &(impl History + Checkpoints),
    (wake, again): (&dyn Wake, &dyn Again),
    request: Request,
    deadline: Instant,
) -> Result<Answer, ReplayError> {
    let answered = match request {
        Request::Start(ask) => start(bus, store, again, *ask).await,
        Request::DryRun(ask) => replay::dry_run(bus, store, &ask).await.map(Answer::DryRun),
        Request::Run(name) => run(bus, store, (wake, again), &name, deadline).await,
    };
    match answered {
        Err(error @ (ReplayError::Store(_) | ReplayError::List(_))) => Err(error),
        Err(error) => Ok(Answer::Refused(error.to_string())),
        Ok(answer) => Ok(answer),
    }
}

async fn start<P: Ports>(
    bus: &Bus<P>,
    store: &(impl History + Checkpoints),
    again: &dyn Again,
    ask: ReplayAsk,
) -> Result<Answer, ReplayError> {
    let record = replay::start(bus, store, store, ask).await?;
    again.again(&record.ask.name).await;
    Ok(Answer::Record(Box::new(record)))
}

async fn run<P: Ports>(
    bus: &Bus<P>,
    store: &(impl History + Checkpoints),
    (wake, again): (&dyn Wake, &dyn Again),
    name: &ReplayName,
    deadline: Instant,
) -> Result<Answer, ReplayError> {
    let mut replaying = Replaying::open(bus, store, store, name).await?;
    while replaying.record().state == ReplayState::Running {
        if Instant::now() >= deadline {
            again.again(name).await;
            break;
        }
        let step = replaying.step().await?;
        if !step.waiting.is_empty() {
            wake.wake_targets(step.waiting.into_iter().collect()).await;
        }
        tokio::time::sleep_until((Instant::now() + step.wait).min(deadline)).await;
    }
    Ok(Answer::Record(Box::new(replaying.record().clone())))
}

/// Has those replays go on whose worker was lost; their names.
///
/// # Errors
/// The store failed; the next sweep finds them.
pub async fn abandoned(
    store: &impl Checkpoints,
    again: &dyn Again,
    now: Timestamp,
) -> Result<Vec<ReplayName>, eventyard_bus::StoreError> {
    let is_lost = |record: &ReplayRecord| {
        let age = Duration::try_from(now.duration_since(record.written_at)).unwrap_or_default();
        record.state == ReplayState::Running && age >= ABANDONED
    };
    let mut names = Vec::new();
    for record in replay::list(store).await?.into_iter().filter(is_lost) {
        again.again(&record.ask.name).await;
        names.push(record.ask.name);
    }
    Ok(names)
}
