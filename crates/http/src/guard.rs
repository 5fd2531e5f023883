//! The wall between a rules file and the network the bus runs in (SSRF).
//!
//! In: the URL of a target and the addresses its name resolves to. Out: leave to connect, or the reason why
//! not. A URL with a literal address is judged here, because no resolver ever sees it; a name is
//! judged by every address it has, at the moment of connecting, so that a name that changes its
//! answer between check and use gains nothing.

use eventyard_rules::refused_address;
use std::net::IpAddr;
use url::{Host, Url};

/// What the guard lets through.
#[derive(Debug, Clone)]
pub struct Guard {
    /// Whether `http` and `https` to the machine itself are allowed; for development only.
    pub allow_loopback: bool,
    /// Hosts with their ports that are never called, whatever else is allowed: on Lambda the
    /// runtime API, which hands out events, and the extensions' secrets cache.
    pub denied: Vec<(String, u16)>,
}

impl Default for Guard {
    fn default() -> Self {
        Self { allow_loopback: false, denied: vec![("localhost".to_owned(), 2773)] }
    }
}

/// Where a connection may lead, by the scheme of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// `https`: any public address, and loopback where it is allowed.
    Public,
    /// `http`: the machine itself and nothing else.
    Loopback,
}

/// Why the guard refused a target; a text that may stand in a park reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The rendered text is not a URL.
    #[error("the target's URL is not valid: {reason}")]
    NotAUrl {
        /// What the URL parser says; it never quotes the text.
        reason: String,
    },
    /// Another scheme than `https`, or `http` to a place that is not this machine.
    #[error("scheme `{scheme}` is refused for host `{host}`: only https is sent outside")]
    Scheme {
        /// The scheme of the URL.
        scheme: String,
        /// The host of the URL, without port and path.
        host: String,
    },
    /// The URL carries a user name or a password.
    #[error("credentials in the URL of host `{host}` are refused")]
    Credentials {
        /// The host of the URL.
        host: String,
    },
    /// The host is, or resolves to, an address inside.
    #[error("host `{host}` is refused: address {address} is {kind}")]
    Address {
        /// The host as the URL names it.
        host: String,
        /// The address that decided.
        address: IpAddr,
        /// What kind of address it is, such as `link-local`.
        kind: &'static str,
    },
    /// The host and port stand on the list of denied places.
    #[error("host `{host}` on port {port} is refused: it belongs to the runtime")]
    Denied {
        /// The host of the URL.
        host: String,
        /// The port of the URL.
        port: u16,
    },
}

impl Guard {
    /// Parses a rendered URL and checks all that can be known before its name is resolved.
    ///
    /// # Errors
    /// [`Refusal`] with the reason; nothing was resolved or connected.
    pub fn check_url(&self, text: &str) -> Result<(Url, Reach), Refusal> {
        let url = Url::parse(text).map_err(|e| Refusal::NotAUrl { reason: e.to_string() })?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials { host });
        }
        let reach = match url.scheme() {
            "https" => Reach::Public,
            "http" if self.allow_loopback => Reach::Loopback,
            scheme => return Err(Refusal::Scheme { scheme: scheme.to_owned(), host }),
        };
        self.check_denied(&url, &host)?;
        if let Some(address) = literal(&url) {
            self.check_address(&host, address, reach)?;
        }
        Ok((url, reach))
    }

    /// Checks every address that a name resolved to; one bad address refuses the name.
    ///
    /// # Errors
    /// [`Refusal::Address`] or [`Refusal::Scheme`]; nothing was connected.
    pub fn check_resolved(
        &self,
        host: &str,
        addresses: impl IntoIterator<Item = IpAddr>,
        reach: Reach,
    ) -> Result<(), Refusal> {
        addresses.into_iter().try_for_each(|address| self.check_address(host, address, reach))
    }

    fn check_address(&self, host: &str, address: IpAddr, reach: Reach) -> Result<(), Refusal> {
        let loopback = address.to_canonical().is_loopback();
        if loopback && self.allow_loopback {
            return Ok(());
        }
        if let Some(kind) = refused_address(address) {
            return Err(Refusal::Address { host: host.to_owned(), address, kind });
        }
        match reach {
            Reach::Public => Ok(()),
            Reach::Loopback => {
                Err(Refusal::Scheme { scheme: "http".to_owned(), host: host.to_owned() })
            }
        }
    }

    fn check_denied(&self, url: &Url, host: &str) -> Result<(), Refusal> {
        let port = url.port_or_known_default().unwrap_or_default();
        let is_local = is_this_machine(host) || literal(url).is_some_and(|a| a.is_loopback());
        let denied = self.denied.iter().any(|(name, denied_port)| {
            *denied_port == port
                && (name.eq_ignore_ascii_case(host) || is_local && is_this_machine(name))
        });
        if denied { Err(Refusal::Denied { host: host.to_owned(), port }) } else { Ok(()) }
    }
}

/// The address of a URL that names one instead of a host. WHATWG parsing has already turned
/// `2130706433`, `0x7f.1` and `127.1` into what a client connects to.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6).to_canonical()),
        Host::Domain(_) => None,
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Guard, Reach};

    #[track_caller]
    fn refused(guard: &Guard, url: &str, text: &str) {
        assert_eq!(guard.check_url(url).expect_err(url).to_string(), text, "{url}");
    }

    fn open() -> Guard {
        Guard { allow_loopback: true, ..Guard::default() }
    }

    #[test]
    fn a_literal_address_inside_is_refused_however_it_is_written() {
        for url in ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://127.0.0.1"]
        {
            let text = "host `127.0.0.1` is refused: address 127.0.0.1 is loopback";
            refused(&Guard::default(), url, text);
        }
        refused(
            &open(),
            "https://169.254.169.254/latest/meta-data",
            "host `169.254.169.254` is refused: address 169.254.169.254 is link-local",
        );
        refused(
            &open(),
            "https://[::ffff:10.0.0.1]/",
            "host `[::ffff:a00:1]` is refused: address 10.0.0.1 is private",
        );
        assert!(Guard::default().check_url("https://8.8.8.8/hook").is_ok());
    }

    #[test]
    fn plain_http_is_for_this_machine_in_development_only() {
        refused(
            &Guard::default(),
            "http://127.0.0.1:9000/",
            "scheme `http` is refused for host `127.0.0.1`: only https is sent outside",
        );
        refused(
            &open(),
            "http://8.8.8.8/",
            "scheme `http` is refused for host `8.8.8.8`: only https is sent outside",
        );
        assert_eq!(open().check_url("http://127.0.0.1:9000/").unwrap().1, Reach::Loopback);
        assert_eq!(open().check_url("https://[::1]:9000/").unwrap().1, Reach::Public);
    }

    #[test]
    fn credentials_other_schemes_and_texts_that_are_no_urls_are_refused_without_being_quoted() {
        let text = "credentials in the URL of host `partner.example` are refused";
        refused(&Guard::default(), "https://user:hunter2@partner.example/", text);
        refused(
            &Guard::default(),
            "ftp://partner.example/",
            "scheme `ftp` is refused for host `partner.example`: only https is sent outside",
        );
        refused(
            &Guard::default(),
            "hunter2",
            "the target's URL is not valid: relative URL without a base",
        );
    }

    #[test]
    fn the_places_of_the_runtime_are_refused_under_every_name() {
        let guard = Guard {
            allow_loopback: true,
            denied: vec![("127.0.0.1".to_owned(), 9001), ("localhost".to_owned(), 2773)],
        };
        for url in ["http://127.0.0.1:9001/", "http://localhost:9001/", "http://[::1]:2773/"] {
            assert!(guard.check_url(url).unwrap_err().to_string().ends_with("to the runtime"));
        }
        assert!(guard.check_url("http://localhost:9002/").is_ok());
    }

    #[test]
    fn one_address_inside_refuses_the_whole_name() {
        let both = ["93.184.216.34".parse().unwrap(), "10.0.0.7".parse().unwrap()];
        let error = Guard::default().check_resolved("partner.example", both, Reach::Public);
        assert_eq!(
            error.unwrap_err().to_string(),
            "host `partner.example` is refused: address 10.0.0.7 is private"
        );
        let guard = Guard::default();
        assert!(guard.check_resolved("partner.example", both[..1].to_vec(), Reach::Public).is_ok());
        assert!(open().check_resolved("x.example", both[..1].to_vec(), Reach::Loopback).is_err());
    }
}
