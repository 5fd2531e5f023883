//! Queue URLs: `http://HOST/000000000000/NAME`.

use crate::queues::QueueName;

/// The account of every embedded queue.
pub(crate) const ACCOUNT: &str = "000000000000";

/// The URL of a queue on the listener that the caller reached under `authority` (host and port).
pub(crate) fn of(authority: &str, name: &QueueName) -> String {
    format!("http://{authority}/{ACCOUNT}/{name}")
}

/// The queue that a URL names; a bare name is taken too. None when it is neither.
pub(crate) fn name(url: &str) -> Option<QueueName> {
    let Some((_, rest)) = url.split_once("://") else { return url.parse().ok() };
    let (_, path) = rest.split_once('/')?;
    let (_, name) = path.split_once('/')?;
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{name, of};

    #[test]
    fn a_url_names_the_queue_it_was_made_of_whatever_the_host() {
        let queue = "warehouse.fifo".parse().unwrap();
        let url = of("127.0.0.1:4400", &queue);
        assert_eq!(url, "http://127.0.0.1:4400/000000000000/warehouse.fifo");
        assert_eq!(name(&url), Some(queue.clone()));
        assert_eq!(
            name("https://sqs.eu-west-1.amazonaws.com/111122223333/warehouse.fifo"),
            Some(queue)
        );
        assert_eq!(name("payments").unwrap().as_str(), "payments");
        for bad in ["http://127.0.0.1:4400", "http://127.0.0.1:4400/payments", "a b", ""] {
            assert_eq!(name(bad), None, "{bad}");
        }
    }
}
