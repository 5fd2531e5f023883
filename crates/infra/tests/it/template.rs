//! What the project's own template promises.

use std::collections::BTreeSet;

use eventyard_infra::Function;
use eventyard_infra::export::Options;
use serde_json::{Value, json};

use crate::support::{exported, file, resource, rules};

fn template() -> Value {
    eventyard_infra::read_template(&file("infra/template.yaml")).unwrap()
}

fn default(name: &str) -> Value {
    template()["Parameters"][name]["Default"].clone()
}

#[test]
fn as_it_is_it_allows_what_rules_without_targets_need() {
    let (base, exported) = (template(), exported(&rules(&[], &[]), &Options::default()));
    for function in Function::ALL {
        let policies = |template: &Value| {
            resource(template, function.id())["Properties"]["Policies"].to_string()
        };
        // Hot rules of a prefix are the packed files.
        let wanted = policies(&exported).replace(
            r#",{"Fn::Sub":"arn:${AWS::Partition}:s3:::${RulesBucket}/${RulesKey}r.yaml"}"#,
            "",
        );
        assert_eq!(policies(&base), wanted, "{function:?}");
    }
    assert_eq!(resource(&base, "IngestQueuePolicy"), resource(&exported, "IngestQueuePolicy"));
}

#[test]
fn messages_are_hidden_for_six_times_the_timeout_and_leases_outlast_it() {
    for kind in ["Ingest", "Deliver"] {
        let number = |what: &str| default(&format!("{kind}{what}")).as_u64().unwrap();
        assert_eq!(number("Visibility"), 6 * number("Timeout"));
    }
    for (lease, timeout) in
        [("PageLeaseSeconds", "IngestTimeout"), ("AttemptLeaseSeconds", "DeliverTimeout")]
    {
        assert_eq!(default(lease).as_u64().unwrap(), default(timeout).as_u64().unwrap() + 60);
    }
    assert!(default("SweepTimeout").as_u64() < Some(60), "the next sweep comes after a minute");
}

#[test]
fn every_queue_has_dead_letters_and_every_mapping_reports_failures() {
    let template = template();
    let resources = template["Resources"].as_object().unwrap();
    let of =
        |kind: &'static str| resources.iter().filter(move |(_, resource)| resource["Type"] == kind);
    for (id, queue) in of("AWS::SQS::Queue") {
        let dead =
            queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0].as_str();
        assert_eq!(dead.is_none(), id.contains("DeadLetters"), "{id}");
        assert!(dead.is_none_or(|dead| resources.contains_key(dead)));
    }
    for (id, mapping) in of("AWS::Lambda::EventSourceMapping") {
        let properties = &mapping["Properties"];
        assert_eq!(properties["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{id}");
        let limited = properties.get("ScalingConfig").is_some();
        assert_eq!(limited, id != "TableStreamMapping", "{id}");
    }
    for (id, function) in of("AWS::Serverless::Function") {
        assert!(function.to_string().contains("rust-cargolambda"), "{id}");
    }
    assert_eq!(template["Globals"]["Function"]["RecursiveLoop"], "Allow");
    assert_eq!(default("IngestConcurrency"), 50);
    assert_eq!(default("IngestReceiveCount"), 100);
    let url = &resource(&template, "IngestHttp")["Properties"]["FunctionUrlConfig"]["AuthType"];
    assert_eq!(url, "AWS_IAM");
}

#[test]
fn the_stream_brings_appended_events_only() {
    let filters = &template()["Resources"]["TableStreamMapping"]["Properties"]["FilterCriteria"];
    let pattern: Value =
        serde_json::from_str(filters["Filters"][0]["Pattern"].as_str().unwrap()).unwrap();
    assert_eq!(pattern["eventName"], json!(["INSERT"]));
    assert_eq!(pattern["dynamodb"]["Keys"]["sk"]["S"], json!([{ "prefix": "V#" }]));
}

#[test]
fn the_table_alone_is_the_table_of_the_template() {
    let alone = eventyard_infra::read_template(&file("infra/table.yaml")).unwrap();
    let mut within = resource(&template(), "Table").clone();
    within.as_object_mut().unwrap().remove("Condition");
    assert_eq!(resource(&alone, "Table"), &within);
    assert_eq!(within["DeletionPolicy"], "Retain");
}

/// Names of variables in a text of Rust.
fn variables(text: &str) -> BTreeSet<String> {
    let parts = text.split('"').filter(|part| part.starts_with("EVENTYARD_"));
    parts.map(str::to_owned).collect()
}

#[test]
fn every_setting_of_the_functions_is_in_the_template() {
    let template = template();
    let environment = &template["Globals"]["Function"]["Environment"]["Variables"];
    let mut settings = variables(&file("crates/lambda/src/settings.rs"));
    assert!(settings.len() > 10);
    // Where the packed files lie: with the function, unless an overlay was packed too.
    for packed in ["EVENTYARD_RULES", "EVENTYARD_OVERLAY"] {
        assert!(settings.remove(packed), "{packed}");
    }
    for name in settings {
        assert!(environment.get(&name).is_some(), "the template does not set {name}");
    }
}

/// The default of the parameter that a value refers to; none for other values.
fn referred(value: &Value) -> Option<String> {
    let name = value["Ref"].as_str().filter(|name| !name.contains("::"))?;
    let default = template()["Parameters"].get(name)?["Default"].clone();
    Some(default.as_str().map_or_else(|| default.to_string(), str::to_owned))
}

#[test]
fn cargo_lambda_deploys_the_same_numbers() {
    let text = file("CargoLambda.toml");
    let template = template();
    let environment = template["Globals"]["Function"]["Environment"]["Variables"].as_object();
    let mut compared = 0;
    for (name, value) in environment.unwrap() {
        // The table differs by stack.
        if name == "EVENTYARD_TABLE" {
            continue;
        }
        if let Some(wanted) = referred(value) {
            assert!(text.contains(&format!("{name} = \"{wanted}\"\n")), "{name} = {wanted}");
            compared += 1;
        }
    }
    assert!(compared > 10);
    for function in Function::ALL {
        let properties = &resource(&template, function.id())["Properties"];
        let number = |property: &str| referred(&properties[property]).unwrap();
        let (memory, timeout) = (number("MemorySize"), number("Timeout"));
        let wanted =
            format!("[{}.deploy]\nmemory = {memory}\ntimeout = {timeout}\n", function.binary());
        assert!(text.contains(&wanted), "{wanted}");
    }
}

#[test]
fn the_guide_tells_every_parameter_with_its_default() {
    let guide = file("docs/deploy.md");
    for (name, parameter) in template()["Parameters"].as_object().unwrap() {
        let default = match &parameter["Default"] {
            Value::String(text) if text.is_empty() => String::new(),
            Value::String(text) => format!("`{text}`"),
            number => format!("`{number}`"),
        };
        let about = parameter["Description"].as_str().unwrap();
        let row = format!("| `{name}` | {default} | {about} |\n");
        assert!(guide.contains(&row), "{row}");
    }
}

/// The alarms of the template: what each looks at, and its properties.
fn alarms(template: &Value) -> Vec<(String, Value)> {
    let resources = template["Resources"].as_object().unwrap().values();
    let alarms = resources.filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
    let seen = |alarm: &Value| {
        let properties = alarm["Properties"].clone();
        let of = &properties["Dimensions"][0]["Value"]["Fn::GetAtt"][0];
        let metric = of.as_str().or(properties["MetricName"].as_str()).unwrap();
        (metric.to_owned(), properties)
    };
    alarms.map(seen).collect()
}

#[test]
fn what_needs_somebody_raises_an_alarm() {
    let template = template();
    let alarms = alarms(&template);
    let alarm = |name: &str| {
        let found = alarms.iter().find(|(metric, _)| metric == name);
        &found.unwrap_or_else(|| panic!("no alarm for {name}")).1
    };
    for metric in ["OldestOpenPageSeconds", "OldestDueSeconds", "Parked", "TargetsDenied"] {
        assert_eq!(alarm(metric)["ComparisonOperator"], "GreaterThanThreshold", "{metric}");
        assert_eq!(alarm(metric)["TreatMissingData"], "notBreaching", "{metric}");
    }
    for id in template["Resources"].as_object().unwrap().keys() {
        if id.ends_with("DeadLetters") {
            assert_eq!(alarm(id)["Threshold"], 0);
        }
    }
    let sweeper = alarm("Sweeps");
    assert_eq!(sweeper["TreatMissingData"], "breaching", "a sweeper that never came is missed");
    assert!(
        alarms.iter().all(|(_, alarm)| alarm["AlarmActions"] == json!([{ "Ref": "AlarmTopic" }]))
    );
}

#[test]
fn alarms_and_dashboard_look_at_metrics_that_functions_write() {
    let template = template();
    let written = file("crates/lambda/src/telemetry/metrics.rs");
    let body = resource(&template, "Dashboard")["Properties"]["DashboardBody"]["Fn::Sub"].clone();
    let dashboard: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
    let widgets = dashboard["widgets"].as_array().unwrap().iter();
    let shown = widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().unwrap());
    let shown = shown.filter(|metric| metric[0] == "Eventyard");
    let shown: BTreeSet<_> = shown.map(|metric| metric[1].as_str().unwrap().to_owned()).collect();
    for metric in
        ["Accepted", "Matched", "Unmatched", "Delivered", "Retried", "Parked", "LatencyMs"]
    {
        assert!(shown.contains(metric), "the dashboard does not show {metric}");
    }
    let alarms = alarms(&template).into_iter();
    let looked_at = alarms.filter(|(_, alarm)| alarm["Namespace"] == "Eventyard");
    for metric in looked_at.map(|(metric, _)| metric).chain(shown) {
        assert!(written.contains(&format!("\"{metric}\"")), "nobody writes {metric}");
    }
}
