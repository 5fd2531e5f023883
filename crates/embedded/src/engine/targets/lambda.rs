//! Lambda targets invoked at a local runtime, such as `cargo lambda watch`.
//!
//! In: a parcel. Out: one request of the Invoke API (`POST …/2015-03-31/functions/NAME/invocations`).
//! The endpoint comes from the command line of whoever runs the bus, so the guard of HTTP targets
//! does not apply to it.

use eventyard_bus::{Cause, Parcel, Sent};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use std::time::Duration;

/// A function under a debugger is slow; one that takes longer is tried again.
const TOTAL: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(3);

/// A place that runs functions.
pub(crate) struct LambdaEndpoint {
    client: Client,
    base: Url,
}

/// Why an endpoint is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LambdaEndpointError {
    #[error("`{text}` is not the URL of a Lambda endpoint: {reason}")]
    NotAUrl { text: String, reason: String },
    #[error("the HTTP client cannot start: {0}")]
    Client(#[from] reqwest::Error),
}

impl LambdaEndpoint {
    pub(crate) fn new(text: &str) -> Result<Self, LambdaEndpointError> {
        let not_a_url = |reason| LambdaEndpointError::NotAUrl { text: text.to_owned(), reason };
        let base = Url::parse(text).map_err(|error| not_a_url(error.to_string()))?;
        if base.cannot_be_a_base() || !matches!(base.scheme(), "http" | "https") {
            return Err(not_a_url("it must begin with http:// or https://".to_owned()));
        }
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .build()?;
        Ok(Self { client, base })
    }

    /// Invokes a function once; what it answers is not kept.
    pub(crate) async fn invoke(&self, function: &str, parcel: &Parcel<'_>) -> Sent {
        let request = self
            .client
            .post(self.url(function))
            .header("content-type", "application/json")
            .header("x-amz-invocation-type", "Event")
            .body(parcel.self_contained().into_owned());
        match request.send().await {
            Ok(response) => judge(&response),
            Err(error) => {
                let code = if error.is_timeout() { "Timeout" } else { "ConnectFailed" };
                let text = format!("no answer from the Lambda endpoint for `{function}`");
                Sent::Retry { cause: Cause::new(code, text), after: None }
            }
        }
    }

    fn url(&self, function: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["2015-03-31", "functions", function, "invocations"]);
        }
        url
    }
}

/// A function that failed answers 200 with `x-amz-function-error`; AWS retries it as well.
fn judge(response: &Response) -> Sent {
    let status = response.status();
    let failed = response.headers().contains_key("x-amz-function-error");
    let cause = |text: &str| Cause::new(format!("Lambda{}", status.as_u16()), text);
    match status {
        _ if failed => {
            Sent::Retry { cause: Cause::new("FunctionError", "the function failed"), after: None }
        }
        _ if status.is_success() => Sent::Delivered,
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => {
            Sent::Denied { cause: cause("the Lambda endpoint does not know the function") }
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Sent::Retry { cause: cause("the Lambda endpoint is busy"), after: None }
        }
        _ if status.is_server_error() => {
            Sent::Retry { cause: cause("the Lambda endpoint failed"), after: None }
        }
        _ => Sent::Park { cause: cause("the Lambda endpoint refuses the event") },
    }
}

#[cfg(test)]
mod tests {
    use super::LambdaEndpoint;

    #[test]
    fn a_function_is_invoked_at_its_path_whatever_its_name() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for base in ["http://127.0.0.1:9000", "http://127.0.0.1:9000/"] {
            let endpoint = LambdaEndpoint::new(base).unwrap();
            assert_eq!(
                endpoint.url("score/../order").as_str(),
                "http://127.0.0.1:9000/2015-03-31/functions/score%2F..%2Forder/invocations"
            );
        }
        assert!(LambdaEndpoint::new("127.0.0.1:9000").is_err());
        assert!(LambdaEndpoint::new("ftp://127.0.0.1").is_err());
    }
}
