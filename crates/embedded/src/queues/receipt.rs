//! Receipts: the handle of one receive of one message.

use super::QueueError;

/// Which message was received, and for which time; an older receive has an older receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub queue: u32,
    pub sequence: u64,
    pub receive_count: u32,
}

impl Receipt {
    /// The text that a receiver gets; its form is nobody else's affair.
    pub fn text(&self) -> String {
        format!("{:08x}{:016x}{:08x}", self.queue, self.sequence, self.receive_count)
    }

    /// Reads a receipt of the queue with this number.
    ///
    /// # Errors
    /// [`ReceiptInvalid`](QueueError::ReceiptInvalid).
    pub fn parse(text: &str, queue: u32) -> Result<Self, QueueError> {
        let receipt = Self::read(text).ok_or(QueueError::ReceiptInvalid)?;
        (receipt.queue == queue).then_some(receipt).ok_or(QueueError::ReceiptInvalid)
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        Some(Self {
            queue: u32::from_str_radix(text.get(..8)?, 16).ok()?,
            sequence: u64::from_str_radix(text.get(8..24)?, 16).ok()?,
            receive_count: u32::from_str_radix(text.get(24..)?, 16).ok()?,
        })
    }
}
