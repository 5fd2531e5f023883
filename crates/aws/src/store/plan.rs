//! A plan as bytes: it is paid for with every event, so names stand once and what is as usual not at all.
//!
//! ```text
//! 1 · version · matched? · count · (flags · id · rule? · target · body? · group? · url? · retry? · expiry? · refused?)*
//! ```

use std::time::Duration;

use eventyard_event::DeliveryId;
use eventyard_rules::{Payload, Plan, Planned, Refused, Retry, RuleName, Version};

use super::codec::{Damaged, Decode, Encode};

/// The first byte of every plan; another layout has another.
const FORMAT: u8 = 1;

/// Which of the fields of a delivery that are not always there, are there.
mod flag {
    pub const BODY: u8 = 1;
    pub const GROUP: u8 = 2;
    pub const URL: u8 = 4;
    pub const RETRY: u8 = 8;
    pub const EXPIRES: u8 = 16;
    pub const REFUSED: u8 = 32;
    /// The rule is another than that of the delivery before.
    pub const RULE: u8 = 64;
}

pub(super) fn write(plan: &Plan) -> Vec<u8> {
    let mut out = vec![FORMAT];
    write_version(&mut out, &plan.rules);
    let says_it_all = plan.matched == rules_of(&plan.deliveries);
    out.put(&[u8::from(!says_it_all)]);
    if !says_it_all {
        out.put_number(length(plan.matched.len()));
        plan.matched.iter().for_each(|rule| out.put_text(rule.as_str()));
    }
    out.put_number(length(plan.deliveries.len()));
    let mut rule = None;
    for planned in &plan.deliveries {
        write_planned(&mut out, planned, rule.replace(&planned.rule));
    }
    out
}

/// The version as 16 bytes where it is 32 hexadecimal digits, as it always is.
fn write_version(out: &mut Vec<u8>, version: &Version) {
    // An id of 32 digits is read and written the same way.
    match version.as_str().parse::<DeliveryId>() {
        Ok(bytes) if bytes.to_string() == version.as_str() => {
            out.put(&[0]);
            out.put(bytes.as_bytes());
        }
        _ => {
            out.put(&[1]);
            out.put_text(version.as_str());
        }
    }
}

fn write_planned(out: &mut Vec<u8>, planned: &Planned, rule_before: Option<&RuleName>) {
    let new_rule = rule_before != Some(&planned.rule);
    out.put(&[flags(planned, new_rule)]);
    out.put(planned.id.as_bytes());
    if new_rule {
        out.put_text(planned.rule.as_str());
    }
    out.put_text(planned.target.as_str());
    let texts = [planned.payload.body(), planned.group.as_deref(), planned.url.as_deref()];
    texts.into_iter().flatten().for_each(|text| out.put_text(text));
    if planned.retry != Retry::default() {
        out.put_number(u64::from(planned.retry.attempts));
        out.put_number(planned.retry.max_age.as_secs());
        out.put_number(planned.retry.denied.as_secs());
    }
    if let Some(expires) = planned.expires_after {
        out.put_number(expires.as_secs());
    }
    if let Some(refused) = &planned.refused {
        // A struct of two texts always has a JSON.
        out.put_bytes(&serde_json::to_vec(refused).unwrap_or_default());
    }
}

fn flags(planned: &Planned, new_rule: bool) -> u8 {
    let fields = [
        (planned.payload.body().is_some(), flag::BODY),
        (planned.group.is_some(), flag::GROUP),
        (planned.url.is_some(), flag::URL),
        (planned.retry != Retry::default(), flag::RETRY),
        (planned.expires_after.is_some(), flag::EXPIRES),
        (planned.refused.is_some(), flag::REFUSED),
        (new_rule, flag::RULE),
    ];
    fields.iter().filter(|(there, _)| *there).map(|(_, flag)| flag).sum()
}

pub(super) fn read(bytes: &[u8]) -> Result<Plan, Damaged> {
    let mut decode = Decode::new(bytes);
    if decode.byte()? != FORMAT {
        return Err(Damaged);
    }
    let rules = read_version(&mut decode)?;
    let matched = match decode.byte()? {
        0 => None,
        _ => Some(read_names(&mut decode)?),
    };
    let count = decode.len()?;
    let mut deliveries: Vec<Planned> = Vec::new();
    for _ in 0..count {
        let rule = deliveries.last().map(|planned| planned.rule.clone());
        deliveries.push(read_planned(&mut decode, rule)?);
    }
    let matched = matched.unwrap_or_else(|| rules_of(&deliveries));
    Ok(Plan { rules, matched, deliveries })
}

fn read_version(decode: &mut Decode<'_>) -> Result<Version, Damaged> {
    let text = match decode.byte()? {
        0 => DeliveryId::from_bytes(decode.array()?).to_string(),
        _ => decode.text()?.to_owned(),
    };
    text.parse().map_err(|_| Damaged)
}

fn read_names(decode: &mut Decode<'_>) -> Result<Vec<RuleName>, Damaged> {
    let count = decode.len()?;
    (0..count).map(|_| decode.text()?.parse().map_err(|_| Damaged)).collect()
}

fn read_planned(decode: &mut Decode<'_>, rule: Option<RuleName>) -> Result<Planned, Damaged> {
    let flags = decode.byte()?;
    let has = |flag: u8| flags & flag != 0;
    let id = DeliveryId::from_bytes(decode.array()?);
    let rule = match has(flag::RULE) {
        true => decode.text()?.parse().map_err(|_| Damaged)?,
        false => rule.ok_or(Damaged)?,
    };
    let target = decode.text()?.parse().map_err(|_| Damaged)?;
    let mut text = |flag| has(flag).then(|| decode.text().map(str::to_owned)).transpose();
    let (body, group, url) = (text(flag::BODY)?, text(flag::GROUP)?, text(flag::URL)?);
    let retry = has(flag::RETRY).then(|| read_retry(decode)).transpose()?.unwrap_or_default();
    let expires = has(flag::EXPIRES).then(|| decode.number()).transpose()?;
    let refused = has(flag::REFUSED).then(|| read_refused(decode)).transpose()?;
    Ok(Planned {
        id,
        rule,
        target,
        payload: body.map_or(Payload::Document, Payload::Body),
        group,
        url,
        retry,
        expires_after: expires.map(Duration::from_secs),
        refused,
    })
}

fn read_retry(decode: &mut Decode<'_>) -> Result<Retry, Damaged> {
    Ok(Retry {
        attempts: u32::try_from(decode.number()?).map_err(|_| Damaged)?,
        max_age: Duration::from_secs(decode.number()?),
        denied: Duration::from_secs(decode.number()?),
    })
}

fn read_refused(decode: &mut Decode<'_>) -> Result<Refused, Damaged> {
    serde_json::from_slice(decode.bytes()?).map_err(|_| Damaged)
}

/// The rules of the deliveries, each once, in their order.
fn rules_of(deliveries: &[Planned]) -> Vec<RuleName> {
    let mut rules: Vec<RuleName> = deliveries.iter().map(|planned| planned.rule.clone()).collect();
    rules.dedup();
    rules
}

fn length(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eventyard_bus::contract::fixture::{event, planned, rule};
    use eventyard_rules::RefusedCode;

    #[track_caller]
    fn check(plan: &Plan) -> usize {
        let bytes = write(plan);
        assert_eq!(read(&bytes).as_ref(), Ok(plan));
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), Err(Damaged), "cut off at {end}");
        }
        bytes.len()
    }

    #[test]
    fn a_plan_of_two_usual_deliveries_takes_less_than_90_bytes() {
        let plan = planned(event("1", "a"), &["orders", "payments"]).plan;
        let bytes = check(&plan);
        assert!(bytes < 90, "{bytes} bytes");
    }

    #[test]
    fn a_plan_with_everything_is_read_as_it_was_written() {
        let mut plan = planned(event("1", "a"), &["x", "y", "z"]).plan;
        plan.rules = "no-hash".parse().expect("a version");
        plan.matched.push(rule("without-deliveries"));
        plan.deliveries[1].rule = rule("another");
        let everything = &mut plan.deliveries[2];
        everything.payload = Payload::Body(r#"{"a":1}"#.to_owned());
        everything.group = Some("VB-42345".to_owned());
        everything.url = Some("https://partner.example/1".to_owned());
        everything.retry = Retry { attempts: 3, ..Retry::default() };
        everything.expires_after = Some(Duration::from_secs(900));
        let (code, message) = (RefusedCode::LoopDetected, "seen 16 times".to_owned());
        everything.refused = Some(Refused { code, message });
        check(&plan);
    }

    #[test]
    fn a_plan_without_deliveries_is_read_as_it_was_written() {
        check(&planned(event("1", "a"), &[]).plan);
    }
}
