//! How long 100,000 rules take to load: `cargo bench -p eventyard-rules --bench load`.
//!
//! 50 generated files of 2,000 rules each, 25 MB of YAML, always the same. Prints the best of three in
//! seconds for: reading YAML alone, compiling conditions alone, compiling patterns alone, each file
//! loaded on its own one after the other (one core), and the whole load (all cores). `EVENTYARD_FILES`
//! sets another number of files.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
use eventyard_filter::{Condition, Pattern, View};
use eventyard_rules::{LoadOptions, SourceText, load};
use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

const RULES_PER_FILE: usize = 2_000;
const ROUNDS: usize = 3;

fn main() {
    let files = std::env::var("EVENTYARD_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(50);
    let generated: Vec<Generated> = (0..files).map(Generated::file).collect();
    let texts: Vec<SourceText> = generated.iter().map(|file| file.text.clone()).collect();
    let bytes: usize = texts.iter().map(|file| file.text.len()).sum();
    println!("{} rules, {bytes} bytes of YAML", files * RULES_PER_FILE);

    let unread: Vec<SourceText> = texts.iter().map(with_unknown_version).collect();
    let options = LoadOptions::default();
    report("read YAML", || {
        unread.iter().for_each(|file| {
            let refused = load(std::slice::from_ref(file), &options).unwrap_err();
            assert_eq!(refused.iter().count(), 1, "{refused}");
        });
    });
    let conditions = || generated.iter().flat_map(|file| &file.conditions);
    report("compile conditions", || {
        conditions().map(|when| Condition::parse(when).unwrap()).collect::<Vec<_>>()
    });
    let patterns = || generated.iter().flat_map(|file| &file.patterns);
    report("compile patterns", || {
        let compile = |json: &String| Pattern::parse_json(json, View::Event).unwrap();
        patterns().map(compile).collect::<Vec<_>>()
    });
    report("load file by file", || {
        let alone = |file| load(std::slice::from_ref(file), &options).unwrap();
        texts.iter().map(alone).collect::<Vec<_>>()
    });
    report("load all files", || load(&texts, &options).unwrap());
    report_memory(&texts);
}

/// Prints the shortest of the rounds; what `work` gives is dropped outside the time.
fn report<T>(what: &str, mut work: impl FnMut() -> T) {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let made = black_box(work());
        best = best.min(start.elapsed());
        drop(made);
    }
    println!("{what:<20} {:.3} s", best.as_secs_f64());
}

/// The memory that a rule set keeps; the pages of earlier rounds are reused, so it is a lower bound
/// unless run first, and only Linux says it.
fn report_memory(texts: &[SourceText]) {
    let held: Vec<_> = (0..2).map(|_| load(texts, &LoadOptions::default()).unwrap()).collect();
    let before = resident_bytes();
    let more = load(texts, &LoadOptions::default()).unwrap();
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        let rules = more.rules.len().max(1);
        println!("{:<20} {} bytes per rule", "resident", after.saturating_sub(before) / rules);
    }
    drop(black_box(held));
}

fn resident_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<usize>().ok().map(|kib| kib * 1_024)
}

/// The same file as a build of another version would write it: it is read, and refused before
/// anything in it is compiled.
fn with_unknown_version(file: &SourceText) -> SourceText {
    SourceText::new(file.name.clone(), file.text.replacen("version: 1\n", "version: 2\n", 1))
}

/// One file and the filters that stand in it.
struct Generated {
    text: SourceText,
    conditions: Vec<String>,
    patterns: Vec<String>,
}

impl Generated {
    /// The file of that number; its targets are its own, so that it loads alone.
    fn file(number: usize) -> Self {
        let mut text = String::from("version: 1\ntargets:\n");
        for target in 0..20 {
            writeln!(text, "  f{number}-t{target}: {{ sqs: {{ queue: queue-{target} }} }}")
                .unwrap();
        }
        text.push_str("rules:\n");
        let mut file = Self {
            text: SourceText::new(format!("rules-{number:02}.yaml"), ""),
            conditions: Vec::new(),
            patterns: Vec::new(),
        };
        for rule in 0..RULES_PER_FILE {
            file.rule(&mut text, number, rule);
        }
        file.text.text = text;
        file
    }

    /// Three of five rules have a `when`, one of five a `pattern`, one both.
    fn rule(&mut self, text: &mut String, file: usize, rule: usize) {
        let n = file * RULES_PER_FILE + rule;
        writeln!(text, "  - name: rule-{n:06}\n    description: orders of customer {n}").unwrap();
        if n % 5 != 4 {
            let when = condition(n);
            writeln!(text, "    when: >-\n      {when}").unwrap();
            self.conditions.push(when);
        }
        if n % 5 >= 3 {
            let (yaml, json) = pattern(n);
            writeln!(text, "    pattern:\n{yaml}").unwrap();
            self.patterns.push(json);
        }
        writeln!(text, "    to: f{file}-t{}", n % 20).unwrap();
        if n.is_multiple_of(4) {
            let transform =
                "    transform: { id: <$.id>, total: <$.data.total>, note: 'order <$.data.id>' }";
            writeln!(text, "{transform}").unwrap();
        }
        if n.is_multiple_of(10) {
            text.push_str("    retry: { attempts: 5, max-age: 1h }\n");
        }
    }
}

/// What real conditions are made of: equality with a type and an id, numbers, tests, functions.
fn condition(n: usize) -> String {
    let kind = ["OrderPlaced", "OrderShipped", "VibrationRecorded", "InvoicePaid"];
    let kind = kind.get(n % 4).copied().unwrap_or_default();
    let more = match n / 4 % 8 {
        0 => format!("$.data.total > {}", n % 1_000),
        1 => format!("$.data.difference > $.data.baseline && $.data.id != 'x{n}'"),
        2 => format!("($.data.region == 'eu' || $.data.region == 'us') && $.data.qty >= {}", n % 9),
        3 => "!$.data.test && $.data.customer".to_owned(),
        4 => format!("$.data['order-id'] == \"o-{n}\" && $.data.lines[0].qty <= 3.5"),
        5 => format!("match($.data.sku, 'a{}.*')", n % 50),
        6 => format!("$.data.items[?@.qty > {}]", n % 7),
        _ => "length($.data.items) > 0 && 10 < $.data.total".to_owned(),
    };
    format!("$.type == '{kind}' && $.data.customer == 'customer-{n}' && {more}")
}

/// A pattern as YAML in a rule, and as JSON.
fn pattern(n: usize) -> (String, String) {
    let yaml = format!(
        "      type: [OrderPlaced, OrderShipped]\n      data:\n        customer: [customer-{n}]\n        \
         total: [{{ numeric: ['>', {}] }}]",
        n % 1_000
    );
    let json = format!(
        r#"{{"type":["OrderPlaced","OrderShipped"],"data":{{"customer":["customer-{n}"],"total":[{{"numeric":[">",{}]}}]}}}}"#,
        n % 1_000
    );
    (yaml, json)
}
