//! Gives freed memory back to the system: a daemon that sleeps between polls has no use for the room one page took.
//!
//! Never decides when: the daemon's tasks do, when a round is over.

/// Returns what the allocator keeps of freed memory. glibc alone keeps much of it; elsewhere this does nothing.
#[allow(unsafe_code)] // the one call outside Rust in this crate; no safe wrapper of malloc_trim(3) is kept up by anybody
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim takes no pointer, touches only freed chunks, and is thread-safe (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}
