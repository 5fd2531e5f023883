//! `numeric`: comparisons with numbers, as binary64.

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The comparison that EventBridge writes as `sign`.
    pub(crate) fn of(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" => Self::Equal,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// How it is written.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// A number of a pattern: its text, and its value as AWS compares it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decimal {
    pub text: String,
    pub value: f64,
}

impl Decimal {
    /// The number written as `text`; `None` when it is not a number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(Self { text: text.to_owned(), value: text.parse().ok()? })
    }

    /// Whether the number written as `text` is the same: as binary64, or to the letter beyond its range.
    pub(crate) fn equals(&self, text: &str) -> bool {
        self.text == text
            || text.parse::<f64>().is_ok_and(|value| value == self.value && value.is_finite())
    }
}

/// One comparison, or a lower and an upper bound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Range {
    pub terms: Vec<(Comparison, Decimal)>,
}

impl Range {
    /// Whether the number written as `text` lies in the range.
    pub(crate) fn holds(&self, text: &str) -> bool {
        text.parse().is_ok_and(|value| {
            self.terms.iter().all(|(comparison, bound)| comparison.holds(value, bound.value))
        })
    }
}
