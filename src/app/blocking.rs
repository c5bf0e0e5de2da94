//! Work that blocks, in the middle of what is asynchronous.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Does what blocks where it stands. A daemon's other tasks go on meanwhile; a command that looks once has none, and one thread.
pub fn block_in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::CurrentThread) => work(),
        _ => tokio::task::block_in_place(work),
    }
}
