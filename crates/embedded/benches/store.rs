//! What the store costs beside a bare write of the same bytes in the same database.
//!
//! Both commit a thousand events of one kilobyte at a time with the same durability. Three rounds,
//! interleaved, so that a busy machine is seen as spread and not as a difference:
//!
//! - `bare`: the documents alone, one value each under rising numbers; in redb's mode for one
//!   process, and in the one that lets others read beside.
//! - `accept`: the same events with their plans through the ledger, one page at a time.
//! - `whole`: accepted, pushed to a queue, sealed; two pages on the way at once.
//!
//! `cargo bench -p eventyard-embedded --bench store -- [PAGES]`; the default is 100 pages.

use std::path::Path;
use std::time::{Duration, Instant};

use eventyard_bus::contract::fixture::{at, lease, planned};
use eventyard_bus::{Accept, Ledger, OpenPage, Sealed};
use eventyard_embedded::queues::{Body, NewMessage};
use eventyard_embedded::store::Store;
use eventyard_event::{Event, Limits};
use redb::{ConcurrencyMode, Database, TableDefinition};

const EVENTS_PER_PAGE: usize = 1000;
const ROUNDS: usize = 3;
const CACHE_BYTES: usize = 64 * 1024 * 1024;
const BARE: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("bare");

fn main() {
    let pages = std::env::args().filter_map(|argument| argument.parse().ok()).next();
    let pages: usize = pages.unwrap_or(100);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
    let runtime = runtime.expect("a runtime");
    println!("{pages} pages of {EVENTS_PER_PAGE} events of 1 KB; thousands of events per second");
    println!(
        "{:>12} {:>12} {:>8} {:>8} {:>16}",
        "bare", "bare, shared", "accept", "whole", "accept / bare"
    );
    for _ in 0..ROUNDS {
        let alone = bare(pages, ConcurrencyMode::ExclusiveWriter);
        let shared = bare(pages, ConcurrencyMode::SingleWriter);
        let accept = runtime.block_on(accept(pages));
        let whole = runtime.block_on(whole(pages));
        let ratio = accept / alone.max(shared);
        println!("{alone:>12.0} {shared:>12.0} {accept:>8.0} {whole:>8.0} {ratio:>16.2}");
    }
    println!("peak memory {}", peak_memory());
}

/// Thousands of events per second.
fn rate(pages: usize, time: Duration) -> f64 {
    (pages * EVENTS_PER_PAGE) as f64 / time.as_secs_f64() / 1000.0
}

/// Events of one page, one kilobyte each.
fn page(number: usize) -> Vec<Accept> {
    let events = (0..EVENTS_PER_PAGE).map(|nth| {
        let id = format!("{number:06}-{nth:04}");
        let text = format!("{id}{}", "x".repeat(900));
        let event = Event::builder(&id, "bench", "Measured").data_text(&text);
        planned(event.build(&Limits::default()).expect("an event"), &["queue"])
    });
    events.collect()
}

/// Writes the documents alone.
fn bare(pages: usize, mode: ConcurrencyMode) -> f64 {
    let folder = tempfile::tempdir_in(target_folder()).expect("a folder");
    let mut builder = redb::Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_concurrency_mode(mode);
    let database = builder.create(folder.path().join("bare.redb")).expect("a database");
    let mut time = Duration::ZERO;
    for number in 0..pages {
        let events = page(number);
        let started = Instant::now();
        write_bare(&database, number, &events).expect("written");
        time += started.elapsed();
    }
    rate(pages, time)
}

fn write_bare(database: &Database, page: usize, events: &[Accept]) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    {
        let mut table = write.open_table(BARE)?;
        for (key, accept) in (page * EVENTS_PER_PAGE..).zip(events) {
            table.insert(key as u64, accept.event.document().as_bytes())?;
        }
    }
    Ok(write.commit()?)
}

/// Accepts pages one after another.
async fn accept(pages: usize) -> f64 {
    let folder = tempfile::tempdir_in(target_folder()).expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let mut time = Duration::ZERO;
    for number in 0..pages {
        let events = page(number);
        let started = Instant::now();
        store.accept(events, lease(0, 60)).await.expect("accepted");
        time += started.elapsed();
    }
    rate(pages, time)
}

/// Accepts, delivers to a queue and seals; while one page is delivered the next is accepted.
async fn whole(pages: usize) -> f64 {
    let folder = tempfile::tempdir_in(target_folder()).expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let mut time = Duration::ZERO;
    let mut delivering = None;
    for number in 0..pages {
        let events = page(number);
        let started = Instant::now();
        let accepted = store.accept(events, lease(0, 60)).await.expect("accepted");
        let next = deliver(store.clone(), accepted.page.expect("a page"));
        let before = delivering.replace(tokio::spawn(next));
        if let Some(before) = before {
            before.await.expect("delivered");
        }
        time += started.elapsed();
    }
    let started = Instant::now();
    if let Some(last) = delivering {
        last.await.expect("delivered");
    }
    store.flush().await.expect("flushed");
    rate(pages, time + started.elapsed())
}

async fn deliver(store: Store, page: OpenPage) {
    let queue = "queue".parse().expect("a name");
    let messages = page.events.iter().map(|event| {
        let (identity, delivery) = (event.event.identity(), event.plan.deliveries[0].id);
        NewMessage::new(Body::Event { identity, hops: 0, delivery, self_contained: false })
    });
    let sent = store.queues().push(&queue, messages.collect(), at(0)).await.expect("pushed");
    assert!(sent.iter().all(Result::is_ok));
    let outcomes =
        page.events.iter().map(|event| Sealed { delivery: event.plan.deliveries[0].id, at: at(0) });
    store.seal(&page.claim, &outcomes.collect::<Vec<_>>(), at(0)).await.expect("sealed");
}

/// On the disk that is built on: a folder in memory would measure no disk.
fn target_folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}
