//! The promise, judged over everything the store holds.

use eventyard_bus::Sealed;
use eventyard_bus::audit::{Audit, Report};
use redb::{ReadTransaction, ReadableTable};

use crate::store::page::Outcomes;
use crate::store::{Fault, format, instant, log};

/// Gives the audit every event, every outcome and every item of one snapshot.
pub(super) fn audit(read: &ReadTransaction) -> Result<Report, Fault> {
    let mut audit = Audit::default();
    let open = read.open_table(format::OPEN_PAGES)?;
    log::scan(&read.open_table(format::EVENTS)?, 0..=u64::MAX, |_, stored| {
        audit.event(stored.identity, &stored.plan()?, open.get(stored.page)?.is_some());
        Ok(true)
    })?;
    for entry in read.open_table(format::OUTCOMES)?.iter()? {
        let outcomes = Outcomes::read(entry?.1.value())?.delivered.into_iter();
        let sealed = outcomes.map(|(delivery, at)| Sealed { delivery, at: instant::time(at) });
        audit.outcomes(&sealed.collect::<Vec<_>>());
    }
    for entry in read.open_table(format::DELIVERIES)?.iter()? {
        audit.item(&serde_json::from_slice(entry?.1.value())?);
    }
    Ok(audit.report())
}
