//! The promise, judged over everything the store holds.

use eventyard_bus::audit::{Audit, Report};
use eventyard_bus::{Delivery, Sealed};
use redb::{ReadTransaction, ReadableTable};

use super::events::first_kept;
use crate::store::page::Outcomes;
use crate::store::retention::first_kept_now;
use crate::store::{Fault, format, instant, log};

/// Gives the audit every event, every outcome and every item of one snapshot.
pub(super) fn audit(read: &ReadTransaction) -> Result<Report, Fault> {
    let mut audit = Audit::default();
    let (page, event) = (first_kept_now(read)?, first_kept(read)?);
    let open = read.open_table(format::OPEN_PAGES)?;
    log::scan(&read.open_table(format::EVENTS)?, event..=u64::MAX, |_, stored| {
        audit.event(stored.identity, &stored.plan()?, open.get(stored.page)?.is_some());
        Ok(true)
    })?;
    for entry in read.open_table(format::OUTCOMES)?.range(page..)? {
        let outcomes = Outcomes::read(entry?.1.value())?.delivered.into_iter();
        let sealed = outcomes.map(|(delivery, at)| Sealed { delivery, at: instant::time(at) });
        audit.outcomes(&sealed.collect::<Vec<_>>());
    }
    for entry in read.open_table(format::DELIVERIES)?.iter()? {
        let item: Delivery = serde_json::from_slice(entry?.1.value())?;
        if item.position.page.0 >= page {
            audit.item(&item);
        }
    }
    Ok(audit.report())
}
