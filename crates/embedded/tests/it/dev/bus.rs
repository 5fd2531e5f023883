//! A bus in a folder of its own, and what tests ask of it.

use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use eventyard_bus::{Stage, What};
use eventyard_embedded::engine::Stages;
use eventyard_embedded::{DevError, DevOptions, Running, dev};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a test waits for what must happen; only a failure takes so long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A running bus.
pub struct Dev {
    pub folder: TempDir,
    pub client: Client,
    pub url: String,
    pub stages: Stages,
    running: Option<Running>,
}

/// Options for a bus in that folder: a free port, local targets, the patience of a test.
pub fn options(folder: &TempDir) -> DevOptions {
    let mut options = DevOptions::new(folder.path().join("rules"), folder.path().join("data"));
    options.listen = "127.0.0.1:0".parse().unwrap();
    options.allow_insecure_targets = true;
    let settings = &mut options.settings;
    settings.bus.retry.base = Duration::from_millis(1);
    settings.bus.retry.cap = Duration::from_millis(4);
    settings.bus.breaker.probe_every = Duration::from_millis(20);
    settings.bus.breaker.drain_every = Duration::from_millis(1);
    settings.reload_after = Duration::from_millis(20);
    settings.store_pause = Duration::from_millis(20);
    options
}

/// A folder with these rules and nothing else.
pub fn folder(rules: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("rules")).unwrap();
    std::fs::write(folder.path().join("rules/test.yaml"), rules).unwrap();
    folder
}

impl Dev {
    pub async fn start(rules: &str) -> Self {
        Self::start_with(rules, |_| {}).await
    }

    pub async fn start_with(rules: &str, change: impl FnOnce(&mut DevOptions)) -> Self {
        let folder = folder(rules);
        let mut options = options(&folder);
        change(&mut options);
        Self::run(folder, options).await.unwrap()
    }

    pub async fn run(folder: TempDir, options: DevOptions) -> Result<Self, DevError> {
        static TLS: Once = Once::new();
        TLS.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
        let running = dev(options).await?;
        let (url, stages) = (running.url(), running.stages());
        let client = Client::builder().no_proxy().build().unwrap();
        Ok(Self { folder, client, url, stages, running: Some(running) })
    }

    /// Stops the bus gracefully and gives its folder.
    pub async fn stop(mut self) -> TempDir {
        let running = self.running.take().unwrap();
        running.shutdown_handle().shutdown();
        running.until_stopped().await.unwrap();
        self.folder
    }

    pub fn rules_file(&self) -> PathBuf {
        self.folder.path().join("rules/test.yaml")
    }

    /// Waits for the first stage from here on for which `pick` gives something.
    pub async fn stage<T>(&mut self, pick: impl Fn(&What) -> Option<T>) -> T {
        let wait = async {
            loop {
                let stage: std::sync::Arc<Stage> = self.stages.recv().await.unwrap();
                if let Some(picked) = pick(&stage.what) {
                    return picked;
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the stage did not come")
    }

    /// Waits until a delivery to this target happened.
    pub async fn delivered(&mut self, to: &str) {
        self.stage(|what| match what {
            What::Delivered { delivery, .. } => (delivery.target.as_str() == to).then_some(()),
            _ => None,
        })
        .await;
    }

    /// Waits until a delivery to this target is parked; answers code and attempts.
    pub async fn parked(&mut self, to: &str) -> (String, u32) {
        self.stage(|what| match what {
            What::Parked { delivery, attempts, cause } if delivery.target.as_str() == to => {
                Some((cause.code.clone(), *attempts))
            }
            _ => None,
        })
        .await
    }

    pub async fn send(&self, path: &str, headers: &[(&str, &str)], body: String) -> Response {
        let mut request = self.client.post(format!("{}{path}", self.url)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Posts events and reads the answer.
    pub async fn post(&self, content_type: &str, body: impl Into<String>) -> (u16, Value) {
        answer(self.send("/events", &[("content-type", content_type)], body.into()).await).await
    }

    /// Posts one CloudEvent of this id and type.
    pub async fn event(&self, id: &str, event_type: &str) -> (u16, Value) {
        self.post("application/cloudevents+json", event(id, event_type).to_string()).await
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn object(&self, path: &str) -> Value {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn lines(&self, path: &str) -> Vec<Value> {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "{text}");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Calls an operation of AWS, such as `AmazonSQS.ReceiveMessage`.
    pub async fn aws(&self, target: &str, request: Value) -> (u16, Value) {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.0")];
        answer(self.send("/", &headers, request.to_string()).await).await
    }

    /// The messages that a queue gives, up to ten.
    pub async fn receive(&self, queue: &str) -> Vec<Value> {
        let request = json!({
            "QueueUrl": self.queue(queue),
            "MaxNumberOfMessages": 10,
            "MessageAttributeNames": ["All"],
            "WaitTimeSeconds": 20,
        });
        let (status, answer) = self.aws("AmazonSQS.ReceiveMessage", request).await;
        assert_eq!(status, 200, "{answer}");
        answer["Messages"].as_array().cloned().unwrap_or_default()
    }

    pub fn queue(&self, name: &str) -> String {
        format!("{}/000000000000/{name}", self.url)
    }

    /// Waits until the promise holds with nothing left to do; answers the counts.
    pub async fn settled(&self) -> Value {
        let wait = async {
            loop {
                let audit = self.object("/audit").await;
                assert_eq!(audit["violations"], json!([]));
                if audit["in_flight"] == 0 && audit["open"] == 0 {
                    return audit;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("work is left")
    }
}

/// Polls until it is so; the deadline is there to end a broken test.
pub async fn eventually(mut check: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("it did not come to pass");
}

async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A CloudEvent from the shop.
pub fn event(id: &str, event_type: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": "shop",
        "type": event_type,
        "subject": "order-1",
        "data": { "total": 12.5 },
    })
}
