//! Comparison of strings without regard to case, character by character.

/// Whether `text` begins with `prefix`, whatever the case of either.
pub(super) fn starts_with(text: &str, prefix: &str) -> bool {
    leads(text.chars(), prefix.chars()).is_some()
}

/// Whether `text` ends with `suffix`, whatever the case of either.
pub(super) fn ends_with(text: &str, suffix: &str) -> bool {
    leads(text.chars().rev(), suffix.chars().rev()).is_some()
}

/// Whether the two are the same but for case.
pub(super) fn equals(text: &str, other: &str) -> bool {
    if text.is_ascii() && other.is_ascii() {
        return text.eq_ignore_ascii_case(other);
    }
    leads(text.chars(), other.chars()).is_some_and(|mut rest| rest.next().is_none())
}

/// A text as it is looked up where case does not count: two texts of which one is ASCII are the same
/// exactly when these are.
pub(crate) fn folded(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// ASCII in lower case, and with it the three other characters that have an ASCII letter for their
/// other case.
fn lower(character: char) -> char {
    match character {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        '\u{131}' => 'i',
        other => other.to_ascii_lowercase(),
    }
}

/// What is left of `text` after the characters of `start`; `None` when it does not start with them.
fn leads<T, S>(mut text: T, start: S) -> Option<T>
where
    T: Iterator<Item = char>,
    S: Iterator<Item = char>,
{
    for wanted in start {
        if !same(text.next()?, wanted) {
            return None;
        }
    }
    Some(text)
}

/// Two characters are the same when their lower or their upper case forms are.
fn same(left: char, right: char) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(&right);
    }
    left == right
        || left.to_lowercase().eq(right.to_lowercase())
        || left.to_uppercase().eq(right.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{ends_with, equals, starts_with};

    #[test]
    fn case_does_not_count_and_length_does() {
        assert!(equals("ÄpFel", "äPfEL"));
        assert!(!equals("apfel", "apfe"));
        assert!(!equals("apfe", "apfel"));
        assert!(equals("", ""));
        assert!(starts_with("EventBridge", "eVENTb") && !starts_with("Ev", "eve"));
        assert!(ends_with("photo.PNG", ".png") && !ends_with("png", ".png"));
    }

    #[test]
    fn folding_finds_every_character_that_is_an_ascii_letter_in_another_case() {
        for character in '\0'..=char::MAX {
            for letter in 'a'..='z' {
                let is_same = super::same(character, letter);
                assert_eq!(is_same, super::lower(character) == letter, "{character:?} {letter}");
            }
        }
    }

    #[test]
    fn a_final_sigma_is_a_sigma() {
        assert!(equals("ΟΔΟΣ", "οδος"));
    }
}
