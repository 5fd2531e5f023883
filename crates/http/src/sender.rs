//! One attempt at an HTTP target, from the rendered URL to the verdict.
//!
//! In: an [`Outgoing`]. Out: [`Sent`], decided here once, where status and error are still known.
//! No redirect is followed, no proxy is asked, nothing of the answer but its status is kept.

use crate::failure::{cause, of_client, passing, refused};
use crate::guard::{Guard, Reach};
use crate::outgoing::Outgoing;
use crate::resolver::{GuardedResolver, Resolver, SystemResolver};
use crate::secret::{SecretError, Secrets};
use crate::settings::Settings;
use crate::sign::SigningKey;
use crate::status::{Verdict, retry_after, verdict};
use eventyard_bus::Sent;
use eventyard_rules::SecretRef;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, redirect, retry};
use std::sync::{Arc, OnceLock};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Sends deliveries to HTTP targets; one for the whole bus, since it holds the connections.
pub struct HttpSender {
    settings: Settings,
    secrets: Arc<dyn Secrets>,
    resolver: Arc<dyn Resolver>,
    // Two clients, because the resolver hook is not told the scheme and `http` may reach less.
    public: OnceLock<Result<Client, String>>,
    loopback: OnceLock<Result<Client, String>>,
}

impl HttpSender {
    /// A sender that asks the operating system for addresses.
    ///
    /// The binary installs the process-wide TLS provider of rustls before the first send; without
    /// one, every send is retried with the cause `TlsUnavailable`.
    pub fn new(settings: Settings, secrets: Arc<dyn Secrets>) -> Self {
        Self::with_resolver(settings, secrets, Arc::new(SystemResolver))
    }

    /// A sender that asks the given resolver for addresses.
    pub fn with_resolver(
        settings: Settings,
        secrets: Arc<dyn Secrets>,
        resolver: Arc<dyn Resolver>,
    ) -> Self {
        let (public, loopback) = (OnceLock::new(), OnceLock::new());
        Self { settings, secrets, resolver, public, loopback }
    }

    /// Makes one attempt and says what came of it, within [`Settings::total`] and
    /// [`Settings::drain`].
    ///
    /// A second request follows only when the receiver refuses the signature (401, 403) and the
    /// secret turns out to have changed.
    pub async fn send(&self, outgoing: &Outgoing<'_>) -> Sent {
        let (url, reach) = match self.settings.guard.check_url(outgoing.url) {
            Ok(checked) => checked,
            Err(refusal) => return refused(&refusal),
        };
        let deadline = Instant::now() + self.settings.total;
        let host = url.host_str().unwrap_or_default().to_owned();
        let answer = timeout_at(deadline, self.request_until_authorised(outgoing, url, reach));
        match answer.await {
            Err(_) => passing("Timeout", format!("`{host}` did not answer in time")),
            Ok(Err(sent)) => sent,
            Ok(Ok(response)) => self.judge(response, outgoing, &host).await,
        }
    }

    async fn request_until_authorised(
        &self,
        outgoing: &Outgoing<'_>,
        url: Url,
        reach: Reach,
    ) -> Result<Response, Sent> {
        let response = self.request(outgoing, url.clone(), reach).await?;
        if !matches!(response.status().as_u16(), 401 | 403) {
            return Ok(response);
        }
        // Each is asked to forget: the receiver did not say which key it misses.
        let changed = outgoing.secrets.iter().filter(|&secret| self.secrets.forget(secret)).count();
        if changed == 0 { Ok(response) } else { self.request(outgoing, url, reach).await }
    }

    async fn request(
        &self,
        outgoing: &Outgoing<'_>,
        url: Url,
        reach: Reach,
    ) -> Result<Response, Sent> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let keys = self.keys(outgoing.secrets).await?;
        let headers = outgoing
            .headers(&keys)
            .map_err(|e| Sent::Park { cause: cause("RequestNotValid", e.to_string()) })?;
        let request = self.client(reach)?.post(url).headers(headers).body(outgoing.body.clone());
        request.send().await.map_err(|error| of_client(&error, &host))
    }

    async fn keys(&self, references: &[SecretRef]) -> Result<Vec<SigningKey>, Sent> {
        let mut keys = Vec::new();
        for reference in references {
            let found = self.secrets.keys(reference).await.map_err(|error| match error {
                SecretError::Unavailable { .. } => passing("SecretUnavailable", error.to_string()),
                SecretError::Denied { .. } => {
                    Sent::Denied { cause: cause("SecretDenied", error.to_string()) }
                }
                _ => Sent::Park { cause: cause("SecretRefused", error.to_string()) },
            })?;
            keys.extend(found);
        }
        Ok(keys)
    }

    async fn judge(&self, response: Response, outgoing: &Outgoing<'_>, host: &str) -> Sent {
        let status = response.status().as_u16();
        let wait = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok());
        let after = wait.and_then(|value| retry_after(value, outgoing.sent_at));
        let cause = cause(&format!("Http{status}"), format!("`{host}` answered {status}"));
        self.drain(response).await;
        match verdict(status) {
            Verdict::Delivered => Sent::Delivered,
            Verdict::Passing => Sent::Retry { cause, after },
            Verdict::Gone => Sent::Denied { cause },
            Verdict::Permanent => Sent::Park { cause },
        }
    }

    /// Reads the rest of a short answer, so that the connection can be used again. A long or slow
    /// one is cut off with its connection: the status has said all that counts.
    async fn drain(&self, mut response: Response) {
        let limit = self.settings.response_bytes_max;
        let read = async {
            let mut total = 0;
            while let Ok(Some(chunk)) = response.chunk().await {
                total += chunk.len();
                if total > limit {
                    break;
                }
            }
        };
        // An answer that is cut off by the clock is as good as one that is cut off by its size.
        let _ = timeout_at(Instant::now() + self.settings.drain, read).await;
    }

    fn client(&self, reach: Reach) -> Result<&Client, Sent> {
        let slot = match reach {
            Reach::Public => &self.public,
            Reach::Loopback => &self.loopback,
        };
        let built = slot.get_or_init(|| self.build(reach));
        built.as_ref().map_err(|text| passing("TlsUnavailable", text))
    }

    fn build(&self, reach: Reach) -> Result<Client, String> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err("this process has installed no TLS provider".to_owned());
        }
        let guard: Guard = self.settings.guard.clone();
        Client::builder()
            .user_agent(concat!("eventyard/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(self.settings.connect)
            .https_only(reach == Reach::Public)
            .dns_resolver(GuardedResolver { inner: Arc::clone(&self.resolver), guard, reach })
            .build()
            .map_err(|error| format!("the HTTP client cannot start: {error}"))
    }
}
