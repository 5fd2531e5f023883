//! A bus that ends and starts again on the same folder.

use eventyard_embedded::store::Store;
use serde_json::json;

use super::bus::{Dev, options};
use super::receiver::{Does, Receiver};

fn rules(url: &str) -> String {
    format!(
        "version: 1\ntargets:\n  partner: {{ http: {{ url: \"{url}\" }} }}\n  queue: {{ sqs: {{ \
         queue: out }} }}\nrules:\n  - name: all\n    when: $\n    to: [partner, queue]\n"
    )
}

#[tokio::test]
async fn deliveries_that_were_waiting_go_on_by_the_stored_plan() {
    let receiver = Receiver::start(&[], Does::Answer(503)).await;
    let mut bus = Dev::start(&rules(&receiver.url)).await;
    bus.event("1", "A").await;
    bus.delivered("queue").await;
    let folder = bus.stop().await;
    // The new rules know neither rule nor target of the event.
    std::fs::write(folder.path().join("rules/test.yaml"), "version: 1\n").unwrap();
    receiver.then(Does::Answer(200));
    let options = options(&folder);
    let bus = Dev::run(folder, options).await.unwrap();
    let audit = bus.settled().await;
    assert_eq!((&audit["planned"], &audit["delivered"]), (&json!(2), &json!(2)));
    assert_eq!(bus.receive("out").await.len(), 1);
}

#[tokio::test]
async fn a_page_that_was_open_is_finished() {
    let receiver = Receiver::start(&[], Does::Answer(200)).await;
    let folder = super::bus::folder(&rules(&receiver.url));
    // What a bus leaves that is killed between acceptance and delivery.
    {
        use eventyard_bus::{Accept, Lease, Ledger, RuleSets, RulesFile, StoredRules};
        let store = Store::open(folder.path().join("data")).unwrap();
        let files = eventyard_files::rules_files(&folder.path().join("rules")).unwrap();
        let load =
            eventyard_rules::LoadOptions { allow_insecure_targets: true, ..Default::default() };
        let rules = eventyard_rules::load(&files, &load).unwrap();
        let files = files.into_iter().map(|file| RulesFile { name: file.name, text: file.text });
        let version = rules.version.clone();
        store.put(&StoredRules { version, files: files.collect(), overlay: None }).await.unwrap();
        let document = super::bus::event("1", "A").to_string();
        let event = eventyard_event::Event::from_document(
            document.as_bytes(),
            &eventyard_event::Limits::default(),
        );
        let event = event.unwrap();
        let plan = rules.plan(&event);
        let now = eventyard_event::Timestamp::now();
        let until = now + std::time::Duration::from_secs(3600);
        let batch = vec![Accept { event, plan, via: "http".into(), order: None }];
        store.accept(batch, Lease { now, until }).await.unwrap();
    }
    let options = options(&folder);
    let bus = Dev::run(folder, options).await.unwrap();
    let audit = bus.settled().await;
    assert_eq!((&audit["accepted"], &audit["delivered"]), (&json!(1), &json!(2)));
    let metrics = bus.get("/metrics").await.1;
    assert!(metrics.contains("eventyard_pages_taken_over_total 1\n"), "{metrics}");
    // The sender comes again: it is a duplicate, and nothing is sent twice.
    assert_eq!(bus.event("1", "A").await.1["results"][0]["status"], "duplicate");
    bus.settled().await;
    assert_eq!(receiver.got().len(), 1);
}

#[tokio::test]
async fn a_running_bus_leaves_its_url_and_a_stopped_one_takes_it_away() {
    let bus = Dev::start("version: 1\n").await;
    let file = bus.folder.path().join("data/url");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{}\n", bus.url));
    let folder = bus.stop().await;
    assert!(!file.exists());
    drop(folder);
}

#[tokio::test]
async fn a_second_bus_on_the_same_folder_is_told_where_the_first_listens() {
    let bus = Dev::start("version: 1\n").await;
    let options = options(&bus.folder);
    let error = eventyard_embedded::dev(options).await.err().unwrap().to_string();
    assert!(error.contains(&bus.url), "{error}");
}
