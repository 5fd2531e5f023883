//! Tests of rules, and tests that they fail when they should.
use crate::support::accepted;
use eventyard_rules::testing::{CaseResult, TestFile, coverage, junit, parse, run};
use eventyard_rules::{LoadOptions, RuleSet, SourceText, load};

fn rules() -> RuleSet {
    accepted(include_str!("example.yaml"))
}

#[track_caller]
fn file(text: &str) -> TestFile {
    parse(&SourceText::new("tests/shop.yaml", text)).unwrap_or_else(|errors| panic!("{errors}"))
}

/// One case with this input and these expectations.
fn case(input: &str, expect: &str) -> String {
    format!("cases:\n  - name: c\n    {input}\n    expect: {expect}\n")
}

fn results(text: &str) -> Vec<CaseResult> {
    run(&rules(), &file(text))
}

const ORDER: &str = "event: { type: OrderPlaced, source: shop, data: { total: 30 } }";
const SHAKE: &str = "raw: { eventId: '7', eventType: VibrationRecorded, source: VibrationSensor, \
     data: { sensorId: VB-1, difference: 8.50, baselineVibrationLevel: 4, unit: m/s² } }";

/// The case passes with `good` and fails with `bad`, for which it says `says`.
#[track_caller]
fn check(input: &str, good: &str, bad: &str, says: &str) {
    let passed = results(&case(input, good)).remove(0);
    assert!(passed.passed(), "{good}: {:?}", passed.failures);
    let failed = results(&case(input, bad)).remove(0);
    let text: Vec<String> = failed.failures.iter().map(ToString::to_string).collect();
    assert_eq!(text.join("\n"), says, "{bad}");
}

#[test]
fn exactly_the_named_rules_match() {
    let good = "{ rules: [take-payment] }";
    check(ORDER, good, "{ rules: [] }", "other rules match\n  + take-payment");
    check(
        ORDER,
        "{ rules: take-payment }",
        "{ rules: [bad-vibration] }",
        "other rules match\n  - bad-vibration\n  + take-payment",
    );
}

#[test]
fn rules_that_should_not_match_do_not() {
    let good = "{ not: [big-orders-from-eventbridge] }";
    check(ORDER, good, "{ not: [take-payment] }", "rule `take-payment` matches and should not");
}

#[test]
fn a_name_that_is_no_rule_or_target_fails() {
    check(
        ORDER,
        "{ not: [bad-vibration] }",
        "{ not: [bad-vibrations] }",
        "there is no rule `bad-vibrations`; did you mean `bad-vibration`?",
    );
    check(
        ORDER,
        "{ targets: { audit: false } }",
        "{ targets: { audits: false } }",
        "there is no target `audits`; did you mean `audit`?",
    );
}

#[test]
fn a_target_receives_something_or_nothing() {
    check(
        ORDER,
        "{ targets: { payments: true, audit: false } }",
        "{ targets: { payments: false, audit: true } }",
        "target `payments` receives something and should not\n  + by rule take-payment\n\
         target `audit` receives nothing",
    );
}

#[test]
fn a_target_receives_exactly_this() {
    check(
        SHAKE,
        "{ targets: { alerts: { sensor: VB-1, text: VB-1 shakes 8.50 m/s² over its baseline } } }",
        "{ targets: { alerts: { sensor: VB-2, extra: 1 } } }",
        "target `alerts` receives something else\n  - $.sensor: \"VB-2\"\n  + $.sensor: \"VB-1\"\n  \
         - $.extra: 1\n  + $.text: \"VB-1 shakes 8.50 m/s² over its baseline\"",
    );
}

#[test]
fn without_a_transform_it_is_the_event() {
    check(
        ORDER,
        "{ targets: { payments: { specversion: '1.0', id: test, source: shop, type: OrderPlaced, \
         data: { total: 30.0 } } } }",
        "{ targets: { payments: { specversion: '1.0', id: test, source: shop, type: OrderPlaced, \
         data: { total: 31 } } } }",
        "target `payments` receives something else\n  - $.data.total: 31\n  + $.data.total: 30",
    );
}

#[test]
fn what_sources_make_of_raw_json_is_compared_in_part() {
    check(
        SHAKE,
        "{ event: { id: '7', subject: VB-1, data: { unit: m/s² } } }",
        "{ event: { id: 7 } }",
        "the event is another one\n  - $.id: 7\n  + $.id: \"7\"",
    );
}

#[test]
fn a_message_is_refused_with_its_code() {
    let input = "raw: '{\"eventType\": \"T\", \"eventId\": 1}'";
    check(
        input,
        "{ refused: E0551 }",
        "{ refused: E0550 }",
        "the message was to be refused (E0550)\n  \
         + E0551: source `factory-sensors`: `source` is missing: `$.source` selects nothing",
    );
    check(
        input,
        "{ refused: true }",
        "{ rules: [] }",
        "the message became no event: source `factory-sensors`: `source` is missing: `$.source` \
         selects nothing",
    );
    check(
        ORDER,
        "{ rules: [take-payment] }",
        "{ refused: true }",
        "the message was to be refused (any reason)\n  + {\"specversion\":\"1.0\",\"id\":\"test\",\
         \"type\":\"OrderPlaced\",\"source\":\"shop\",\"data\":{\"total\":30}}",
    );
}

#[test]
fn eventbridge_envelopes_are_taken_as_they_are() {
    let input =
        "event: { id: '1', detail-type: OrderPlaced, source: shop, detail: { total: 2000 } }";
    check(
        input,
        "{ rules: [take-payment, big-orders-from-eventbridge] }",
        "{ rules: [] }",
        "other rules match\n  + big-orders-from-eventbridge\n  + take-payment",
    );
}

#[test]
fn a_parked_delivery_is_not_received() {
    let input = "event: { type: OrderPlaced, eventyardhops: 16, data: { total: 30 } }";
    check(
        input,
        "{ rules: [take-payment], targets: { payments: false } }",
        "{ targets: { payments: true } }",
        "target `payments` receives nothing\n  + parked: LoopDetected: the event has made 16 hops, \
         and the rule allows 16",
    );
}

#[test]
fn a_rule_is_covered_when_cases_name_it_both_ways() {
    let rules = rules();
    let some = file(&case(ORDER, "{ rules: [take-payment], not: [bad-vibration] }"));
    let found = coverage(&rules, &[some]);
    let names = |list: &[eventyard_rules::RuleName]| -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    };
    assert_eq!(found.rules, 3);
    assert_eq!(names(&found.without_positive), ["bad-vibration", "big-orders-from-eventbridge"]);
    assert_eq!(names(&found.without_negative), ["take-payment", "big-orders-from-eventbridge"]);
    let every = "[take-payment, bad-vibration, big-orders-from-eventbridge]";
    let all = file(&case(ORDER, &format!("{{ rules: {every}, not: {every} }}")));
    assert!(coverage(&rules, &[all]).is_complete());
    assert!(!coverage(&rules, &[]).is_complete());
}

#[test]
fn files_of_the_wrong_shape_are_refused_with_their_places() {
    let check = |text: &str, code: &str, place: (u32, u32), message: &str| {
        let errors = parse(&SourceText::new("t.yaml", text)).unwrap_err();
        let first = errors.iter().next().unwrap();
        assert_eq!((first.code, first.message.as_str()), (code, message), "{errors}");
        assert_eq!((first.place.line, first.place.column), place, "{errors}");
    };
    check("cases:\n\t- a\n", "E0001", (2, 1), "invalid YAML: tab used for indentation");
    check("{}", "E0601", (1, 1), "a file of rule tests has a list `cases`");
    check("cases: 7", "E0601", (1, 8), "`cases` is a list, not a number");
    check(
        &case("event: {}", "{ rules: [] }").replace("expect", "expects"),
        "E0601",
        (2, 5),
        "a case says what it expects under `expect`",
    );
    check(
        &case("event: {}", "{}"),
        "E0601",
        (4, 13),
        "`expect` is empty, so the case proves nothing",
    );
    check(
        &case("event: {}", "{ rule: [a] }"),
        "E0003",
        (4, 15),
        "unknown field `rule` in `expect`",
    );
    check(
        &case("raw: {}\n    event: {}", "{ rules: [] }"),
        "E0602",
        (2, 5),
        "a case gives one of `event` and `raw`",
    );
    check(
        &case("event: text", "{ rules: [] }"),
        "E0601",
        (3, 12),
        "an event is a mapping, not text",
    );
    check(
        &case("event: {}", "{ refused: false }"),
        "E0601",
        (4, 24),
        "`refused` is `true`, or the code of the reason",
    );
    file(&case("event: {}", "{ rules: [] }"));
}

#[test]
fn junit_names_files_cases_and_failures_and_escapes_them() {
    let text = "cases:
  - name: passes
    event: { type: OrderPlaced, data: { total: 30 } }
    expect: { rules: [take-payment] }
  - name: fails & <shows> \"why\"
    event: { type: OrderPlaced, data: { total: 30 } }
    expect: { targets: { payments: { a: '<x>' } } }
";
    insta::assert_snapshot!(junit(&results(text)));
}

#[test]
fn the_project_s_own_rules_pass_their_tests_and_are_covered_by_them() {
    let rules = load(
        &[
            SourceText::new("shop.yaml", include_str!("../../../../rules/shop.yaml")),
            SourceText::new("factory.yaml", include_str!("../../../../rules/factory.yaml")),
        ],
        &LoadOptions::default(),
    )
    .unwrap_or_else(|errors| panic!("{errors}"));
    let files = [
        file(include_str!("../../../../rules/tests/shop.yaml")),
        file(include_str!("../../../../rules/tests/factory.yaml")),
    ];
    for result in files.iter().flat_map(|file| run(&rules, file)) {
        assert!(result.passed(), "{}: {:?}", result.name, result.failures);
    }
    let coverage = coverage(&rules, &files);
    assert!(coverage.is_complete(), "{coverage:?}");
}
