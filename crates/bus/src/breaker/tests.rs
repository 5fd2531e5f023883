use super::{Breaker, Change, Permit, Round};
use crate::time::after;
use crate::{BreakerSettings, Cause, Sent};
use jiff::Timestamp;
use std::time::Duration;

fn at(s: u64) -> Timestamp {
    after(Timestamp::UNIX_EPOCH, Duration::from_secs(s))
}

fn cause() -> Cause {
    Cause::new("Http503", "`partner.example` answered 503")
}

fn settings() -> BreakerSettings {
    BreakerSettings { drain_full: 8, ..BreakerSettings::default() }
}

fn fail(breaker: &mut Breaker, s: u64) -> Option<Change> {
    breaker.record(Round::Failing(cause()), at(s), &settings())
}

fn opened(denied: bool) -> Option<Change> {
    Some(Change::Opened { denied, cause: cause() })
}

fn open_at(s: u64) -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..5 {
        let _ = fail(&mut breaker, s);
    }
    breaker
}

#[test]
fn it_opens_after_five_failing_rounds_in_a_row() {
    let mut breaker = Breaker::default();
    for s in 0..4 {
        assert_eq!(fail(&mut breaker, s), None);
        assert!(breaker.is_closed(at(s)));
    }
    assert_eq!(fail(&mut breaker, 4), opened(false));
    assert!(!breaker.is_closed(at(4)));
}

#[test]
fn it_stays_closed_when_a_success_stands_between_failures() {
    let mut breaker = Breaker::default();
    for s in 0..20 {
        let round = if s % 5 == 4 { Round::Alive } else { Round::Failing(cause()) };
        assert_eq!(breaker.record(round, at(s), &settings()), None);
    }
    assert!(breaker.is_closed(at(20)));
}

#[test]
fn an_open_breaker_gives_one_probe_a_minute() {
    let mut breaker = open_at(0);
    assert_eq!(breaker.permit(at(59), &settings()), Permit::Wait(at(60)));
    assert_eq!(breaker.permit(at(60), &settings()), Permit::Some(1));
    assert_eq!(breaker.permit(at(60), &settings()), Permit::Wait(at(120)));
    assert_eq!(fail(&mut breaker, 61), None, "it is open already");
    assert_eq!(breaker.permit(at(120), &settings()), Permit::Wait(at(121)));
    assert_eq!(breaker.permit(at(121), &settings()), Permit::Some(1));
}

#[test]
fn after_a_good_probe_it_drains_at_a_rising_rate_and_closes() {
    let mut breaker = open_at(0);
    assert_eq!(breaker.permit(at(60), &settings()), Permit::Some(1));
    assert_eq!(breaker.record(Round::Alive, at(60), &settings()), None);
    assert_eq!(breaker.permit(at(60), &settings()), Permit::Wait(at(61)));
    for (s, allowance) in [(61, 1), (62, 2), (63, 4)] {
        assert_eq!(breaker.permit(at(s), &settings()), Permit::Some(allowance));
        let change = breaker.record(Round::Alive, at(s), &settings());
        assert_eq!(change, (allowance == 4).then_some(Change::Closed));
    }
    assert_eq!(breaker.permit(at(64), &settings()), Permit::All);
}

#[test]
fn a_round_that_could_have_carried_more_leaves_nothing_to_drain() {
    let mut breaker = open_at(0);
    let _ = breaker.permit(at(60), &settings());
    assert!(!breaker.is_drained_by(0), "a probe says nothing about what waits");
    let _ = breaker.record(Round::Alive, at(60), &settings());
    assert!(!breaker.is_drained_by(1), "as many as it might: there may be more");
    let _ = breaker.record(Round::Alive, at(61), &settings());
    assert!(breaker.is_drained_by(1));
    assert_eq!(breaker.close(), Some(Change::Closed));
    assert_eq!(breaker.close(), None);
    assert_eq!(breaker.permit(at(62), &settings()), Permit::All);
}

#[test]
fn a_failing_round_while_draining_opens_it_again() {
    let mut breaker = open_at(0);
    let _ = breaker.permit(at(60), &settings());
    let _ = breaker.record(Round::Alive, at(60), &settings());
    assert_eq!(fail(&mut breaker, 61), None, "it never closed, so nothing is new");
    assert_eq!(breaker.permit(at(62), &settings()), Permit::Wait(at(121)));
}

#[test]
fn one_denial_opens_it_and_remembers_since_when() {
    let mut breaker = Breaker::default();
    let deny =
        |breaker: &mut Breaker, s| breaker.record(Round::Denied(cause()), at(s), &settings());
    assert_eq!(deny(&mut breaker, 7), opened(true));
    assert_eq!(deny(&mut breaker, 67), None);
    assert_eq!(breaker.denied(), Some((at(7), &cause())));
    let _ = fail(&mut breaker, 127);
    assert_eq!(breaker.denied(), None, "it fails for another reason now");
}

#[test]
fn a_wish_for_quiet_is_kept_in_every_state_without_opening() {
    let mut breaker = Breaker::default();
    breaker.keep_quiet(at(30));
    breaker.keep_quiet(at(10));
    assert!(!breaker.is_closed(at(29)));
    assert_eq!(breaker.permit(at(29), &settings()), Permit::Wait(at(30)));
    assert_eq!(breaker.permit(at(30), &settings()), Permit::All);
}

#[test]
fn a_person_can_ask_for_a_probe_at_once() {
    let mut breaker = open_at(0);
    breaker.keep_quiet(at(500));
    breaker.probe_now(at(3));
    assert_eq!(breaker.permit(at(3), &settings()), Permit::Some(1));
}

#[test]
fn a_round_is_judged_by_its_best_answer() {
    let retry = Sent::Retry { cause: cause(), after: None };
    let denied = Sent::Denied { cause: cause() };
    let park = Sent::Park { cause: cause() };
    assert_eq!(Round::of(&[]), None);
    assert_eq!(Round::of(&[retry.clone(), Sent::Delivered]), Some(Round::Alive));
    assert_eq!(Round::of(&[retry.clone(), park]), Some(Round::Alive));
    assert_eq!(Round::of(&[retry.clone(), denied]), Some(Round::Denied(cause())));
    assert_eq!(Round::of(&[retry.clone(), retry]), Some(Round::Failing(cause())));
}
