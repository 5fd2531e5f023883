//! What went through the proxy: names, sizes and fates, never a body.

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The service, as rules name it.
    pub service: String,
    /// The operation, as rules name it.
    pub operation: String,
    /// The size of the request's body.
    pub request_bytes: usize,
    /// What was answered; none where the connection was reset.
    pub status: Option<u16>,
    /// The place of the rule that applied.
    pub rule: Option<usize>,
}
