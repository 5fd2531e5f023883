//! What other JSONPath dialects write and RFC 9535 does not, with the standard way for each.
use crate::FilterError;

/// The error for an operator of another dialect that `rest` (at byte `at`) begins with, if it does.
pub(super) fn operator(rest: &str, at: usize) -> Option<FilterError> {
    const TABLE: [(&str, &str); 17] = [
        ("===", "use `==`"),
        ("!==", "use `!=`"),
        ("=~", "use `match(@.x, 'y')` for the whole string or `search(@.x, 'y')` for a part"),
        ("!~", "use `!match(@.x, 'y')` or `!search(@.x, 'y')`"),
        ("=>", "use `>=`"),
        ("=<", "use `<=`"),
        ("<>", "use `!=`"),
        ("=", "use `==`"),
        ("&", "use `&&`"),
        ("|", "use `||`"),
        ("~", "names of members cannot be selected"),
        ("^", "parents cannot be selected; test the child from the parent: `$.items[?@.qty > 3]`"),
        ("{", "a path stands without braces"),
        ("- ", "values cannot be computed in a filter; a sign touches its number: `-1`"),
        ("+ ", "values cannot be computed in a filter"),
        ("/", "values cannot be computed in a filter; a pattern is a string: `match(@.x, 'y')`"),
        ("%", "values cannot be computed in a filter"),
    ];
    const STANDARD: [&str; 4] = ["==", "&&", "||", "!="];
    let (operator, help) = TABLE.iter().find(|(operator, _)| rest.starts_with(operator))?;
    let is_standard = operator.len() < 3 && STANDARD.iter().any(|s| rest.starts_with(s));
    (!is_standard).then(|| refused(operator, at, help))
}

/// The error for a word where an operator could stand, such as `in`.
pub(super) fn word(word: &str, at: usize) -> Option<FilterError> {
    let help = match word.to_ascii_lowercase().as_str() {
        "in" | "anyof" | "any_of" | "subsetof" | "subset_of" | "oneof" => {
            "use `@.x == 'a' || @.x == 'b'`, or `match(@.x, 'a|b')` for strings"
        }
        "nin" | "noneof" | "none_of" => "use `@.x != 'a' && @.x != 'b'`",
        "contains" | "has" | "includes" => {
            "use `search(@.x, 'y')` for a part of a string, `@.x[?@ == 'y']` for an element"
        }
        "like" | "matches" | "rlike" | "regex" => "use `match(@.x, 'a.*')`",
        "startswith" | "starts_with" => "use `match(@.x, 'a.*')`",
        "endswith" | "ends_with" => "use `match(@.x, '.*a')`",
        "size" | "sizeof" | "len" => "use `length(@.x) == 3`",
        "empty" => "use `length(@.x) == 0`",
        "exists" => "a path alone is an existence test: `@.x`, `!@.x`",
        "and" => "use `&&`",
        "or" => "use `||`",
        "not" => "use `!`",
        "eq" | "is" => "use `==`",
        "ne" => "use `!=`",
        "lt" => "use `<`",
        "le" | "lte" => "use `<=`",
        "gt" => "use `>`",
        "ge" | "gte" => "use `>=`",
        "between" => "use `@.x >= 1 && @.x <= 9`",
        _ => return None,
    };
    Some(refused(word, at, help))
}

/// The error for a function that RFC 9535 does not have.
pub(super) fn function(name: &str, at: usize) -> FilterError {
    let span = at..at + name.len();
    let message = format!("function `{name}` is not RFC 9535");
    let help = match name.to_ascii_lowercase().as_str() {
        "min" | "max" | "sum" | "avg" | "stddev" => {
            "values cannot be computed in a filter".to_owned()
        }
        "lower" | "upper" | "tolower" | "toupper" | "lowercase" | "uppercase" => {
            "letter case has no function; use `match(@.x, '[Aa][Bb]')`".to_owned()
        }
        _ => word(name, at).and_then(|error| error.help).unwrap_or_else(|| near(name)),
    };
    let help = format!("{help}; the functions are length, count, match, search and value (§2.4)");
    FilterError::new("E0102", span, message).help(help)
}

/// `Length` and `matchs` are near a standard function.
fn near(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let like = |known: &str| known.starts_with(&lower) || lower.starts_with(known);
    match ["length", "count", "match", "search", "value"].into_iter().find(|known| like(known)) {
        Some(known) => format!("did you mean `{known}`"),
        None => "use one of the standard's".to_owned(),
    }
}

/// A literal list, which only other dialects have.
pub(super) fn list(at: usize) -> FilterError {
    FilterError::new("E0102", at..at + 1, "a list of values is not RFC 9535")
        .help("use `@.x == 'a' || @.x == 'b'`, or `match(@.x, 'a|b')` for strings")
}

/// `$.a.length()`: a function called on a path.
pub(super) fn method(name: &str, at: usize, before: &str) -> FilterError {
    let help = match name {
        "length" | "count" | "value" => format!("use `{name}({before})`"),
        "match" | "search" => format!("use `{name}({before}, '…')`"),
        _ => "functions stand before their argument: `length(@.x)`".to_owned(),
    };
    FilterError::new(
        "E0102",
        at..at + name.len(),
        format!("calling `{name}()` on a path is not RFC 9535"),
    )
    .help(help)
}

/// `[(@.length-1)]`: a script in brackets.
pub(super) fn script(at: usize) -> FilterError {
    FilterError::new("E0102", at..at + 1, "a script in brackets is not RFC 9535")
        .help("the last element is `[-1]`; a filter begins with `?`: `[?@.x]`")
}

fn refused(operator: &str, at: usize, help: &str) -> FilterError {
    let operator = operator.trim_end();
    let message = format!("operator `{operator}` is not RFC 9535");
    FilterError::new("E0102", at..at + operator.len(), message).help(help)
}
