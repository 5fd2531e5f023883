//! A function at a running LocalStack, which passes on what it was invoked with.

use super::localstack::{PATIENCE, ROLE, World, body, queue_arn, unique};
use super::wire::{all_told, event};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{DestinationConfig, FunctionCode, OnSuccess, Runtime, State};
use std::time::Instant;

/// Answers every invocation with nothing.
const BOOTSTRAP: &str = r#"#!/bin/sh
while true; do
  curl -sS -o /dev/null -D /tmp/headers.$$ "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next" || exit 1
  id=$(tr -d '\r' < /tmp/headers.$$ | awk 'tolower($1) == "lambda-runtime-aws-request-id:" { print $2 }')
  curl -sS -o /dev/null -d '{}' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response"
done
"#;

/// A zip archive of one executable file, not compressed (APPNOTE 4.3).
fn zip(name: &str, content: &str) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content.as_bytes());
    let (size, name_size) = (content.len() as u32, name.len() as u16);
    // What both headers share: version, flags, method, time, date, sum, sizes, lengths.
    let mut shared = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    for number in [crc.sum(), size, size] {
        shared.extend(number.to_le_bytes());
    }
    shared.extend(name_size.to_le_bytes());
    shared.extend([0, 0]);
    let mut archive = b"PK\x03\x04".to_vec();
    archive.extend([&shared[..], name.as_bytes(), content.as_bytes()].concat());
    let directory = archive.len() as u32;
    archive.extend(b"PK\x01\x02\x14\x03");
    archive.extend(&shared);
    archive.extend([0; 6]);
    archive.extend((0o100_755_u32 << 16).to_le_bytes());
    archive.extend([0; 4]);
    archive.extend(name.as_bytes());
    let directory_size = archive.len() as u32 - directory;
    archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend(directory_size.to_le_bytes());
    archive.extend(directory.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

/// A new function that tells the queue of every invocation.
async fn function(client: &Client, queue: &str) -> String {
    let name = unique("function");
    let code = FunctionCode::builder().zip_file(Blob::new(zip("bootstrap", BOOTSTRAP))).build();
    let call = client.create_function().function_name(&name).code(code).role(ROLE);
    let call = call.runtime(Runtime::Providedal2023).handler("bootstrap").timeout(30);
    call.send().await.unwrap();
    let began = Instant::now();
    loop {
        let found = client.get_function().function_name(&name).send().await.unwrap();
        if found.configuration().and_then(|made| made.state()) == Some(&State::Active) {
            break;
        }
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let success = OnSuccess::builder().destination(queue_arn(queue)).build();
    let destinations = DestinationConfig::builder().on_success(success).build();
    let call = client.put_function_event_invoke_config().function_name(&name);
    call.destination_config(destinations).send().await.unwrap();
    name
}

#[tokio::test]
async fn a_function_is_invoked_with_the_event_and_its_delivery_id() {
    let world = World::new().await;
    let (queue, url) = world.queue(false).await;
    let client = Client::new(world.clients.config());
    let name = function(&client, &queue).await;
    let sent = world.send(&format!("lambda: {{ function: {name} }}"), vec![event("x", "e1")]).await;
    assert_eq!(all_told(&sent), ["delivered"]);
    let told = body(&world.receive(&url, 1).await[0]);
    let payload = &told["requestPayload"];
    assert_eq!((payload["id"].as_str(), payload["data"]["total"].as_i64()), (Some("e1"), Some(12)));
    assert_eq!(payload["eventyarddelivery"].as_str().map(str::len), Some(32));
}
