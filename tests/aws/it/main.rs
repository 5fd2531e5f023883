//! The bus on LocalStack, end to end.

mod sqs;
