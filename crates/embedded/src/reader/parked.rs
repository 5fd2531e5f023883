//! What was given up, with the original bytes.

use std::ops::Bound;

use eventyard_bus::Undecodable;
use eventyard_bus::view::{ParkedDelivery, ParkedFilter};
use redb::ReadTransaction;

use super::source::Steps;
use crate::store::codec::Damaged;
use crate::store::format::DeliveryBytes;
use crate::store::{Fault, format, instant, work};

/// Items that one step reads.
const STEP: usize = 100;

pub(super) struct ParkedSteps {
    filter: ParkedFilter,
    after: Option<(i64, DeliveryBytes)>,
}

impl ParkedSteps {
    pub fn new(filter: ParkedFilter) -> Self {
        let after = filter.after;
        let after = after.map(|after| (instant::number(after.at), work::bytes(&after.key)));
        Self { filter, after }
    }
}

impl Steps for ParkedSteps {
    type Item = ParkedDelivery;

    fn step(&mut self, read: &ReadTransaction) -> Result<Vec<ParkedDelivery>, Fault> {
        let items = read.open_table(format::DELIVERIES)?;
        let from = self.after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = Vec::new();
        for entry in read.open_table(format::PARKED)?.range((from, Bound::Unbounded))? {
            let (at, key) = entry?.0.value();
            self.after = Some((at, key));
            let delivery = work::load(&items, &work::key(key))?.ok_or(Damaged)?;
            if self.filter.takes(&delivery) {
                // What is parked ends with its event.
                let event = super::events::of_delivery(read, &delivery)?;
                found.extend(event.map(|event| ParkedDelivery { delivery, event }));
            }
            if found.len() >= STEP {
                break;
            }
        }
        Ok(found)
    }
}

#[derive(Default)]
pub(super) struct UndecodableSteps {
    after: Option<(String, String)>,
}

impl Steps for UndecodableSteps {
    type Item = Undecodable;

    fn step(&mut self, read: &ReadTransaction) -> Result<Vec<Undecodable>, Fault> {
        let table = read.open_table(format::UNDECODABLE)?;
        let after = self.after.as_ref().map(|(via, id)| (via.as_str(), id.as_str()));
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let range = table.range::<(&str, &str)>((from, Bound::Unbounded))?.take(STEP);
        let found = range.map(|entry| Ok(serde_json::from_slice(entry?.1.value())?));
        let found: Vec<Undecodable> = found.collect::<Result<_, Fault>>()?;
        if let Some(last) = found.last() {
            self.after = Some((last.via.clone(), last.message_id.clone()));
        }
        Ok(found)
    }
}
