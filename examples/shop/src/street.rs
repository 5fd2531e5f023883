//! The whole street in one process: the embedded bus, the queues it fills, and the services behind them,
//! invoked as Lambda would invoke them.

use crate::provider::Sandbox;
use crate::{notification, order, orders_view, payment, warehouse};
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use eventyard_embedded::{DevOptions, Running, dev};
use eventyard_handler::{BusPublisher, FileJournal, Journal, Service, Stored, Worker};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// The services, each with the queue of its name (some of them keep order).
const QUEUES: [&str; 5] =
    ["order", "payment", "warehouse.fifo", "notification", "orders-view.fifo"];
/// How long one invocation may take.
const INVOCATION: Duration = Duration::from_secs(30);

type Function = Arc<Worker<FileJournal, BusPublisher>>;

/// The street. Dropped, it ends as a crash would end it.
pub struct Street {
    /// The bus.
    pub bus: Running,
    /// The payment provider.
    pub provider: Sandbox,
    functions: Functions,
    journals: BTreeMap<&'static str, FileJournal>,
    client: reqwest::Client,
}

/// The services that run; one that is stopped is not among them.
#[derive(Clone, Default)]
struct Functions(Arc<RwLock<BTreeMap<String, Function>>>);

impl Street {
    /// Opens the street in a folder: bus and services go on where they were.
    ///
    /// # Errors
    /// When a port or a file cannot be had.
    pub async fn open(folder: &FilePath) -> Result<Self> {
        // Another one may be installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let functions = Functions::default();
        let endpoint = functions.clone().serve().await?;
        let mut options = DevOptions::new(rules(), folder.join("bus"));
        options.listen = "127.0.0.1:0".parse()?;
        options.settings.consume_again = Duration::from_millis(20);
        for queue in QUEUES {
            options.consume.push((queue.parse()?, endpoint.clone()));
        }
        let bus = dev(options).await?;
        let mut journals = BTreeMap::new();
        for name in ["order", "payment", "warehouse", "notification", "orders-view"] {
            let journal = FileJournal::open(folder.join(format!("{name}.redb")))?;
            journals.insert(name, journal);
        }
        let client = reqwest::Client::builder().no_proxy().build()?;
        let street = Self { bus, provider: Sandbox::default(), functions, journals, client };
        for service in [order::service(), warehouse::service(), notification::service()] {
            street.start(service)?;
        }
        street.start(orders_view::service())?;
        street.start(payment::service(street.provider.clone()))?;
        Ok(street)
    }

    /// Starts a service, or another version of it, on the journal of its name.
    ///
    /// # Errors
    /// When it is none of the street, or cannot start.
    pub fn start(&self, service: Service) -> Result<()> {
        let name = service.name().to_owned();
        let journal = self.journals.get(&*name).context("no such service")?.clone();
        let publisher = BusPublisher::new(&self.bus.url())?;
        let function = Arc::new(service.start(journal, publisher)?);
        self.functions.0.write().unwrap_or_else(PoisonError::into_inner).insert(name, function);
        Ok(())
    }

    /// Stops a service: nobody answers for it.
    pub fn stop(&self, name: &str) {
        self.functions.0.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Invokes a service directly, as its operator would.
    ///
    /// # Errors
    /// When it is stopped or fails.
    pub async fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let function = self.functions.get(name).context("the service is stopped")?;
        let payload = question.to_string();
        Ok(function.handle(payload.as_bytes(), None, Instant::now() + INVOCATION).await?)
    }

    /// The web shop asks for orders; all are accepted when it returns.
    ///
    /// # Errors
    /// When the bus did not accept them.
    pub async fn request(&self, orders: &[Value]) -> Result<()> {
        let request = self
            .client
            .post(format!("{}/events", self.bus.url()))
            .header("content-type", "application/cloudevents-batch+json")
            .body(Value::from(orders.to_vec()).to_string());
        let answer = request.send().await?;
        anyhow::ensure!(answer.status() == StatusCode::ACCEPTED.as_u16(), "not accepted");
        let results: Value = serde_json::from_slice(&answer.bytes().await?)?;
        let results = results["results"].as_array().context("no results")?.clone();
        anyhow::ensure!(
            results.iter().all(|result| result["status"] == "accepted"),
            "not accepted"
        );
        Ok(())
    }

    /// A row of a service.
    ///
    /// # Errors
    /// When the journal cannot be read, or the row is none of `T`.
    pub async fn row<T: DeserializeOwned>(
        &self,
        service: &str,
        table: &str,
        key: &str,
    ) -> Result<Option<Stored<T>>> {
        let journal = self.journals.get(service).context("no such service")?;
        let key = eventyard_handler::RowKey { table: table.to_owned(), key: key.to_owned() };
        let Some(row) = journal.row(service, &key).await? else { return Ok(None) };
        Ok(Some(Stored { value: serde_json::from_str(&row.value)?, revision: row.revision }))
    }
}

/// The n-th order of the story: of one of 50 customers, for some euros and cents.
#[must_use]
pub fn order(n: u64) -> Value {
    let data = json!({ "customer": customer(n), "total": cents(n) });
    requested(n, &data)
}

/// The order of an old till, which writes its total as a text: the poison.
#[must_use]
pub fn poison(n: u64) -> Value {
    let data = json!({ "customer": customer(n), "total": cents(n).to_string() });
    requested(n, &data)
}

/// Who asks for the n-th order.
#[must_use]
pub fn customer(n: u64) -> String {
    format!("customer-{}", n % 50)
}

/// What the n-th order costs.
#[must_use]
pub fn cents(n: u64) -> u64 {
    1_000 + n * 7 % 900
}

fn requested(n: u64, data: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": format!("r-{n}"),
        "source": "web",
        "type": "OrderRequested",
        "subject": format!("order-{n}"),
        "data": data,
    })
}

/// The rules of this example.
#[must_use]
pub fn rules() -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

impl Functions {
    fn get(&self, name: &str) -> Option<Function> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Answers invocations on a port of its own; gives its address.
    async fn serve(self) -> Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let invoke = post(invoke);
        let router = Router::new().route("/2015-03-31/functions/{name}/invocations", invoke);
        let router = router.with_state(self);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(endpoint)
    }
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    payload: Bytes,
) -> Result<String, StatusCode> {
    let function = functions.get(&name).ok_or(StatusCode::NOT_FOUND)?;
    let answer = function.handle(&payload, None, Instant::now() + INVOCATION).await;
    answer.map(|answer| answer.to_string()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
