//! The bounds of a `when` and of a query. What lies beyond them is refused with `E0104` or `E0108`.

/// Bytes of one condition or query.
pub(super) const TEXT_BYTES_MAX: usize = 4096;
/// Parentheses, brackets and function calls inside one another.
pub(super) const NESTING_MAX: usize = 32;
/// Function calls inside one another. The parser's time doubles or triples with each level, hence few.
pub(super) const CALL_NESTING_MAX: usize = 4;
/// Segments of one query.
pub(super) const SEGMENTS_MAX: usize = 64;
/// Nodes that a selection hands out; existence and `count()` are not bounded by it.
pub(super) const SELECTED_NODES_MAX: usize = 10_000;
/// Integers in brackets must be exact in I-JSON (RFC 9535 §2.1): ±(2^53 − 1).
pub(super) const INDEX_MAX: i64 = 9_007_199_254_740_991;
/// Characters of one regular expression.
pub(super) const REGEX_CHARS_MAX: usize = 1000;
/// Groups inside one another in a regular expression.
pub(super) const REGEX_NESTING_MAX: u32 = 32;
/// Bytes of one compiled regular expression.
pub(super) const REGEX_BYTES_MAX: usize = 256 * 1024;
