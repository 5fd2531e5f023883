//! One story: faults, then healing, then the judge.

use super::faults::{Dice, Faults, Seen};
use super::judge;
use super::ports::FaultyPorts;
use super::process::{Activity, Left, run};
use crate::world::{about, rules, target};
use eventyard_bus::{Bus, DeliveryState, Next, OpenPage, Settings, StoreError, Unsealed};
use eventyard_event::Event;
use eventyard_rules::{LoadOptions, RuleSet};
use futures::executor::block_on;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const TARGETS: [&str; 4] = ["queue", "topic", "lane", "partner"];
const TYPES: [&str; 6] = ["Queue", "Both", "Lane", "Partner", "Thrice", "Nothing"];

/// Two versions of the rules: the second has no `topic`, and sends more to the partner.
const FIRST: &str = crate::world::RULES;
const SECOND: &str = r#"
version: 1
targets:
  queue: { sqs: { queue: orders } }
  lane: { sqs: { queue: orders.fifo, group: $.subject } }
  partner: { http: { url: "https://partner.example/hooks" } }
rules:
  - { name: to-queue, when: "$.type == 'Queue'", to: queue, max-rate: 50/s }
  - { name: to-both, when: $.type == 'Both', to: [queue, partner] }
  - { name: to-lane, when: $.type == 'Lane', to: lane }
  - { name: three-times, when: $.type == 'Thrice', to: partner, retry: { attempts: 3, max-age: 24h, denied: 15m } }
"#;

pub struct Story {
    seed: u64,
    crashes: bool,
    faults: Faults,
    ports: FaultyPorts,
    bus: Bus<FaultyPorts>,
    dice: Dice,
    /// What its client was told is accepted, by id.
    acknowledged: BTreeMap<String, Event>,
    /// Batches that clients send again.
    again: VecDeque<Vec<Event>>,
    pages: VecDeque<OpenPage>,
    unsealed: VecDeque<Box<Unsealed>>,
    next_id: u64,
}

impl Story {
    pub fn new(seed: u64, crashes: bool) -> Self {
        let faults = Faults::new(seed);
        let ports = FaultyPorts::new(&faults);
        let bus = start(&ports, FIRST);
        Self {
            seed,
            crashes,
            faults,
            ports,
            bus,
            dice: Dice::new(!seed),
            acknowledged: BTreeMap::new(),
            again: VecDeque::new(),
            pages: VecDeque::new(),
            unsealed: VecDeque::new(),
            next_id: 0,
        }
    }

    /// Plays it, asserts that the promise held, and says what went wrong on the way.
    pub fn play(mut self) -> Seen {
        for _ in 0..40 {
            self.step();
        }
        self.faults.heal();
        self.finish();
        self.redrive_all();
        self.finish();
        let mut seen = self.faults.with(|state| state.seen.clone());
        seen.taken_over += self.ports.observer.count("taken-over") as u64;
        let crashes = seen.crashes;
        judge::judge(self.seed, crashes, &self.ports, &self.acknowledged);
        seen
    }

    /// One to four things at once, and perhaps the end of the process among them.
    fn step(&mut self) {
        self.resume_all();
        self.ports.clock.advance(Duration::from_millis(self.dice.below(20_000)));
        if self.dice.chance(8) {
            let text = if self.dice.chance(50) { FIRST } else { SECOND };
            // A store that fails leaves the last rules in force.
            let _ = block_on(self.bus.activate(read(text)));
        }
        let count = 1 + self.dice.below(4);
        let activities = (0..count).map(|_| self.activity()).collect();
        let dies = self.crashes && self.dice.chance(20);
        let dies_after = dies.then(|| self.dice.below(30));
        match run(&self.bus, activities, &self.faults, dies_after) {
            Some(left) => left.into_iter().for_each(|left| self.take(left)),
            None => self.crash(),
        }
    }

    fn activity(&mut self) -> Activity {
        match self.dice.below(10) {
            0..3 => Activity::Ingest(self.batch()),
            3..6 => self.page_work(),
            6..9 => Activity::Attempt(TARGETS[self.dice.below(4) as usize]),
            _ => Activity::Recover,
        }
    }

    /// The worker of a page does nothing else until its page is sealed; the store is back before long.
    fn resume_all(&mut self) {
        while let Some(unsealed) = self.unsealed.pop_front() {
            let resume = vec![Activity::Resume(unsealed)];
            let done = run(&self.bus, resume, &self.faults, None).unwrap_or_default();
            done.into_iter().for_each(|left| self.take(left));
        }
    }

    fn page_work(&mut self) -> Activity {
        match self.pages.pop_front() {
            Some(page) => Activity::Deliver(page),
            None => Activity::Ingest(self.batch()),
        }
    }

    /// New events, a batch that was refused, or an event that was acknowledged long ago.
    fn batch(&mut self) -> Vec<Event> {
        if let Some(batch) = self.again.pop_front() {
            return batch;
        }
        let count = 1 + self.dice.below(4);
        (0..count).map(|_| self.event()).collect()
    }

    fn event(&mut self) -> Event {
        if self.dice.chance(10)
            && let Some(event) = self.acknowledged.values().next()
        {
            return event.clone();
        }
        self.next_id += 1;
        let event_type = TYPES[self.dice.below(6) as usize];
        let subject = format!("order-{}", self.dice.below(3));
        about(&format!("{:04}", self.next_id), event_type, &subject)
    }

    fn take(&mut self, left: Left) {
        match left {
            Left::Nothing => {}
            Left::Answered(batch, page) => {
                let known = batch.into_iter().map(|event| (event.id().to_owned(), event));
                self.acknowledged.extend(known);
                self.pages.extend(page);
            }
            Left::Refused(batch) => self.again.push_back(batch),
            Left::Resume(unsealed) => self.unsealed.push_back(unsealed),
        }
    }

    /// All that was in memory is gone; what its clients were not told, they send again or not.
    fn crash(&mut self) {
        self.faults.with(|state| state.seen.crashes += 1);
        self.pages.clear();
        self.unsealed.clear();
        self.bus = start(&self.ports, FIRST);
    }

    /// Without further faults: everything is finished.
    fn finish(&mut self) {
        for batch in std::mem::take(&mut self.again) {
            let done = run(&self.bus, vec![Activity::Ingest(batch)], &self.faults, None);
            done.unwrap().into_iter().for_each(|left| self.take(left));
        }
        self.resume_all();
        for page in std::mem::take(&mut self.pages) {
            block_on(self.bus.deliver(page)).unwrap();
        }
        self.ports.clock.advance(Settings::default().page_lease);
        block_on(self.bus.recover()).unwrap();
        TARGETS.iter().for_each(|name| self.work_off(name));
    }

    fn work_off(&self, name: &str) {
        for _ in 0..10_000 {
            match block_on(self.bus.attempt(&target(name))).unwrap() {
                Next::Now => {}
                Next::At(time) => self.ports.clock.advance_to(time),
                Next::Idle => return,
            }
        }
        panic!("seed {}: `{name}` is never idle", self.seed);
    }

    fn redrive_all(&mut self) {
        for item in self.ports.store.memory.items() {
            if matches!(item.state, DeliveryState::Parked { .. }) {
                block_on(self.bus.redrive(&item.key, None)).unwrap();
                self.faults.with(|state| state.seen.redriven += 1);
            }
        }
    }
}

/// The two rule sets, read once.
fn read(text: &'static str) -> Arc<RuleSet> {
    static READ: LazyLock<[Arc<RuleSet>; 2]> = LazyLock::new(|| [rules(FIRST), rules(SECOND)]);
    Arc::clone(&READ[usize::from(text == SECOND)])
}

/// A new process on the same stores; its start, too, meets faults.
fn start(ports: &FaultyPorts, text: &'static str) -> Bus<FaultyPorts> {
    loop {
        let (ports, rules) = (ports.clone(), read(text));
        let bus = Bus::start(ports, rules, LoadOptions::default(), Settings::default());
        match block_on(bus) {
            Ok(bus) => return bus,
            Err(StoreError::Unavailable { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
