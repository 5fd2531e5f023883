//! Rules that change while the bus runs.

use eventyard_bus::What;

use super::bus::{Dev, folder, options};

fn rules(event_type: &str) -> String {
    format!(
        "version: 1\ntargets:\n  out: {{ sqs: {{ queue: out }} }}\nrules:\n  - name: out\n    \
         when: $.type == '{event_type}'\n    to: out\n"
    )
}

async fn refused(bus: &mut Dev) -> String {
    bus.stage(|what| match what {
        What::RulesRefused { error, .. } => Some(error.clone()),
        _ => None,
    })
    .await
}

async fn loaded(bus: &mut Dev) {
    bus.stage(|what| matches!(what, What::RulesLoaded { .. }).then_some(())).await;
}

async fn matched(bus: &mut Dev) -> bool {
    bus.stage(|what| match what {
        What::Matched { .. } => Some(true),
        What::Unmatched { .. } => Some(false),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_good_change_is_in_force_at_once_and_a_broken_one_never() {
    let mut bus = Dev::start(&rules("A")).await;
    bus.event("1", "B").await;
    assert!(!matched(&mut bus).await);
    std::fs::write(bus.rules_file(), rules("B")).unwrap();
    loaded(&mut bus).await;
    bus.event("2", "B").await;
    assert!(matched(&mut bus).await);
    std::fs::write(bus.rules_file(), rules("C").replace("to: out", "to: ouch")).unwrap();
    let error = refused(&mut bus).await;
    assert!(error.contains("test.yaml:7:9"), "{error}");
    assert!(error.contains("ouch"), "{error}");
    // The last good rules go on.
    bus.event("3", "B").await;
    assert!(matched(&mut bus).await);
    std::fs::write(bus.rules_file(), rules("C")).unwrap();
    loaded(&mut bus).await;
    bus.event("4", "C").await;
    assert!(matched(&mut bus).await);
}

#[tokio::test]
async fn a_file_that_comes_and_one_that_goes_change_the_rules() {
    let mut bus = Dev::start(&rules("A")).await;
    let second = bus.folder.path().join("rules/second.yaml");
    std::fs::write(
        &second,
        "version: 1\nrules:\n  - name: second\n    when: $.type == 'B'\n    to: out\n",
    )
    .unwrap();
    loaded(&mut bus).await;
    bus.event("1", "B").await;
    assert!(matched(&mut bus).await);
    std::fs::remove_file(&second).unwrap();
    loaded(&mut bus).await;
    bus.event("2", "B").await;
    assert!(!matched(&mut bus).await);
}

#[tokio::test]
async fn an_overlay_is_watched_as_well() {
    let folder = folder(&rules("A"));
    let overlay = folder.path().join("overlay.yaml");
    std::fs::write(&overlay, "version: 1\ntargets:\n  out: { sqs: { queue: one } }\n").unwrap();
    let mut options = options(&folder);
    options.overlay = Some(overlay.clone());
    let mut bus = Dev::run(folder, options).await.unwrap();
    std::fs::write(&overlay, "version: 1\ntargets:\n  out: { sqs: { queue: two } }\n").unwrap();
    loaded(&mut bus).await;
    bus.event("1", "A").await;
    bus.delivered("out").await;
    assert_eq!(bus.receive("two").await.len(), 1);
}

#[tokio::test]
async fn broken_rules_at_the_start_are_refused_with_their_place() {
    let folder = folder(&rules("A").replace("when:", "wenn:"));
    let options = options(&folder);
    let error = Dev::run(folder, options).await.err().unwrap().to_string();
    assert!(error.contains("test.yaml:6:5"), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = folder(&rules("A"));
    let mut options = options(&folder);
    options.rules = folder.path().join("nowhere");
    let error = Dev::run(folder, options).await.err().unwrap();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().contains("rules") && cause.contains("nowhere"), "{error}: {cause}");
}
