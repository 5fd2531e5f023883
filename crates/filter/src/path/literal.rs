//! Numbers and strings as RFC 9535 §2.3.1.1 and §2.3.5.1 write them: how long they are, and for a
//! string which character stands where.
use super::lex::starts_name;
use crate::FilterError;

/// Bytes of the number that `rest` (at byte `at` of the text) begins with.
///
/// # Errors
/// `E0101` for a sign without digits, a leading zero, an incomplete fraction or exponent.
pub(super) fn number(rest: &str, at: usize) -> Result<usize, FilterError> {
    let error = |bytes: usize, message: &str, help: &str| {
        let help = format!("{help} (RFC 9535 §2.3.5.1)");
        Err(FilterError::new("E0101", at..at + bytes, message).help(help))
    };
    if rest.starts_with('+') {
        return error(1, "a number has no `+`", "leave the sign out");
    }
    let sign = usize::from(rest.starts_with('-'));
    let integer = digits(rest, sign);
    let mut end = sign + integer;
    if integer == 0 {
        return error(1, "`-` without a number", "write digits right after the sign");
    }
    if integer > 1 && rest.get(sign..).is_some_and(|r| r.starts_with('0')) {
        return error(end, "a number has no leading zero", "leave the zero out");
    }
    if rest.get(end..).is_some_and(|r| r.starts_with('.')) {
        let fraction = digits(rest, end + 1);
        if fraction == 0 {
            return error(end + 1, "a fraction needs digits", "write `1` or `1.0`");
        }
        end += 1 + fraction;
    }
    if rest.get(end..).is_some_and(|r| r.starts_with(['e', 'E'])) {
        let sign = usize::from(rest.get(end + 1..).is_some_and(|r| r.starts_with(['+', '-'])));
        let exponent = digits(rest, end + 1 + sign);
        if exponent == 0 {
            return error(end + 1 + sign, "an exponent needs digits", "write `1e3`");
        }
        end += 1 + sign + exponent;
    }
    if let Some(c) = rest.get(end..).and_then(|r| r.chars().next()).filter(|c| starts_name(*c)) {
        return error(
            end + c.len_utf8(),
            &format!("unexpected `{c}` after a number"),
            "quote text",
        );
    }
    Ok(end)
}

fn digits(rest: &str, from: usize) -> usize {
    rest.bytes().skip(from).take_while(u8::is_ascii_digit).count()
}

/// Bytes of the string that `rest` (at byte `at` of the text) begins with, quotes included.
///
/// # Errors
/// `E0101` for a string without end, an escape that JSON does not know, a lone surrogate or a control
/// character.
pub(super) fn string(rest: &str, at: usize) -> Result<usize, FilterError> {
    let mut end = 0;
    for_each_char(rest, at, |_, _| {}).map(|bytes| end += bytes)?;
    Ok(end)
}

/// What a string token, quotes included, stands for.
///
/// Empty for a token that is no string.
pub(super) fn value(token: &str) -> String {
    if !token.contains('\\') {
        let inside = token.get(1..token.len().saturating_sub(1));
        return inside.unwrap_or_default().to_owned();
    }
    let mut value = String::with_capacity(token.len());
    // INVARIANT (lexed): as in `characters`.
    let _ = for_each_char(token, 0, |c, _| value.push(c));
    value
}

/// The characters of a string token and the byte of the text where each is written.
///
/// Empty for a token that is no string.
pub(super) fn characters(token: &str, at: usize) -> Vec<(char, usize)> {
    let mut all = Vec::new();
    // INVARIANT (lexed): the token was read by `string` before, so this cannot fail any more.
    let _ = for_each_char(token, at, |c, at| all.push((c, at)));
    all
}

fn for_each_char(
    rest: &str,
    at: usize,
    mut take: impl FnMut(char, usize),
) -> Result<usize, FilterError> {
    let mut chars = rest.char_indices();
    let Some((_, quote)) = chars.next() else { return Ok(0) };
    while let Some((i, c)) = chars.next() {
        match c {
            c if c == quote => return Ok(i + 1),
            '\\' => {
                let (decoded, bytes) = escape(rest.get(i..).unwrap_or_default(), quote)
                    .ok_or_else(|| bad_escape(rest.get(i..).unwrap_or_default(), at + i))?;
                take(decoded, at + i);
                let _ = chars.by_ref().take(bytes - 1).count();
            }
            '\0'..='\u{1f}' => return Err(control(c, at + i)),
            c => take(c, at + i),
        }
    }
    Err(FilterError::new(
        "E0101",
        at..at + rest.len(),
        format!("string without its closing `{quote}`"),
    )
    .help(format!(
        "a string ends with the quote that began it; write `\\{quote}` inside (RFC 9535 §2.3.1.1)"
    )))
}

/// The character that an escape means and how many bytes (all ASCII) it takes.
fn escape(rest: &str, quote: char) -> Option<(char, usize)> {
    let c = rest.chars().nth(1)?;
    let simple = match c {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '/' | '\\' => c,
        '\'' | '"' if c == quote => c,
        'u' => return unicode(rest),
        _ => return None,
    };
    Some((simple, 2))
}

/// `\uXXXX`, or a pair of them for a character beyond the basic plane.
fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = rest.get(from..from + 4)?;
        digits.bytes().all(|b| b.is_ascii_hexdigit()).then_some(())?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(2)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 6));
    }
    (rest.get(6..8)? == "\\u").then_some(())?;
    let c = char::decode_utf16([first, unit(8)?]).next()?.ok()?;
    Some((c, 12))
}

fn bad_escape(rest: &str, at: usize) -> FilterError {
    let shown: String = rest.chars().take(2).collect();
    let help = if rest.starts_with("\\u") {
        "`\\u` takes four hexadecimal digits, beyond U+FFFF a pair of surrogates"
    } else {
        "a backslash itself is written `\\\\`; known are \\b \\f \\n \\r \\t \\/ \\uXXXX and the quote"
    };
    FilterError::new("E0101", at..at + shown.len(), format!("unknown escape `{shown}`"))
        .help(format!("{help} (RFC 9535 §2.3.1.1)"))
}

fn control(c: char, at: usize) -> FilterError {
    let message = format!("control character U+{:04X} in a string", u32::from(c));
    FilterError::new("E0101", at..at + 1, message)
        .help("write it as an escape such as `\\n` or `\\u000a` (RFC 9535 §2.3.1.1)")
}
