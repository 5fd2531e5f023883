//! Replays at work: each in a task of its own, at its own pace; live traffic does not wait for them.
//!
//! What an earlier process left running goes on at the start. A replay that the store keeps from going on is tried
//! again after a pause.

use super::{EmbeddedBus, Stop};
use eventyard_bus::ReplayName;
use eventyard_history::replay::{self, ReplayError, ReplayState, Replaying};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Asks for replays to go on.
#[derive(Debug, Clone)]
pub(crate) struct ReplayStarter(mpsc::UnboundedSender<ReplayName>);

/// The replays that are asked for.
#[derive(Debug)]
pub(crate) struct Asked(mpsc::UnboundedReceiver<ReplayName>);

/// A way to ask, and what hears it.
pub(crate) fn starter() -> (ReplayStarter, Asked) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (ReplayStarter(sender), Asked(receiver))
}

impl ReplayStarter {
    /// Has a replay go on, unless it does already.
    pub(crate) fn go_on(&self, name: &ReplayName) {
        // While the bus stops nobody hears it; the next start goes on.
        let _ = self.0.send(name.clone());
    }
}

/// Runs replays until the bus stops.
pub(crate) async fn run(
    bus: Arc<EmbeddedBus>,
    starter: ReplayStarter,
    mut asked: Asked,
    pause: Duration,
    mut stop: Stop,
) {
    left_running(&bus, &starter).await;
    let at_work = Arc::<Mutex<BTreeSet<ReplayName>>>::default();
    let lock = |set: &Mutex<BTreeSet<_>>,
                act: &mut dyn FnMut(&mut BTreeSet<ReplayName>) -> bool| {
        act(&mut set.lock().unwrap_or_else(PoisonError::into_inner))
    };
    let mut tasks = JoinSet::new();
    loop {
        let name = tokio::select! {
            () = stop.requested() => break,
            name = asked.0.recv() => name,
        };
        let Some(name) = name else { break };
        if !lock(&at_work, &mut |set| set.insert(name.clone())) {
            continue;
        }
        let (bus, at_work, stop) = (Arc::clone(&bus), Arc::clone(&at_work), stop.clone());
        let starter = starter.clone();
        tasks.spawn(async move {
            let is_well = work(&bus, &name, pause, stop).await;
            lock(&at_work, &mut |set| set.remove(&name));
            // Who resumed it a moment before was not heard, for it was at work.
            if is_well && is_running(&bus, &name).await {
                starter.go_on(&name);
            }
        });
    }
    tasks.join_all().await;
}

/// Those that an earlier process left running.
async fn left_running(bus: &EmbeddedBus, starter: &ReplayStarter) {
    match replay::list(&bus.ports().store).await {
        Ok(records) => {
            let running = records.iter().filter(|record| record.state == ReplayState::Running);
            running.for_each(|record| starter.go_on(&record.ask.name));
        }
        Err(error) => tracing::warn!(%error, "replays of an earlier process cannot be found"),
    }
}

async fn is_running(bus: &EmbeddedBus, name: &ReplayName) -> bool {
    let record = replay::read(&bus.ports().store, name).await;
    record.is_ok_and(|record| record.state == ReplayState::Running)
}

/// Works on a replay until it is over, paused, or the bus stops; false when it cannot go on.
async fn work(bus: &EmbeddedBus, name: &ReplayName, pause: Duration, mut stop: Stop) -> bool {
    while !stop.is_requested() {
        match go_on(bus, name, &mut stop).await {
            Ok(()) => return true,
            Err(ReplayError::Store(error)) => {
                tracing::warn!(replay = %name, %error, "the replay waits for the store");
            }
            Err(error) => {
                tracing::error!(replay = %name, %error, "the replay does not go on");
                return false;
            }
        }
        if tokio::time::timeout(pause, stop.requested()).await.is_ok() {
            break;
        }
    }
    true
}

async fn go_on(bus: &EmbeddedBus, name: &ReplayName, stop: &mut Stop) -> Result<(), ReplayError> {
    let store = &bus.ports().store;
    let reader = store.reader();
    let mut replaying = Replaying::open(bus, &reader, store, name).await?;
    while replaying.record().state == ReplayState::Running && !stop.is_requested() {
        let step = replaying.step().await?;
        // Whoever stops the bus does not wait for a slow replay.
        if !step.wait.is_zero() && tokio::time::timeout(step.wait, stop.requested()).await.is_ok() {
            break;
        }
    }
    Ok(())
}
