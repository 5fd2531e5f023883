//! Who may talk to the listener: programs of this machine, not pages of strangers in its browser.
//!
//! In: the headers of a request to a loopback listener. Out: leave to go on, or a refusal. A name that was
//! rebound to 127.0.0.1 shows in `Host`, a page of another site in `Origin`. A listener on
//! another address was opened on purpose and is not restricted.

use axum::http::{HeaderMap, StatusCode, header};
use eventyard_binding::Refusal;
use std::net::IpAddr;

/// Checks `Host` and `Origin` of a request that came in on a loopback listener.
///
/// # Errors
/// 403 with the reason; the request has had no effect.
pub(crate) fn check(headers: &HeaderMap, authority: Option<&str>) -> Result<(), Refusal> {
    let host = headers.get(header::HOST).map(|value| value.to_str().unwrap_or_default());
    match authority.or(host) {
        Some(host) if is_this_machine(host) => {}
        _ => return Err(refusal("HostRefused", "the `Host` header does not name this machine")),
    }
    match headers.get(header::ORIGIN).map(|value| value.to_str().unwrap_or_default()) {
        None => Ok(()),
        Some(origin) if is_this_machine(without_scheme(origin)) => Ok(()),
        Some(_) => Err(refusal("OriginRefused", "the request comes from a page of another site")),
    }
}

fn refusal(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, code, message)
        .help("only programs and pages of this machine may use a bus that listens on loopback")
}

fn without_scheme(origin: &str) -> &str {
    origin.strip_prefix("http://").or(origin.strip_prefix("https://")).unwrap_or_default()
}

/// Whether `host[:port]` is a loopback address or `localhost` itself. Subdomains of `localhost`
/// are left out: browsers resolve them without asking, but a page could have been served there.
fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{check, is_this_machine};
    use axum::http::HeaderMap;

    #[test]
    fn only_loopback_names_and_addresses_are_this_machine() {
        for host in ["localhost", "LOCALHOST:4400", "127.0.0.1:4400", "127.9.9.9", "[::1]:4400"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:4400",
            "10.0.0.1",
            "",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[track_caller]
    fn outcome(host: &str, origin: Option<&str>) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        check(&headers, None).err().map(|refusal| refusal.code)
    }

    #[test]
    fn a_rebound_name_and_a_strange_page_are_refused() {
        assert_eq!(outcome("127.0.0.1:4400", None), None);
        assert_eq!(outcome("localhost:4400", Some("http://localhost:3000")), None);
        assert_eq!(outcome("evil.example:4400", None), Some("HostRefused"));
        assert_eq!(outcome("127.0.0.1", Some("https://evil.example")), Some("OriginRefused"));
        assert_eq!(outcome("127.0.0.1", Some("null")), Some("OriginRefused"));
    }
}
