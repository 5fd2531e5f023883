//! The judge: compares what the targets took with the plans, from outside.

use super::ports::FaultyPorts;
use eventyard_event::Event;
use std::collections::BTreeMap;

/// Asserts the promise for a story that is over: healed, finished, everything redriven.
pub fn judge(seed: u64, crashes: u64, ports: &FaultyPorts, acknowledged: &BTreeMap<String, Event>) {
    let events = ports.store.memory.events();
    for (id, event) in acknowledged {
        let stored = events.iter().any(|s| s.event.document() == event.document());
        assert!(stored, "seed {seed}: event `{id}` was acknowledged and is not there");
    }
    let report = ports.store.memory.audit();
    assert!(report.holds(), "seed {seed}: {report:?}");
    assert_eq!(report.open, 0, "seed {seed}");
    assert_eq!(report.delivered, report.planned, "seed {seed}: {report:?}");
    every_delivery_happened(seed, crashes, ports);
}

fn every_delivery_happened(seed: u64, crashes: u64, ports: &FaultyPorts) {
    let mut taken = ports.targets.taken();
    for stored in ports.store.memory.events() {
        for planned in &stored.plan.deliveries {
            let at_target = taken.remove(&planned.id).unwrap_or_default();
            let (rule, id) = (&planned.rule, stored.event.id());
            assert!(at_target.times >= 1, "seed {seed}: `{id}` by `{rule}` never arrived");
            let allowed = 1 + at_target.lost_answers + crashes;
            assert!(
                at_target.times <= allowed,
                "seed {seed}: `{id}` by `{rule}` arrived {} times, {allowed} are explained",
                at_target.times
            );
            assert!(at_target.targets.iter().all(|name| *name == planned.target), "seed {seed}");
            let first = &at_target.bodies[0];
            assert!(at_target.bodies.iter().all(|body| body == first), "seed {seed}");
        }
    }
    assert!(taken.is_empty(), "seed {seed}: nobody planned {taken:?}");
}
