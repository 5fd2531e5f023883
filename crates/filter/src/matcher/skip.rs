//! Steps over what no rule needs, in checked JSON: to the end of a string, a container, a scalar.
//!
//! Whoever calls has text that was read before (RFC 8259, no error in it), so nothing is validated
//! here. On a text that is not, positions run to the end of it: wrong answers, never a panic.

use wide::u8x16;

const BLOCK: usize = 64;

/// Which of 64 bytes are the byte: bit n is byte n.
#[inline]
fn equal(block: &[u8; BLOCK], byte: u8) -> u64 {
    let wanted = u8x16::splat(byte);
    let (parts, _) = block.as_chunks::<16>();
    (0_u32..).zip(parts).fold(0, |mask, (part, bytes)| {
        mask | (u64::from(u8x16::new(*bytes).simd_eq(wanted).to_bitmask()) << (16 * part))
    })
}

/// The next bytes, with spaces behind the end of the text.
#[inline]
fn block(bytes: &[u8], at: usize) -> [u8; BLOCK] {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk::<BLOCK>() {
        Some(whole) => *whole,
        None => {
            let mut padded = [b' '; BLOCK];
            padded.iter_mut().zip(rest).for_each(|(out, byte)| *out = *byte);
            padded
        }
    }
}

/// The place of the quote that ends the string which `at` is in, and whether it has escapes.
#[inline]
pub(super) fn string_end(bytes: &[u8], at: usize) -> (usize, bool) {
    let mut here = at;
    while let Some(chunk) = bytes.get(here..).and_then(|rest| rest.first_chunk::<8>()) {
        let hits = quotes_or_escapes(u64::from_le_bytes(*chunk));
        if hits != 0 {
            here = here.saturating_add(usize::try_from(hits.trailing_zeros() / 8).unwrap_or(0));
            return closing(bytes, here);
        }
        here = here.saturating_add(8);
    }
    while bytes.get(here).is_some_and(|byte| !matches!(byte, b'"' | b'\\')) {
        here = here.saturating_add(1);
    }
    closing(bytes, here)
}

/// From a quote or a backslash on.
#[inline]
fn closing(bytes: &[u8], at: usize) -> (usize, bool) {
    if bytes.get(at) == Some(&b'\\') { (escaped_end(bytes, at), true) } else { (at, false) }
}

#[cold]
fn escaped_end(bytes: &[u8], at: usize) -> usize {
    let mut here = at;
    loop {
        match bytes.get(here) {
            Some(b'\\') => here = here.saturating_add(2),
            Some(b'"') | None => return here.min(bytes.len()),
            Some(_) => here = here.saturating_add(1),
        }
    }
}

/// The high bit of each byte that is a quote or a backslash; the lowest set one is always right.
#[inline]
fn quotes_or_escapes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ 0x2222_2222_2222_2222;
    let escape = word ^ 0x5c5c_5c5c_5c5c_5c5c;
    ((quote.wrapping_sub(ONES) & !quote) | (escape.wrapping_sub(ONES) & !escape)) & HIGHS
}

/// The place behind the bracket `close` that ends the container which `at` is in, just behind its
/// `open`. In checked JSON brackets of one kind balance, so the other kind need not be looked at.
pub(super) fn container_end(bytes: &[u8], at: usize, open: u8, close: u8) -> usize {
    let mut here = at;
    let mut depth = 1_u32;
    let mut in_string = 0_u64;
    let mut escaped_first = false;
    while here < bytes.len() {
        let block = block(bytes, here);
        let mut quotes = equal(&block, b'"');
        let escapes = equal(&block, b'\\');
        if escapes != 0 || escaped_first {
            quotes &= !escaped(escapes, &mut escaped_first);
        }
        let inside = parity(quotes) ^ in_string;
        in_string = if inside >> 63 == 1 { u64::MAX } else { 0 };
        let opens = equal(&block, open) & !inside;
        let mut closes = equal(&block, close) & !inside;
        if closes.count_ones() >= depth {
            let mut closed = 0;
            while closes != 0 {
                let bit = closes.trailing_zeros();
                closed += 1;
                let before = opens & (1_u64 << bit).wrapping_sub(1);
                if depth.saturating_add(before.count_ones()) == closed {
                    let behind = usize::try_from(bit).unwrap_or(0).saturating_add(1);
                    return here.saturating_add(behind).min(bytes.len());
                }
                closes &= closes.wrapping_sub(1);
            }
            depth = depth.saturating_add(opens.count_ones()).saturating_sub(closed);
        } else {
            depth = depth.saturating_add(opens.count_ones()).saturating_sub(closes.count_ones());
        }
        here = here.saturating_add(BLOCK);
    }
    bytes.len()
}

/// Bits behind an odd number of backslashes in a row; `carry` says it of the first bit of the next
/// block.
#[cold]
fn escaped(escapes: u64, carry: &mut bool) -> u64 {
    let mut escaped = 0_u64;
    let mut next = *carry;
    for bit in 0..64_u32 {
        let mark = 1_u64 << bit;
        if next {
            escaped |= mark;
            next = false;
        } else {
            next = escapes & mark != 0;
        }
    }
    *carry = next;
    escaped
}

/// For each bit, whether the number of set bits up to and with it is odd.
#[inline]
fn parity(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    bits
}

/// The place behind a number or a word, which `at` is in.
#[inline]
pub(super) fn scalar_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    rest.iter().position(is_end).map_or(bytes.len(), |length| at.saturating_add(length))
}

/// The place of the next byte that is not white space.
#[inline]
pub(super) fn space_end(bytes: &[u8], at: usize) -> usize {
    let mut here = at;
    while matches!(bytes.get(here), Some(b' ' | b'\n' | b'\r' | b'\t')) {
        here = here.saturating_add(1);
    }
    here
}

#[cfg(test)]
mod tests {
    use super::{container_end, string_end};

    #[test]
    fn a_string_ends_at_the_first_quote_that_is_not_escaped() {
        assert_eq!(string_end(br#"abc" "#, 0), (3, false));
        assert_eq!(string_end(br#"0123456789 abc" "#, 0), (14, false));
        assert_eq!(string_end(br#"a\"b\\" "#, 0), (6, true));
        assert_eq!(string_end(br#"open"#, 0), (4, false));
    }

    #[test]
    fn a_container_ends_at_its_own_bracket_wherever_blocks_begin() {
        for padding in 0..200 {
            let fill = "x".repeat(padding);
            let text = format!(r#"{{"{fill}":"}}\\\"}}{{","b":[{{"c":{{}}}},"]"],"{fill}":1}},7"#);
            assert_eq!(container_end(text.as_bytes(), 1, b'{', b'}'), text.len() - 2, "{text}");
            let list = format!(r#"[["{fill}\\",[]],"]\"[",{{"a":[]}}],7"#);
            assert_eq!(container_end(list.as_bytes(), 1, b'[', b']'), list.len() - 2, "{list}");
        }
        assert_eq!(container_end(b"{\"open", 1, b'{', b'}'), 6);
    }
}
