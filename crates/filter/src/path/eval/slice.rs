//! Which elements an index or a slice selects: RFC 9535 §2.3.3.2, §2.3.4.2.2.
use crate::path::ir::Slice;

/// The element at `index` of `len`; negative counts from the end.
pub(super) fn index(index: i64, len: usize) -> Option<usize> {
    let from_end = if index < 0 { i64::try_from(len).ok()? } else { 0 };
    usize::try_from(index.checked_add(from_end)?).ok().filter(|at| *at < len)
}

/// The elements of a slice in its order.
pub(super) fn slice(slice: Slice, len: usize) -> impl Iterator<Item = usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let from_start = |i: i64| if i < 0 { i.saturating_add(len) } else { i };
    let step = slice.step;
    let (first, stop) = if step >= 0 {
        let start = from_start(slice.start.unwrap_or(0)).clamp(0, len);
        (start, from_start(slice.end.unwrap_or(len)).clamp(0, len))
    } else {
        let start = slice.start.map_or(len - 1, from_start).clamp(-1, len - 1);
        (start, slice.end.map_or(-1, from_start).clamp(-1, len - 1))
    };
    let inside = move |at: &i64| (step > 0 && *at < stop) || (step < 0 && *at > stop);
    let first = Some(first).filter(inside);
    std::iter::successors(first, move |at| at.checked_add(step).filter(inside))
        .filter_map(|at| usize::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: (Option<i64>, Option<i64>, i64), len: usize, wanted: &[usize]) {
        let (start, end, step) = text;
        let found: Vec<usize> = slice(Slice { start, end, step }, len).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn slices_clamp_at_both_ends() {
        check((None, None, 1), 3, &[0, 1, 2]);
        check((Some(-9), Some(9), 2), 5, &[0, 2, 4]);
        check((Some(3), Some(1), 1), 5, &[]);
        check((Some(0), Some(9_007_199_254_740_991), 9_007_199_254_740_991), 2, &[0]);
    }

    #[test]
    fn negative_steps_walk_backwards_and_zero_selects_nothing() {
        check((None, None, -1), 3, &[2, 1, 0]);
        check((Some(5), Some(1), -2), 6, &[5, 3]);
        check((None, None, 0), 3, &[]);
        check((None, None, -1), 0, &[]);
        check((None, Some(-9_007_199_254_740_991), -9_007_199_254_740_991), 2, &[1]);
    }

    #[test]
    fn negative_indices_count_from_the_end_and_stop_there() {
        assert_eq!(index(-1, 3), Some(2));
        assert_eq!(index(-4, 3), None);
        assert_eq!(index(3, 3), None);
    }
}
