//! Streams in a table, beyond the contract: how long a transaction is that nobody here can make.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextMut;
use eventyard_aws::NoWake;
use eventyard_aws::store::{DynamoStore, StoreSettings};
use eventyard_bus::contract::fixture::{at, event};
use eventyard_bus::{AppendError, Expected, Streams};
use eventyard_event::Event;

use crate::table::block_on;

/// Keeps every transaction from being sent, and counts its actions: puts, updates.
#[derive(Debug, Clone, Default)]
struct Looked(Arc<Mutex<Vec<(usize, usize)>>>);

impl Intercept for Looked {
    fn name(&self) -> &'static str {
        "looked"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let input = context.input().downcast_ref::<TransactWriteItemsInput>();
        let actions = input.ok_or("another call")?.transact_items();
        let puts = actions.iter().filter(|action| action.put().is_some()).count();
        let updates = actions.iter().filter(|action| action.update().is_some()).count();
        self.0.lock().expect("looked").push((puts, updates));
        Err("it was only looked at".into())
    }
}

fn store(looked: Looked) -> DynamoStore {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(aws_sdk_dynamodb::config::Region::from_static("eu-central-1"))
        .retry_config(RetryConfig::disabled())
        .interceptor(looked)
        .build();
    let settings = StoreSettings::default();
    DynamoStore::new(Client::from_conf(config), "table", "main", Arc::new(NoWake), settings)
}

fn events(count: usize) -> Vec<Event> {
    (0..count).map(|n| event(&n.to_string(), "a")).collect()
}

#[test]
fn an_append_of_99_events_is_a_transaction_of_100_actions_and_100_events_are_none() {
    block_on(async {
        let looked = Looked::default();
        let (store, stream) = (store(looked.clone()), "order".parse().expect("a name"));
        let sent = store.append(&stream, Expected::None, &events(99), at(0)).await;
        assert!(matches!(sent, Err(AppendError::Store(_))), "{sent:?}");
        assert_eq!(*looked.0.lock().expect("looked"), [(99, 1)]);
        let refused = store.append(&stream, Expected::None, &events(100), at(0)).await;
        assert_eq!(refused, Err(AppendError::Length { given: 100, max: 99 }));
        assert_eq!(looked.0.lock().expect("looked").len(), 1, "nothing was sent");
    });
}
