//! Order within a group.

use crate::world::{World, about, event, failing, ids, target};
use eventyard_bus::{DeliveryState, Next, Sent};

#[test]
fn a_failing_head_holds_its_group_and_no_other() {
    let world = World::new();
    world.targets().answer_next(&target("lane"), [failing()]);
    world.deliver(vec![
        about("a1", "Lane", "a"),
        about("b1", "Lane", "b"),
        about("a2", "Lane", "a"),
    ]);
    assert_eq!(ids(&world.delivered("lane"), &world), ["b1"]);
    world.deliver(vec![about("a3", "Lane", "a"), about("b2", "Lane", "b")]);
    assert_eq!(ids(&world.delivered("lane"), &world), ["b1", "b2"], "a3 waits behind a1 and a2");
    world.finish("lane");
    assert_eq!(ids(&world.delivered("lane"), &world), ["b1", "b2", "a1", "a2", "a3"]);
    world.deliver(vec![about("a4", "Lane", "a")]);
    assert_eq!(ids(&world.delivered("lane"), &world).last().unwrap(), "a4", "the way is free");
    world.assert_promise_holds();
}

#[test]
fn when_a_head_is_parked_its_group_goes_on() {
    let world = World::new();
    let refused = Sent::Park { cause: crate::world::cause() };
    world.targets().answer_next(&target("lane"), [failing(), refused]);
    world.deliver(vec![about("a1", "Lane", "a"), about("a2", "Lane", "a")]);
    world.finish("lane");
    assert_eq!(ids(&world.delivered("lane"), &world), ["a2"]);
    let parked = |state: &DeliveryState| matches!(state, DeliveryState::Parked { .. });
    let items = world.ports.store.items();
    assert_eq!(items.iter().filter(|item| parked(&item.state)).count(), 1);
}

#[test]
fn a_group_keeps_its_order_through_every_mix_of_failures() {
    for seed in 0_u32..64 {
        let world = World::new();
        // Each bit of the seed is one answer.
        let answers =
            (0..6).map(|bit| if seed >> bit & 1 == 1 { failing() } else { Sent::Delivered });
        world.targets().answer_next(&target("lane"), answers);
        for n in 0..6 {
            let page = (0..2).map(|m| about(&format!("{n}-{m}"), "Lane", "a")).collect();
            world.deliver(page);
            world.advance(1);
            if n % 2 == 0 {
                world.attempt("lane");
            }
        }
        world.finish("lane");
        let order = ids(&world.delivered("lane"), &world);
        assert!(order.is_sorted(), "seed {seed}: {order:?}");
        assert_eq!(order.len(), 12);
    }
}

#[test]
fn a_target_without_groups_is_not_held_up_by_a_failure() {
    let world = World::new();
    world.targets().answer_next(&target("queue"), [failing()]);
    world.deliver(vec![event("1", "Queue")]);
    world.deliver(vec![event("2", "Queue")]);
    assert_eq!(ids(&world.delivered("queue"), &world), ["2"]);
    assert!(matches!(world.attempt("queue"), Next::At(_)));
}
