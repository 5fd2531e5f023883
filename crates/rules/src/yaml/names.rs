//! Names are unique within a mapping.
use super::Member;
use crate::report::Report;
use std::collections::HashSet;

/// `members` with each name once: the first of each counts, every further one is reported as a
/// duplicate `what`. `n log n`.
pub(super) fn settle(members: Vec<Member>, what: &str, report: &mut Report<'_>) -> Vec<Member> {
    let twice = twice(&members);
    if twice.is_empty() {
        return members;
    }
    for (first, second) in &twice {
        if let (Some(first), Some(second)) = (members.get(*first), members.get(*second)) {
            report.duplicate_field(what, &first.name, &first.name_span, &second.name_span);
        }
    }
    let gone: HashSet<usize> = twice.into_iter().map(|(_, index)| index).collect();
    let kept = members.into_iter().enumerate().filter(|(index, _)| !gone.contains(index));
    kept.map(|(_, member)| member).collect()
}

/// Indices of the first and each further member of the same name.
fn twice(members: &[Member]) -> Vec<(usize, usize)> {
    let name = |index: usize| members.get(index).map(|member| member.name.as_str());
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by(|a, b| name(*a).cmp(&name(*b)).then(a.cmp(b)));
    let mut twice = Vec::new();
    let mut first: Option<usize> = None;
    for index in order {
        match first.filter(|first| name(*first) == name(index)) {
            Some(first) => twice.push((first, index)),
            None => first = Some(index),
        }
    }
    twice
}
