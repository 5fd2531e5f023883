//! AWS's sample payloads, as the package of `aws_lambda_events` carries them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use eventyard_event::decode::{DecodeError, Decoded, Received, decode};
use eventyard_event::{Event, Limits};
use serde_json::Value;

/// The folder of samples.
fn samples() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(find_samples);
    &FOLDER
}

/// Cargo knows where the package lies.
fn find_samples() -> PathBuf {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    // Only this platform's packages are sure to be there, offline.
    let arguments = ["metadata", "--offline", "--format-version", "1", "--filter-platform", host];
    let output = Command::new(cargo).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "aws_lambda_events").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().join("src/fixtures")
}

/// Every sample by name, sorted.
fn every_sample() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    all.sort();
    assert!(all.len() > 100, "the package has {} samples", all.len());
    all
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(samples().join(format!("{name}.json"))).unwrap()
}

fn decoded(body: &[u8]) -> Vec<Result<Decoded<'_>, DecodeError>> {
    decode(&Received { body, message_id: Some("m-1"), hops: 0 }, &Limits::default())
}

/// What became of each event in the sample: its type, `raw`, or the code of its refusal.
fn outcomes(name: &str) -> Vec<String> {
    let outcome = |result: Result<Decoded<'_>, DecodeError>| match result {
        Ok(Decoded::Event(event)) => event.event_type().to_owned(),
        Ok(Decoded::Raw(raw)) => format!("raw {}", raw.message_id.unwrap_or_default()),
        Err(error) => error.to_string(),
    };
    decoded(&sample(name)).into_iter().map(outcome).collect()
}

#[test]
fn samples_of_sqs_sns_eventbridge_and_s3_are_decoded_or_refused_with_a_reason() {
    for (name, expected) in [
        ("example-sqs-event-obj", &["raw MessageID_1"][..]),
        ("example-sqs-event", &["in the SQS record: expected a value, found `M` at byte 0"]),
        ("example-sqs-api-event-obj", &["raw m-1"]),
        ("example-sqs-batch-response", &["raw m-1"]),
        ("example-sns-event-obj", &["raw 82833b5c-8d5d-56d0-b0e1-7511f8253eb8"]),
        (
            "example-sns-event",
            &["in the SNS record: in the SNS message: expected a value, found `H` at byte 0"],
        ),
        (
            "example-sns-event-pascal-case",
            &["in the SNS record: in the SNS message: expected a value, found `H` at byte 0"],
        ),
        (
            "example-sns-subscription-confirmation",
            &["SNS message is a `SubscriptionConfirmation`, not an event"],
        ),
        (
            "example-sns-unsubscribe-confirmation",
            &["SNS message is a `UnsubscribeConfirmation`, not an event"],
        ),
        ("example-eventbridge-event-obj", &["EC2 Instance State-change Notification"]),
        ("example-eventbridge-schedule", &["Scheduled Event"]),
        ("example-s3-event", &["com.amazonaws.s3.ObjectCreated:Put"]),
        ("example-s3-event-with-decoded", &["com.amazonaws.s3.ObjectCreated:Put"]),
    ] {
        assert_eq!(outcomes(name), expected, "{name}");
    }
}

#[test]
fn an_sns_sample_decodes_as_sqs_wraps_it() {
    let whole: Value = serde_json::from_slice(&sample("example-sns-event-obj")).unwrap();
    let wrapped = whole["Records"][0]["Sns"].to_string();
    match &decoded(wrapped.as_bytes())[..] {
        [Ok(Decoded::Raw(raw))] => assert_eq!(raw.text, r#"{"foo":"Hello world!","bar":123}"#),
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_sample_of_the_package_crashes_and_every_event_in_them_is_one() {
    for (name, body) in every_sample() {
        for result in decoded(&body) {
            match result {
                Ok(Decoded::Event(event)) => {
                    let again =
                        Event::from_document(event.document().as_bytes(), &Limits::default());
                    assert_eq!(again.as_ref(), Ok(&event), "{name}");
                }
                Ok(Decoded::Raw(raw)) => assert!(!raw.text.is_empty(), "{name}"),
                Err(error) => assert!(!error.to_string().is_empty(), "{name}"),
            }
        }
    }
}

#[test]
fn no_sample_crashes_when_it_is_cut_short() {
    for (_, body) in every_sample() {
        for length in (0..body.len()).step_by(97) {
            decoded(&body[..length]);
        }
    }
}
