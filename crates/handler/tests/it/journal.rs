//! The contract of the journal in one file, and that it is a file.

use eventyard_bus::Lease;
use eventyard_bus::ports::{Begun, Done, Journal, Work};
use eventyard_event::{DeliveryId, Digest, Timestamp};
use eventyard_handler::FileJournal;
use std::future::Future;
use std::ops::Deref;
use std::sync::LazyLock;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// A journal and the folder it is in.
struct InFolder(FileJournal, #[expect(dead_code, reason = "kept as long as the file")] TempDir);

impl Deref for InFolder {
    type Target = FileJournal;

    fn deref(&self) -> &FileJournal {
        &self.0
    }
}

fn fresh() -> InFolder {
    let folder = tempfile::tempdir().unwrap();
    InFolder(FileJournal::open(folder.path().join("journal.redb")).unwrap(), folder)
}

mod contract {
    eventyard_bus::journal_contract!(super::block_on, super::fresh());
}

#[test]
fn what_was_committed_is_there_after_the_file_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.redb");
    let delivery = DeliveryId::from_bytes([1; 16]);
    let work = Work { service: "s".into(), handler: "h".into(), delivery };
    let digest = Digest::from_bytes([2; 16]);
    let at = Timestamp::UNIX_EPOCH;
    let lease = Lease { now: at, until: at + Duration::from_secs(1) };
    block_on(async {
        let journal = FileJournal::open(&path).unwrap();
        let Ok(Begun::Claimed(claim)) = journal.begin(&work, &digest, lease).await else {
            panic!()
        };
        let (result, events, writes) = ("7".to_owned(), vec!["{}".to_owned()], Vec::new());
        let keep = Duration::from_secs(9);
        journal.commit(&claim, Done { result, events, writes, at, keep }).await.unwrap();
    });
    let begun = block_on(FileJournal::open(&path).unwrap().begin(&work, &digest, lease));
    let unpublished = vec!["{}".to_owned()];
    assert_eq!(begun, Ok(Begun::Done { result: "7".to_owned(), unpublished }));
}

#[test]
fn a_file_that_another_has_open_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.redb");
    let _first = FileJournal::open(&path).unwrap();
    let error = FileJournal::open(&path).unwrap_err().to_string();
    assert!(error.contains("journal.redb"), "{error}");
}
