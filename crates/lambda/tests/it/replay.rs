//! The function that replays: started, gone on with, handed over before its deadline.

use crate::world::{RecordingWake, World};
use eventyard_bus::{Next, ReplayName, memory::MemoryStore};
use eventyard_event::{Event, Limits};
use eventyard_history::replay::{ReplayAsk, ReplayState};
use eventyard_lambda::replay::{ABANDONED, Again, Answer, Request, abandoned, answer};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Remembers what is to go on.
#[derive(Clone, Default)]
struct RecordingAgain(Arc<Mutex<Vec<ReplayName>>>);

impl Again for RecordingAgain {
    fn again<'a>(&'a self, name: &'a ReplayName) -> BoxFuture<'a, ()> {
        self.0.lock().unwrap().push(name.clone());
        Box::pin(std::future::ready(()))
    }
}

impl RecordingAgain {
    fn take(&self) -> Vec<String> {
        let names = std::mem::take(&mut *self.0.lock().unwrap());
        names.iter().map(ToString::to_string).collect()
    }
}

struct Function {
    world: World,
    wake: RecordingWake,
    again: RecordingAgain,
}

impl Function {
    /// With this many events of a type delivered before.
    async fn after(count: usize, event_type: &str) -> Self {
        let world = World::new().await;
        let event = |n: usize| Event::builder(&n.to_string(), "test", event_type);
        let events = (0..count).map(|n| event(n).build(&Limits::default()).unwrap());
        let page = world.bus.ingest(events.collect(), "test").await.unwrap().page.unwrap();
        world.bus.deliver(page).await.unwrap();
        Self { world, wake: RecordingWake::default(), again: RecordingAgain::default() }
    }

    fn store(&self) -> &MemoryStore {
        &self.world.ports.store
    }

    async fn ask(&self, request: Request, seconds: u64) -> Answer {
        // As Lambda hands it over.
        let request = serde_json::from_value(serde_json::to_value(&request).unwrap()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let through = (&self.wake as _, &self.again as _);
        answer(&self.world.bus, self.store(), through, request, deadline).await.unwrap()
    }

    async fn start(&self, ask: ReplayAsk) -> Answer {
        self.ask(Request::Start(Box::new(ask)), 30).await
    }

    async fn run(&self, seconds: u64) -> (ReplayState, u64) {
        match self.ask(Request::Run(name("july")), seconds).await {
            Answer::Record(record) => (record.state, record.counts.events),
            other => panic!("{other:?}"),
        }
    }
}

fn name(text: &str) -> ReplayName {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_started_replay_goes_on_by_itself_to_its_end() {
    let function = Function::after(250, "Queue").await;
    let started = function.start(ReplayAsk::all(name("july"))).await;
    assert!(matches!(started, Answer::Record(record) if record.counts.events == 0));
    assert_eq!(function.again.take(), ["july"]);
    assert_eq!(function.run(30).await, (ReplayState::Done, 250));
    assert_eq!(function.world.delivered("queue").len(), 500);
    assert!(function.again.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn before_its_deadline_it_hands_over_to_another_invocation() {
    let function = Function::after(250, "Queue").await;
    function.start(ReplayAsk { rate: Some(10.0), ..ReplayAsk::all(name("july")) }).await;
    function.again.take();
    assert_eq!(function.run(15).await, (ReplayState::Running, 150));
    assert_eq!(function.again.take(), ["july"]);
    assert_eq!(function.run(15).await, (ReplayState::Done, 250));
}

#[tokio::test(start_paused = true)]
async fn workers_of_queued_targets_are_woken() {
    let function = Function::after(3, "Partner").await;
    let partner = "partner".parse().unwrap();
    while function.world.bus.attempt(&partner).await.unwrap() == Next::Now {}
    function.start(ReplayAsk::all(name("july"))).await;
    function.run(30).await;
    assert_eq!(function.wake.targets(), ["partner"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_is_answered_in_words() {
    let function = Function::after(1, "Queue").await;
    let when = Some("$.type ==".to_owned());
    let refused = function.start(ReplayAsk { when, ..ReplayAsk::all(name("july")) }).await;
    assert!(matches!(refused, Answer::Refused(text) if text.contains("`when`")));
    let unknown = function.ask(Request::Run(name("nobody")), 30).await;
    assert!(matches!(unknown, Answer::Refused(text) if text.contains("`nobody`")));
    assert!(function.again.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_replay_whose_worker_was_lost_is_found_when_it_was_silent_for_long() {
    let function = Function::after(1, "Queue").await;
    function.start(ReplayAsk::all(name("july"))).await;
    function.again.take();
    let now = || eventyard_bus::Clock::now(&function.world.ports.clock);
    assert!(abandoned(function.store(), &function.again, now()).await.unwrap().is_empty());
    function.world.ports.clock.advance(ABANDONED);
    assert_eq!(abandoned(function.store(), &function.again, now()).await.unwrap(), [name("july")]);
    assert_eq!(function.again.take(), ["july"]);
    function.run(30).await;
    function.world.ports.clock.advance(ABANDONED);
    assert!(abandoned(function.store(), &function.again, now()).await.unwrap().is_empty());
}
