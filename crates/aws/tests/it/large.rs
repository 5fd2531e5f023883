//! Events around the size of an item come back byte for byte.

use eventyard_bus::contract::fixture::{event_of, lease, planned};
use eventyard_bus::{Acceptance, Ledger};
use eventyard_event::{Event, Identity, Limits};

use crate::table::{block_on, fresh};

/// An event whose document has so many bytes, which do not deflate.
fn sized(id: &str, bytes: usize) -> Event {
    let limits = Limits::default();
    let part = |n: usize| Identity::new(id, &n.to_string()).to_string();
    let noise: String = (0..bytes / 32 + 1).map(part).collect();
    let strings: Vec<_> = noise
        .as_bytes()
        .chunks(200_000)
        .map(|chunk| format!("\"{}\"", std::str::from_utf8(chunk).expect("digits")))
        .collect();
    let head = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"contract","type":"Tested","data":["#
    );
    let mut document = format!("{head}{}", strings.join(","));
    document.truncate(bytes - 3);
    document.push_str("\"]}");
    Event::from_document(document.as_bytes(), &limits).expect("an event")
}

#[test]
fn events_around_the_size_of_an_item_come_back_byte_for_byte() {
    block_on(async {
        let store = fresh().await;
        let sizes = [349_000, 358_400, 399_000, 401_000, 409_600, 700_000, 1_000_000, 1_048_576];
        for bytes in sizes {
            let event = sized(&bytes.to_string(), bytes);
            assert_eq!(event.document().len(), bytes);
            let (identity, text) = (event.identity(), event.document().to_owned());
            let accepted = store.accept(vec![planned(event.clone(), &["x"])], lease(0, 60)).await;
            assert_eq!(accepted.expect("accepted").results, [Acceptance::Accepted]);
            let read = store.event(&identity).await.expect("read").expect("there");
            assert!(read.event.document() == text, "{bytes} bytes changed");
            let again = store.accept(vec![planned(event, &["x"])], lease(0, 60)).await;
            assert_eq!(again.expect("answered").results, [Acceptance::Duplicate]);
            let read = store.event(&identity).await.expect("read").expect("there");
            assert!(read.event.document() == text, "{bytes} bytes changed by a duplicate");
        }
    });
}

#[test]
fn a_conflict_of_large_events_leaves_the_first_as_it_is() {
    block_on(async {
        let store = fresh().await;
        let (first, other) = (sized("a", 900_000), sized("a", 901_000));
        let (identity, text) = (first.identity(), first.document().to_owned());
        store.accept(vec![planned(first, &["x"])], lease(0, 60)).await.expect("accepted");
        let other = store.accept(vec![planned(other, &["x"])], lease(0, 60)).await;
        assert_eq!(other.expect("answered").results, [Acceptance::Conflict]);
        let read = store.event(&identity).await.expect("read").expect("there");
        assert!(read.event.document() == text, "the document changed");
    });
}

#[test]
fn many_large_events_of_one_page_are_taken_over_whole() {
    block_on(async {
        let store = fresh().await;
        // More than the 16 MB of one BatchGetItem, so that it leaves keys unprocessed.
        let batch: Vec<_> =
            (0..60).map(|n| planned(sized(&format!("n{n}"), 340_000), &["x"])).collect();
        let small = planned(event_of("contract", "small", "a"), &["x"]);
        let given: Vec<_> =
            batch.iter().map(|new| new.event.clone()).chain([small.event.clone()]).collect();
        let batch = batch.into_iter().chain([small]).collect();
        store.accept(batch, lease(0, 60)).await.expect("accepted");
        let page = store.take_over(lease(60, 120)).await.expect("asked").expect("a page");
        assert_eq!(page.events.len(), given.len());
        assert!(page.events.iter().zip(&given).all(|(read, given)| read.event == *given));
    });
}
