//! Results as JUnit XML, which every build server reads.

use std::fmt::Write as _;

use super::CaseResult;
use crate::xml::escape;

/// The results as one JUnit XML document: a suite per file, in the order of the results.
#[must_use]
pub fn junit(results: &[CaseResult]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "<testsuites{}>", counts(results));
    for suite in results.chunk_by(|a, b| a.file == b.file) {
        let name = suite.first().map(|result| escape(&result.file)).unwrap_or_default();
        let _ = writeln!(out, "  <testsuite name=\"{name}\"{}>", counts(suite));
        suite.iter().for_each(|result| case(&mut out, result));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(results: &[CaseResult]) -> String {
    let failed = results.iter().filter(|result| !result.passed()).count();
    format!(" tests=\"{}\" failures=\"{failed}\"", results.len())
}

fn case(out: &mut String, result: &CaseResult) {
    let (name, file, line) = (escape(&result.name), escape(&result.file), result.place.line);
    let head = format!("    <testcase name=\"{name}\" classname=\"{file}\" line=\"{line}\"");
    if result.passed() {
        let _ = writeln!(out, "{head}/>");
        return;
    }
    let _ = writeln!(out, "{head}>");
    for failure in &result.failures {
        let (message, text) = (escape(&failure.message), escape(&failure.to_string()));
        let _ = writeln!(out, "      <failure message=\"{message}\">{text}</failure>");
    }
    out.push_str("    </testcase>\n");
}
