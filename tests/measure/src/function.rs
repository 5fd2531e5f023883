//! One function as a process, between its two services.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use tokio::process::{Child, Command};

use crate::aws::Aws;
use crate::runtime::Runtime;

/// A running function that waits for an invocation.
pub struct Function {
    process: Child,
    runtime: Runtime,
    /// From the start of the process until it asked for its first invocation.
    pub start: Duration,
}

impl Function {
    /// Starts a binary on a folder of rules; `under` is a command that runs it, such as valgrind.
    pub async fn start(binary: &Path, rules: &Path, aws: &Aws, under: &[&str]) -> Result<Self> {
        let mut runtime = Runtime::start().await?;
        let command: Vec<PathBuf> =
            under.iter().map(PathBuf::from).chain([binary.to_owned()]).collect();
        let (program, arguments) = command.split_first().context("no program")?;
        let endpoint = format!("http://{}", aws.address);
        let began = Instant::now();
        let process = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("AWS_LAMBDA_RUNTIME_API", runtime.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "measured")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "measured")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "measured")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL", &endpoint)
            .env("EVENTYARD_TABLE", "measured")
            .env("EVENTYARD_RULES", rules)
            .env("EVENTYARD_WORK_QUEUE", format!("{endpoint}/000000000000/work"))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("`{}` cannot be started", program.display()))?;
        runtime.ready().await?;
        Ok(Self { process, runtime, start: began.elapsed() })
    }

    /// One invocation, from its payload to its answer.
    pub async fn invoke(&mut self, payload: Bytes) -> Result<(Bytes, Duration)> {
        let began = Instant::now();
        let answer = self.runtime.invoke(payload).await?;
        let took = began.elapsed();
        self.runtime.ready().await?;
        Ok((answer, took))
    }

    /// The processor time that all its threads used so far.
    pub fn cpu(&self) -> Result<Duration> {
        let id = self.process.id().context("the function has ended")?;
        let mut nanos = 0;
        for thread in std::fs::read_dir(format!("/proc/{id}/task"))? {
            let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            let first = text.split_whitespace().next().context("no schedstat")?;
            nanos += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// The memory it has in use, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let id = self.process.id().context("the function has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
        Ok(kilobytes.parse::<u64>()? * 1_024)
    }

    /// Ends it as Lambda does, and waits for what it writes at its end.
    pub async fn end(mut self) -> Result<()> {
        if let Some(id) = self.process.id() {
            Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        }
        self.process.wait().await?;
        Ok(())
    }
}
