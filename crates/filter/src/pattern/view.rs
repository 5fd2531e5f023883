//! What the field names of a pattern mean in the document that is matched.

/// What the names of a pattern stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// The document is an event: `detail-type` is its `type`, `detail` its `data`; `account`, `region`,
    /// `resources` and `version` stand under `eventbridge`; all others have their own name.
    #[default]
    Event,
    /// The document is taken as it is.
    Raw,
}

/// The names of an EventBridge event that an event keeps elsewhere.
const MOVED: [(&str, &str); 6] = [
    ("detail-type", "type"),
    ("detail", "data"),
    ("account", "eventbridge.account"),
    ("region", "eventbridge.region"),
    ("resources", "eventbridge.resources"),
    ("version", "eventbridge.version"),
];

impl View {
    /// Where the document keeps the field that the pattern calls `path`.
    pub(super) fn locate(self, path: &str) -> String {
        let moved = MOVED.iter().find_map(|(theirs, ours)| {
            let rest = path.strip_prefix(theirs)?;
            (rest.is_empty() || rest.starts_with('.')).then(|| format!("{ours}{rest}"))
        });
        match self {
            Self::Event => moved.unwrap_or_else(|| path.to_owned()),
            Self::Raw => path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn an_event_keeps_the_fields_of_eventbridge_under_its_own_names() {
        for (theirs, ours) in [
            ("detail-type", "type"),
            ("detail", "data"),
            ("detail.a.b", "data.a.b"),
            ("resources", "eventbridge.resources"),
            ("source", "source"),
            ("details", "details"),
            ("detail-typed", "detail-typed"),
        ] {
            assert_eq!(View::Event.locate(theirs), ours);
            assert_eq!(View::Raw.locate(theirs), theirs);
        }
    }
}
