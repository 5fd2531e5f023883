//! The template that `eventyard export sam` makes.

use std::collections::BTreeMap;

use eventyard_infra::Function;
use eventyard_infra::export::{ExportError, Options, sam};
use serde_json::{Value, json};

use crate::support::{deployed, exported, file, resource, rules};

fn queues(template: &Value) -> Vec<(&String, &Value)> {
    let resources = template["Resources"].as_object().unwrap();
    resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::SQS::Queue").collect()
}

#[test]
fn each_http_target_has_a_work_queue_with_dead_letters_a_mapping_and_an_alarm() {
    let template = exported(&deployed(), &Options::default());
    for (target, id) in [("alerts", "Alerts"), ("partner", "Partner")] {
        let queue = &resource(&template, &format!("HttpQueue{id}"))["Properties"];
        assert_eq!(queue["QueueName"], json!({ "Fn::Sub": format!("${{Prefix}}-work-{target}") }));
        assert_eq!(queue["VisibilityTimeout"], json!({ "Ref": "DeliverVisibility" }));
        let dead = format!("HttpDeadLetters{id}");
        assert_eq!(
            queue["RedrivePolicy"]["deadLetterTargetArn"],
            json!({ "Fn::GetAtt": [dead.clone(), "Arn"] })
        );
        resource(&template, &dead);
        let mapping = &resource(&template, &format!("HttpMapping{id}"))["Properties"];
        assert_eq!(mapping["FunctionName"], json!({ "Ref": "Deliver" }));
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
        assert_eq!(
            mapping["ScalingConfig"]["MaximumConcurrency"],
            json!({ "Ref": "HttpConcurrency" })
        );
        let alarm = &resource(&template, &format!("HttpDeadLettersAlarm{id}"))["Properties"];
        assert_eq!(alarm["Dimensions"][0]["Value"], json!({ "Fn::GetAtt": [dead, "QueueName"] }));
    }
    let urls =
        &template["Globals"]["Function"]["Environment"]["Variables"]["EVENTYARD_WORK_QUEUES"];
    let urls: Value = serde_json::from_str(urls["Fn::Sub"].as_str().unwrap()).unwrap();
    assert_eq!(urls, json!({ "alerts": "${HttpQueueAlerts}", "partner": "${HttpQueuePartner}" }));
}

#[test]
fn secrets_in_the_environment_become_parameters_of_deliver_alone() {
    let template = exported(&deployed(), &Options::default());
    assert_eq!(template["Parameters"]["PartnerWebhookSecret"]["NoEcho"], true);
    for function in Function::ALL {
        let own = &resource(&template, function.id())["Properties"]["Environment"]["Variables"];
        let wanted = match function {
            Function::Deliver => json!({ "Ref": "PartnerWebhookSecret" }),
            _ => Value::Null,
        };
        assert_eq!(own["PARTNER_WEBHOOK_SECRET"], wanted, "{function:?}");
    }
}

#[test]
fn inputs_are_connected() {
    let inputs = [
        "{ sqs: { queue: in.fifo } }",
        "{ sns: { topic: orders } }",
        "{ eventbridge: { bus: shop } }",
        "{ sns: { topic: orders } }",
    ];
    let template = exported(&rules(&[], &inputs), &Options::default());
    let mappings: Vec<_> = template["Resources"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(id, _)| id.starts_with("InputMapping"))
        .collect();
    let [(_, mapping)] = mappings.as_slice() else { panic!("{mappings:?}") };
    let mapping = &mapping["Properties"];
    assert!(mapping["EventSourceArn"].to_string().ends_with(":in.fifo\"}"), "{mapping}");
    assert_eq!(
        (&mapping["FunctionName"], &mapping["BatchSize"]),
        (&json!({ "Ref": "IngestSqs" }), &json!(10))
    );

    let queued = resource(&template, "InputTopicToQueueOrders");
    let direct = resource(&template, "InputTopicToFunctionOrders");
    assert_eq!(
        (&queued["Condition"], &direct["Condition"]),
        (&json!("SnsQueued"), &json!("SnsDirect"))
    );
    assert_eq!(queued["Properties"]["Endpoint"], json!({ "Fn::GetAtt": ["IngestQueue", "Arn"] }));
    assert_eq!(direct["Properties"]["Endpoint"], json!({ "Fn::GetAtt": ["IngestSns", "Arn"] }));
    resource(&template, "InputTopicPermissionOrders");

    let rule = &resource(&template, "InputRuleShop")["Properties"];
    assert_eq!(rule["EventBusName"], "shop");
    let permission = &resource(&template, "InputRulePermissionShop")["Properties"];
    assert_eq!(permission["SourceArn"], json!({ "Fn::GetAtt": ["InputRuleShop", "Arn"] }));

    let policy = resource(&template, "IngestQueuePolicy").to_string();
    for source in [":${Prefix}-ingest", ":orders", ":rule/shop/${Prefix}-from-shop"] {
        assert!(policy.contains(source), "{source}: {policy}");
    }
}

#[test]
fn flags_are_defaults_of_parameters() {
    let default = |options: Options, name: &str| {
        exported(&deployed(), &options)["Parameters"][name]["Default"].clone()
    };
    for (name, options) in [
        ("DirectSns", Options { direct_sns: true, ..Options::default() }),
        ("DirectEventBridge", Options { direct_eventbridge: true, ..Options::default() }),
    ] {
        assert_eq!(default(Options::default(), name), "false");
        assert_eq!(default(options, name), "true");
    }
    assert_eq!(default(Options::default(), "BusName"), "main");
}

#[test]
fn what_the_rules_name_plainly_is_made_on_request_with_dead_letters() {
    let plain = exported(&deployed(), &Options::default());
    let made = exported(&deployed(), &Options { create: true, ..Options::default() });
    let extra: Vec<_> = made["Resources"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(id, _)| plain["Resources"].get(id).is_none())
        .collect();
    let named = |kind: &str, name: &str, value: &str| {
        extra.iter().any(|(_, made)| made["Type"] == kind && made["Properties"][name] == value)
    };
    for queue in
        ["payments", "payments-dlq", "monitoring", "events", "warehouse.fifo", "warehouse-dlq.fifo"]
    {
        assert!(named("AWS::SQS::Queue", "QueueName", queue), "{queue}");
    }
    assert!(named("AWS::SNS::Topic", "TopicName", "customer-notifications"));
    assert!(named("AWS::Events::EventBus", "Name", "audit"));
    assert!(!named("AWS::Events::EventBus", "Name", "default"), "every account has it");
    for (id, queue) in queues(&made) {
        let is_dead_letters = id.contains("DeadLetters");
        assert_eq!(queue["Properties"].get("RedrivePolicy").is_none(), is_dead_letters, "{id}");
    }
    assert!(
        resource(&made, "InputMappingEvents")["Properties"]["EventSourceArn"]["Fn::GetAtt"]
            .is_array()
    );
}

#[test]
fn built_functions_are_taken_as_they_are() {
    let code = Function::ALL.map(|function| (function, format!("built/{}", function.binary())));
    let options = Options { code: BTreeMap::from(code), disposable: true, ..Options::default() };
    let template = exported(&deployed(), &options);
    for function in Function::ALL {
        let resource = resource(&template, function.id());
        assert_eq!(resource["Properties"]["CodeUri"], format!("built/{}", function.binary()));
        assert!(resource.get("Metadata").is_none());
    }
    assert_eq!(resource(&template, "Table")["DeletionPolicy"], "Delete");
    assert_eq!(
        resource(&exported(&deployed(), &Options::default()), "Table")["DeletionPolicy"],
        "Retain"
    );
}

#[test]
fn what_has_no_room_is_refused_by_name() {
    let base = file("infra/template.yaml");
    let targets = |count: usize, kind: &str| -> Vec<String> {
        (0..count)
            .map(|n| format!("target-{n}: {{ {} }}", kind.replace("N", &n.to_string())))
            .collect()
    };
    let refused = |targets: Vec<String>| {
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        sam(&base, &rules(&targets, &[]), &Options::default()).unwrap_err()
    };
    let http = refused(targets(60, "http: { url: \"https://p.example\" }"));
    assert!(matches!(http, ExportError::Environment { targets: 60, .. }), "{http}");
    let sqs = refused(targets(200, "sqs: { queue: queue-of-a-long-name-N }"));
    assert!(matches!(sqs, ExportError::Statements { .. }), "{sqs}");
    let none = sam("Resources: {}", &deployed(), &Options::default()).unwrap_err();
    assert_eq!(none.to_string(), "the template has no `Parameters.BusName`");
}
