//! A strict RFC 8259 reader into a settled, borrowed tree.
//!
//! Our own, because matching needs what general readers hide: numbers as written and compared by
//! exact decimal value, duplicate names settled once and counted, limits, and the byte offset of
//! every refusal. Strings without escapes borrow from the text.

mod checked;
mod convert;
mod decimal;
mod error;
mod number;
mod object;
mod parser;
mod scan;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use checked::{Checked, read};
pub use error::{JsonError, JsonErrorKind};
pub use number::Number;
pub use object::Object;
pub use parser::{Document, parse};
pub(crate) use parser::{Spanned, parse_spanned};
pub use value::Value;
pub(crate) use write::string as write_string;
