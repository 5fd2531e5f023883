//! The plug-in runs functions as AWS does, seen through boto3. Where the LocalStack of other tests runs in Docker or
//! elsewhere, its own executor runs them, and these tests have one of plain processes beside it.

mod clients;
mod databases;
mod events;
mod failures;
mod functions;
mod lifecycle;
mod shards;
