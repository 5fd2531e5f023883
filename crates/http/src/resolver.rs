//! Name resolution behind the guard.
//!
//! In: the name of a host, at the moment of connecting. Out: its addresses, all of them checked; the
//! client connects to these and to no others, so a name has no second chance to answer.

use crate::guard::{Guard, Reach};
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Where the addresses of a name come from.
pub trait Resolver: Send + Sync {
    /// All addresses of a host name.
    ///
    /// # Errors
    /// What the resolver says when it has none.
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver as the HTTP client wants it, that answers only what the guard allows.
pub(crate) struct GuardedResolver {
    pub(crate) inner: Arc<dyn Resolver>,
    pub(crate) guard: Guard,
    pub(crate) reach: Reach,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (inner, guard, reach) = (Arc::clone(&self.inner), self.guard.clone(), self.reach);
        Box::pin(async move {
            let addresses = inner.resolve(name.as_str()).await?;
            guard.check_resolved(name.as_str(), addresses.iter().copied(), reach)?;
            // Port 0 stands for the port of the URL.
            let sockets = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}
