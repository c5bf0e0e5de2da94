//! What a round has found and not told yet, and how long it may wait for the rest of the round.
//!
//! Never tells: it says when, and lets the caller.

use std::pin::pin;
use std::time::Duration;

use crate::app::blocking::block_in_place;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

/// What a round finds is told so long after it began, at the latest, whatever its other sources do: a site that hangs behind its first page
/// keeps no alert.
const TOLD_WITHIN: Duration = Duration::from_secs(50);

/// One turn to hear of what arrived, one for whoever waits for it to take it; and one more.
const TURNS: usize = 3;

/// What a round has found and not told yet.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    until: Instant,
    found: bool,
}

impl Waiting {
    /// Of a round that began then: nothing.
    pub fn since(began: Instant) -> Self {
        Waiting { until: began + TOLD_WITHIN, found: false }
    }

    /// A look found changes; they wait for the end of the round, or for their hour.
    pub fn found(&mut self, changes: usize) {
        self.found |= changes > 0;
    }

    /// Goes on with a look. What the looks before it found is told as soon as its time is up, in the middle of this one if it must be.
    ///
    /// # Errors
    /// Those of the telling; the look is given up then, and nothing of it is remembered.
    pub async fn over<T, E>(&mut self, look: impl Future<Output = T>, tell: &mut (dyn FnMut() -> Result<(), E> + Send)) -> Result<T, E> {
        let mut look = pin!(look);
        if self.found {
            tokio::select! {
                biased;
                done = &mut look => return Ok(done),
                () = sleep_until(self.until) => {}
            }
            self.found = false;
            block_in_place(tell)?;
            // Where there is one thread, nothing was taken from the network meanwhile: it is, before the look asks how late it is.
            for _ in 0..TURNS {
                yield_now().await;
            }
        }
        Ok(look.await)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn block<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn what_was_found_is_told_while_the_next_source_hangs() {
        block(async {
            let mut waiting = Waiting { until: Instant::now() + Duration::from_millis(50), found: false };
            let mut told = 0;
            let mut tell = || {
                told += 1;
                Ok::<_, ()>(())
            };
            let (end, hanging) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(300)).await;
                end.send("found at last")
            });
            assert_eq!(waiting.over(async { "nothing found yet" }, &mut tell).await, Ok("nothing found yet"));
            waiting.found(2);
            assert_eq!(waiting.over(async { "in time" }, &mut tell).await, Ok("in time"), "one letter for all of a round");
            assert_eq!(waiting.over(async { hanging.await.unwrap() }, &mut tell).await, Ok("found at last"));
            assert_eq!(waiting.over(async { "once" }, &mut tell).await, Ok("once"));
            waiting.found(1);
            let late = waiting.over(tokio::time::sleep(Duration::from_millis(50)), &mut tell).await;
            assert_eq!((late, told), (Ok(()), 2), "after its hour nothing waits for another source");
        });
    }

    #[test]
    fn an_answer_that_came_while_others_were_told_is_not_late() {
        let alone = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        alone.block_on(async {
            let site = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let mut there = tokio::net::TcpStream::connect(site.local_addr().unwrap()).await.unwrap();
            let (answered, answer) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                let mut byte = [0];
                tokio::io::AsyncReadExt::read_exact(&mut there, &mut byte).await.unwrap();
                answered.send(byte).unwrap();
            });
            let mut waiting = Waiting { until: Instant::now(), found: true };
            let mut tell = || {
                std::io::Write::write_all(&mut site.accept().unwrap().0, b"!").unwrap();
                std::thread::sleep(Duration::from_millis(100));
                Ok::<_, ()>(())
            };
            let look = tokio::time::timeout(Duration::from_millis(50), answer);
            assert_eq!(waiting.over(look, &mut tell).await.unwrap().unwrap().unwrap(), *b"!");
        });
    }
}
