//! A table to test with: one for all tests, and in it a bus for each.

use std::future::Future;
use std::sync::{Arc, LazyLock};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Intercept, Region};
use eventyard_aws::store::{DynamoJournal, DynamoStore, StoreSettings, schema};
use eventyard_aws::{NoWake, Wake};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static TABLE: OnceCell<String> = OnceCell::const_new();
static ENDPOINT: OnceCell<String> = OnceCell::const_new();

/// Runs a future to its end, on a runtime that lives as long as the clients do.
pub fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// The settings of all tests: DynamoDB Local takes ten actions in a transaction.
pub fn settings() -> StoreSettings {
    StoreSettings { transaction_actions_max: 10, ..StoreSettings::default() }
}

/// A name that no other test has.
pub fn fresh_bus() -> String {
    format!("test-{}", uuid::Uuid::new_v4().simple())
}

/// A store with nothing in it.
pub async fn fresh() -> Box<DynamoStore> {
    Box::new(store(&fresh_bus(), Arc::new(NoWake), settings()).await)
}

/// A journal with nothing in it: a table of its own, for services of different tests have one name.
pub async fn fresh_journal() -> Box<DynamoJournal> {
    let name = format!("journal-{}", uuid::Uuid::new_v4().simple());
    let table = schema::create_table(&client().await, &name).set_stream_specification(None);
    table.send().await.expect("a table; is there a DynamoDB at the endpoint?");
    Box::new(DynamoJournal::new(client().await, &name))
}

/// A store with nothing in it that keeps events for an hour.
pub async fn keeping_an_hour() -> Box<DynamoStore> {
    let retention = Some(std::time::Duration::from_secs(3_600));
    let settings = StoreSettings { retention, ..settings() };
    Box::new(store(&fresh_bus(), Arc::new(NoWake), settings).await)
}

/// A store of its own for a bus; several of one bus are like several processes.
pub async fn store(bus: &str, wake: Arc<dyn Wake>, settings: StoreSettings) -> DynamoStore {
    DynamoStore::new(client().await, &table().await, bus, wake, settings)
}

/// A store whose calls an interceptor sees.
pub async fn watched(bus: &str, watch: impl Intercept + 'static) -> DynamoStore {
    let client = Client::from_conf(config().await.interceptor(watch).build());
    DynamoStore::new(client, &table().await, bus, Arc::new(NoWake), settings())
}

/// A store whose calls an interceptor sees, and which are made again as told.
pub async fn watched_with(
    bus: &str,
    watch: impl Intercept + 'static,
    retry: RetryConfig,
) -> DynamoStore {
    let config = config().await.interceptor(watch).retry_config(retry);
    let client = Client::from_conf(config.build());
    DynamoStore::new(client, &table().await, bus, Arc::new(NoWake), settings())
}

/// A client without anything special.
pub async fn client() -> Client {
    Client::from_conf(config().await.build())
}

async fn config() -> Builder {
    let http = aws_smithy_http_client::Builder::new().build_http();
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .endpoint_url(endpoint().await)
        .region(Region::from_static("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
}

/// Where DynamoDB answers: at `EVENTYARD_DYNAMODB_ENDPOINT`, else in a LocalStack, which is started.
async fn endpoint() -> String {
    ENDPOINT.get_or_init(find_endpoint).await.clone()
}

async fn find_endpoint() -> String {
    if let Ok(endpoint) = std::env::var("EVENTYARD_DYNAMODB_ENDPOINT") {
        return endpoint;
    }
    let up = tokio::task::spawn_blocking(eventyard_localstack::up).await;
    let stack = up.expect("no panic").expect("a LocalStack, or EVENTYARD_DYNAMODB_ENDPOINT");
    stack.dynamodb_endpoint.unwrap_or(stack.endpoint)
}

/// The table of all tests.
pub async fn table() -> String {
    let make = || async {
        let name = format!("store-{}", uuid::Uuid::new_v4().simple());
        // Nothing here reads the table's stream, which DynamoDB Local would keep in its memory.
        let table = schema::create_table(&client().await, &name).set_stream_specification(None);
        let made = table.send().await;
        made.expect("a table; is there a DynamoDB at the endpoint?");
        name
    };
    TABLE.get_or_init(make).await.clone()
}
