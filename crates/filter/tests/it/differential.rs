//! Our evaluator beside `jsonpath-rfc9535`, an independent implementation: random filters and queries
//! on random documents, no difference allowed.
//!
//! 20,000 evaluations each by default; `EVENTYARD_EVALUATIONS=1000000` for the long run,
//! `EVENTYARD_SEED` for another one. What the oracle is known to accept beyond the standard (arguments
//! in parentheses, patterns that are no I-Regexp) is not generated here; `mutations` lists it.
use crate::generator::{Generator, ROOT};
use crate::support::{own, setting};
use eventyard_filter::{Condition, FilterError, Options, Query};
use jsonpath_rfc9535::JsonPath;
use serde_json::Value;

const DOCUMENTS_PER_TEXT: u64 = 6;
const OPTIONS: Options = Options { dynamic_regex: true };

#[test]
fn conditions_agree_with_the_oracle() {
    let mut generator = Generator::new(setting("EVENTYARD_SEED", 88_172_645_463_325_252));
    let texts = setting("EVENTYARD_EVALUATIONS", 20_000).div_ceil(DOCUMENTS_PER_TEXT);
    let (mut differences, mut held) = (Vec::new(), 0_u64);
    for _ in 0..texts {
        let (filter, when) = within_limits(|| {
            let filter = generator.filter(3);
            let text = filter.replace(ROOT, "$");
            (filter, Condition::parse_with(&text, OPTIONS))
        });
        let text = when.text();
        // The oracle has no conditions: `$[?…]` on `[event]`, where `$[0]` is the event.
        let oracle = JsonPath::parse(&format!("$[?{}]", filter.replace(ROOT, "$[0]"))).unwrap();
        for _ in 0..DOCUMENTS_PER_TEXT {
            let document = generator.document(4);
            let ours = own(&document);
            let holds = when.matches(&ours);
            held += u64::from(holds);
            let wrapped = Value::Array(vec![document.clone()]);
            if holds == oracle.query_values(&wrapped).is_empty() {
                differences.push(format!("{text}   on {document}: ours says {holds}"));
            }
            if holds != when.explain(&ours).matched {
                differences.push(format!("{text}   on {document}: explained otherwise"));
            }
        }
    }
    println!("{} evaluations, {held} true", texts * DOCUMENTS_PER_TEXT);
    report(&mut differences);
}

#[test]
fn queries_select_the_oracles_nodes_in_its_order_with_its_paths() {
    let mut generator = Generator::new(setting("EVENTYARD_SEED", 777));
    let texts = setting("EVENTYARD_EVALUATIONS", 20_000).div_ceil(DOCUMENTS_PER_TEXT);
    let mut differences = Vec::new();
    for _ in 0..texts {
        let (text, query) = within_limits(|| {
            let text = generator.whole_query(2).replace(ROOT, "$");
            let query = Query::parse_with(&text, OPTIONS);
            (text, query)
        });
        let oracle = JsonPath::parse(&text).unwrap();
        for _ in 0..DOCUMENTS_PER_TEXT {
            let document = generator.document(4);
            let ours = own(&document);
            let theirs: Vec<(String, _)> = oracle
                .query(&document)
                .into_vec()
                .into_iter()
                .map(|node| (node.path().to_string(), own(node.value())))
                .collect();
            let located: Vec<_> = query
                .located(&ours)
                .into_iter()
                .map(|(path, value)| (path, value.clone()))
                .collect();
            if theirs != located {
                differences.push(format!("{text}   on {document}: ours selects {located:?}"));
            }
            let first = query.first(&ours) == theirs.first().map(|(_, value)| value);
            if query.exists(&ours) == theirs.is_empty() || !first {
                differences.push(format!("{text}   on {document}: exists or first"));
            }
        }
    }
    report(&mut differences);
}

/// Generates until our limits, which the oracle has not, allow the text; no other refusal is tolerated.
fn within_limits<T>(mut generate: impl FnMut() -> (String, Result<T, FilterError>)) -> (String, T) {
    loop {
        match generate() {
            (text, Ok(compiled)) => return (text, compiled),
            (_, Err(error)) if error.code == "E0108" => {}
            (text, Err(error)) => panic!("{text}: {error:?}"),
        }
    }
}

#[track_caller]
fn report(differences: &mut [String]) {
    differences.sort_by_key(String::len);
    let shown = &differences[..differences.len().min(10)];
    assert!(shown.is_empty(), "{} differences, the shortest: {shown:#?}", differences.len());
}
