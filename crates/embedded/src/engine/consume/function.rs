//! A function at a URL, invoked as Lambda's `Invoke` does.

use crate::queues::QueueName;
use reqwest::{Client, Url, redirect};
use std::time::Duration;

/// A function under a debugger is slow; one that takes longer is tried again.
const TOTAL: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(3);

/// A function at a URL.
pub(crate) struct Function {
    client: Client,
    url: Url,
}

/// Why there is no function at a URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FunctionError {
    #[error("`{text}` is not the URL of a function for queue `{queue}`: {reason}")]
    NotAUrl { text: String, queue: QueueName, reason: String },
    #[error("the HTTP client cannot start: {0}")]
    Client(#[from] reqwest::Error),
}

impl Function {
    /// The function at this URL; where it has no path, that of the queue's name (without `.fifo`) at this
    /// Lambda endpoint.
    pub(crate) fn new(text: &str, queue: &QueueName) -> Result<Self, FunctionError> {
        let not_a_url = |reason: &str| FunctionError::NotAUrl {
            text: text.to_owned(),
            queue: queue.clone(),
            reason: reason.to_owned(),
        };
        let mut url = Url::parse(text).map_err(|error| not_a_url(&error.to_string()))?;
        if url.cannot_be_a_base() || !matches!(url.scheme(), "http" | "https") {
            return Err(not_a_url("it must begin with http:// or https://"));
        }
        if url.path() == "/"
            && let Ok(mut path) = url.path_segments_mut()
        {
            let name = queue.as_str().trim_end_matches(".fifo");
            path.pop_if_empty().extend(["2015-03-31", "functions", name, "invocations"]);
        }
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .build()?;
        Ok(Self { client, url })
    }

    /// Invokes it once and answers what it answers; the error is for people.
    pub(super) async fn invoke(&self, payload: &str) -> Result<Vec<u8>, String> {
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .body(payload.to_owned());
        let answer = request
            .send()
            .await
            .map_err(|error| format!("no answer from {}: {}", self.url, error.without_url()))?;
        let status = answer.status();
        if answer.headers().contains_key("x-amz-function-error") || !status.is_success() {
            return Err(format!("{} answers {}", self.url, status.as_u16()));
        }
        let bytes = answer.bytes().await;
        Ok(bytes.map_err(|error| format!("a broken answer: {}", error.without_url()))?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[track_caller]
    fn url(text: &str, queue: &str) -> String {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Function::new(text, &queue.parse().unwrap()).unwrap().url.to_string()
    }

    #[test]
    fn an_endpoint_without_a_path_runs_the_function_of_the_queues_name() {
        let there = "http://127.0.0.1:9000/2015-03-31/functions/warehouse/invocations";
        assert_eq!(url("http://127.0.0.1:9000", "warehouse.fifo"), there);
        assert_eq!(url("http://127.0.0.1:9000/", "warehouse"), there);
        assert_eq!(url("http://127.0.0.1:9000/x/y", "warehouse"), "http://127.0.0.1:9000/x/y");
    }

    #[test]
    fn a_text_that_is_no_url_is_refused_with_its_queue() {
        let error = Function::new("localhost:9000", &"payments".parse().unwrap()).err().unwrap();
        assert!(error.to_string().contains("`payments`"), "{error}");
    }
}
