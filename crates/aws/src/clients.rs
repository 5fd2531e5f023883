//! The SDK's clients of one process: one HTTP pool, made when first used.

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

/// The longest that one call of a service takes, its retries included.
///
/// INVARIANT (late-writes): far below the margin of every lease, so that no write lands after the
/// lease it was made under is over.
const OPERATION: Duration = Duration::from_secs(5);
/// The longest that one try of a call takes.
const ATTEMPT: Duration = Duration::from_secs(2);
/// The longest that a connection takes.
const CONNECT: Duration = Duration::from_secs(1);

/// Who waits for an answer.
#[derive(Debug, Clone, Copy)]
enum Patience {
    /// A function, under leases.
    Function,
    /// A person.
    Person,
}

impl Patience {
    fn timeouts(self) -> TimeoutConfig {
        let longer = match self {
            Self::Function => 1,
            Self::Person => 10,
        };
        TimeoutConfig::builder()
            .operation_timeout(OPERATION * longer)
            .operation_attempt_timeout(ATTEMPT * longer)
            .connect_timeout(CONNECT * longer)
            .build()
    }
}

/// What every client of this process is made of: region, credentials, endpoint, HTTP pool.
#[derive(Debug, Clone)]
pub struct Clients {
    config: SdkConfig,
}

impl Clients {
    /// Reads region, credentials and endpoint (`AWS_ENDPOINT_URL`) as every AWS tool does; no call is
    /// made.
    pub async fn from_env() -> Self {
        Self::load(aws_config::defaults(BehaviorVersion::latest()), Patience::Function).await
    }

    /// The same for a person's command, which holds no lease and has more time.
    pub async fn for_people() -> Self {
        Self::load(aws_config::defaults(BehaviorVersion::latest()), Patience::Person).await
    }

    /// Clients of a stand-in for AWS at this endpoint, such as LocalStack, which takes any credentials; no
    /// call is made.
    pub async fn of_stand_in(endpoint: &str, region: &str) -> Self {
        let credentials = Credentials::new("test", "test", None, None, "stand-in");
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials);
        Self::load(loader, Patience::Person).await
    }

    async fn load(loader: ConfigLoader, patience: Patience) -> Self {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let config = loader
            .http_client(http)
            .timeout_config(patience.timeouts())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .load()
            .await;
        Self { config }
    }

    /// Clients of a configuration that was made elsewhere, such as a test's.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self { config }
    }

    /// A client of DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// A client of SQS.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    /// A client of Lambda.
    #[must_use]
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config)
    }

    /// A client of S3. Where an endpoint is given, buckets go into the path, as every
    /// stand-in for S3 takes them.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let path_style = self.config.endpoint_url().is_some();
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(path_style);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// What a client is made of.
    #[must_use]
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }
}
