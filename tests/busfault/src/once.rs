//! One function, once, in a process of its own that can be killed: its job comes by standard input and
//! its answer goes to standard output.

use crate::ports::Plan;
use crate::work;
use anyhow::{Context as _, Result, bail, ensure};
use eventyard_aws::WorkMessage;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// `ingest-sqs` with these messages; answers the ids that go back.
    Ingest(Vec<Value>),
    /// `deliver` with this message; answers whether it is done with.
    Deliver(WorkMessage),
    /// `sweep`; answers the number of pages and the targets that were woken.
    Sweep,
    /// All of them in turns, for ever, with events whose ids begin with this text; answers each batch whose
    /// messages are done with.
    Load(String),
}

/// What to do, and with which bus.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The bus.
    pub plan: Plan,
    /// What.
    pub task: Task,
}

/// Where a process ends itself: at the named point of the store, if the file is there.
#[derive(Debug, Clone, Copy)]
pub struct CrashAt<'a> {
    /// The point's name.
    pub point: &'a str,
    /// A file, which the process removes.
    pub flag: &'a Path,
}

impl Job {
    /// Starts a process for it: `program` is the binary of this package.
    ///
    /// # Errors
    /// It does not start.
    pub fn spawn(&self, program: &Path, crash_at: Option<CrashAt<'_>>) -> Result<Child> {
        let mut command = Command::new(program);
        command.arg("once").stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(CrashAt { point, flag }) = crash_at {
            command.env("EVENTYARD_CRASH_AT", format!("{point}:{}", flag.display()));
        }
        let mut child = command.spawn().context("the process could not be started")?;
        let mut stdin = child.stdin.take().context("no standard input")?;
        stdin.write_all(serde_json::to_string(self)?.as_bytes())?;
        Ok(child)
    }

    /// The answer of a process that ends by itself.
    ///
    /// # Errors
    /// It failed, or crashed.
    pub fn run(&self, program: &Path) -> Result<Value> {
        let output = self.spawn(program, None)?.wait_with_output()?;
        ensure!(output.status.success(), "the process ended with {}", output.status);
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Lets a process crash at a point.
    ///
    /// # Errors
    /// It never came there.
    pub fn crash(&self, program: &Path, point: &str) -> Result<()> {
        let flag = std::env::temp_dir().join(crate::cloud::unique("crash"));
        std::fs::write(&flag, "")?;
        let output =
            self.spawn(program, Some(CrashAt { point, flag: &flag }))?.wait_with_output()?;
        if flag.exists() {
            std::fs::remove_file(&flag)?;
            bail!("the process never came to `{point}`: {}", output.status);
        }
        ensure!(!output.status.success(), "the process went on behind `{point}`");
        Ok(())
    }
}

/// Does the job that is on standard input.
///
/// # Errors
/// The job is none, or cannot be done.
pub async fn run() -> Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let Job { plan, task } = serde_json::from_str(&text)?;
    let bus = plan.start().await?;
    let answer = match task {
        Task::Ingest(records) => json!(work::ingest(&bus, &records).await?),
        Task::Deliver(message) => json!(work::deliver(&bus, &message).await),
        Task::Sweep => {
            let swept = work::sweep(&bus).await?;
            json!({ "pages": swept.pages, "woken": swept.woken })
        }
        Task::Load(prefix) => return crate::kills::load(&bus, &prefix).await,
    };
    println!("{answer}");
    Ok(())
}
