//! What YAML's own errors say to the user.
use granit_parser::{ErrorKind, ScanError};

/// How a filter is written so that YAML leaves it alone.
pub(crate) const BLOCK_HELP: &str =
    "write it as a block: `|` after the colon, and the text indented on the next line";

/// The message, without its code and place.
pub(super) fn message(error: &ScanError) -> String {
    let text = match error.kind() {
        _ if is_tab(error) => "tab used for indentation",
        ErrorKind::InvalidIndentation | ErrorKind::InvalidBlockScalarIndent => "bad indentation",
        ErrorKind::ExpectedBlockMappingKey => "expected a field of the mapping above here",
        ErrorKind::ExpectedBlockSequenceEntry => "expected an entry of the list above here",
        ErrorKind::MappingValueNotAllowed => "a second `:` on one line; is the text unquoted?",
        ErrorKind::ExpectedFlowMappingSeparator => "expected `,` or `}` here",
        ErrorKind::ExpectedFlowSequenceSeparator => "expected `,` or `]` here",
        ErrorKind::UnclosedQuotedScalar => "quote is never closed",
        ErrorKind::UnknownAnchor => "the anchor that this alias (`*`) names does not exist",
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => "text follows the closing quote",
        ErrorKind::DirectiveDisallowed => "directives (`%`) are not used in rules files",
        ErrorKind::UnexpectedCharacter { character } => {
            return format!("invalid YAML: text cannot begin with `{character}`");
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return format!("invalid YAML: `{open}` is never closed");
        }
        _ => return format!("invalid YAML: {}", error.info()),
    };
    format!("invalid YAML: {text}")
}

/// The way out, where there is one that is not evident.
pub(super) fn help(error: &ScanError) -> Option<&'static str> {
    match error.kind() {
        _ if is_tab(error) => Some("indent with spaces"),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            Some("inside `{ }` and `[ ]`, put text that holds brackets or commas in quotes")
        }
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::UnexpectedCharacter { .. }
        | ErrorKind::UnknownAnchor
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => Some(BLOCK_HELP),
        _ => None,
    }
}

/// Whether it is about a tab where spaces belong.
pub(super) fn is_tab(error: &ScanError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
    )
}

/// Whether it is the parser's own nesting limit.
pub(super) fn is_nesting(error: &ScanError) -> bool {
    matches!(error.kind(), ErrorKind::RecursionLimitExceeded)
}
