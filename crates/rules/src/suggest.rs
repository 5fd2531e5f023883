//! `did you mean`: the known name that is nearest to what was written.

/// The candidate that `given` most likely stands for, if one is near enough: at most one edit per
/// three characters (and at least one), letters compared without case.
pub(crate) fn nearest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let given_lower = given.to_lowercase();
    let most = (given.chars().count() / 3).max(1);
    let scored = candidates.into_iter().filter_map(|candidate| {
        let distance = distance(&given_lower, &candidate.to_lowercase(), most)?;
        Some((distance, candidate))
    });
    scored.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace, swap neighbours) from `a` to `b`, if `most` suffice.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let replaced = cell(&last, j) + usize::from(from != to);
            let mut best = replaced.min(cell(&last, j + 1) + 1).min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["targets", "rules", "sources", "to", "retry"];
        assert_eq!(nearest("targts", names), Some("targets"));
        assert_eq!(nearest("Rules", names), Some("rules"));
        assert_eq!(nearest("rtyre", names), None);
        assert_eq!(nearest("rerty", names), Some("retry"));
        assert_eq!(nearest("ot", names), Some("to"));
        assert_eq!(nearest("destination", names), None);
        assert_eq!(nearest("", names), None);
    }
}
