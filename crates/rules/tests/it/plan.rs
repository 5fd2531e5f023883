//! The golden plans, and what holds for every plan.
use crate::support::{accepted, event, vectors};
use eventyard_event::{DeliveryId, Event, Limits, Travel};
use eventyard_rules::{Plan, RefusedCode, RuleSet};
use proptest::prelude::*;
use std::collections::BTreeSet;

const RULES: &str = include_str!("../../vectors/plan/rules.yaml");

fn rules() -> RuleSet {
    accepted(RULES)
}

fn stored(plan: &Plan) -> String {
    serde_json::to_string(plan).unwrap()
}

#[test]
fn every_vector_gives_exactly_its_stored_plan() {
    let rules = rules();
    for vector in vectors(include_str!("../../vectors/plan/cases.json")) {
        let event = event(&vector.get("event").unwrap().to_string());
        let stored = stored(&rules.plan(&event)).replace(rules.version.as_str(), "VERSION");
        assert_eq!(stored, vector.text("plan"), "{}", vector.text("name"));
    }
}

#[test]
fn a_delivery_id_depends_on_bus_event_rule_and_target_alone() {
    let (rules, event) = (rules(), sample("A", "1", 0, ""));
    for planned in rules.plan(&event).deliveries {
        let (rule, target) = (planned.rule.as_str(), planned.target.as_str());
        assert_eq!(planned.id, DeliveryId::new("main", &event.identity(), rule, target, None));
    }
    let renamed = accepted(&RULES.replace("version: 1", "version: 1\nbus: { name: other }"));
    assert_ne!(renamed.plan(&event).deliveries[0].id, rules.plan(&event).deliveries[0].id);
}

#[test]
fn a_payload_over_the_targets_limit_is_refused_and_its_neighbours_go() {
    let rules = rules();
    let codes = |text: &str| -> Vec<_> {
        let plan = rules.plan(&sample("A", "1", 0, text));
        let two = plan.deliveries.iter().filter(|planned| planned.rule == "two-targets");
        two.map(|planned| planned.refused.as_ref().map(|refused| refused.code)).collect()
    };
    // SNS takes 262,144 bytes, 512 of which are kept; SQS takes four times as many.
    let room = 262_144 - 512;
    let fits = |text: usize| {
        let event = sample("A", "1", 0, &"x".repeat(text));
        event.delivered(&Travel::default()).len() <= room
    };
    let most = (room - 200..room).take_while(|text| fits(*text)).last().unwrap();
    assert_eq!(codes(&"x".repeat(most)), [None, None]);
    assert_eq!(codes(&"x".repeat(most + 1)), [None, Some(RefusedCode::PayloadTooLargeForTarget)]);
}

#[test]
fn the_size_that_counts_is_the_transformed_one() {
    let text = "version: 1
targets: { alerts: { sns: { topic: alerts } } }
rules:
  - { name: small, when: $, to: alerts, transform: $.type }
  - { name: large, when: $, to: alerts, transform: { a: $.data, b: $.data } }
";
    let event = sample("A", "1", 0, &"x".repeat(140_000));
    let plan = accepted(text).plan(&event);
    let refused: Vec<bool> =
        plan.deliveries.iter().map(|planned| planned.refused.is_some()).collect();
    assert_eq!(refused, [false, true]);
    let message = &plan.deliveries[1].refused.as_ref().unwrap().message;
    assert!(message.contains("alerts") && message.contains("261632"), "{message}");
}

#[test]
fn the_usual_plan_is_small() {
    let rules = accepted(
        "version: 1\ntargets: { payments: { sqs: { queue: payments } } }\n\
         rules: [ { name: take-payment, when: $, to: payments } ]\n",
    );
    let stored = stored(&rules.plan(&sample("A", "1", 0, "")));
    assert!(stored.len() <= 140, "{} bytes: {stored}", stored.len());
}

#[test]
fn a_stored_plan_that_lacks_an_id_is_refused() {
    let good = stored(&rules().plan(&sample("A", "1", 0, "")));
    assert!(serde_json::from_str::<Plan>(&good).is_ok());
    assert!(serde_json::from_str::<Plan>(&good.replacen("\"i\":", "\"j\":", 1)).is_err());
    assert!(serde_json::from_str::<Plan>(&good.replacen("\"v\":", "\"w\":", 1)).is_err());
}

fn sample(event_type: &str, id: &str, hops: u32, text: &str) -> Event {
    let builder = Event::builder(id, "s", event_type);
    let limits = Limits { string_bytes: usize::MAX, ..Limits::default() };
    builder.data(&text.into()).build(&limits).unwrap().with_hops(hops)
}

prop_compose! {
    fn any_event()(
        event_type in prop::sample::select(vec!["A", "B", "Ordered", "Url", "Settings", "Loop", "X"]),
        id in "[a-z0-9]{1,8}",
        subject in prop::option::of("[a-z /]{1,12}"),
        hops in 0..20_u32,
        data in "\\PC{0,20}",
    ) -> Event {
        let mut builder = Event::builder(&id, "s", event_type);
        if let Some(subject) = subject {
            builder = builder.subject(&subject);
        }
        let data = serde_json::json!({ "user": data }).to_string();
        builder.data_json(data.as_bytes(), &Limits::default()).unwrap()
            .build(&Limits::default()).unwrap().with_hops(hops)
    }
}

/// The rules of the vectors in another order; `order` holds keys to sort by.
fn shuffled(order: &[u32]) -> RuleSet {
    let (head, list) = RULES.split_once("rules:\n").unwrap();
    let mut rules: Vec<String> =
        list.split("  - name: ").skip(1).map(|rule| format!("  - name: {rule}")).collect();
    assert_eq!(rules.len(), 6);
    let mut keys = order.iter();
    rules.sort_by_cached_key(|_| keys.next().copied());
    accepted(&format!("{head}rules:\n{}", rules.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_rules_does_not_change_the_set_of_deliveries(
        event in any_event(),
        order in prop::collection::vec(any::<u32>(), 6),
    ) {
        let set = |rules: &RuleSet| -> BTreeSet<String> {
            let plan = rules.plan(&event);
            plan.deliveries.iter().map(|planned| serde_json::to_string(planned).unwrap()).collect()
        };
        prop_assert_eq!(set(&rules()), set(&shuffled(&order)));
    }

    #[test]
    fn the_same_event_has_the_same_plan(event in any_event()) {
        prop_assert_eq!(stored(&rules().plan(&event)), stored(&rules().plan(&event)));
    }

    #[test]
    fn a_stored_plan_reads_back_equal(event in any_event()) {
        let plan = rules().plan(&event);
        prop_assert_eq!(&serde_json::from_str::<Plan>(&stored(&plan)).unwrap(), &plan);
        // Also one that was put together by hand: rules that matched and send nothing.
        let odd = Plan { deliveries: plan.deliveries.iter().skip(1).cloned().collect(), ..plan };
        prop_assert_eq!(serde_json::from_str::<Plan>(&stored(&odd)).unwrap(), odd);
    }

    #[test]
    fn every_delivery_is_of_a_rule_that_matched_and_a_target_of_it_once(event in any_event()) {
        let rules = rules();
        let plan = rules.plan(&event);
        let mut seen = BTreeSet::new();
        for planned in &plan.deliveries {
            prop_assert!(plan.matched.contains(&planned.rule));
            let rule = rules.rule(planned.rule.as_str()).unwrap();
            prop_assert!(rule.filter.matches(&event.root()));
            prop_assert!(rule.to.contains(&planned.target));
            prop_assert!(rules.targets.contains_key(&planned.target));
            prop_assert!(seen.insert((planned.rule.clone(), planned.target.clone())));
        }
        let planned = rules.rules.iter().filter(|rule| rule.filter.matches(&event.root()));
        prop_assert_eq!(seen.len(), planned.map(|rule| rule.to.len()).sum::<usize>());
    }

    #[test]
    fn ids_are_unique_within_and_across_events(one in any_event(), other in any_event()) {
        prop_assume!(one.identity() != other.identity());
        let rules = rules();
        let ids: Vec<_> = [&one, &other]
            .into_iter()
            .flat_map(|event| rules.plan(event).deliveries)
            .map(|planned| planned.id)
            .collect();
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn at_the_hop_limit_everything_stops_and_below_it_nothing_stops_for_it(event in any_event()) {
        for planned in rules().plan(&event).deliveries {
            let limit = if planned.rule == "bounded-loop" { 3 } else { eventyard_rules::HOPS_MAX };
            let code = planned.refused.map(|refused| refused.code);
            prop_assert_eq!(code == Some(RefusedCode::LoopDetected), event.hops() >= limit);
        }
    }
}
