//! A running `eventyard dev`, as a child process on a free port, with its folder.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command;

/// How long a bus may take to answer after its start, recovery included.
const START_MAX: Duration = Duration::from_secs(60);

/// One `eventyard dev` process. Killed when dropped.
#[derive(Debug)]
pub struct Bus {
    child: Child,
    data: PathBuf,
    url: String,
}

/// How a bus is started.
#[derive(Debug, Clone)]
pub struct Start<'a> {
    /// The rules folder.
    pub rules: &'a Path,
    /// The data folder.
    pub data: &'a Path,
    /// Further arguments of `eventyard dev`.
    pub arguments: &'a [&'a str],
    /// The command; `None` for the one [`command::binary`] finds.
    pub binary: Option<&'a Path>,
}

impl Bus {
    /// Starts a bus and returns when `/healthz` answers.
    ///
    /// # Errors
    /// When it exits, or does not answer in a minute; what it wrote to standard error is in the error.
    pub async fn start(start: Start<'_>) -> Result<Self> {
        let binary = match start.binary {
            Some(path) => path,
            None => command::binary()?,
        };
        let url_file = start.data.join("url");
        // A killed bus leaves its address behind: this one's is the file that appears anew.
        std::fs::remove_file(&url_file).ok();
        let log = start.data.with_extension("log");
        let mut child = Command::new(binary)
            .args(["dev", "--listen", "127.0.0.1:0"])
            .arg("--rules")
            .arg(start.rules)
            .arg("--data")
            .arg(start.data)
            .args(start.arguments)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .context("eventyard dev could not be started")?;
        let url = match wait_for_url(&mut child, &url_file).await {
            Ok(url) => url,
            Err(error) => {
                child.kill().ok();
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                return Err(error.context(said));
            }
        };
        Ok(Self { child, data: start.data.to_path_buf(), url })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// SIGKILL: no handler runs, no buffer is flushed.
    ///
    /// # Errors
    /// When the process cannot be waited for.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Resident memory in bytes, from `/proc`.
    ///
    /// # Errors
    /// Where there is no `/proc`, or the process has ended.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn wait_for_url(child: &mut Child, url_file: &Path) -> Result<String> {
    let deadline = Instant::now() + START_MAX;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            bail!("eventyard dev ended at its start: {status}");
        }
        if let Ok(url) = std::fs::read_to_string(url_file) {
            let url = url.trim().to_owned();
            let health = client().get(format!("{url}/healthz")).send().await;
            if !url.is_empty() && health.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(url);
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("eventyard dev did not answer within {START_MAX:?}")
}

/// A client for buses on this machine.
#[must_use]
pub fn client() -> reqwest::Client {
    // An error means that another test was first.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::new()
}

/// Polls `check` until it gives a value. The deadline is there to end a broken test, not to measure.
///
/// # Errors
/// When a minute passes without one, naming `what`.
pub async fn eventually<T, F, Fut>(what: &str, mut check: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>>>,
{
    let deadline = Instant::now() + START_MAX;
    loop {
        if let Some(value) = check().await? {
            return Ok(value);
        }
        if Instant::now() > deadline {
            bail!("waited a minute in vain: {what}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
