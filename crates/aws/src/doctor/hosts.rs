//! The hosts of HTTP targets: that their names lead to public addresses, as the guard of the sender wants
//! them. What is looked up here may be answered otherwise where the functions run.

use std::net::IpAddr;

use eventyard_rules::{HttpTarget, RuleSet, Target, TargetKind, refused_address};

use super::finding::Finding;
use super::{each, targets};

pub(super) async fn check(rules: &RuleSet) -> Vec<Finding> {
    let http = rules.targets.values().filter_map(|target| match &target.kind {
        TargetKind::Http(http) => Some((target, http)),
        _ => None,
    });
    each(http.map(|(target, http)| of_target(rules, target, http))).await
}

async fn of_target(rules: &RuleSet, target: &Target, http: &HttpTarget) -> Vec<Finding> {
    let about = targets::about(rules, target);
    let url = http.url.origin();
    let Some(host) = url.host_str() else { return Vec::new() };
    let port = url.port_or_known_default().unwrap_or(443);
    vec![match tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await {
        Err(_) => {
            let reason = format!("the name `{host}` leads nowhere");
            Finding::problem("target", about, reason, "correct the host of its `url`")
        }
        Ok(found) => addresses(about, host, http, found.map(|address| address.ip())),
    }]
}

fn addresses(
    about: String,
    host: &str,
    http: &HttpTarget,
    mut found: impl Iterator<Item = IpAddr>,
) -> Finding {
    let refused = found.find_map(|ip| refused_address(ip).map(|why| (ip, why)));
    let refused = refused.filter(|(ip, _)| !(http.insecure && ip.is_loopback()));
    match refused {
        None => Finding::ok("target", about),
        Some((ip, why)) => {
            let reason = format!("`{host}` leads to {ip}, which is {why}: nothing is sent there");
            let help = "HTTP targets are public; reach what is private through SQS or Lambda";
            Finding::problem("target", about, reason, help)
        }
    }
}
