//! The identity policy of the functions' roles.

use crate::stack::Stack;
use crate::statement::{Statement, document};
use crate::{Function, duties};
use eventyard_rules::RuleSet;
use serde_json::Value;

/// The policy of one function's role, or of one role that all functions share.
///
/// Names become `Fn::Sub` ARNs where the stack's account is not known. No action and no resource holds `*`.
#[must_use]
pub fn identity(rules: &RuleSet, stack: &Stack, function: Option<Function>) -> Value {
    let statements = match function {
        Some(function) => duties::statements(function, rules, stack),
        None => duties::all_statements(rules, stack),
    };
    document(statements.iter().map(Statement::to_json).collect())
}
