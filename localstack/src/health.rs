//! Whether a LocalStack answers: `GET /_localstack/health`.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// One of the services that must be there.
const NEEDED: &str = "dynamodb";
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether `url` is a LocalStack whose services are there. What does not answer, or answers otherwise, is not.
///
/// # Errors
/// When `url` is not `http://HOST:PORT`.
pub fn is_healthy(url: &str) -> Result<bool> {
    let authority = url.strip_prefix("http://").context("only http:// is supported")?;
    let Some(answer) = get(authority, "/_localstack/health") else { return Ok(false) };
    let state = answer["services"][NEEDED].as_str();
    Ok(state.is_some_and(|state| state == "available" || state == "running"))
}

/// The JSON at `path`, if there is any.
fn get(authority: &str, path: &str) -> Option<Value> {
    let address = authority.to_socket_addrs().ok()?.next()?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    // HTTP 1.0: the answer is not chunked, and ends with the connection.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {authority}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers one request with `body`.
    fn server(body: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            write!(stream, "HTTP/1.0 200 OK\r\n\r\n{body}").unwrap();
        });
        url
    }

    #[test]
    fn only_a_localstack_with_its_services_is_healthy() {
        assert!(is_healthy(&server(r#"{"services": {"dynamodb": "running"}}"#)).unwrap());
        assert!(!is_healthy(&server(r#"{"services": {"dynamodb": "error"}}"#)).unwrap());
        assert!(!is_healthy(&server("<html>some other server")).unwrap());
        assert!(!is_healthy("http://127.0.0.1:1").unwrap());
        assert!(is_healthy("https://127.0.0.1").is_err());
    }
}
