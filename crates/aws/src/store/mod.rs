//! DynamoDB as the event store: ledger, delivery items, rule sets and breakers in one table.
//!
//! Every partition key begins with the bus's name and `#`. `id` is an identity, `n20` a number of 20
//! digits.
//!
//! | item | `pk` / `sk` | written if | holds |
//! |---|---|---|---|
//! | event | `E#id` / `E` | absent or expired | page, time, digest, input, plan and document |
//! | chunk | the same / `C#hash#n` | before the item that names it | part of a body over 350 KB |
//! | delivery | the same / `D#delivery` | absent, then by revision | state, attempts, cause; `wpk`, `wsk` |
//! | page | `L#shard` / `n20` | absent; then by attempt | entries, lease; sealed: outcomes |
//! | group pointer | `G#target#group` / log position | before its delivery | who is first in a group |
//! | target | `T` / target | by revision | that it has deliveries; its breaker |
//! | rule set | `R#version` / `R` | absent | its texts |
//! | undecodable | `X` / input, message | after its body | body: `X#hash` / `X` |
//! | sweep mark | `W#shard` / `W` | forwards | all pages up to it are sealed |
//! | stream event | `S#stream` / `V#n20` | absent, in a transaction with the head | event |
//! | stream | the same / `HEAD`, `LISTED` | by version | last version; last version routed |
//! | snapshot | the same / `SNAP#n20` | always | state, time |
//!
//! The index `work` (`wpk`, `wsk`, keys only) has every unfinished delivery under `DUE#target` and every
//! parked one under `PARK#target`. It finds candidates; each is read again, consistently, before
//! anything is decided.
//!
//! `// INVARIANT (due)`: the due time in the index is never later than the delivery's own, so looking up to
//! now finds all that is due. It may be earlier, because an attempt does not move it.
//!
//! No call reads without a key, and every query is walked to its end.

mod accept;
mod append;
mod batch_get;
mod body;
mod breakers;
mod calls;
mod checkpoints;
mod claim;
mod codec;
mod deliveries;
mod delivery_item;
mod due;
mod event_item;
mod expression;
mod group;
mod history;
mod item;
mod journal;
mod journal_items;
mod keys;
mod ledger;
mod lines;
mod log;
mod page_item;
mod parked;
mod plan;
mod query;
mod registry;
mod rule_sets;
pub mod schema;
mod settings;
mod snapshots;
mod streams;
mod sweep;
mod time;
mod together;
mod transaction;
mod transition;
mod undecodable;
mod walk;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use eventyard_rules::TargetName;

use crate::wake::Wake;
use calls::Table;
use keys::Keys;

pub use journal::DynamoJournal;
pub use lines::{PageLine, PageLines};
pub use log::{LoggedPage, PagesSince};
pub use page_item::Entry;
pub use settings::StoreSettings;

/// One bus in a table. Clones are cheap and share what they know.
#[derive(Clone)]
pub struct DynamoStore(Arc<Inner>);

struct Inner {
    table: Table,
    keys: Keys,
    wake: Arc<dyn Wake>,
    settings: StoreSettings,
    /// The shard that this instance writes to.
    home: AtomicU16,
    hints: Mutex<claim::Hints>,
    found: Mutex<sweep::Found>,
    marks: Mutex<sweep::Marks>,
    /// Targets that are known to be registered.
    registered: Mutex<BTreeSet<TargetName>>,
}

impl fmt::Debug for DynamoStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { table, keys, settings, .. } = &*self.0;
        let mut debug = f.debug_struct("DynamoStore");
        debug.field("table", &table.name).field("keys", keys).field("settings", settings);
        debug.finish_non_exhaustive()
    }
}

impl DynamoStore {
    /// The bus of that name in a table that is there; no call is made. Waiting deliveries are told to
    /// `wake` once they are stored.
    #[must_use]
    pub fn new(
        client: Client,
        table: &str,
        bus: &str,
        wake: Arc<dyn Wake>,
        settings: StoreSettings,
    ) -> Self {
        Self(Arc::new(Inner {
            table: Table { client, name: table.to_owned() },
            keys: Keys::new(bus),
            wake,
            home: AtomicU16::new(some_shard(settings.shards())),
            settings,
            hints: Mutex::default(),
            found: Mutex::default(),
            marks: Mutex::default(),
            registered: Mutex::default(),
        }))
    }

    fn table(&self) -> &Table {
        &self.0.table
    }

    fn keys(&self) -> &Keys {
        &self.0.keys
    }

    fn settings(&self) -> &StoreSettings {
        &self.0.settings
    }

    fn home(&self) -> u16 {
        self.0.home.load(Ordering::Relaxed)
    }

    /// Chooses another home.
    fn move_home(&self) -> u16 {
        let shards = self.settings().shards();
        let next = (self.home() + 1 + some_shard(shards.saturating_sub(1).max(1))) % shards;
        self.0.home.store(next, Ordering::Relaxed);
        next
    }
}

fn some_shard(shards: u16) -> u16 {
    u16::try_from(random() % u64::from(shards.max(1))).unwrap_or_default()
}

/// A number that no other writer has.
fn random() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().1
}
