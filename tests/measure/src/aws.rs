//! AWS endpoints that say yes at once, and count what they are asked.
//!
//! With a DynamoDB behind them, its calls are passed on, and the units that it charges are added up.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

/// What was asked, and what it cost.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Calls by operation, such as `PutItem`.
    pub calls: BTreeMap<String, u64>,
    /// Units of writing that DynamoDB charged.
    pub write_units: f64,
    /// Units of reading that DynamoDB charged.
    pub read_units: f64,
}

impl Counts {
    /// All calls.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }
}

/// The endpoints.
#[derive(Clone)]
pub struct Aws {
    pub address: SocketAddr,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Clone)]
struct Shared {
    counts: Arc<Mutex<Counts>>,
    dynamodb: Option<String>,
    client: reqwest::Client,
}

impl Aws {
    /// Serves on a free port; `dynamodb` is the URL of one that calls are passed on to.
    pub async fn start(dynamodb: Option<String>) -> Result<Self> {
        let counts = Arc::<Mutex<Counts>>::default();
        let shared = Shared {
            counts: Arc::clone(&counts),
            dynamodb,
            client: reqwest::Client::builder().no_proxy().build()?,
        };
        let routes = Router::new()
            .fallback(call)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { address, counts })
    }

    /// What was counted since the last time.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn call(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let (service, operation) = target.and_then(|target| target.split_once('.')).unwrap_or(("", ""));
    {
        let mut counts = shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.calls.entry(operation.to_owned()).or_default() += 1;
    }
    let answer = match (&shared.dynamodb, service.starts_with("DynamoDB")) {
        (Some(url), true) => pass_on(&shared, url, &headers, &body).await,
        _ => Ok((200, yes(operation, &body))),
    };
    let (status, answer) =
        answer.unwrap_or_else(|error| (500, json!({ "message": error.to_string() })));
    Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Body::from(answer.to_string()))
        .unwrap_or_default()
}

/// What the service says when all is well.
fn yes(operation: &str, body: &[u8]) -> Value {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    match operation {
        "Query" => json!({ "Items": [], "Count": 0, "ScannedCount": 0 }),
        "BatchGetItem" => json!({ "Responses": {}, "UnprocessedKeys": {} }),
        "GetQueueUrl" => {
            let name = asked["QueueName"].as_str().unwrap_or_default();
            json!({ "QueueUrl": format!("https://sqs.eu-west-1.amazonaws.com/000000000000/{name}") })
        }
        "SendMessageBatch" => {
            let entries = asked["Entries"].as_array().cloned().unwrap_or_default();
            let sent: Vec<_> = entries.iter().map(sent).collect();
            json!({ "Successful": sent, "Failed": [] })
        }
        "PutEvents" => {
            let entries = asked["Entries"].as_array().map_or(0, Vec::len);
            json!({ "FailedEntryCount": 0, "Entries": vec![json!({ "EventId": "e" }); entries] })
        }
        _ => json!({}),
    }
}

fn sent(entry: &Value) -> Value {
    let body = entry["MessageBody"].as_str().unwrap_or_default();
    let sum: String = Md5::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": sum })
}

/// Asks the DynamoDB behind, and adds up what it charges.
async fn pass_on(
    shared: &Shared,
    url: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(u16, Value)> {
    let mut asked: Value = serde_json::from_slice(body)?;
    asked["ReturnConsumedCapacity"] = json!("INDEXES");
    let mut request = shared.client.post(url).body(asked.to_string());
    for name in ["x-amz-target", "authorization", "x-amz-date", "content-type"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let reads = target.is_some_and(|target| target.ends_with("Query") || target.contains("Get"));
    let consumed = match &answer["ConsumedCapacity"] {
        Value::Array(many) => many.iter().map(units).sum(),
        one => units(one),
    };
    let mut counts = shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
    if reads {
        counts.read_units += consumed;
    } else {
        counts.write_units += consumed;
    }
    Ok((status, answer))
}

fn units(consumed: &Value) -> f64 {
    consumed["CapacityUnits"].as_f64().unwrap_or_default()
}
