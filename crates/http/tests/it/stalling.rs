//! Receivers that take the connection and never come to an end.

use crate::receiver::{cause, impatient, outgoing, sender, settings};
use eventyard_bus::Sent;
use eventyard_http::Settings;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Writes `head`, then `more` again and again; tells when the bus has cut the connection.
async fn stub(head: &'static [u8], more: &'static [u8]) -> (String, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let cut = Arc::new(Notify::new());
    let telling = Arc::clone(&cut);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(pour(stream, head, more, Arc::clone(&telling)));
        }
    });
    (url, cut)
}

async fn pour(mut stream: TcpStream, head: &[u8], more: &[u8], cut: Arc<Notify>) {
    // An answer before the question would be a protocol error, which is another test.
    let asked = stream.read(&mut [0; 4096]).await;
    if asked.is_err() || stream.write_all(head).await.is_err() {
        return;
    }
    if more.is_empty() {
        // Holds the connection without a word.
        std::future::pending::<()>().await;
    }
    while stream.write_all(more).await.is_ok() {}
    cut.notify_one();
}

#[tokio::test]
async fn a_receiver_that_never_answers_is_left_and_tried_again() {
    for head in ["", "HTTP/1.1 200 OK\r\nx-slow: "] {
        let (url, _) = stub(head.as_bytes(), b"").await;
        let sent = sender(impatient()).send(&outgoing(&url)).await;
        assert!(matches!(sent, Sent::Retry { .. }), "{sent:?}");
        let cause = cause(sent);
        assert_eq!(cause.code, "Timeout");
        assert_eq!(cause.message, "`127.0.0.1` did not answer in time");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_and_its_status_counts() {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";
    const BUSY: &[u8] = b"HTTP/1.1 503 Busy\r\ncontent-type: text/plain\r\n\r\n";
    // The cap ends it: nothing else would, since the clock has hours left.
    let patient = Settings { drain: std::time::Duration::from_secs(3600), ..settings() };
    let (url, cut) = stub(OK, &[b'x'; 16 * 1024]).await;
    let sent = sender(patient).send(&outgoing(&url)).await;
    assert!(matches!(sent, Sent::Delivered), "{sent:?}");
    cut.notified().await;
    // The clock ends it: the body never reaches the cap.
    let short = Settings { drain: std::time::Duration::from_millis(50), ..settings() };
    let (url, _) = stub(BUSY, b"").await;
    let sent = sender(short).send(&outgoing(&url)).await;
    assert_eq!(cause(sent).code, "Http503");
}

#[tokio::test]
async fn a_closed_port_and_a_broken_connection_are_passing_failures() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let gone = tokio::spawn(async move { drop(listener.accept().await) });
    let sent = sender(settings()).send(&outgoing(&url)).await;
    assert_eq!(cause(sent).code, "ConnectionLost");
    gone.await.unwrap();
    let sent = sender(settings()).send(&outgoing(&url)).await;
    let cause = cause(sent);
    assert_eq!(cause.code, "ConnectFailed");
    assert_eq!(cause.message, "no connection to `127.0.0.1`: connection refused");
}
