//! `run`: the daemon.

use std::time::Duration;

use super::{Failure, code, house, poll};
use crate::app::daemon::{self, End};
use crate::config::Settings;
use crate::domain::agreement;

/// Once every task was given its time, threads that still wait for a mail server are left behind: nothing they hold is lost.
const LEAVE_BEHIND: Duration = Duration::from_millis(200);

pub(super) fn run(settings: Settings, reload: impl Fn() -> anyhow::Result<Settings>) -> Result<u8, Failure> {
    let _lock = house::lock(&settings)?;
    drop(poll::told_if_full(house::open_or_make(&settings), &settings)?);
    // Read here once, so that what stays for good does not lie among what a round gives back.
    agreement::warm();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(anyhow::Error::from)?;
    let end = runtime.block_on(daemon::run(settings, reload));
    runtime.shutdown_timeout(LEAVE_BEHIND);
    match end? {
        End::Stopped => Ok(0),
        End::Died(task, error) => {
            let failure = Failure::from(error.context(format!("the task \"{task}\" died")));
            // A database that cannot be read is 74; anything else that ends a task is a bug.
            Err(if failure.code == code::FAILED { failure.with_code(code::TASK_DIED) } else { failure })
        }
    }
}
