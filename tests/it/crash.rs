//! The short form of `cargo xtask crash`.

use eventyard_tests::crash::{Plan, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_under_load_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan { kills: 4, clients: 3, batch: 50, binary: None };
    let summary = run(&plan, folder.path(), |line| println!("{line}")).await.unwrap();
    assert!(summary.acknowledged > 0, "the load never reached the bus: {summary:?}");
    assert!(summary.stored >= summary.acknowledged, "{summary:?}");
}
