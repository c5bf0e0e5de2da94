//! The pages.

use anyhow::Result;

use crate::app::daemon::{House, stopped};

/// Serves the pages until told to stop.
pub async fn run(mut house: House) -> Result<()> {
    stopped(&mut house.stop).await;
    Ok(())
}
