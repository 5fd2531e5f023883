//! A writer that is killed, in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use eventyard_bus::contract::fixture::{at, lease};
use eventyard_bus::{Ledger, Sealed};
use eventyard_embedded::queues::{Body, NewMessage};
use eventyard_embedded::reader::{EventFilter, Reader};
use eventyard_embedded::store::{OpenError, Store};
use eventyard_event::Identity;

use crate::support::{batch, block_on, queue};

const FOLDER: &str = "EVENTYARD_TEST_FOLDER";
const FIRST: &str = "EVENTYARD_TEST_FIRST";

/// Events of one batch of the child.
const BATCH: u32 = 20;

/// The child: accepts and delivers for ever, and says each batch whose acceptance was answered.
#[test]
#[ignore = "run by other tests, in a process of its own"]
fn child_writes_until_it_is_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let first: u32 = std::env::var(FIRST).unwrap().parse().unwrap();
    let store = Store::open(folder).unwrap();
    block_on(async {
        while let Some(page) = store.take_over(lease(0, 60)).await.unwrap() {
            deliver(&store, page).await;
        }
        for number in first.. {
            let ids = number * BATCH..(number + 1) * BATCH;
            let accepted = store.accept(batch(ids), lease(0, 60)).await.unwrap();
            println!("accepted {number}");
            std::io::stdout().flush().unwrap();
            if let Some(page) = accepted.page {
                deliver(&store, page).await;
            }
        }
    });
}

/// Delivers a page to the queues of its targets, and seals it.
async fn deliver(store: &Store, page: eventyard_bus::OpenPage) {
    let queues = store.queues();
    let mut sealed = Vec::new();
    for event in &page.events {
        for planned in &event.plan.deliveries {
            let identity = event.event.identity();
            let delivery = planned.id;
            let body = Body::Event { identity, hops: 0, delivery, self_contained: false };
            let to = queue(planned.target.as_str());
            let sent = queues.push(&to, vec![NewMessage::new(body)], at(1)).await.unwrap();
            assert!(sent.iter().all(Result::is_ok));
            sealed.push(Sealed { delivery: planned.id, at: at(1) });
        }
    }
    store.seal(&page.claim, &sealed, at(1)).await.unwrap();
}

/// Starts the child on a folder.
fn start(folder: &Path, first: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the child has said so many batches, and gives the number of the last one.
fn wait_for(child: &mut Child, batches: usize) -> u32 {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    let mut said = lines.filter_map(|line| line.split("accepted ").nth(1)?.parse().ok());
    said.nth(batches - 1).unwrap()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_was_answered_is_there_after_every_kill_and_the_promise_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut last = 0;
    for round in 0..5 {
        let mut child = start(folder.path(), last);
        last = wait_for(&mut child, 3 + round * 7);
        kill(child);
        assert_whole(folder.path(), last);
    }
    // Whoever opens it next finishes what was open, and delivers nothing that was not planned.
    let store = Store::open(folder.path()).unwrap();
    block_on(async {
        while let Some(page) = store.take_over(lease(0, 60)).await.unwrap() {
            deliver(&store, page).await;
        }
        store.flush().await.unwrap();
    });
    let report = store.reader().audit().unwrap();
    assert!(report.holds(), "{:?}", report.violations);
    assert_eq!((report.open, report.in_flight), (0, 0));
    assert_eq!(report.delivered, report.planned);
    let messages = store.reader().messages(&queue("x")).unwrap().unwrap().count();
    assert!(messages as u64 * 2 >= report.delivered);
}

/// Every event of the batches up to `last` can be read, and the promise holds as it stands.
fn assert_whole(folder: &Path, last: u32) {
    let reader = Reader::open(folder).unwrap();
    let report = reader.audit().unwrap();
    assert!(report.holds(), "{:?}", report.violations);
    let events = reader.events(EventFilter::default()).map(|event| event.unwrap().line);
    let known = events.collect::<Vec<_>>();
    assert!(known.len() >= ((last + 1) * BATCH) as usize, "{} of batch {last}", known.len());
    drop(reader);
    let store = Store::open(folder).unwrap();
    for id in [0, last * BATCH, (last + 1) * BATCH - 1] {
        let identity = Identity::new("contract", &id.to_string());
        assert!(block_on(store.event(&identity)).unwrap().is_some(), "event {id}");
    }
}

#[test]
fn a_reader_sees_what_a_writer_in_another_process_accepts() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(folder.path(), 0);
    let first = wait_for(&mut child, 2);
    let reader = Reader::open(folder.path()).unwrap();
    let before = reader.counts().unwrap().events;
    assert!(before >= u64::from((first + 1) * BATCH));
    assert_eq!(reader.trace("3", None).unwrap().events.len(), 1);
    // The same reader follows; nothing it has read is lost meanwhile.
    let mut events = reader.events(EventFilter::default());
    assert!(events.next().unwrap().is_ok());
    let later = wait_for(&mut child, 30);
    assert!(reader.counts().unwrap().events >= u64::from((later + 1) * BATCH));
    assert!(events.all(|event| event.is_ok()));
    assert!(reader.audit().unwrap().holds());
    assert!(matches!(Store::open(folder.path()), Err(OpenError::InUse { .. })));
    kill(child);
    // And it still reads the last commit; a new one recovers the store first.
    assert!(reader.counts().is_ok());
    drop((events, reader));
    assert!(Reader::open(folder.path()).unwrap().audit().unwrap().holds());
}
