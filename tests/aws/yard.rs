//! One test's hold on a stack: clients of its own, its queues and functions, the sweeper, the judge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use aws_sdk_lambda::primitives::Blob;
use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_aws::{Clients, NoWake};
use serde_json::{Value, json};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::aws;
use crate::judge::{Verdict, judge};
use crate::poll::eventually;
use crate::queue::{Queue, Taken};
use crate::stack::Stack;

/// The bus of every stack.
pub const BUS: &str = "e2e";

/// A stack, and clients of one test.
pub struct Yard {
    /// The stack.
    pub stack: &'static Stack,
    /// Clients of the SDK.
    pub clients: Clients,
    _turn: Turn,
}

/// Tests of the shared stack run beside each other, but for those that fill its queues.
static TURNS: RwLock<()> = RwLock::const_new(());

/// The right to use the stack, as long as it is kept.
enum Turn {
    Beside {
        _guard: RwLockReadGuard<'static, ()>,
    },
    Alone {
        _guard: RwLockWriteGuard<'static, ()>,
    },
    /// On a stack of one's own.
    Own,
}

fn shared() -> &'static Stack {
    Stack::shared().expect("the stack is deployed")
}

impl Yard {
    /// The shared stack.
    ///
    /// # Panics
    /// When it cannot be deployed.
    pub async fn here() -> Self {
        Self::at(shared(), Turn::Beside { _guard: TURNS.read().await }).await
    }

    /// The shared stack while no other test uses it: for one that would delay the events of all others.
    ///
    /// # Panics
    /// When it cannot be deployed.
    pub async fn alone() -> Self {
        Self::at(shared(), Turn::Alone { _guard: TURNS.write().await }).await
    }

    /// Another stack.
    ///
    /// # Panics
    /// When there is no LocalStack.
    pub async fn on(stack: &'static Stack) -> Self {
        Self::at(stack, Turn::Own).await
    }

    async fn at(stack: &'static Stack, turn: Turn) -> Self {
        Self { stack, clients: aws::clients().await.expect("LocalStack answers"), _turn: turn }
    }

    /// A queue of the stack: `PREFIX-NAME`.
    pub async fn queue(&self, name: &str) -> Queue {
        let client = self.clients.sqs();
        let found = client.get_queue_url().queue_name(self.stack.name(name)).send().await;
        let url = found.unwrap_or_else(|error| panic!("the queue {name}: {error:?}")).queue_url;
        Queue { client, url: url.unwrap_or_default() }
    }

    /// The queue that events are sent to.
    pub fn ingest(&self) -> Queue {
        self.output_queue("IngestQueueUrl")
    }

    /// The FIFO queue that events are sent to.
    pub fn ingest_fifo(&self) -> Queue {
        self.output_queue("IngestFifoQueueUrl")
    }

    fn output_queue(&self, output: &str) -> Queue {
        let url = self.stack.output(output).expect("an output of the template").to_owned();
        Queue { client: self.clients.sqs(), url }
    }

    /// The table, read and written as the functions do, waking nobody.
    #[must_use]
    pub fn store(&self) -> DynamoStore {
        let settings = StoreSettings { transaction_actions_max: 10, ..StoreSettings::default() };
        DynamoStore::new(
            self.clients.dynamodb(),
            &self.stack.prefix,
            BUS,
            Arc::new(NoWake),
            settings,
        )
    }

    /// Invokes a function of the stack and waits for its answer.
    ///
    /// # Errors
    /// When it fails.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let client = aws_sdk_lambda::Client::new(self.clients.config());
        let name = self.stack.name(function);
        let call = client.invoke().function_name(&name).payload(Blob::new(payload.to_string()));
        let answer = call.send().await.with_context(|| format!("{name} was not invoked"))?;
        let payload = answer.payload.unwrap_or_else(|| Blob::new("null")).into_inner();
        let payload = String::from_utf8_lossy(&payload).into_owned();
        ensure!(answer.function_error.is_none(), "{name}: {payload}");
        Ok(serde_json::from_str(&payload)?)
    }

    /// Lets the sweeper come once.
    ///
    /// # Errors
    /// When it fails.
    pub async fn sweep(&self) -> Result<Value> {
        self.invoke("sweep", &json!({})).await
    }

    /// What the table says of the events of a source.
    ///
    /// # Errors
    /// When the table fails.
    pub async fn judge(&self, source: &str) -> Result<Verdict> {
        judge(&self.store(), self.stack.started_at, source).await
    }

    /// Waits until so many events of a source are accepted and nothing of them is on its way, letting the sweeper come
    /// every now and then.
    ///
    /// # Panics
    /// When that is not so in time, or the promise does not hold at any moment.
    pub async fn settled(&self, source: &str, events: usize) -> Verdict {
        let mut round = 0_u32;
        eventually(&format!("{events} events of `{source}` are settled"), async || {
            round += 1;
            if round.is_multiple_of(5) {
                self.sweep().await.map_err(|error| format!("the sweeper: {error:#}"))?;
            }
            let verdict =
                self.judge(source).await.map_err(|error| format!("the table: {error:#}"))?;
            assert!(verdict.report.holds(), "the promise does not hold: {:#?}", verdict.report);
            let is_done = verdict.accepted.len() >= events && verdict.is_settled();
            if is_done {
                Ok(verdict)
            } else {
                Err(format!("{:?} {:?}", verdict.report, verdict.items))
            }
        })
        .await
    }

    /// Takes messages out of a queue until those that are wanted were there, and nothing more comes.
    ///
    /// # Panics
    /// When one does not come in time.
    pub async fn received(&self, queue: &str, wanted: &BTreeSet<String>) -> Vec<Taken> {
        let queue = self.queue(queue).await;
        let mut all: Vec<Taken> = Vec::new();
        eventually("deliveries lie in their queue", async || {
            all.extend(queue.drain().await.map_err(|error| format!("{error:#}"))?);
            let there: BTreeSet<_> = all.iter().map(|taken| taken.delivery()).collect();
            let missing: Vec<_> = wanted.difference(&there).cloned().collect();
            if missing.is_empty() { Ok(()) } else { Err(format!("missing {missing:?}")) }
        })
        .await;
        all
    }
}

/// A CloudEvents event in JSON.
#[must_use]
pub fn event(source: &str, id: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": source, "type": "Tested", "subject": id,
        "datacontenttype": "application/json", "data": data,
    })
}

/// How often each delivery was received.
#[must_use]
pub fn counts(taken: &[Taken]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for taken in taken {
        *counts.entry(taken.delivery()).or_default() += 1;
    }
    counts
}

/// Asserts that a queue received exactly what the table calls delivered to a target, each once.
///
/// # Panics
/// When it did not.
#[track_caller]
pub fn assert_received_once(taken: &[Taken], verdict: &Verdict, target: &str) {
    let once: BTreeMap<_, _> = verdict.delivered_to(target).into_iter().map(|id| (id, 1)).collect();
    assert_eq!(counts(taken), once, "what {target} received, and how often");
}
