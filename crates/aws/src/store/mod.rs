//! DynamoDB as the event store.
