//! Clients by region: a target named by ARN or URL may live in another region than the bus.

use aws_config::{Region, SdkConfig};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The clients of one service.
pub(crate) struct PerRegion<C> {
    config: SdkConfig,
    make: fn(&SdkConfig) -> C,
    made: Mutex<HashMap<String, C>>,
}

impl<C: Clone> PerRegion<C> {
    pub(crate) fn new(config: &SdkConfig, make: fn(&SdkConfig) -> C) -> Self {
        Self { config: config.clone(), make, made: Mutex::default() }
    }

    /// The client for a region, or for the bus's own; made when first asked for.
    pub(crate) fn of(&self, region: Option<&str>) -> C {
        let own = self.config.region().map(Region::as_ref).unwrap_or_default();
        let region = region.unwrap_or(own);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let client = made.entry(region.to_owned()).or_insert_with(|| {
            let config = match region == own {
                true => self.config.clone(),
                false => self.config.to_builder().region(Region::new(region.to_owned())).build(),
            };
            (self.make)(&config)
        });
        client.clone()
    }
}
