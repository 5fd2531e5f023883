//! Files are read in parallel: nobody can tell.
use super::{LoadOptions, SourceText, load_on};

const THREADS: [usize; 5] = [1, 2, 3, 8, 64];

/// Files of different sizes, the faulty ones with several faults each.
fn files(faulty: bool) -> Vec<SourceText> {
    let file = |number: usize| {
        let rules = 1 + number * 7 % 40;
        let mut text =
            format!("version: 1\ntargets:\n  t{number}: {{ sqs: {{ queue: q }} }}\nrules:\n");
        for rule in 0..rules {
            let when = if faulty && rule % 3 == 1 { "$.a =" } else { "$.a == 1 && $.b" };
            let to = if faulty && rule % 5 == 1 { "missing" } else { "t0" };
            // In faulty sets the names of one file stand in every other file too.
            let name = if faulty { format!("r{rule}") } else { format!("r{number}-{rule}") };
            text += &format!("  - name: {name}\n    when: {when}\n    to: {to}\n");
        }
        SourceText::new(format!("{number:02}.yaml"), text)
    };
    (0..12).rev().map(file).collect()
}

#[test]
fn the_rule_set_is_the_same_on_any_number_of_threads() {
    let files = files(false);
    let options = LoadOptions::default();
    let sets = THREADS.map(|threads| format!("{:?}", load_on(threads, &files, &options).unwrap()));
    assert!(sets.iter().all(|set| *set == sets[0]));
}

#[test]
fn diagnostics_come_in_the_same_order_on_any_number_of_threads() {
    let files = files(true);
    let options = LoadOptions::default();
    let texts = THREADS.map(|threads| load_on(threads, &files, &options).unwrap_err().to_string());
    assert!(texts[0].matches("duplicate rule").count() > 10, "{}", texts[0]);
    assert!(texts.iter().all(|text| *text == texts[0]));
}
