//! Reading a bus, as JSON lines: the same from a running one and from a folder.

use anyhow::{Context as _, Result};
use eventyard_bus::History;
use eventyard_bus::view::{EventFilter, ParkedFilter};
use eventyard_bus::{Direction, StreamName};
use eventyard_embedded::reader::Reader;
use eventyard_history::query::{EventLines, ListQuery};
use eventyard_rules::Version;
use futures::StreamExt as _;
use jiff::Timestamp;

use crate::place::{self, Bus, Place};
use crate::stack;

/// What is read.
#[derive(Debug, Clone)]
pub enum Question {
    /// Accepted events, each as its CloudEvents object.
    Events(EventFilter),
    /// Accepted events that are asked for with more than their attributes, as its answer says.
    List(ListQuery),
    /// The story of every event of an id; one object. A table is searched since a time.
    Trace {
        id: String,
        source: Option<String>,
        #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only a table is asked"))]
        since: Option<Timestamp>,
    },
    /// The rules of a version as texts, one object; no line when they are not there.
    Rules { version: Version },
    /// The events of a stream with their versions.
    Stream { stream: StreamName, from: u64, direction: Direction, limit: Option<usize> },
    /// Parked deliveries with their events.
    Parked(ParkedFilter),
    /// Messages that are no events.
    Undecodable { limit: Option<usize> },
    /// The queues.
    Queues,
    /// The messages of a queue, without receiving them.
    Messages { queue: String },
    /// The invariant; one object. Of a table the pages since a time.
    Audit {
        #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only a table is asked"))]
        since: Option<Timestamp>,
    },
}

/// Hands each line of the answer to `each`, in order, in bounded memory.
///
/// # Errors
/// When the bus does not answer, the folder has no store, the stack cannot be read, or `each` fails.
pub fn read(bus: &Bus, question: Question, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    match bus {
        Bus::Stack(stack) => stack::read(stack, question, each),
        Bus::Here(Place::Url(url)) => place::block_on(remote(url, &question, each)),
        Bus::Here(Place::Folder(folder)) => {
            let reader = Reader::open(folder).with_context(|| {
                format!(
                    "cannot read the data folder `{}`; `eventyard dev` makes one",
                    folder.display()
                )
            })?;
            local(&reader, question, each)
        }
    }
}

/// The one line of an answer; none where there is none.
///
/// # Errors
/// As [`read`].
pub fn line(bus: &Bus, question: Question) -> Result<Option<String>> {
    let mut only = None;
    read(bus, question, &mut |line| {
        only = Some(line.to_owned());
        Ok(())
    })?;
    Ok(only)
}

async fn remote(
    url: &str,
    question: &Question,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let (path, parameters) = question.route();
    let mut address = reqwest::Url::parse(url).with_context(|| format!("`{url}` is not a URL"))?;
    address
        .path_segments_mut()
        .map_err(|()| anyhow::anyhow!("`{url}` is not a URL of a bus"))?
        .extend(path);
    for (name, value) in parameters {
        address.query_pairs_mut().append_pair(name, &value);
    }
    let answer = place::client().get(address).send().await?;
    if matches!(question, Question::Rules { .. })
        && answer.status() == reqwest::StatusCode::NOT_FOUND
    {
        return Ok(());
    }
    let mut pieces = place::checked(answer).await?.bytes_stream();
    let mut pending = Vec::new();
    while let Some(piece) = pieces.next().await {
        pending.extend_from_slice(&piece?);
        let Some(end) = pending.iter().rposition(|&byte| byte == b'\n') else { continue };
        let rest = pending.split_off(end + 1);
        for line in std::str::from_utf8(&pending)?.lines() {
            each(line)?;
        }
        pending = rest;
    }
    if pending.is_empty() { Ok(()) } else { each(std::str::from_utf8(&pending)?) }
}

impl Question {
    /// The path of the route that answers it, and the parameters.
    fn route(&self) -> (Vec<&str>, Vec<(&'static str, String)>) {
        let mut parameters = Vec::new();
        let mut add = |name: &'static str, value: Option<String>| {
            parameters.extend(value.map(|value| (name, value)));
        };
        let path = match self {
            Self::Events(filter) => {
                add("type", filter.event_type.clone());
                add("source", filter.source.clone());
                add("subject", filter.subject.clone());
                add("since", filter.since.map(|since| since.to_string()));
                add("limit", filter.limit.map(|limit| limit.to_string()));
                vec!["events"]
            }
            Self::List(query) => {
                add("type", query.event_type.clone());
                add("source", query.source.clone());
                add("subject", query.subject.clone());
                add("correlation", query.correlation.clone());
                add("since", query.since.map(|since| since.to_string()));
                add("until", query.until.map(|until| until.to_string()));
                add("when", query.when.clone());
                add("cursor", query.cursor.as_ref().map(ToString::to_string));
                add("limit", query.limit.map(|limit| limit.to_string()));
                add("cursors", Some(query.cursors.to_string()));
                vec!["events"]
            }
            Self::Trace { id, source, .. } => {
                add("source", source.clone());
                vec!["trace", id]
            }
            Self::Rules { version } => vec!["rules", version.as_str()],
            Self::Stream { stream, from, direction, limit } => {
                add("from", Some(from.to_string()));
                let backwards = *direction == Direction::Backwards;
                add("direction", backwards.then(|| "backwards".to_owned()));
                add("limit", limit.map(|limit| limit.to_string()));
                vec!["streams", stream.as_str()]
            }
            Self::Parked(filter) => {
                add("target", filter.target.as_ref().map(ToString::to_string));
                add("rule", filter.rule.as_ref().map(ToString::to_string));
                add("limit", filter.limit.map(|limit| limit.to_string()));
                vec!["parked"]
            }
            Self::Undecodable { limit } => {
                add("undecodable", Some("true".to_owned()));
                add("limit", limit.map(|limit| limit.to_string()));
                vec!["parked"]
            }
            Self::Queues => vec!["queues"],
            Self::Messages { queue } => vec!["queues", queue, "messages"],
            Self::Audit { .. } => vec!["audit"],
        };
        (path, parameters)
    }
}

fn local(
    reader: &Reader,
    question: Question,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    match question {
        Question::Events(filter) => {
            for event in reader.events(filter) {
                each(&event?.line)?;
            }
        }
        Question::List(query) => place::block_on(list(reader, &query, each))?,
        Question::Trace { id, source, .. } => json(&reader.trace(&id, source.as_deref())?, each)?,
        Question::Rules { version } => {
            if let Some(rules) = reader.rules(&version)? {
                json(&rules, each)?;
            }
        }
        Question::Stream { stream, from, direction, limit } => {
            let events = reader.stream(stream, from, direction);
            for event in events.take(limit.unwrap_or(usize::MAX)) {
                each(&event?.line())?;
            }
        }
        Question::Parked(filter) => {
            for parked in reader.parked(filter) {
                json(&parked?, each)?;
            }
        }
        Question::Undecodable { limit } => {
            for message in reader.undecodable().take(limit.unwrap_or(usize::MAX)) {
                json(&message?, each)?;
            }
        }
        Question::Queues => {
            for queue in reader.queues(Timestamp::now())? {
                json(&queue, each)?;
            }
        }
        Question::Messages { queue } => {
            let name =
                queue.parse().with_context(|| format!("`{queue}` is not the name of a queue"))?;
            let messages =
                reader.messages(&name)?.with_context(|| format!("no queue `{queue}`"))?;
            for message in messages {
                json(&message?, each)?;
            }
        }
        Question::Audit { .. } => json(&reader.audit()?, each)?,
    }
    Ok(())
}

/// Hands the events of a list over, from any store.
///
/// # Errors
/// When the condition is none, the cursor is of another log, the store fails, or `each` does.
pub async fn list(
    history: &impl History,
    query: &ListQuery,
    each: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut lines = EventLines::start(history, query, query.ask()?).await?;
    while let Some(some) = lines.next().await? {
        some.iter().try_for_each(|line| each(line))?;
    }
    Ok(())
}

fn json(value: &impl serde::Serialize, each: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
    each(&serde_json::to_string(value)?)
}
