//! `dev --demo`: the two stories, played on the real bus by clients of it. Nothing outside this machine is reached.
//!
//! The shop places orders; a payment service and a warehouse work on their embedded queues through the SQS protocol
//! and post what they did. The factory posts raw sensor readings. A receiver of webhooks stands in for the partner
//! and the alert desk: the partner is down for a while every half minute, and refuses for good what it cannot read.

mod feed;
mod receiver;
mod service;
mod story;

use std::time::Duration;

use anyhow::{Context as _, Result};
use eventyard_embedded::engine::DevOptions;

/// How often the partner is probed while it is down.
const PROBE_EVERY: Duration = Duration::from_secs(3);

/// The demo's receiver, listening.
pub struct Demo {
    _receiver: receiver::Receiver,
}

impl Demo {
    /// Starts the receiver and points the HTTP targets of the stories at it, by an overlay in the data folder.
    ///
    /// # Errors
    /// When no port can be had or the overlay cannot be written.
    pub async fn prepare(options: &mut DevOptions) -> Result<Self> {
        let receiver =
            receiver::Receiver::start().await.context("the demo's receiver cannot start")?;
        let overlay = options.data.join("demo-overlay.yaml");
        std::fs::create_dir_all(&options.data)
            .and_then(|()| std::fs::write(&overlay, receiver.overlay()))
            .with_context(|| format!("cannot write `{}`", overlay.display()))?;
        options.overlay = Some(overlay);
        options.allow_insecure_targets = true;
        // The story is told in seconds, not minutes: the partner is probed soon after it is left alone.
        options.settings.bus.breaker.probe_every = PROBE_EVERY;
        Ok(Self { _receiver: receiver })
    }

    /// Plays the stories until the process ends.
    pub fn feed(&self, url: String) {
        tokio::spawn(service::work(url.clone(), "payments", story::take_payment));
        tokio::spawn(service::work(url.clone(), "warehouse.fifo", story::ship));
        tokio::spawn(feed::play(url));
    }
}
