//! The hall in one process: the embedded bus, the monitoring service behind its queue, and an alert desk that
//! checks who signed what it is told.

use crate::monitoring::{self, Machine};
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use eventyard_embedded::{DevOptions, Running, dev};
use eventyard_handler::{BusPublisher, FileJournal, Journal, RowKey, Worker};
use eventyard_http::{SigningKey, signature};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// The variable that holds the key of the alert desk.
pub const SECRET: &str = "ALERTS_WEBHOOK_SECRET";

/// The hall.
pub struct Hall {
    /// The bus.
    pub bus: Running,
    journal: FileJournal,
    desk: Desk,
    desk_address: String,
    client: reqwest::Client,
}

type Monitoring = Worker<FileJournal, BusPublisher>;

/// What answers on the port beside the bus: the alert desk, and the function behind the queue.
#[derive(Clone, Default)]
struct Desk {
    alerts: Arc<Mutex<Vec<Value>>>,
    monitoring: Arc<OnceLock<Monitoring>>,
}

impl Hall {
    /// Opens the hall in a folder. The key of the alert desk is in the environment.
    ///
    /// # Errors
    /// When a port or a file cannot be had.
    pub async fn open(folder: &Path) -> Result<Self> {
        // Another one may be installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let desk = Desk::default();
        let address = desk.clone().serve().await?;
        let desk_address = address.clone();
        let overlay = folder.join("overlay.yaml");
        let alerts = format!(
            "version: 1\ntargets:\n  alerts: {{ http: {{ url: \"{address}/alerts\", secret: \"env:{SECRET}\" }} }}\n"
        );
        std::fs::write(&overlay, alerts)?;
        let mut options = DevOptions::new(rules(), folder.join("bus"));
        options.overlay = Some(overlay);
        options.listen = "127.0.0.1:0".parse()?;
        options.allow_insecure_targets = true;
        options.settings.consume_again = Duration::from_millis(20);
        options.consume = vec![("monitoring.fifo".parse()?, address)];
        let bus = dev(options).await?;
        let journal = FileJournal::open(folder.join("monitoring.redb"))?;
        let publisher = BusPublisher::new(&bus.url())?;
        let monitoring = monitoring::service().start(journal.clone(), publisher)?;
        desk.monitoring.set(monitoring).ok().context("the desk has a service already")?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { bus, journal, desk, desk_address, client })
    }

    /// A sensor publishes to the topic, whose subscription wraps it as SNS does.
    ///
    /// # Errors
    /// When the topic's queue does not take it.
    pub async fn publish(&self, reading: &Value) -> Result<()> {
        let topic = "arn:aws:sns:local:000000000000:readings";
        let id = reading["eventId"].as_str().unwrap_or_default();
        let notification = json!({
            "Type": "Notification",
            "MessageId": format!("sns-{id}"),
            "TopicArn": topic,
            "Timestamp": "2026-11-24T09:30:00.000Z",
            "Message": reading.to_string(),
        });
        let queue = format!("{}/000000000000/readings", self.bus.url());
        let body = json!({ "QueueUrl": queue, "MessageBody": notification.to_string() });
        let request = self
            .client
            .post(self.bus.url())
            .header("x-amz-target", "AmazonSQS.SendMessage")
            .header("content-type", "application/x-amz-json-1.0")
            .body(body.to_string());
        let status = request.send().await?.status();
        anyhow::ensure!(status.is_success(), "the topic answers {status}");
        Ok(())
    }

    /// The alerts that came with a good signature.
    #[must_use]
    pub fn alerts(&self) -> Vec<Value> {
        self.desk.alerts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A machine as the dashboard shows it.
    ///
    /// # Errors
    /// When the row cannot be read.
    pub async fn machine(&self, sensor: &str) -> Result<Option<Machine>> {
        let key = RowKey { table: "machines".to_owned(), key: sensor.to_owned() };
        let row = self.journal.row("monitoring", &key).await?;
        Ok(row.map(|row| serde_json::from_str(&row.value)).transpose()?)
    }

    /// Where the alert desk is.
    #[must_use]
    pub fn alert_desk(&self) -> String {
        format!("{}/alerts", self.desk_address)
    }

    /// What the store has of a type, a document on each line.
    ///
    /// # Errors
    /// When the bus does not answer.
    pub async fn stored(&self, event_type: &str) -> Result<Vec<Value>> {
        let url = format!("{}/events?type={event_type}", self.bus.url());
        let text = self.client.get(url).send().await?.error_for_status()?.text().await?;
        Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
    }
}

/// The n-th reading of a sensor.
#[must_use]
pub fn reading(sensor: &str, n: u64, level: f64) -> Value {
    let baseline = 4.0;
    json!({
        "eventId": format!("{sensor}-{n}"),
        "eventType": "VibrationRecorded",
        "timestamp": "2026-11-24T09:30:00Z",
        "source": "VibrationSensor",
        "sensorLocation": "hall 3",
        "data": {
            "sensorId": sensor,
            "vibrationLevel": level,
            "baselineVibrationLevel": baseline,
            "difference": level - baseline,
            "unit": "m/s²",
        },
        "metadata": { "firmware": "2.4" },
    })
}

/// The rules of this example.
#[must_use]
pub fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

impl Desk {
    async fn serve(self) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let router = Router::new()
            .route("/alerts", post(alert))
            .route("/2015-03-31/functions/monitoring/invocations", post(invoke))
            .with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }
}

/// Takes an alert of whom the key is known to; Standard Webhooks 1.0.0, "Verifying webhook authenticity".
async fn alert(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !is_signed(&headers, &body).unwrap_or(false) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(alert) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST };
    desk.alerts.lock().unwrap_or_else(PoisonError::into_inner).push(alert);
    StatusCode::NO_CONTENT
}

fn is_signed(headers: &HeaderMap, body: &[u8]) -> Option<bool> {
    let header = |name| headers.get(name)?.to_str().ok();
    let keys = SigningKey::parse_all(&std::env::var(SECRET).ok()?).ok()?;
    let (id, at) = (header("webhook-id")?, header("webhook-timestamp")?.parse().ok()?);
    Some(!keys.is_empty() && header("webhook-signature")? == signature(&keys, id, at, body))
}

async fn invoke(State(desk): State<Desk>, payload: Bytes) -> Result<String, StatusCode> {
    let function = desk.monitoring.get().ok_or(StatusCode::NOT_FOUND)?;
    let answer = function.handle(&payload, None, Instant::now() + Duration::from_secs(30)).await;
    answer.map(|answer| answer.to_string()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
