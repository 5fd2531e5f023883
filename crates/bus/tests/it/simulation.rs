//! The promise under faults: seeded, in one thread, in no time.
//!
//! Each seed is one story: events come (some twice), stores fail before or after they did their work,
//! targets fail, deny, refuse, or take a delivery and lose the answer, rules change, time passes; and in
//! half of the stories the process dies between any two port calls and another bus starts on the same stores.
//! Then everything heals, all that is parked is redriven, and the outside is compared with the plans.

mod faults;
mod judge;
mod ports;
mod process;
mod story;

use story::Story;

const SEEDS: u64 = 250;

#[test]
fn nothing_is_lost_and_nothing_is_sent_twice_without_a_crash_or_a_lost_answer() {
    for seed in 0..SEEDS {
        Story::new(seed, false).play();
    }
}

#[test]
fn nothing_is_lost_when_the_process_dies_between_any_two_port_calls() {
    let mut seen = faults::Seen::default();
    for seed in 0..SEEDS {
        seen.add(&Story::new(seed, true).play());
    }
    // The faults must have happened, else the stories prove nothing.
    assert!(seen.crashes > 500, "{seen:?}");
    assert!(seen.refused_calls > 1_000, "{seen:?}");
    assert!(seen.ambiguous_calls > 1_000, "{seen:?}");
    assert!(seen.lost_answers > 100, "{seen:?}");
    assert!(seen.redriven > 100, "{seen:?}");
    assert!(seen.taken_over > 100, "{seen:?}");
}
