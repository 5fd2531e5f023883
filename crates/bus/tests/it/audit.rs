//! The judge itself: it must find what is wrong, else its silence says nothing.

use eventyard_bus::audit::{Audit, Violation};
use eventyard_bus::contract::fixture::{at, event, planned, target};
use eventyard_bus::{Accept, Budget, Delivery, DeliveryKey, DeliveryState, LogPosition, Sealed};

fn accepted() -> Accept {
    planned(event("1", "a"), &["x", "y"])
}

fn sealed(accept: &Accept, n: usize) -> Sealed {
    Sealed { delivery: accept.plan.deliveries[n].id, at: at(1) }
}

fn item(accept: &Accept, n: usize, state: DeliveryState) -> Delivery {
    let planned = &accept.plan.deliveries[n];
    Delivery {
        key: DeliveryKey { identity: accept.event.identity(), id: planned.id },
        rule: planned.rule.clone(),
        target: planned.target.clone(),
        group: None,
        position: LogPosition::default(),
        state,
        attempts: 0,
        budget: Budget { since: at(0), spent_before: 0, redrives: 0 },
        created_at: at(0),
        history: Vec::new(),
        cause: None,
        edit: None,
        replayed: None,
    }
}

#[test]
fn every_planned_delivery_is_counted_once() {
    let accept = accepted();
    let states = [
        (DeliveryState::Delivered { at: at(1) }, (2, 0, 0, 0)),
        (DeliveryState::Parked { at: at(1) }, (1, 1, 0, 0)),
        (DeliveryState::Waiting { due: at(1) }, (1, 0, 1, 0)),
        (DeliveryState::InFlight { until: at(1) }, (1, 0, 1, 0)),
        (DeliveryState::Dropped { at: at(1), reason: "test".to_owned() }, (1, 0, 0, 1)),
    ];
    for (state, expected) in states {
        let mut audit = Audit::default();
        // In any order.
        audit.item(&item(&accept, 1, state));
        audit.outcomes(&[sealed(&accept, 0)]);
        audit.event(accept.event.identity(), &accept.plan, false);
        let report = audit.report();
        assert!(report.holds(), "{report:?}");
        assert_eq!((report.accepted, report.planned), (1, 2));
        let counts = (report.delivered, report.parked, report.in_flight, report.dropped);
        assert_eq!(counts, expected);
    }
}

#[test]
fn in_an_open_page_everything_is_in_flight() {
    let accept = accepted();
    let mut audit = Audit::default();
    audit.event(accept.event.identity(), &accept.plan, true);
    let report = audit.report();
    assert!(report.holds());
    assert_eq!((report.open, report.in_flight), (1, 2));
}

#[test]
fn a_planned_delivery_of_a_sealed_page_of_which_nothing_is_known_is_lost() {
    let accept = accepted();
    let mut audit = Audit::default();
    audit.event(accept.event.identity(), &accept.plan, false);
    audit.outcomes(&[sealed(&accept, 0)]);
    let lost = Violation::Lost {
        identity: accept.event.identity(),
        delivery: accept.plan.deliveries[1].id,
        rule: accept.plan.deliveries[1].rule.clone(),
        target: target("y"),
    };
    assert_eq!(audit.report().violations, [lost]);
}

#[test]
fn a_delivery_that_no_event_planned_is_found() {
    let accept = accepted();
    for found_as in ["outcome", "item"] {
        let mut audit = Audit::default();
        match found_as {
            "outcome" => audit.outcomes(&[sealed(&accept, 0)]),
            _ => audit.item(&item(&accept, 0, DeliveryState::Parked { at: at(1) })),
        }
        let unplanned = Violation::Unplanned { delivery: accept.plan.deliveries[0].id };
        assert_eq!(audit.report().violations, [unplanned], "{found_as}");
    }
}
