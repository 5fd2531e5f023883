//! What the environment says, and where things lie.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// Which LocalStack is wanted.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// The one at this URL.
    Given(String),
    /// One in Docker.
    Docker,
    /// Plain processes.
    Process,
    /// In Docker where an engine answers, else plain processes.
    Any,
}

/// Which LocalStack, and where.
#[derive(Debug)]
pub struct Settings {
    /// Which LocalStack.
    pub kind: Kind,
    /// Its port on this machine, at most 65532; does not matter for one that is given.
    pub port: u16,
}

impl Settings {
    /// Reads `EVENTYARD_LOCALSTACK` and `EVENTYARD_LOCALSTACK_PORT`.
    ///
    /// # Errors
    /// When one of them is neither empty nor understood.
    pub fn from_environment() -> Result<Self> {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let kind = parse_kind(read("EVENTYARD_LOCALSTACK").as_deref())?;
        let port = read("EVENTYARD_LOCALSTACK_PORT").unwrap_or_else(|| "4566".to_owned());
        // DynamoDB Local has the third port after it.
        let port: u16 = port.parse().context("EVENTYARD_LOCALSTACK_PORT is no port")?;
        port.checked_add(3).context("EVENTYARD_LOCALSTACK_PORT is above 65532")?;
        Ok(Self { kind, port })
    }

    /// The URL of LocalStack on this machine.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port of DynamoDB Local behind LocalStack.
    pub(crate) const fn dynamodb_port(&self) -> u16 {
        self.port + 3
    }

    /// The folder of everything that is installed.
    pub(crate) fn home(&self) -> PathBuf {
        source().with_file_name("target").join("localstack")
    }

    /// The folder of everything that is written by the LocalStack on this port.
    pub(crate) fn folder(&self) -> PathBuf {
        self.home().join(self.port.to_string())
    }

    /// What LocalStack and its children say.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder().join("localstack.log")
    }
}

/// The folder of this crate, which has the plug-in and the compose file.
pub(crate) fn source() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn parse_kind(text: Option<&str>) -> Result<Kind> {
    Ok(match text {
        None => Kind::Any,
        Some("docker") => Kind::Docker,
        Some("process") => Kind::Process,
        Some(url) if url.starts_with("http://") => {
            Kind::Given(url.trim_end_matches('/').to_owned())
        }
        Some(other) => bail!(
            "EVENTYARD_LOCALSTACK is `{other}`: wanted `docker`, `process` or the URL of a LocalStack, such as \
http://127.0.0.1:4566"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_a_word_or_a_url() {
        assert_eq!(parse_kind(None).unwrap(), Kind::Any);
        assert_eq!(parse_kind(Some("process")).unwrap(), Kind::Process);
        let given = parse_kind(Some("http://ci:4566/")).unwrap();
        assert_eq!(given, Kind::Given("http://ci:4566".to_owned()));
        assert!(parse_kind(Some("podman")).unwrap_err().to_string().contains("`podman`"));
    }
}
