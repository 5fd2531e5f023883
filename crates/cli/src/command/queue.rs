//! `eventyard queue`: the embedded queues, for people; programs use the SQS protocol.

use std::io::Write;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use eventyard_embedded::reader::{QueueLine, QueuedMessage};
use serde_json::{Value, json};

use crate::arguments::{OutputArguments, PlaceArguments};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, FAINT, GOOD, NAME, printable, styled};
use crate::place::{self, Bus, Place};
use crate::source::{self, Question};
use crate::sqs::Sqs;

/// Lists the queues, or the messages of one; sends, receives, deletes.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Queue {
    /// The queue whose messages to list, without receiving them; all queues without it.
    queue: Option<String>,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(subcommand)]
    call: Option<Call>,
}

/// What can be done with a queue of a running bus, by the calls that any SDK makes.
#[derive(Debug, Subcommand)]
enum Call {
    /// Send a message.
    Send {
        /// The queue.
        queue: String,
        /// A file with its body; `-` is standard input.
        file: String,
        /// Its group, for a FIFO queue.
        #[arg(long)]
        group: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Receive messages: they are hidden until their visibility timeout ends or they are deleted.
    Receive {
        /// The queue.
        queue: String,
        /// At most so many, 1 to 10.
        #[arg(long, default_value_t = 1, value_name = "N")]
        max: u32,
        /// How long to wait for one, in seconds, 0 to 20.
        #[arg(long, default_value_t = 0, value_name = "SECONDS")]
        wait: u32,
        /// Delete them at once.
        #[arg(long)]
        delete: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Delete a received message.
    Delete {
        /// The queue.
        queue: String,
        /// The receipt handle that it was received with.
        receipt_handle: String,
        #[command(flatten)]
        common: Common,
    },
    /// Delete every message.
    Purge {
        /// The queue.
        queue: String,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, clap::Args)]
struct Common {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A message's body at most.
const BODY_BYTES_MAX: u64 = 1024 * 1024;

impl Queue {
    pub fn run(self) -> Result<Exit> {
        match self.call {
            Some(call) => place::block_on(call.run()),
            None => {
                list(&Bus::Here(Place::of(&self.place)), self.queue, self.output.output.is_json())
            }
        }
    }
}

fn list(bus: &Bus, queue: Option<String>, json: bool) -> Result<Exit> {
    let mut out = output::stdout();
    match queue {
        Some(queue) => source::read(bus, Question::Messages { queue }, &mut |line| {
            if json {
                Ok(writeln!(out, "{line}")?)
            } else {
                write_message(&mut out, &serde_json::from_str(line)?)
            }
        })?,
        None => source::read(bus, Question::Queues, &mut |line| {
            if json {
                Ok(writeln!(out, "{line}")?)
            } else {
                write_queue(&mut out, &serde_json::from_str(line)?)
            }
        })?,
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn write_queue(out: &mut impl Write, line: &QueueLine) -> Result<()> {
    let depth = &line.depth;
    let hidden = format!("{} in flight, {} delayed", depth.in_flight, depth.delayed);
    Ok(writeln!(
        out,
        "{:>8}  {}  {}",
        depth.visible,
        styled(NAME, &line.queue),
        styled(FAINT, hidden)
    )?)
}

fn write_message(out: &mut impl Write, message: &QueuedMessage) -> Result<()> {
    let group =
        message.group.as_deref().map(|group| format!("group {group}, ")).unwrap_or_default();
    let about = format!(
        "{group}sent {}, received {} times",
        output::time(message.sent_at),
        message.receive_count
    );
    writeln!(
        out,
        "{}  {}",
        styled(NAME, printable(&message.message_id)),
        styled(FAINT, printable(&about))
    )?;
    Ok(writeln!(out, "  {}", printable(&message.body))?)
}

impl Call {
    async fn run(self) -> Result<Exit> {
        let (Self::Send { common, .. }
        | Self::Receive { common, .. }
        | Self::Delete { common, .. }
        | Self::Purge { common, .. }) = &self;
        let json = common.output.output.is_json();
        let sqs = match Place::of(&common.place).running().await {
            Place::Url(url) => Sqs::new(url, place::client()),
            Place::Folder(folder) => {
                bail!(
                    "no bus runs on `{}`: start one with `eventyard dev`, or name one with --url",
                    folder.display()
                )
            }
        };
        match self {
            Self::Send { queue, file, group, .. } => send(&sqs, &queue, &file, group, json).await,
            Self::Receive { queue, max, wait, delete, .. } => {
                let parameters = json!({
                    "MaxNumberOfMessages": max, "WaitTimeSeconds": wait,
                    "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
                });
                receive(&sqs, &queue, &parameters, delete, json).await
            }
            Self::Delete { queue, receipt_handle, .. } => {
                sqs.delete(&queue, &receipt_handle).await?;
                say("deleted", json)
            }
            Self::Purge { queue, .. } => {
                sqs.call("PurgeQueue", Some(&queue), json!({})).await?;
                say("purged", json)
            }
        }
    }
}

async fn send(
    sqs: &Sqs,
    queue: &str,
    file: &str,
    group: Option<String>,
    json: bool,
) -> Result<Exit> {
    let body = String::from_utf8(input::whole(Some(file), BODY_BYTES_MAX)?);
    let body = body.with_context(|| format!("`{file}` is not UTF-8"))?;
    let mut parameters = json!({ "MessageBody": body });
    if let (Some(group), Some(map)) = (group, parameters.as_object_mut()) {
        map.insert("MessageGroupId".to_owned(), json!(group));
        // Nothing else tells two sends of a person apart; a program names its own.
        map.insert(
            "MessageDeduplicationId".to_owned(),
            json!(jiff::Timestamp::now().as_nanosecond().to_string()),
        );
    }
    let sent = sqs.call("SendMessage", Some(queue), parameters).await?;
    let mut out = output::stdout();
    if json {
        output::json_line(&mut out, &sent)?;
    } else {
        writeln!(
            out,
            "{} {}",
            styled(GOOD, "sent"),
            sent["MessageId"].as_str().unwrap_or_default()
        )?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Exit 1 when there was nothing to receive.
async fn receive(
    sqs: &Sqs,
    queue: &str,
    parameters: &Value,
    delete: bool,
    json: bool,
) -> Result<Exit> {
    let messages = sqs.receive(queue, parameters).await?;
    let mut out = output::stdout();
    for message in &messages {
        let text = |name: &str| message[name].as_str().unwrap_or_default();
        if json {
            output::json_line(&mut out, message)?;
        } else {
            writeln!(
                out,
                "{}  {}",
                styled(NAME, text("MessageId")),
                styled(FAINT, text("ReceiptHandle"))
            )?;
            writeln!(out, "  {}", printable(text("Body")))?;
        }
        // Written before it is deleted: what cannot be shown must not be gone.
        out.flush()?;
        if delete {
            sqs.delete(queue, text("ReceiptHandle")).await?;
        }
    }
    Ok(if messages.is_empty() { Exit::Found } else { Exit::Done })
}

fn say(word: &str, json: bool) -> Result<Exit> {
    let mut out = output::stdout();
    if json {
        output::json_line(&mut out, &json!({ "status": word }))?;
    } else {
        writeln!(out, "{}", styled(GOOD, word))?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
