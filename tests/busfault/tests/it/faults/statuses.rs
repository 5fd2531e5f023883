//! What each status of a webhook's receiver means, row by row, through the whole pipeline.

use crate::receiver::Receiver;
use anyhow::Result;
use eventyard_busfault::{Cloud, Yard, work};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Done with the first request.
const TAKEN: [u16; 4] = [200, 201, 202, 204];
/// Parked after the first request, under `HttpSTATUS`.
const REFUSED: [u16; 12] = [301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409, 422];
/// Tried again: the second request is taken.
const PASSING: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];

fn rules(origin: &str) -> String {
    let (mut targets, mut names) = (String::new(), Vec::new());
    let paths = TAKEN.iter().chain(&REFUSED).map(|status| (*status, format!("{status}")));
    let once = PASSING.iter().map(|status| (*status, format!("{status}/once")));
    for (status, path) in paths.chain(once).chain([(410, "410".to_owned())]) {
        let _ = writeln!(targets, "  t{status}: {{ http: {{ url: \"{origin}/{path}\" }} }}");
        names.push(format!("t{status}"));
    }
    let to = names.join(", ");
    format!(
        "targets:\n{targets}rules:\n  - {{ name: all, when: $, to: [{to}], retry: {{ denied: 1s }} }}\n"
    )
}

#[tokio::test]
async fn every_status_is_taken_refused_or_tried_again() -> Result<()> {
    let receiver = Receiver::start().await?;
    let yard = Yard::start(Cloud::up().await?, &rules(&receiver.origin())).await?;
    assert!(yard.ingest(&[work::event("e0", "Thing")]).await?.is_empty());
    let report = yard.settle().await?;
    let delivered = u64::try_from(TAKEN.len() + PASSING.len())?;
    let parked = u64::try_from(REFUSED.len() + 1)?;
    assert_eq!((report.delivered, report.parked), (delivered, parked));
    let parked: BTreeMap<_, _> = yard
        .parked()
        .await?
        .into_iter()
        .map(|item| (item.target.to_string(), item.cause.map_or_else(String::new, |it| it.code)))
        .collect();
    for status in REFUSED {
        assert_eq!(parked[&format!("t{status}")], format!("Http{status}"));
        assert_eq!(receiver.count(&format!("/{status}")), 1, "{status} is not asked again");
    }
    for status in TAKEN {
        assert_eq!(receiver.count(&format!("/{status}")), 1, "{status} is taken");
    }
    for status in PASSING {
        let path = format!("/{status}/once");
        let came: Vec<_> = receiver.came().into_iter().filter(|came| came.path == path).collect();
        assert_eq!(came.len(), 2, "{status} is tried again");
        assert_eq!(came[0].webhook_id, came[1].webhook_id, "under the same id");
    }
    assert_eq!(parked["t410"], "Http410");
    assert_eq!(receiver.count("/followed"), 0, "no redirect is followed");
    Ok(())
}
