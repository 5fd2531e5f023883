//! Events for load: of a given size, told apart by their ids, the same at every run.

use std::fmt::Write as _;

/// One CloudEvents event as a line of NDJSON, about `bytes` long: `OrderPlaced` from `shop`, id `PREFIX-N`.
#[must_use]
pub fn order_line(prefix: &str, n: u64, bytes: usize) -> String {
    let total = n % 100_000;
    let mut line = format!(
        concat!(
            r#"{{"specversion":"1.0","id":"{prefix}-{n}","source":"shop","type":"OrderPlaced","subject":"customer-{c}","#,
            r#""time":"2026-11-24T09:30:00Z","data":{{"total":{e}.{cents:02},"currency":"EUR","customer":"customer-{c}","note":""#
        ),
        prefix = prefix,
        n = n,
        c = n % 50,
        e = total / 100,
        cents = total % 100,
    );
    const END: &str = "\"}}\n";
    while line.len() + END.len() < bytes {
        // Digits of a multiplicative hash: does not compress to nothing, and holds no quote.
        write!(line, "{:016x}", (n + line.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)).ok();
    }
    line.truncate(bytes.saturating_sub(END.len()).max(line.len().min(260)));
    line.push_str(END);
    line
}

/// `count` lines of [`order_line`], from number `from` on, as one NDJSON body.
#[must_use]
pub fn order_lines(prefix: &str, from: u64, count: u64, bytes: usize) -> String {
    let mut body = String::new();
    for n in from..from + count {
        body.push_str(&order_line(prefix, n, bytes));
    }
    body
}
