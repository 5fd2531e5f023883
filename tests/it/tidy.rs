//! What ARCHITECTURE.md says is absent, is absent.

use std::path::Path;
use std::process::Command;

use eventyard_tests::command::root;

/// Every crate that `package` links in a normal build.
fn dependencies(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "-p",
            package,
            "-e",
            "normal",
            "--prefix",
            "none",
            "-f",
            "{lib}",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_pure_crates_link_no_runtime_and_no_aws() {
    for package in [
        "eventyard-event",
        "eventyard-filter",
        "eventyard-rules",
        "eventyard-binding",
        "eventyard-infra",
    ] {
        let linked = dependencies(package);
        assert!(
            linked.iter().any(|name| name == "blake3" || name == "thiserror"),
            "{package}: {linked:?}"
        );
        let forbidden = |name: &&String| {
            name.starts_with("aws")
                || ["tokio", "hyper", "reqwest", "redb"].contains(&name.as_str())
        };
        assert_eq!(linked.iter().find(forbidden), None, "{package}");
    }
}

#[test]
fn the_bus_and_the_command_link_no_aws_sdk() {
    for package in ["eventyard-bus", "eventyard-embedded", "eventyard-cli"] {
        let linked = dependencies(package);
        assert_eq!(
            linked
                .iter()
                .find(|name| name.starts_with("aws_sdk") || name.starts_with("aws_config")),
            None
        );
    }
}

/// Tests and tools drive AWS by its own clients; of the product one crate does.
#[test]
fn of_the_product_only_the_adapters_for_aws_name_a_type_of_an_aws_sdk() {
    let mut naming = Vec::new();
    for folder in ["crates", "functions"] {
        walk(&root().join(folder), &mut |path, text| {
            let is_adapter = path.starts_with(root().join("crates/aws"));
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            let names = |line: &str| line.contains("aws_sdk_") || line.contains("aws_config::");
            if !is_adapter && !is_test && text.lines().any(names) {
                naming.push(path.display().to_string());
            }
        });
    }
    assert!(naming.is_empty(), "{naming:#?}");
}

#[test]
fn the_engine_crates_deny_panics_and_forbid_unsafe() {
    for crate_name in ["event", "filter", "rules", "bus", "binding", "infra"] {
        let text =
            std::fs::read_to_string(root().join("crates").join(crate_name).join("src/lib.rs"))
                .unwrap();
        for lint in [
            "unwrap_used",
            "expect_used",
            "clippy::panic",
            "indexing_slicing",
            "unreachable",
            "as_conversions",
        ] {
            assert!(text.contains(lint), "crates/{crate_name} does not deny {lint}");
        }
        assert!(text.contains("#![forbid(unsafe_code)]"), "crates/{crate_name}");
    }
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    let mut long = Vec::new();
    for folder in ["crates", "functions", "localstack", "tests", "xtask"] {
        walk(&root().join(folder), &mut |path, text| {
            if text.lines().count() > 400 {
                long.push(path.display().to_string());
            }
        });
    }
    assert!(long.is_empty(), "{long:#?}");
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            visit(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
