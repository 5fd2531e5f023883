//! A service as a Lambda function, also under `cargo lambda watch`.

use crate::environment::{ToBus, clock, to_bus, variable};
use crate::{Error, Journal, Service, Worker};
use eventyard_bus::memory::MemoryJournal;
use futures::future::LocalBoxFuture;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// The time that is left for the answer after the last attempt.
const MARGIN: Duration = Duration::from_secs(3);

impl Service {
    /// Connects the service as the environment says, and answers invocations until Lambda ends the process.
    ///
    /// Where there is no Lambda, and with the feature `embedded`, it listens on `EVENTYARD_LISTEN`
    /// (127.0.0.1:9000) and answers invocations there: `cargo run` is enough for `eventyard dev --consume`.
    ///
    /// # Errors
    /// The service cannot start: the error names the variable or the handler, and the way out.
    pub fn run(self) -> LocalBoxFuture<'static, Result<(), Error>> {
        // The futures of all layers below are one type, which a user's `main` would have to spell out.
        Box::pin(self.run_as_environment_says())
    }

    async fn run_as_environment_says(self) -> Result<(), Error> {
        // Another one may be installed already; it is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let level = variable("EVENTYARD_LOG_LEVEL").or_else(|| variable("AWS_LAMBDA_LOG_LEVEL"));
        let level = level.and_then(|level| level.parse().ok()).unwrap_or(tracing::Level::INFO);
        let log = tracing_subscriber::fmt().json().with_max_level(level).with_target(false);
        let _ = log.try_init();
        let bus = to_bus().await?;
        if let Some(table) = variable("EVENTYARD_TABLE") {
            return self.run_on_table(&table, bus).await;
        }
        match variable("EVENTYARD_JOURNAL") {
            Some(path) => self.run_on_file(&path, bus).await,
            None => {
                tracing::warn!(
                    "no journal is named: duplicates are known until this process ends; set EVENTYARD_TABLE or EVENTYARD_JOURNAL"
                );
                self.serve(MemoryJournal::default(), bus).await
            }
        }
    }

    #[cfg(feature = "aws")]
    async fn run_on_table(self, table: &str, bus: ToBus) -> Result<(), Error> {
        let clients = eventyard_aws::Clients::from_env().await;
        self.serve(crate::DynamoJournal::new(clients.dynamodb(), table), bus).await
    }

    #[cfg(not(feature = "aws"))]
    async fn run_on_table(self, _: &str, _: ToBus) -> Result<(), Error> {
        Err(crate::environment::needs_aws("EVENTYARD_TABLE"))
    }

    #[cfg(feature = "embedded")]
    async fn run_on_file(self, path: &str, bus: ToBus) -> Result<(), Error> {
        self.serve(crate::FileJournal::open(path)?, bus).await
    }

    #[cfg(not(feature = "embedded"))]
    async fn run_on_file(self, _: &str, _: ToBus) -> Result<(), Error> {
        Err("EVENTYARD_JOURNAL is set, and this binary was built without the feature `embedded` of eventyard-handler".into())
    }

    async fn serve<J: Journal + 'static>(self, journal: J, bus: ToBus) -> Result<(), Error> {
        let worker = Worker::new(self, journal, bus, clock())?;
        #[cfg(feature = "embedded")]
        if variable("AWS_LAMBDA_RUNTIME_API").is_none() {
            return crate::local::serve(worker).await;
        }
        let worker = &worker;
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
            let (payload, context) = event.into_parts();
            let deadline = deadline(context.deadline);
            let id = Some(&*context.request_id);
            Ok::<_, Error>(worker.handle(payload.get().as_bytes(), id, deadline).await?)
        }))
        .await
    }
}

/// When no more is begun: a margin before Lambda ends the process (`at_ms`, since 1970), or a third of the
/// time that is left where there is little.
fn deadline(at_ms: u64) -> Instant {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = Duration::from_millis(at_ms).saturating_sub(now);
    Instant::now() + left.saturating_sub(MARGIN.min(left / 3))
}
