//! The plug-in runs functions as AWS does, seen through boto3. Where LocalStack runs in Docker or elsewhere, its own
//! executor runs them, and there is nothing of ours to prove.

mod clients;
mod databases;
mod events;
mod failures;
mod functions;
mod lifecycle;
mod shards;
