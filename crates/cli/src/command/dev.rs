//! `eventyard dev`: the bus on this machine.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use eventyard_embedded::engine::{self, DevError, DevOptions, Running};
use eventyard_embedded::queues::{InvalidQueueName, QueueName};
use tokio::sync::broadcast::error::RecvError;
use tracing_subscriber::EnvFilter;

use crate::account;
use crate::arguments::{OutputArguments, RulesArguments};
use crate::demo;
use crate::exit::Exit;
use crate::output::{self, FAINT, GOOD, NAME, styled};
use crate::place::{self, DATA_DEFAULT};

/// Runs the bus on this machine: durable in one folder, no AWS account, no Docker.
#[derive(Debug, clap::Args)]
pub struct Dev {
    #[command(flatten)]
    rules: RulesArguments,
    /// Where the bus keeps everything.
    #[arg(long, value_name = "DIR", default_value = DATA_DEFAULT)]
    data: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Feed the bus with the two stories, the shop and the factory; reaches nothing outside this machine.
    #[arg(long, conflicts_with = "overlay")]
    demo: bool,
    /// Invoke lambda targets at a running `cargo lambda watch`, such as http://localhost:9000.
    #[arg(long, value_name = "URL")]
    lambda_endpoint: Option<String>,
    /// Hand the messages of an embedded queue to a function, as SQS would: URL is its invoke URL, or the
    /// address of `cargo lambda watch`, which then runs the function of the queue's name. May be repeated.
    #[arg(long, value_name = "QUEUE=URL", value_parser = consumed)]
    consume: Vec<(QueueName, String)>,
    #[command(flatten)]
    output: OutputArguments,
}

/// `payments=http://localhost:9000`.
fn consumed(text: &str) -> Result<(QueueName, String), String> {
    let (queue, url) =
        text.split_once('=').ok_or("it is QUEUE=URL, such as payments=http://localhost:9000")?;
    let queue = queue.parse().map_err(|error: InvalidQueueName| error.to_string())?;
    Ok((queue, url.to_owned()))
}

impl Dev {
    pub fn run(self) -> Result<Exit> {
        self.log();
        place::block_on(self.serve())
    }

    /// What goes wrong, to stderr; `EVENTYARD_LOG=debug` says more. The account on stdout is not a log.
    fn log(&self) {
        let filter =
            EnvFilter::try_from_env("EVENTYARD_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        if self.output.output.is_json() {
            log.json().init()
        } else {
            log.with_ansi(output::stderr_has_colour()).init()
        }
    }

    async fn serve(self) -> Result<Exit> {
        let mut options = DevOptions::new(self.rules.rules.clone(), self.data.clone());
        options.overlay.clone_from(&self.rules.overlay);
        options.listen = self.listen;
        options.allow_insecure_targets = self.rules.allow_insecure_targets;
        options.lambda_endpoint.clone_from(&self.lambda_endpoint);
        options.consume.clone_from(&self.consume);
        let demo = if self.demo { Some(demo::Demo::prepare(&mut options).await?) } else { None };
        let running = engine::dev(options).await.map_err(explained)?;
        self.greet(&running)?;
        if let Some(demo) = demo {
            demo.feed(running.url());
        }
        let account = tokio::spawn(tell(running.stages(), self.output.output.is_json()));
        running.until_stopped().await.context("the bus did not stop cleanly")?;
        account.abort();
        anstream::eprintln!("stopped; everything is in `{}`", self.data.display());
        Ok(Exit::Done)
    }

    fn greet(&self, running: &Running) -> Result<()> {
        use std::io::Write as _;
        if self.output.output.is_json() {
            return Ok(());
        }
        let rules = running.rules();
        let mut out = output::stdout();
        writeln!(out, "{} on {}", styled(GOOD, "eventyard"), styled(NAME, running.url()))?;
        writeln!(
            out,
            "{} rules and {} targets of `{}`, everything kept in `{}`",
            rules.rules.len(),
            rules.targets.len(),
            self.rules.rules.display(),
            self.data.display()
        )?;
        writeln!(
            out,
            "{}",
            styled(
                FAINT,
                "send an event: eventyard put FILE; ask: eventyard trace ID; Ctrl-C ends"
            )
        )?;
        writeln!(out)?;
        Ok(out.flush()?)
    }
}

/// Refused rules as their diagnostics, every other error as it is.
pub fn explained(error: DevError) -> anyhow::Error {
    match error {
        DevError::RulesRefused(diagnostics) => {
            let text = diagnostics.render(output::stderr_has_colour());
            anyhow::anyhow!("the rules are refused\n\n{text}")
        }
        DevError::RulesUnreadable(_) => {
            anyhow::Error::new(error).context("there are no rules; `eventyard init` lays some")
        }
        DevError::Listen { .. } => anyhow::Error::new(error)
            .context("choose another address with --listen; port 0 takes a free one"),
        error => error.into(),
    }
}

/// Writes each stage as it happens, until the bus is gone. Ends in silence when nobody reads on.
async fn tell(mut stages: engine::Stages, json: bool) {
    use std::io::Write as _;
    loop {
        let line = match stages.recv().await {
            Ok(stage) if json => serde_json::to_string(&*stage).ok(),
            Ok(stage) => account::line(&stage),
            Err(RecvError::Lagged(missed)) => {
                Some(styled(FAINT, format!("… {missed} more, too many to show")))
            }
            Err(RecvError::Closed) => return,
        };
        let Some(line) = line else { continue };
        if writeln!(anstream::stdout(), "{line}").is_err() {
            return;
        }
    }
}
