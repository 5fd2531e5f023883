//! `eventyard iam` and `eventyard export`: what deploys the bus. They need no bus and no account.

use super::{folder, json, run};

const RULES: &str = "version: 1
bus:
  name: shop
  inputs: [ { sqs: { queue: events } } ]
targets:
  payments: { sqs: { queue: payments } }
  partner:  { http: { url: \"https://partner.example/hook\", secret: \"ssm:/prod/partner\" } }
rules:
  - { name: all, when: $, to: [payments, partner] }
";

#[test]
fn iam_prints_one_document_with_names_for_cloudformation() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let (out, _) = run(yard.path(), &["iam"], "", 0);
    let document = json(&out);
    assert_eq!(document["Version"], "2012-10-17");
    for part in [
        "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:payments",
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/prod/partner",
        "table/eventyard",
        "eventyard-work-partner",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(!out.contains('*'), "{out}");
}

#[test]
fn iam_writes_names_out_where_it_knows_the_account() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let place = ["--account", "111122223333", "--region", "eu-west-1", "--prefix", "yard"];
    let deliver = ["iam", "--function", "deliver"];
    let (out, _) = run(yard.path(), &[&deliver[..], &place[..]].concat(), "", 0);
    json(&out);
    assert!(out.contains("\"arn:aws:sqs:eu-west-1:111122223333:yard-work-partner\""), "{out}");
    assert!(out.contains("\"arn:aws:ssm:eu-west-1:111122223333:parameter/prod/partner\""), "{out}");
    assert!(!out.contains(":events\""), "{out}");
    let (out, _) = run(yard.path(), &[&["iam"], &place[..]].concat(), "", 0);
    assert!(!out.contains("Fn::Sub") && !out.contains("${") && !out.contains('*'), "{out}");
    let (out, _) = run(yard.path(), &["iam", "--function", "ingest-sqs"], "", 0);
    assert!(out.contains(":events\"") && !out.contains("parameter/prod/partner"), "{out}");
}

#[test]
fn iam_names_what_is_optional_when_it_is_asked_to() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let stream = "arn:aws:dynamodb:eu-west-1:111122223333:table/eventyard/stream/now";
    let optional = ["--kms-key", key, "--rules-s3", "s3://yard/rules/", "--table-stream", stream];
    let (out, _) = run(yard.path(), &[&["iam"], &optional[..]].concat(), "", 0);
    for part in
        [key, stream, "s3:::yard/rules/shop.yaml", "\"s3:prefix\": \"rules/\"", "kms:ViaService"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (out, _) = run(yard.path(), &["iam", "--resource-policies", "--kms-key", key], "", 0);
    let sides = json(&out);
    assert_eq!(sides["keys"][0]["resource"], key);
    assert!(sides["queues"][0]["policy"].to_string().contains("aws:SourceArn"), "{out}");
    assert_eq!(sides["topics"], json("[]"));
}

#[test]
fn iam_check_shows_what_is_missing_and_what_is_surplus_and_exits_with_1() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let (policy, _) = run(yard.path(), &["iam"], "", 0);
    let (out, _) = run(yard.path(), &["iam", "--check", "-"], &policy, 0);
    assert!(out.starts_with("ok"), "{out}");
    let (out, _) = run(yard.path(), &["iam", "--check", "-", "--output", "json"], &policy, 0);
    assert_eq!(out, "");

    let other = policy.replace(":payments\"", ":invoices\"");
    let (out, _) = run(yard.path(), &["iam", "--check", "-"], &other, 1);
    let has =
        |start: &str, end: &str| out.lines().any(|l| l.starts_with(start) && l.ends_with(end));
    assert!(has("missing  sqs:SendMessage on arn:", ":payments"), "{out}");
    assert!(has("surplus  sqs:SendMessage on arn:", ":invoices"), "{out}");
    let (out, _) = run(yard.path(), &["iam", "--check", "-", "--output", "json"], &other, 1);
    let first = json(out.lines().next().unwrap());
    assert_eq!(
        (&first["difference"], &first["function"]),
        (&"missing".into(), &json("null")),
        "{out}"
    );
}

#[test]
fn iam_check_reads_templates_in_yaml_and_json() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let (template, _) = run(yard.path(), &["export", "sam"], "", 0);
    run(yard.path(), &["iam", "--check", "-"], &template, 0);
    let more = RULES.replace("queue: payments", "queue: invoices");
    let more = folder(&[("rules/shop.yaml", &more)]);
    let (out, _) = run(more.path(), &["iam", "--check", "-"], &template, 1);
    assert!(out.contains("missing  Deliver: sqs:SendMessage on arn:"), "{out}");
    let bare =
        std::fs::read_to_string(eventyard_tests::command::root().join("infra/template.yaml"));
    let (out, _) = run(yard.path(), &["iam", "--check", "-"], &bare.unwrap(), 1);
    assert!(out.contains("missing") && !out.contains("surplus"), "{out}");
}

#[test]
fn iam_says_what_it_does_not_take() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    for (arguments, said) in [
        (&["--function", "fly"][..], "the functions are ingest-sqs"),
        (&["--account", "12", "--region", "eu-west-1"], "12 digits"),
        (&["--account", "111122223333"], "--region"),
        (&["--account", "111122223333", "--region", "*"], "such as eu-west-1"),
        (&["--prefix", "No"], "a letter first"),
        (&["--rules-s3", "s3://b/*"], "s3://bucket/prefix/"),
        (&["--kms-key", "arn:aws:kms:eu-west-1:111122223333:key/*"], "such as arn:aws:kms"),
        (&["--table-stream", "stream"], "such as arn:aws:dynamodb"),
    ] {
        let (_, err) = run(yard.path(), &[&["iam"], arguments].concat(), "", 2);
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
    for (given, said) in [("{", "neither YAML nor JSON"), ("{}", "neither a policy")] {
        let (_, err) = run(yard.path(), &["iam", "--check", "-"], given, 2);
        assert!(err.contains("`-` cannot be compared") && err.contains(said), "{err}");
    }
}

#[test]
fn export_sam_prints_the_template_with_the_bus_and_its_flags() {
    let yard = folder(&[("rules/shop.yaml", RULES)]);
    let flags = ["--create", "--direct-sns", "--direct-eventbridge", "--disposable"];
    let (out, _) = run(yard.path(), &[&["export", "sam"], &flags[..]].concat(), "", 0);
    let template = json(&out);
    assert_eq!(template["Transform"], "AWS::Serverless-2016-10-31");
    assert_eq!(template["Parameters"]["BusName"]["Default"], "shop");
    assert_eq!(template["Parameters"]["DirectSns"]["Default"], "true");
    assert_eq!(template["Parameters"]["DirectEventBridge"]["Default"], "true");
    assert_eq!(template["Resources"]["Table"]["DeletionPolicy"], "Delete");
    for id in ["HttpQueuePartner", "QueuePayments", "QueueEvents", "InputMappingEvents"] {
        assert!(template["Resources"][id].is_object(), "{id}");
    }
    let (out, _) = run(yard.path(), &["export", "sam"], "", 0);
    assert!(json(&out)["Resources"]["QueuePayments"].is_null(), "it is there already");
}

#[test]
fn export_sam_starts_from_a_template_of_ones_own() {
    let root = eventyard_tests::command::root();
    let own = std::fs::read_to_string(root.join("infra/template.yaml")).unwrap();
    let own = own.replace("Default: eventyard,", "Default: ours,");
    let yard = folder(&[("rules/shop.yaml", RULES), ("own.yaml", &own), ("bad.yaml", "a: [1")]);
    let (out, _) = run(yard.path(), &["export", "sam", "--template", "own.yaml"], "", 0);
    assert_eq!(json(&out)["Parameters"]["Prefix"]["Default"], "ours");
    let (_, err) = run(yard.path(), &["export", "sam", "--template", "bad.yaml"], "", 2);
    assert!(err.contains("the template cannot be read: neither YAML nor JSON"), "{err}");
    let (_, err) = run(yard.path(), &["export", "sam", "--template", "none.yaml"], "", 2);
    assert!(err.contains("cannot read `none.yaml`"), "{err}");
}

#[test]
fn export_sam_packs_rules_and_overlay_beside_the_built_functions() {
    let overlay = "version: 1\ntargets: { payments: { sqs: { queue: staging } } }\n";
    let functions = [
        "ingest-sqs",
        "ingest-sns",
        "ingest-eventbridge",
        "ingest-http",
        "ingest-stream",
        "deliver",
        "replay",
        "sweep",
    ];
    let built: Vec<String> =
        functions.iter().map(|name| format!("built/{name}/bootstrap")).collect();
    let mut files = vec![("rules/shop.yaml", RULES), ("staging.yaml", overlay)];
    files.extend(built.iter().map(|path| (path.as_str(), "binary")));
    files.push(("built/sweep/rules/old.yaml", "stale"));
    let yard = folder(&files);
    let code = ["export", "sam", "--code", "built"];
    let (out, _) = run(yard.path(), &[&code[..], &["--overlay", "staging.yaml"]].concat(), "", 0);
    let template = json(&out);
    assert_eq!(template["Resources"]["Sweep"]["Properties"]["CodeUri"], "built/sweep");
    let variables = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(variables["EVENTYARD_OVERLAY"], "overlay.yaml");
    let read =
        |path: &str| std::fs::read_to_string(yard.path().join("built/sweep").join(path)).ok();
    assert_eq!(read("rules/shop.yaml").as_deref(), Some(RULES));
    assert_eq!(read("overlay.yaml").as_deref(), Some(overlay));
    assert_eq!(read("rules/old.yaml"), None, "rules that are gone do not stay");
    run(yard.path(), &code, "", 0);
    assert_eq!(read("overlay.yaml"), None);

    // `sam build` names folders for the functions of the template.
    let (built, sam) = (yard.path().join("built/deliver"), yard.path().join("built/Deliver"));
    std::fs::rename(built, &sam).unwrap();
    let (out, _) = run(yard.path(), &code, "", 0);
    assert_eq!(json(&out)["Resources"]["Deliver"]["Properties"]["CodeUri"], "built/Deliver");

    std::fs::remove_file(sam.join("bootstrap")).unwrap();
    let (_, err) = run(yard.path(), &code, "", 2);
    assert!(
        err.contains("`built` does not hold `deliver/bootstrap`") && err.contains("sam build"),
        "{err}"
    );
}

#[test]
fn refused_rules_print_no_policy_and_no_template() {
    let yard = folder(&[("rules/shop.yaml", &RULES.replace("when: $,", "when: $.a >,"))]);
    for verb in [&["iam"][..], &["export", "sam"]] {
        let (out, err) = run(yard.path(), verb, "", 2);
        assert!(out.is_empty() && err.contains("error[E0101]"), "{verb:?}: {out}{err}");
    }
}
