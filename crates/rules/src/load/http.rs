//! HTTP targets: where they may point, and where their keys are kept.
use super::reader::{Fields, Reader};
use crate::report::Finding;
use crate::target::{Arn, HttpTarget, SecretRef, has_mark, is_random, refused_address};
use crate::yaml::{Content, Node};
use crate::{PartError, UrlTemplate};
use std::net::IpAddr;
use url::{Host, Url};

/// Signing keys of one target: the one in use, and those being changed from or to.
const SECRETS_MAX: usize = 4;

const SECRET_HELP: &str = "name where it is kept: `secret: arn:aws:secretsmanager:…`, \
     `ssm:/path`, or `env:NAME` for development";

impl Reader<'_> {
    /// The target of an `http` mapping.
    pub(super) fn http(&mut self, fields: Fields<'_>) -> Option<HttpTarget> {
        let url = fields.get("url").map(|node| self.url(node));
        let secrets = fields.get("secret").map_or(Some(Vec::new()), |node| self.secrets(node));
        let (url, insecure) = url??;
        Some(HttpTarget { url, secrets: secrets?, insecure })
    }

    /// The URL, and whether it is let through only because insecure targets are allowed.
    fn url(&mut self, node: &Node) -> Option<(UrlTemplate, bool)> {
        let text = self.text(node, "url")?;
        let checked = static_host(text).and_then(|()| UrlTemplate::parse(text));
        let checked = checked.map_err(|error| narrowed(text, error)).and_then(|url| {
            let insecure = check_host(url.origin(), text, self.allow_insecure_targets)?;
            Ok((url, insecure))
        });
        match checked {
            Ok((url, _)) if has_secret(url.origin()) => {
                self.inline_secret(node);
                None
            }
            Ok(checked) => Some(checked),
            Err(error) => {
                let span = self.report.span_in(node, error.span);
                let finding = Finding::new(error.code, span, error.message);
                self.report.push(finding.maybe_help(error.help));
                None
            }
        }
    }

    fn secrets(&mut self, node: &Node) -> Option<Vec<SecretRef>> {
        let nodes = match &node.value {
            Content::List(items) if (1..=SECRETS_MAX).contains(&items.len()) => items.as_slice(),
            Content::List(_) => {
                let message = format!("`secret` lists 1 to {SECRETS_MAX} references");
                self.refuse("E0010", &node.span, message);
                return None;
            }
            _ => std::slice::from_ref(node),
        };
        // All are read, so that all errors are found.
        let secrets: Vec<Option<SecretRef>> = nodes.iter().map(|node| self.secret(node)).collect();
        secrets.into_iter().collect()
    }

    /// A reference to a secret. Nothing of the text is ever repeated in a message.
    fn secret(&mut self, node: &Node) -> Option<SecretRef> {
        let Content::Text(text) = &node.value else {
            self.wrong_kind(node, "secret", "a reference");
            return None;
        };
        let reference = if text.starts_with("arn:") {
            Arn::parse(text)
                .ok()
                .filter(|arn| arn.service == "secretsmanager" && is_secret(&arn.resource))
                .map(|_| SecretRef::Arn(text.clone()))
        } else if let Some(path) = text.strip_prefix("ssm:") {
            is_parameter(path).then(|| SecretRef::Ssm(path.to_owned()))
        } else if let Some(name) = text.strip_prefix("env:") {
            is_variable(name).then(|| SecretRef::Env(name.to_owned()))
        } else {
            None
        };
        if reference.is_none() {
            let kinds = ["arn:", "ssm:", "env:"];
            if kinds.iter().any(|kind| text.starts_with(kind)) {
                let message = "not a reference to a secret";
                let finding = Finding::new("E0304", node.span.clone(), message);
                self.report.push(finding.help(SECRET_HELP));
            } else {
                self.inline_secret(node);
            }
        }
        reference
    }

    fn inline_secret(&mut self, node: &Node) {
        let message = "secret value in rules file; use `secret: arn:…`";
        let finding = Finding::new("E0304", node.span.clone(), message);
        self.report.push(finding.help(SECRET_HELP));
    }

    /// Refuses well-known secrets in any text of the file, without repeating them.
    pub(super) fn refuse_secrets(&mut self, node: &Node) {
        match &node.value {
            Content::Text(text) if has_mark(text) && !self.report.has("E0304", &node.span) => {
                self.inline_secret(node);
            }
            Content::List(items) => items.iter().for_each(|item| self.refuse_secrets(item)),
            Content::Map(members) => {
                members.iter().for_each(|member| self.refuse_secrets(&member.value));
            }
            _ => {}
        }
    }
}

/// Whether a parameter of the URL is a secret. Path segments are not judged: the ids of endpoints
/// look alike.
fn has_secret(url: &Url) -> bool {
    has_mark(url.as_str()) || url.query_pairs().any(|(_, value)| is_random(&value))
}

/// Refuses what other tools write for a place to fill in where the host stands.
fn static_host(text: &str) -> Result<(), PartError> {
    let Some(start) = text.find("://").map(|at| at + 3) else { return Ok(()) };
    let rest = text.get(start..).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !authority.contains(['{', '}', '$', '<']) {
        return Ok(());
    }
    let message = "host must not come from the event";
    let help = "write scheme, host and port as fixed text; paths `<$.…>` may stand after them";
    Err(PartError::new("E0303", start..start + authority.len(), message).with_help(help))
}

/// An error about credentials, at the credentials.
fn narrowed(text: &str, mut error: PartError) -> PartError {
    let start = text.find("://").map_or(0, |at| at + 3);
    let rest = text.get(start..).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if let (true, Some(end)) = (error.code == "E0302", authority.rfind('@')) {
        error.span = start..start + end;
        error.message = "credentials in URL; use `secret:`".into();
    }
    error
}

/// Whether the host is this machine, let through because `allow_insecure`.
///
/// # Errors
/// E0301 for an address or name outside the public internet, E0305 for a scheme other than https.
fn check_host(origin: &Url, text: &str, allow_insecure: bool) -> Result<bool, PartError> {
    let start = text.find("://").map_or(0, |at| at + 3);
    let rest = text.get(start..).unwrap_or_default();
    let host = start..start + rest.find([':', '/', '?', '#']).unwrap_or(rest.len());
    let host = if rest.starts_with('[') {
        start..start + rest.find(']').map_or(rest.len(), |at| at + 1)
    } else {
        host
    };
    let written = text.get(host.clone()).unwrap_or_default();
    let refused = refused_host(origin, written);
    if allow_insecure && refused.as_ref().is_some_and(|(_, loopback)| *loopback) {
        return Ok(true);
    }
    if let Some((message, loopback)) = refused {
        let error = PartError::new("E0301", host, message);
        let help = "for development, `--allow-insecure-targets` lets this machine itself through";
        return Err(if loopback { error.with_help(help) } else { error });
    }
    if origin.scheme() != "https" {
        let message = "an HTTP target's URL begins with `https://`";
        return Err(PartError::new("E0305", 0..start, message));
    }
    Ok(false)
}

/// Why the host of `origin` may not be delivered to, and whether it is this machine.
fn refused_host(origin: &Url, written: &str) -> Option<(String, bool)> {
    let address: IpAddr = match origin.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let local = name == "localhost" || name.ends_with(".localhost");
            return local.then(|| (format!("host `{name}` is this machine (loopback)"), true));
        }
        Host::Ipv4(address) => address.into(),
        Host::Ipv6(address) => address.into(),
    };
    let why = refused_address(address)?;
    let same = written.trim_matches(['[', ']']) == address.to_string();
    let message = match same {
        true => format!("address {address} is {why}"),
        false => format!("`{written}` resolves to {address} ({why})"),
    };
    Some((message, why == "loopback"))
}

/// A portable name of an environment variable.
/// `secret:NAME`. No wildcards: references become resources of IAM statements.
fn is_secret(resource: &str) -> bool {
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
    let name = resource.strip_prefix("secret:").unwrap_or_default();
    !name.is_empty() && name.bytes().all(is_mark)
}

/// `/path`.
fn is_parameter(path: &str) -> bool {
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte);
    path.len() > 1 && path.starts_with('/') && path.bytes().all(is_mark)
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
