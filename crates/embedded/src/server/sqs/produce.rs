//! `SendMessage` and `SendMessageBatch`.

use super::batch::{self, Entry};
use super::wire::{Checked, MESSAGE_BYTES_MAX, SendRequest};
use super::{Answer, Call, SqsError};
use crate::queues::{Enqueued, QueueName};
use serde_json::{Value, json};

impl Call<'_> {
    pub(super) async fn send(&self) -> Answer {
        let queue = self.queue().await?;
        let checked = self.read::<SendRequest>()?.check(queue.is_fifo())?;
        let sums = (checked.body_sum, checked.attributes_sum);
        let now = self.app.now();
        let sent = self.app.queues.send(&queue, vec![checked.message], now).await?;
        let enqueued = sent.into_iter().next().ok_or_else(|| SqsError::internal("no answer"))??;
        Ok(answer(&enqueued, sums, &queue))
    }

    pub(super) async fn send_batch(&self) -> Answer {
        let queue = self.queue().await?;
        let entries = batch::entries::<SendRequest>(self.body)?;
        let mut answers = batch::Answers::default();
        let (mut ids, mut messages, mut sums, mut bytes) = (vec![], vec![], vec![], 0);
        for Entry { id, request } in entries {
            match request.check(queue.is_fifo()) {
                Err(error) => answers.failed(&id, &error),
                Ok(Checked { message, body_sum, attributes_sum, bytes: own }) => {
                    bytes += own;
                    ids.push(id);
                    messages.push(message);
                    sums.push((body_sum, attributes_sum));
                }
            }
        }
        if bytes > MESSAGE_BYTES_MAX {
            return Err(SqsError::batch_too_long(bytes, MESSAGE_BYTES_MAX));
        }
        let sent = self.app.queues.send(&queue, messages, self.app.now()).await?;
        for ((id, sums), result) in ids.iter().zip(sums).zip(sent) {
            match result {
                Ok(enqueued) => answers.successful(id, answer(&enqueued, sums, &queue)),
                Err(error) => answers.failed(id, &error.into()),
            }
        }
        Ok(answers.into_json())
    }
}

fn answer(enqueued: &Enqueued, sums: (String, Option<String>), queue: &QueueName) -> Value {
    let (body, attributes) = sums;
    let mut answer = json!({ "MessageId": enqueued.message_id, "MD5OfMessageBody": body });
    if let Some(sum) = attributes {
        answer["MD5OfMessageAttributes"] = Value::String(sum);
    }
    if queue.is_fifo() {
        answer["SequenceNumber"] = Value::String(format!("{:020}", enqueued.sequence));
    }
    answer
}
