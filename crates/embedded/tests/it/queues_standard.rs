//! Standard queues, as SQS describes them.

use std::time::Duration;

use eventyard_bus::Ledger;
use eventyard_bus::contract::fixture::{at, event, lease, planned};
use eventyard_embedded::queues::{
    Attribute, AttributeValue, Body, Depth, NewMessage, QueueError, QueueSettings,
};
use eventyard_event::Identity;

use crate::support::{TempStore, block_on, bodies, queue, receive, send};

#[test]
fn a_message_is_received_as_it_was_sent() {
    let store = TempStore::new();
    let queues = store.queues();
    let mut message = NewMessage::text("hello");
    message.attributes.insert("colour".to_owned(), Attribute::text("red"));
    let bytes = AttributeValue::Binary(vec![0, 255, 7]);
    let binary = Attribute { data_type: "Binary.raw".to_owned(), value: bytes };
    message.attributes.insert("raw".to_owned(), binary);
    let attributes = message.attributes.clone();
    let id = send(&queues, "q", message, at(0));
    let received = receive(&queues, "q", at(5));
    assert_eq!(received.len(), 1);
    let message = &received[0];
    assert_eq!((message.message_id.as_str(), message.body.as_str()), (id.as_str(), "hello"));
    assert_eq!(message.attributes, attributes);
    assert_eq!((message.sent_at, message.first_received_at), (at(0), at(5)));
    assert_eq!((message.receive_count, message.group.as_deref()), (1, None));
    assert_eq!(id.len(), 36);
}

#[test]
fn a_received_message_is_hidden_until_its_timeout_is_over() {
    let store = TempStore::new();
    let queues = store.queues();
    send(&queues, "q", NewMessage::text("m"), at(0));
    let first = receive(&queues, "q", at(0));
    assert_eq!(bodies(&receive(&queues, "q", at(29))), [""; 0]);
    let second = receive(&queues, "q", at(30));
    assert_eq!(bodies(&second), ["m"]);
    assert_eq!((second[0].receive_count, second[0].first_received_at), (2, at(0)));
    assert_ne!(first[0].receipt, second[0].receipt);
    assert_eq!(first[0].message_id, second[0].message_id);
}

#[test]
fn a_deleted_message_does_not_come_back() {
    let store = TempStore::new();
    let queues = store.queues();
    send(&queues, "q", NewMessage::text("m"), at(0));
    let received = receive(&queues, "q", at(0));
    block_on(queues.delete(&queue("q"), &received[0].receipt, at(1))).unwrap();
    assert!(receive(&queues, "q", at(60)).is_empty());
    // Deleting again is no error.
    block_on(queues.delete(&queue("q"), &received[0].receipt, at(2))).unwrap();
    drop(queues);
    let store = store.reopen();
    assert!(receive(&store.queues(), "q", at(60)).is_empty());
}

#[test]
fn an_old_receipt_deletes_nothing() {
    let store = TempStore::new();
    let queues = store.queues();
    send(&queues, "q", NewMessage::text("m"), at(0));
    let old = receive(&queues, "q", at(0));
    let new = receive(&queues, "q", at(30));
    block_on(queues.delete(&queue("q"), &old[0].receipt, at(31))).unwrap();
    assert_eq!(bodies(&receive(&queues, "q", at(60))), ["m"]);
    block_on(queues.delete(&queue("q"), &new[0].receipt, at(61))).unwrap();
    assert_eq!(bodies(&receive(&queues, "q", at(90))), ["m"]);
}

#[test]
fn a_receipt_of_another_queue_or_of_none_is_refused() {
    let store = TempStore::new();
    let queues = store.queues();
    send(&queues, "q", NewMessage::text("m"), at(0));
    send(&queues, "other", NewMessage::text("m"), at(0));
    let received = receive(&queues, "q", at(0));
    for receipt in [received[0].receipt.as_str(), "nonsense", ""] {
        let refused = block_on(queues.delete(&queue("other"), receipt, at(0)));
        assert_eq!(refused, Err(QueueError::ReceiptInvalid));
    }
}

#[test]
fn a_queue_that_is_not_there_is_not_received_from() {
    let store = TempStore::new();
    let refused = block_on(store.queues().receive(&queue("q"), 1, None, at(0)));
    assert_eq!(refused, Err(QueueError::NotFound(queue("q"))));
    assert_eq!(block_on(store.queues().settings(&queue("q"))), Ok(None));
}

#[test]
fn a_created_queue_keeps_its_settings() {
    let store = TempStore::new();
    let queues = store.queues();
    let settings = QueueSettings { visibility: Duration::from_secs(5), ..Default::default() };
    block_on(queues.create(&queue("q"), settings.clone(), at(0))).unwrap();
    block_on(queues.create(&queue("q"), settings.clone(), at(1))).unwrap();
    let refused = block_on(queues.create(&queue("q"), QueueSettings::default(), at(1)));
    assert_eq!(refused, Err(QueueError::ExistsOtherwise(queue("q"))));
    assert_eq!(block_on(queues.settings(&queue("q"))), Ok(Some((settings, at(0)))));
    send(&queues, "q", NewMessage::text("m"), at(0));
    receive(&queues, "q", at(0));
    assert!(receive(&queues, "q", at(4)).is_empty());
    assert_eq!(receive(&queues, "q", at(5)).len(), 1);
}

#[test]
fn messages_come_longest_visible_first_and_at_most_as_many_as_asked_for() {
    let store = TempStore::new();
    let queues = store.queues();
    let messages = (0..15).map(|n| NewMessage::text(n.to_string())).collect();
    block_on(queues.send(&queue("q"), messages, at(0))).unwrap();
    let three = block_on(queues.receive(&queue("q"), 3, None, at(0))).unwrap();
    assert_eq!(bodies(&three), ["0", "1", "2"]);
    assert_eq!(receive(&queues, "q", at(0)).len(), 10);
    assert_eq!(bodies(&receive(&queues, "q", at(0))), ["13", "14"]);
    for count in [0, 11] {
        let refused = block_on(queues.receive(&queue("q"), count, None, at(0)));
        assert_eq!(refused, Err(QueueError::CountOutOfRange(count)));
    }
}

#[test]
fn a_delayed_message_comes_when_its_delay_is_over() {
    let store = TempStore::new();
    let queues = store.queues();
    let mut message = NewMessage::text("m");
    message.delay = Some(Duration::from_secs(900));
    send(&queues, "q", message.clone(), at(0));
    assert!(receive(&queues, "q", at(899)).is_empty());
    assert_eq!(receive(&queues, "q", at(900)).len(), 1);
    message.delay = Some(Duration::from_secs(901));
    let refused = block_on(queues.send(&queue("q"), vec![message], at(0))).unwrap();
    assert_eq!(refused, [Err(QueueError::DelayOutOfRange(901))]);
}

#[test]
fn the_visibility_of_a_message_in_flight_is_changed_and_of_no_other() {
    let store = TempStore::new();
    let queues = store.queues();
    send(&queues, "q", NewMessage::text("m"), at(0));
    let received = receive(&queues, "q", at(0));
    let change = |receipt: &str, seconds, now| {
        let timeout = Duration::from_secs(seconds);
        block_on(queues.change_visibility(&queue("q"), receipt, timeout, at(now)))
    };
    change(&received[0].receipt, 100, 10).unwrap();
    assert!(receive(&queues, "q", at(109)).is_empty());
    change(&received[0].receipt, 0, 109).unwrap();
    assert_eq!(change(&received[0].receipt, 10, 109), Err(QueueError::NotInFlight));
    let again = receive(&queues, "q", at(109));
    assert_eq!(again.len(), 1);
    assert_eq!(change(&received[0].receipt, 10, 110), Err(QueueError::NotInFlight));
    assert_eq!(
        change(&again[0].receipt, 43_201, 110),
        Err(QueueError::VisibilityOutOfRange(43_201))
    );
    change(&again[0].receipt, 43_200, 110).unwrap();
}

#[test]
fn the_depth_tells_visible_in_flight_and_delayed_apart() {
    let store = TempStore::new();
    let queues = store.queues();
    for n in 0..5 {
        send(&queues, "q", NewMessage::text(n.to_string()), at(0));
    }
    let mut late = NewMessage::text("late");
    late.delay = Some(Duration::from_secs(60));
    send(&queues, "q", late, at(0));
    let two = block_on(queues.receive(&queue("q"), 2, None, at(0))).unwrap();
    let depth = |now| block_on(queues.depth(&queue("q"), at(now))).unwrap();
    assert_eq!(depth(0), Depth { visible: 3, in_flight: 2, delayed: 1 });
    block_on(queues.delete(&queue("q"), &two[0].receipt, at(1))).unwrap();
    assert_eq!(depth(1), Depth { visible: 3, in_flight: 1, delayed: 1 });
    assert_eq!(depth(30), Depth { visible: 4, in_flight: 0, delayed: 1 });
    assert_eq!(depth(60), Depth { visible: 5, in_flight: 0, delayed: 0 });
}

#[test]
fn messages_older_than_two_weeks_are_forgotten() {
    let store = TempStore::new();
    let queues = store.queues();
    let two_weeks = 14 * 24 * 3600;
    send(&queues, "q", NewMessage::text("old"), at(0));
    send(&queues, "q", NewMessage::text("new"), at(1));
    assert_eq!(bodies(&receive(&queues, "q", at(two_weeks))), ["new"]);
    let depth = block_on(queues.depth(&queue("q"), at(two_weeks))).unwrap();
    assert_eq!(depth, Depth { visible: 0, in_flight: 1, delayed: 0 });
}

#[test]
fn a_purge_deletes_what_is_there_and_not_what_comes_later() {
    let store = TempStore::new();
    let queues = store.queues();
    let many = (0..2500).map(|n| NewMessage::text(n.to_string())).collect();
    block_on(queues.send(&queue("q"), many, at(0))).unwrap();
    send(&queues, "other", NewMessage::text("stays"), at(0));
    receive(&queues, "q", at(0));
    block_on(queues.purge(&queue("q"), at(1))).unwrap();
    assert_eq!(block_on(queues.depth(&queue("q"), at(1))), Ok(Depth::default()));
    send(&queues, "q", NewMessage::text("later"), at(2));
    assert_eq!(bodies(&receive(&queues, "q", at(60))), ["later"]);
    assert_eq!(bodies(&receive(&queues, "other", at(60))), ["stays"]);
}

#[test]
fn a_reference_to_an_event_is_received_as_the_event_on_its_way() {
    let store = TempStore::new();
    let queues = store.queues();
    let accepts = vec![planned(event("1", "some data"), &["q"])];
    let delivery = accepts[0].plan.deliveries[0].id;
    block_on(store.accept(accepts, lease(0, 60))).unwrap();
    let identity = Identity::new("contract", "1");
    let body = |self_contained| Body::Event { identity, hops: 2, delivery, self_contained };
    let messages = [body(true), body(false)].map(NewMessage::new);
    block_on(queues.push(&queue("q"), messages.to_vec(), at(0))).unwrap();
    let received = receive(&queues, "q", at(0));
    for message in &received {
        let text = &message.body;
        assert!(text.contains("\"some data\"") && text.contains("\"eventyardhops\":3"), "{text}");
        let attribute = |name| message.attributes.get(name).cloned();
        let id = Some(Attribute::text(delivery.to_string()));
        assert_eq!(attribute("eventyard-delivery"), id);
        assert_eq!(attribute("eventyard-hops"), Some(Attribute::text("3")));
        assert_eq!(attribute("eventyard-cause"), Some(Attribute::text("1")));
    }
    let says_id = received.iter().map(|message| message.body.contains(&delivery.to_string()));
    assert_eq!(says_id.collect::<Vec<_>>(), [true, false]);
    let identity = Identity::new("s", "2");
    let unknown = Body::Event { identity, hops: 0, delivery, self_contained: false };
    let refused = block_on(queues.push(&queue("q"), vec![NewMessage::new(unknown)], at(0)));
    assert_eq!(refused.unwrap(), [Err(QueueError::EventUnknown)]);
}

#[test]
fn a_body_has_one_byte_to_one_mebibyte() {
    let store = TempStore::new();
    let longest = "x".repeat(1_048_576);
    let texts = ["", longest.as_str(), &format!("{longest}x")].map(NewMessage::text);
    let sent = block_on(store.queues().send(&queue("q"), texts.to_vec(), at(0))).unwrap();
    assert_eq!(sent[0], Err(QueueError::BodyEmpty));
    assert!(sent[1].is_ok());
    assert_eq!(sent[2], Err(QueueError::BodyTooLong(1_048_577)));
    assert_eq!(receive(&store.queues(), "q", at(0))[0].body, longest);
}

#[test]
fn who_waits_is_woken_by_a_message_of_its_queue_and_of_no_other() {
    let store = TempStore::new();
    let queues = store.queues();
    let mut signal = queues.arrivals(&queue("q"));
    assert!(!signal.has_changed().unwrap());
    send(&queues, "other", NewMessage::text("m"), at(0));
    assert!(!signal.has_changed().unwrap());
    send(&queues, "q", NewMessage::text("m"), at(0));
    assert!(signal.has_changed().unwrap());
    signal.mark_unchanged();
    receive(&queues, "q", at(0));
    assert_eq!(block_on(queues.next_visible(&queue("q"))), Ok(Some(at(30))));
}

#[test]
fn queues_are_listed_by_prefix() {
    let store = TempStore::new();
    let queues = store.queues();
    for name in ["orders", "order-dead", "payments", "a.fifo"] {
        block_on(queues.create(&queue(name), QueueSettings::for_name(&queue(name)), at(0)))
            .unwrap();
    }
    let names = |prefix| {
        let names = block_on(queues.list(prefix)).unwrap();
        names.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names("order"), ["order-dead", "orders"]);
    assert_eq!(names("").len(), 4);
    assert_eq!(names("x"), [""; 0]);
}

#[test]
fn names_of_queues_are_checked() {
    use eventyard_embedded::queues::QueueName;
    for name in ["a", "A-b_c.fifo", "aws/events", &"x".repeat(256)] {
        assert!(name.parse::<QueueName>().is_ok(), "{name}");
    }
    for name in ["", "a b", "ü", "a:b", &"x".repeat(257)] {
        assert!(name.parse::<QueueName>().is_err(), "{name}");
    }
}
