//! Calls of a stand-in for AWS, written out as they go over the wire: it checks no signature.

use std::sync::OnceLock;

use reqwest::{Client, Method};
use serde_json::{Value, json};

pub const REGION: &str = "eu-west-1";
pub const ACCOUNT: &str = "000000000000";

/// A stand-in for AWS.
#[derive(Debug, Clone)]
pub struct Aws {
    pub endpoint: String,
    client: Client,
}

impl Aws {
    /// The LocalStack of all tests, started when there is none.
    pub async fn up() -> Self {
        static ENDPOINT: OnceLock<String> = OnceLock::new();
        let up = || eventyard_localstack::up().unwrap().endpoint;
        let endpoint = tokio::task::spawn_blocking(move || ENDPOINT.get_or_init(up).clone());
        Self::at(&endpoint.await.unwrap())
    }

    /// What answers there, or does not.
    pub fn at(endpoint: &str) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        Self { endpoint: endpoint.to_owned(), client: Client::new() }
    }

    /// An action of a service that speaks JSON: `AmazonSQS.CreateQueue`.
    pub async fn call(&self, service: &str, action: &str, body: Value) -> Value {
        let version = if matches!(service, "events" | "ssm") { "1.1" } else { "1.0" };
        let request = self
            .request(service, Method::POST, "/")
            .header("x-amz-target", action)
            .header("content-type", format!("application/x-amz-json-{version}"))
            .body(body.to_string());
        let text = Self::done(action, request).await;
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    pub async fn sqs(&self, action: &str, body: Value) -> Value {
        self.call("sqs", &format!("AmazonSQS.{action}"), body).await
    }

    /// An action of a service that speaks forms.
    pub async fn form(&self, service: &str, version: &str, parameters: &[(&str, &str)]) -> String {
        let parts = [&[("Version", version)], parameters].concat();
        let form = reqwest::Url::parse_with_params("http://form/", &parts).unwrap();
        let request = self
            .request(service, Method::POST, "/")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned());
        Self::done(parameters[0].1, request).await
    }

    pub async fn iam(&self, parameters: &[(&str, &str)]) -> String {
        self.form("iam", "2010-05-08", parameters).await
    }

    pub async fn sns(&self, parameters: &[(&str, &str)]) -> String {
        self.form("sns", "2010-03-31", parameters).await
    }

    pub async fn lambda(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.request("lambda", method, path);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header("content-type", "application/json").body(body);
        let text = Self::done(path, request).await;
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    fn request(&self, service: &str, method: Method, path: &str) -> reqwest::RequestBuilder {
        let scope = format!("test/20260101/{REGION}/{service}/aws4_request");
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let url = format!("{}{path}", self.endpoint);
        self.client.request(method, url).header("authorization", signature)
    }

    async fn done(what: &str, request: reqwest::RequestBuilder) -> String {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{what}: {status} {text}");
        text
    }

    /// The URL of a queue that is there.
    pub async fn queue_url(&self, name: &str) -> String {
        let answer = self.sqs("GetQueueUrl", json!({ "QueueName": name })).await;
        answer["QueueUrl"].as_str().unwrap().to_owned()
    }
}
