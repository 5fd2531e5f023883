//! A bus on AWS: the same questions and answers, from its table.

mod doctor;
mod replays;
mod streams;
mod subscriptions;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use eventyard_aws::reader::StackReader;
use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_aws::{Clients, NoWake, SqsWake, Stack, Wake};
use eventyard_bus::view::{Redrive, RedriveError};
use eventyard_bus::{Clock, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::exit::RemoteError;
use crate::output::{self, BAD, styled};
use crate::place::{StackPlace, block_on};
use crate::source::{self, Question};

pub use doctor::doctor;
pub use replays::StackReplays;
pub use streams::append;
pub use subscriptions::{subscriptions, turn};

/// How far back a trace looks for an id.
const TRACE_HOURS: i64 = 24;

/// Hands each line of the answer to `each`, in order, in bounded memory.
///
/// # Errors
/// When AWS does not answer or denies it, or `each` fails.
pub fn read(
    place: &StackPlace,
    question: Question,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    block_on(async {
        let stack = stack(&place.name).await?;
        let store = store(&stack, &place.bus, Arc::new(NoWake));
        answer(store, question, each).await.map_err(|error| remote(error, place))
    })
}

/// Redrives or discards parked deliveries, and wakes the workers of their targets; answers how many.
///
/// # Errors
/// When AWS does not answer or denies it; those before are done.
pub async fn redrive(place: &StackPlace, request: &Redrive) -> Result<usize> {
    let stack = stack(&place.name).await?;
    let reader = StackReader::new(store(&stack, &place.bus, wake(&stack).await));
    reader.redrive(request, Timestamp::now()).await.map_err(|error| match error {
        RedriveError::Store(error) => remote(error.into(), place),
        error => error.into(),
    })
}

async fn stack(name: &str) -> Result<Stack> {
    Ok(Stack::new(Clients::for_people().await, name)?)
}

fn store(stack: &Stack, bus: &str, wake: Arc<dyn Wake>) -> DynamoStore {
    let client = stack.clients.dynamodb();
    DynamoStore::new(client, &stack.name, bus, wake, StoreSettings::default())
}

/// What wakes the workers of the stack; where its queues cannot be known, the sweeper does within a minute.
async fn wake(stack: &Stack) -> Arc<dyn Wake> {
    match stack.environment().await {
        Ok(found) => {
            let client = stack.clients.sqs();
            Arc::new(SqsWake::new(client, found.work_queues, Arc::new(SystemClock)))
        }
        Err(error) => {
            let word = styled(BAD, "warning");
            anstream::eprintln!(
                "{word}: {error}; the sweeper wakes what is redriven, within a minute"
            );
            Arc::new(NoWake)
        }
    }
}

/// The clock of this machine.
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

async fn answer(
    store: DynamoStore,
    question: Question,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let reader = &StackReader::new(store.clone());
    match question {
        Question::Stream { stream, from, direction, limit } => {
            streams::read(&store, &stream, from, direction, limit, each).await?;
        }
        Question::Events(filter) => {
            let mut events = reader.events(filter);
            while let Some(some) = events.next().await? {
                some.iter().try_for_each(|event| each(&event.line))?;
            }
        }
        Question::List(query) => source::list(reader.history(), &query, each).await?,
        Question::Trace { id, source, since } => {
            let since = since.map_or_else(|| ago(TRACE_HOURS), Ok)?;
            json(&reader.trace(&id, source.as_deref(), since).await?, each)?;
        }
        Question::Parked(filter) => {
            let mut parked = reader.parked(filter);
            while let Some(some) = parked.next().await? {
                some.iter().try_for_each(|one| json(one, each))?;
            }
        }
        Question::Rules { version } => {
            if let Some(rules) = reader.rules(&version).await? {
                json(&rules, each)?;
            }
        }
        Question::Undecodable { limit } => undecodable(reader, limit, each).await?,
        Question::Audit { since } => json(&reader.audit(since).await?, each)?,
        Question::Queues | Question::Messages { .. } => {
            anyhow::bail!("the queues of a stack are those of SQS: read them with `aws sqs`")
        }
    }
    Ok(())
}

async fn undecodable(
    reader: &StackReader,
    limit: Option<usize>,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut messages = reader.undecodable();
    let mut left = limit.unwrap_or(usize::MAX);
    while left > 0
        && let Some(some) = messages.next().await?
    {
        let some = some.get(..some.len().min(left)).unwrap_or_default();
        some.iter().try_for_each(|message| json(message, each))?;
        left -= some.len();
    }
    Ok(())
}

fn ago(hours: i64) -> Result<Timestamp> {
    let age = SignedDuration::from_hours(hours);
    Timestamp::now().checked_sub(age).context("the clock of this machine is wrong")
}

fn json(value: &impl serde::Serialize, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    each(&serde_json::to_string(value)?)
}

/// What the store could not do is the stack's doing, with the way out.
fn remote(error: anyhow::Error, place: &StackPlace) -> anyhow::Error {
    let Some(StoreError::Unavailable { reason }) = error.downcast_ref() else { return error };
    let name = output::printable(&place.name);
    let text = match reason.contains("ResourceNotFoundException") {
        true => format!(
            "there is no table `{name}` here, so no stack of this name: {reason} (see AWS_REGION and AWS_PROFILE)"
        ),
        false => format!("the table `{name}` did not answer: {reason}"),
    };
    RemoteError(text).into()
}
