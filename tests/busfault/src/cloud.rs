//! LocalStack with what tests need of it: a table, queues, topics, event buses, state machines.
//!
//! Everything is made without the proxy in between and under a name of its own, so that tests share a
//! LocalStack. Clients belong to the runtime they are first used on: each test makes its own.

use crate::forward::Upstream;
use crate::inbox::Queue;
use crate::server::Busfault;
use anyhow::{Context as _, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use eventyard_aws::Clients;
use eventyard_aws::store::schema;
use eventyard_localstack::LocalStack;
use std::time::Duration;
use tokio::sync::OnceCell;

/// LocalStack's only account.
pub const ACCOUNT: &str = "000000000000";
/// The region of all tests.
pub const REGION: &str = "eu-west-1";
/// A role that nobody looks at.
const ROLE: &str = "arn:aws:iam::000000000000:role/any";

static LOCALSTACK: OnceCell<LocalStack> = OnceCell::const_new();
static TABLE: OnceCell<String> = OnceCell::const_new();

/// A LocalStack, and clients of it.
#[derive(Debug, Clone)]
pub struct Cloud {
    upstream: Upstream,
    direct: Clients,
    dynamodb: aws_sdk_dynamodb::Client,
}

impl Cloud {
    /// The running one; one is started where there is none.
    ///
    /// # Errors
    /// It does not start.
    pub async fn up() -> Result<Self> {
        let start = || async { tokio::task::spawn_blocking(eventyard_localstack::up).await? };
        let localstack = LOCALSTACK.get_or_try_init(start).await?;
        // DynamoDB Local behind LocalStack is asked itself where that can be: it is several times quicker.
        let tables = localstack.dynamodb_endpoint.as_ref().unwrap_or(&localstack.endpoint);
        let upstream = Upstream::new(&localstack.endpoint).with("dynamodb", tables);
        let direct = Clients::new(config(&localstack.endpoint, 3).await);
        let dynamodb = aws_sdk_dynamodb::Client::new(&config(tables, 3).await);
        Ok(Self { upstream, direct, dynamodb })
    }

    /// A proxy in front of all of it.
    ///
    /// # Errors
    /// No port is free.
    pub async fn proxy(&self) -> Result<Busfault> {
        Busfault::start(self.upstream.clone()).await
    }

    /// Clients without the proxy.
    #[must_use]
    pub fn direct(&self) -> &Clients {
        &self.direct
    }

    /// A client of the tables without the proxy.
    #[must_use]
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    /// The table of all buses of this process.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn table(&self) -> Result<String> {
        let make = || async {
            let name = unique("busfault");
            // Without the stream, which nobody reads here.
            let table = schema::create_table(&self.dynamodb, &name).set_stream_specification(None);
            table.send().await?;
            Ok::<_, anyhow::Error>(name)
        };
        Ok(TABLE.get_or_try_init(make).await?.clone())
    }

    /// A new queue.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn queue(&self) -> Result<Queue> {
        let name = unique("queue");
        let call = self.direct.sqs().create_queue().queue_name(&name);
        let url = call.send().await?.queue_url.context("a queue without a URL")?;
        Ok(Queue::new(self.direct.sqs(), name, url))
    }

    /// A new FIFO queue.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn fifo_queue(&self) -> Result<Queue> {
        let name = format!("{}.fifo", unique("queue"));
        let call = self.direct.sqs().create_queue().queue_name(&name);
        let call = call.attributes(QueueAttributeName::FifoQueue, "true");
        let url = call.send().await?.queue_url.context("a queue without a URL")?;
        Ok(Queue::new(self.direct.sqs(), name, url))
    }

    /// A new topic, and a queue that gets what is published.
    ///
    /// # Errors
    /// They cannot be made.
    pub async fn topic(&self) -> Result<(String, Queue)> {
        let (queue, sns) = (self.queue().await?, aws_sdk_sns::Client::new(self.direct.config()));
        let topic = sns.create_topic().name(unique("topic")).send().await?;
        let arn = topic.topic_arn.context("a topic without an ARN")?;
        let subscribe = sns.subscribe().topic_arn(&arn).protocol("sqs").endpoint(queue.arn());
        subscribe.attributes("RawMessageDelivery", "true").send().await?;
        Ok((arn, queue))
    }

    /// A new event bus, and a queue that gets what is put on it.
    ///
    /// # Errors
    /// They cannot be made.
    pub async fn event_bus(&self) -> Result<(String, Queue)> {
        let (queue, name) = (self.queue().await?, unique("bus"));
        let events = aws_sdk_eventbridge::Client::new(self.direct.config());
        events.create_event_bus().name(&name).send().await?;
        let pattern = r#"{"source":[{"prefix":""}]}"#;
        let rule = events.put_rule().name("all").event_bus_name(&name);
        rule.event_pattern(pattern).send().await?;
        let target = aws_sdk_eventbridge::types::Target::builder().id("queue").arn(queue.arn());
        let put = events.put_targets().rule("all").event_bus_name(&name);
        put.targets(target.build()?).send().await?;
        Ok((name, queue))
    }

    /// A new state machine that ends at once.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn state_machine(&self) -> Result<String> {
        let machine = aws_sdk_sfn::Client::new(self.direct.config()).create_state_machine();
        let definition = r#"{"StartAt":"End","States":{"End":{"Type":"Succeed"}}}"#;
        let machine = machine.name(unique("machine")).definition(definition).role_arn(ROLE);
        Ok(machine.send().await?.state_machine_arn)
    }

    /// The names of the executions of a state machine.
    ///
    /// # Errors
    /// They cannot be listed.
    pub async fn executions(&self, machine: &str) -> Result<Vec<String>> {
        let sfn = aws_sdk_sfn::Client::new(self.direct.config());
        let answer = sfn.list_executions().state_machine_arn(machine).send().await?;
        Ok(answer.executions.into_iter().map(|execution| execution.name).collect())
    }
}

/// A name that nothing else has.
#[must_use]
pub fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::new_v4().simple())
}

/// The configuration of clients that try so often. Calls have more time than those of a function: tests
/// share a machine.
pub(crate) async fn config(endpoint: &str, attempts: u32) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(30))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .endpoint_url(endpoint)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(attempts))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .load()
        .await
}
