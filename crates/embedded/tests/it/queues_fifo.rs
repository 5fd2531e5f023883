//! FIFO queues: order within groups, repetitions dropped.

use std::time::Duration;

use eventyard_bus::contract::fixture::at;
use eventyard_embedded::queues::{
    Depth, NewMessage, QueueError, QueueSettings, Queues, ReceivedMessage,
};

use crate::support::{TempStore, block_on, bodies, queue, receive};

fn message(group: &str, text: &str) -> NewMessage {
    let group = Some(group.to_owned());
    let deduplication = Some(format!("{}-{text}", group.as_deref().unwrap_or_default()));
    NewMessage { group, deduplication, ..NewMessage::text(text) }
}

fn send_all(queues: &Queues, messages: impl IntoIterator<Item = NewMessage>, now_s: u64) {
    let messages = messages.into_iter().collect();
    let sent = block_on(queues.send(&queue("q.fifo"), messages, at(now_s))).unwrap();
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
}

fn take(queues: &Queues, max: usize, now_s: u64) -> Vec<ReceivedMessage> {
    block_on(queues.receive(&queue("q.fifo"), max, None, at(now_s))).unwrap()
}

fn delete(queues: &Queues, message: &ReceivedMessage, now_s: u64) -> Result<(), QueueError> {
    block_on(queues.delete(&queue("q.fifo"), &message.receipt, at(now_s)))
}

#[test]
fn a_group_in_flight_gives_no_other_message_and_other_groups_do() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, [message("a", "1"), message("a", "2"), message("b", "3")], 0);
    let first = take(&queues, 1, 0);
    assert_eq!(bodies(&first), ["1"]);
    assert_eq!(bodies(&take(&queues, 1, 0)), ["3"]);
    assert!(take(&queues, 10, 0).is_empty());
    delete(&queues, &first[0], 1).unwrap();
    assert_eq!(bodies(&take(&queues, 10, 1)), ["2"]);
}

#[test]
fn one_receive_gives_several_messages_of_a_group_in_order() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, (0..12).map(|n| message("a", &n.to_string())), 0);
    let ten = take(&queues, 10, 0);
    assert_eq!(bodies(&ten), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert!(take(&queues, 10, 0).is_empty());
    let sequences: Vec<u64> = ten.iter().map(|message| message.sequence).collect();
    assert!(sequences.is_sorted());
    for message in &ten[..9] {
        delete(&queues, message, 1).unwrap();
    }
    assert!(take(&queues, 10, 1).is_empty());
    delete(&queues, &ten[9], 1).unwrap();
    assert_eq!(bodies(&take(&queues, 10, 1)), ["10", "11"]);
}

#[test]
fn a_message_that_comes_back_comes_before_the_later_ones_of_its_group() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, [message("a", "1"), message("a", "2"), message("a", "3")], 0);
    let two = take(&queues, 2, 0);
    delete(&queues, &two[1], 1).unwrap();
    assert!(take(&queues, 10, 29).is_empty());
    assert_eq!(bodies(&take(&queues, 10, 30)), ["1", "3"]);
}

#[test]
fn a_group_waits_for_every_message_of_it_that_is_in_flight() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, [message("a", "1"), message("a", "2"), message("a", "3")], 0);
    let two = take(&queues, 2, 0);
    let back = block_on(queues.change_visibility(
        &queue("q.fifo"),
        &two[0].receipt,
        Duration::ZERO,
        at(1),
    ));
    back.unwrap();
    assert!(take(&queues, 10, 1).is_empty());
    delete(&queues, &two[1], 2).unwrap();
    assert_eq!(bodies(&take(&queues, 10, 2)), ["1", "3"]);
}

#[test]
fn a_repetition_within_five_minutes_is_dropped_and_a_later_one_is_not() {
    let store = TempStore::new();
    let queues = store.queues();
    let send = |now_s| {
        let one = vec![message("a", "same")];
        let sent = block_on(queues.send(&queue("q.fifo"), one, at(now_s))).unwrap();
        sent.into_iter().next().unwrap().unwrap()
    };
    let (first, again) = (send(0), send(299));
    assert_eq!((again.message_id, again.sequence), (first.message_id.clone(), first.sequence));
    assert!(again.duplicate && !first.duplicate);
    // Deleting the message does not shorten the window.
    let received = take(&queues, 10, 0);
    delete(&queues, &received[0], 1).unwrap();
    assert!(send(299).duplicate);
    let later = send(300);
    assert!(!later.duplicate && later.message_id != first.message_id);
    assert_eq!(take(&queues, 10, 300).len(), 1);
}

#[test]
fn the_window_outlives_a_restart() {
    let store = TempStore::new();
    send_all(&store.queues(), [message("a", "same")], 0);
    let store = store.reopen();
    send_all(&store.queues(), [message("a", "same")], 10);
    assert_eq!(take(&store.queues(), 10, 10).len(), 1);
}

#[test]
fn the_same_deduplication_id_in_another_queue_is_another_message() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, [message("a", "same")], 0);
    let sent = block_on(queues.send(&queue("r.fifo"), vec![message("a", "same")], at(0)));
    assert!(!sent.unwrap()[0].as_ref().unwrap().duplicate);
    assert_eq!(receive(&queues, "r.fifo", at(0)).len(), 1);
}

#[test]
fn without_an_id_the_body_decides_where_the_queue_says_so() {
    let store = TempStore::new();
    let queues = store.queues();
    let plain = || NewMessage { deduplication: None, ..message("a", "same") };
    send_all(&queues, [plain(), plain()], 0);
    assert_eq!(take(&queues, 10, 0).len(), 1);
    let settings = QueueSettings {
        content_based_deduplication: false,
        ..QueueSettings::for_name(&queue("strict.fifo"))
    };
    block_on(queues.create(&queue("strict.fifo"), settings, at(0))).unwrap();
    let refused = block_on(queues.send(&queue("strict.fifo"), vec![plain()], at(0)));
    assert_eq!(refused.unwrap(), [Err(QueueError::DeduplicationMissing)]);
}

#[test]
fn what_a_fifo_queue_needs_a_standard_queue_refuses_and_the_other_way_round() {
    let store = TempStore::new();
    let queues = store.queues();
    let no_group = NewMessage::text("m");
    let mut delayed = message("a", "m");
    delayed.delay = Some(Duration::from_secs(1));
    let sent = block_on(queues.send(&queue("q.fifo"), vec![no_group, delayed], at(0))).unwrap();
    assert_eq!(sent, [Err(QueueError::GroupMissing), Err(QueueError::DelayNotPossible)]);
    let sent = block_on(queues.send(&queue("q"), vec![message("a", "m")], at(0))).unwrap();
    assert_eq!(sent, [Err(QueueError::DeduplicationNotPossible)]);
    // A group alone is welcome there, and orders nothing.
    let grouped = |text| NewMessage { deduplication: None, ..message("a", text) };
    let sent = block_on(queues.send(&queue("q"), vec![grouped("1"), grouped("2")], at(0)));
    assert!(sent.unwrap().iter().all(Result::is_ok));
    assert_eq!(block_on(queues.receive(&queue("q"), 1, None, at(0))).unwrap().len(), 1);
    let second = block_on(queues.receive(&queue("q"), 1, None, at(0))).unwrap();
    assert_eq!((second.len(), second[0].group.as_deref()), (1, Some("a")));
}

#[test]
fn a_receipt_that_has_expired_is_refused() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, [message("a", "1")], 0);
    let received = take(&queues, 1, 0);
    assert_eq!(delete(&queues, &received[0], 30), Err(QueueError::ReceiptExpired));
    let again = take(&queues, 1, 30);
    assert_eq!(delete(&queues, &received[0], 31), Err(QueueError::ReceiptExpired));
    delete(&queues, &again[0], 31).unwrap();
}

#[test]
fn the_depth_counts_every_message_of_a_group() {
    let store = TempStore::new();
    let queues = store.queues();
    send_all(&queues, (0..5).map(|n| message("a", &n.to_string())), 0);
    take(&queues, 2, 0);
    let depth = block_on(queues.depth(&queue("q.fifo"), at(0))).unwrap();
    assert_eq!(depth, Depth { visible: 3, in_flight: 2, delayed: 0 });
}
