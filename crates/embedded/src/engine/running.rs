//! A bus that runs: where it listens, what happens in it, how it ends.

use super::ports::EmbeddedBus;
use super::stages::Stages;
use super::stop::{Stop, Stopper};
use eventyard_bus::Ports;
use eventyard_rules::RuleSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// A bus that runs until it is told to stop.
///
/// Dropped without [`until_stopped`](Self::until_stopped), it ends as a crash would end it: nothing is
/// lost, the next start goes on.
pub struct Running {
    pub(super) bus: Arc<EmbeddedBus>,
    pub(super) address: SocketAddr,
    pub(super) url_file: PathBuf,
    pub(super) stopper: Arc<Stopper>,
    pub(super) stop: Stop,
    pub(super) tasks: JoinSet<()>,
    pub(super) grace: Duration,
}

/// Stops a running bus from anywhere; a clone stops the same one.
#[derive(Clone)]
pub struct ShutdownHandle(Arc<Stopper>);

/// A part of the bus ended by itself, which it never should; everything accepted is stored, and the next
/// start goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a part of the bus failed; start it again to go on")]
pub struct StopError;

impl ShutdownHandle {
    /// Asks the bus to stop: no new requests, work under way is finished.
    pub fn shutdown(&self) {
        self.0.stop();
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URL that commands and SDKs of this machine reach.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Everything that happens from now on. A reader that is too slow is told how much it missed.
    #[must_use]
    pub fn stages(&self) -> Stages {
        self.bus.ports().observer().subscribe()
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> Arc<RuleSet> {
        self.bus.rules()
    }

    /// What stops it from elsewhere.
    #[must_use]
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        ShutdownHandle(Arc::clone(&self.stopper))
    }

    /// Waits for SIGINT, SIGTERM or [`ShutdownHandle::shutdown`], then stops gracefully: requests
    /// and rounds under way are finished, for as long as the settings allow; the rest is done by the
    /// next start.
    ///
    /// # Errors
    /// [`StopError`] when the bus stopped because a part of it failed.
    pub async fn until_stopped(mut self) -> Result<(), StopError> {
        let mut stop = self.stop.clone();
        let failed = tokio::select! {
            () = signalled() => false,
            () = stop.requested() => false,
            _ = self.tasks.join_next() => !stop.is_requested(),
        };
        self.stopper.stop();
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(self.grace, ending).await.is_err() {
            tracing::warn!("work under way is left to the next start");
        }
        // What was answered is durable; this saves the next start from doing the rest again.
        if let Err(error) = self.bus.ports().store.flush().await {
            tracing::warn!(%error, "the latest writes are done again by the next start");
        }
        // A reader that finds no URL does not try one that nobody listens at.
        if let Err(error) = std::fs::remove_file(&self.url_file) {
            tracing::debug!(%error, "the URL stays in the data folder");
        }
        if failed { Err(StopError) } else { Ok(()) }
    }
}

/// The URL of a listener as this machine reaches it.
pub(super) fn url(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        let loopback = match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        address.set_ip(loopback);
    }
    format!("http://{address}")
}

async fn signalled() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            },
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn the_url_is_one_that_this_machine_reaches() {
        assert_eq!(url("127.0.0.1:4400".parse().unwrap()), "http://127.0.0.1:4400");
        assert_eq!(url("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80");
        assert_eq!(url("[::]:4400".parse().unwrap()), "http://[::1]:4400");
    }
}
