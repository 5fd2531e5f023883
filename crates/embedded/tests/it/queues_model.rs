//! Random histories of a queue, held to a model that is plain enough to be right.

use std::collections::BTreeMap;
use std::time::Duration;

use eventyard_bus::contract::fixture::at;
use eventyard_embedded::queues::{NewMessage, QueueName, ReceivedMessage};
use proptest::prelude::*;

use crate::support::{TempStore, block_on, queue};

#[derive(Debug, Clone)]
enum Step {
    Send {
        group: u8,
        delay_s: u64,
    },
    Receive {
        max: usize,
        visibility_s: u64,
    },
    /// Deletes one of the messages received so far.
    Delete {
        nth: usize,
    },
    Change {
        nth: usize,
        visibility_s: u64,
    },
    Wait {
        seconds: u64,
    },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, 0..4_u64).prop_map(|(group, delay_s)| Step::Send { group, delay_s }),
        6 => (1..=10_usize, 0..6_u64)
            .prop_map(|(max, visibility_s)| Step::Receive { max, visibility_s }),
        4 => (0..8_usize).prop_map(|nth| Step::Delete { nth }),
        3 => (0..8_usize, 0..6_u64)
            .prop_map(|(nth, visibility_s)| Step::Change { nth, visibility_s }),
        4 => (1..4_u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::Reopen),
    ]
}

/// A message of the model.
#[derive(Debug, Clone)]
struct Message {
    group: u8,
    visible_at: u64,
    receives: u32,
}

/// Messages by their order; the text of each is its number.
#[derive(Debug, Default)]
struct Model {
    messages: BTreeMap<u32, Message>,
    sent: u32,
}

impl Model {
    fn in_flight(&self, message: &Message, now: u64) -> bool {
        message.receives > 0 && message.visible_at > now
    }

    /// What a receive may give first: of a FIFO group only its first message, while none of the
    /// group is in flight.
    fn receivable(&self, number: u32, fifo: bool, now: u64) -> bool {
        let message = &self.messages[&number];
        let visible = message.visible_at <= now;
        let group = || self.messages.iter().filter(|(_, other)| other.group == message.group);
        visible && (!fifo || !group().any(|(_, other)| self.in_flight(other, now)))
    }
}

/// Plays a history on a queue and on the model.
fn play(steps: Vec<Step>, name: &QueueName) {
    let fifo = name.is_fifo();
    let mut store = TempStore::new();
    let mut model = Model::default();
    let mut received: Vec<(u32, ReceivedMessage)> = Vec::new();
    let mut now = 0;
    send(&store, name, &mut model, 0, 0, now);
    for step in steps {
        match step {
            Step::Send { group, delay_s } => {
                let delay_s = if fifo { 0 } else { delay_s };
                send(&store, name, &mut model, group, delay_s, now);
            }
            Step::Receive { max, visibility_s } => {
                let hidden = Duration::from_secs(visibility_s);
                let queues = store.queues();
                let taken = block_on(queues.receive(name, max, Some(hidden), at(now))).unwrap();
                judge(&mut model, &taken, max, fifo, now, now + visibility_s);
                received.extend(taken.into_iter().map(|one| (one.body.parse().unwrap(), one)));
            }
            Step::Delete { nth } => {
                let Some((number, message)) = pick(&received, nth) else { continue };
                let done = block_on(store.queues().delete(name, &message.receipt, at(now)));
                let current = model.messages.get(&number);
                let ours = current.is_some_and(|one| one.receives == message.receive_count);
                let expired = current.is_some_and(|one| one.visible_at <= now);
                if ours && !(fifo && expired) {
                    model.messages.remove(&number);
                    done.unwrap();
                } else {
                    assert!(done.is_ok() || fifo);
                }
            }
            Step::Change { nth, visibility_s } => {
                let Some((number, message)) = pick(&received, nth) else { continue };
                let hidden = Duration::from_secs(visibility_s);
                let changed = block_on(store.queues().change_visibility(
                    name,
                    &message.receipt,
                    hidden,
                    at(now),
                ));
                let current = model.messages.get_mut(&number);
                let flying = current
                    .filter(|one| one.receives == message.receive_count && one.visible_at > now);
                assert_eq!(changed.is_ok(), flying.is_some());
                if let Some(flying) = flying {
                    flying.visible_at = now + visibility_s;
                }
            }
            Step::Wait { seconds } => now += seconds,
            Step::Reopen => store = store.reopen(),
        }
        assert_depth(&store, name, &model, fifo, now);
    }
}

fn send(store: &TempStore, to: &QueueName, model: &mut Model, group: u8, delay_s: u64, now: u64) {
    let number = model.sent;
    model.sent += 1;
    let mut message = NewMessage::text(number.to_string());
    message.group = Some(group.to_string());
    message.delay = (!to.is_fifo()).then(|| Duration::from_secs(delay_s));
    let sent = block_on(store.queues().send(to, vec![message], at(now))).unwrap();
    assert!(sent[0].is_ok());
    model.messages.insert(number, Message { group, visible_at: now + delay_s, receives: 0 });
}

fn pick(received: &[(u32, ReceivedMessage)], nth: usize) -> Option<(u32, ReceivedMessage)> {
    received.iter().rev().nth(nth).cloned()
}

/// Checks what was received, and notes it.
fn judge(
    model: &mut Model,
    taken: &[ReceivedMessage],
    max: usize,
    fifo: bool,
    now: u64,
    until: u64,
) {
    let numbers: Vec<u32> = taken.iter().map(|message| message.body.parse().unwrap()).collect();
    // As many as there are, up to the number asked for.
    let possible = model.messages.keys().filter(|number| model.receivable(**number, fifo, now));
    assert_eq!(numbers.len(), possible.count().min(max));
    for number in &numbers {
        assert!(model.receivable(*number, fifo, now), "{number}");
    }
    if fifo {
        assert_groups_in_order(model, &numbers);
    }
    for (number, message) in numbers.iter().zip(taken) {
        let ours = model.messages.get_mut(number).unwrap();
        ours.receives += 1;
        ours.visible_at = until;
        assert_eq!(message.receive_count, ours.receives);
    }
}

/// Of every group the first messages were given, in their order and without a gap.
fn assert_groups_in_order(model: &Model, numbers: &[u32]) {
    for group in 0..3 {
        let of_group = |number: &&u32| model.messages[*number].group == group;
        let given: Vec<&u32> = numbers.iter().filter(of_group).collect();
        let all = model.messages.keys().filter(of_group);
        assert!(all.take(given.len()).eq(given.iter().copied()), "{given:?}");
    }
}

fn assert_depth(store: &TempStore, name: &QueueName, model: &Model, fifo: bool, now: u64) {
    let depth = block_on(store.queues().depth(name, at(now))).unwrap();
    let total = model.messages.len() as u64;
    assert_eq!(depth.visible + depth.in_flight + depth.delayed, total);
    let flying = model.messages.values().filter(|one| model.in_flight(one, now)).count() as u64;
    if !fifo {
        assert_eq!(depth.in_flight, flying);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_standard_queue_behaves_like_its_model(steps in prop::collection::vec(step(), 1..60)) {
        play(steps, &queue("q"));
    }

    #[test]
    fn a_fifo_queue_behaves_like_its_model(steps in prop::collection::vec(step(), 1..60)) {
        play(steps, &queue("q.fifo"));
    }
}
