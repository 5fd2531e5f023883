//! `eventyard doctor` on a stack in good health, and on a broken one.

use serde_json::Value;

use crate::aws::Aws;
use crate::broken::ROWS;
use crate::command::{lines, run};
use crate::yard::Yard;

fn of_standing<'a>(findings: &'a [Value], standing: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["standing"] == standing).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_in_good_health_passes_and_all_that_is_broken_is_found() {
    let yard = Yard::deploy().await;
    let folder = yard.folder().to_str().unwrap().to_owned();
    let doctor = ["doctor", "--stack", &yard.name, "--rules", &folder];

    let well = lines(&yard.aws, 0, &doctor);
    assert_eq!(of_standing(&well, "problem"), [&Value::Null; 0]);
    assert_eq!(of_standing(&well, "unknown"), [&Value::Null; 0]);
    for (check, about) in ROWS {
        assert!(well.iter().any(|one| is(one, check, about)), "{check} {about}: {well:#?}");
    }

    yard.break_everything().await;
    let broken = lines(&yard.aws, 1, &doctor);
    let problems = of_standing(&broken, "problem");
    for (check, about) in ROWS {
        let found = problems.iter().find(|one| is(one, check, about));
        let found = found.unwrap_or_else(|| panic!("{check} {about}: {problems:#?}"));
        assert!(found["reason"].is_string() && found["help"].is_string(), "{found}");
    }
    let untold = untold(&broken);
    assert!(untold.is_empty(), "{untold:#?}");
    yard.remove().await;
}

/// The problems that nobody made.
fn untold(findings: &[Value]) -> Vec<Value> {
    let told = |one: &Value| ROWS.iter().any(|(check, about)| is(one, check, about));
    // LocalStack may leave a mapping disabled that was changed, which the doctor then tells as well.
    let disabled = |one: &Value| {
        is(one, "mapping", "") && one["reason"].as_str().unwrap().contains("disabled")
    };
    let problems = of_standing(findings, "problem").into_iter();
    problems.filter(|one| !told(one) && !disabled(one)).cloned().collect()
}

fn is(finding: &Value, check: &str, about: &str) -> bool {
    finding["check"] == check && finding["about"].as_str().unwrap().contains(about)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_is_not_there_is_a_finding_and_an_endpoint_that_is_not_there_an_error() {
    let aws = Aws::up().await;
    let folder = crate::yard::folder("nobody");
    let rules = "version: 1\ntargets: { q: { sqs: { queue: q } } }\nrules: [{ name: all, when: $, to: q }]\n";
    std::fs::write(folder.join("rules.yaml"), rules).unwrap();
    let doctor = ["doctor", "--stack", "nobody", "--rules", folder.to_str().unwrap()];
    let found = run(&aws, &doctor);
    assert_eq!(found.code, 1, "{}", found.err);
    assert!(found.out.contains("there is no table of the stack's name"), "{}", found.out);
    let nowhere = Aws::at("http://127.0.0.1:1");
    assert_eq!(run(&nowhere, &doctor).code, 3);
}
