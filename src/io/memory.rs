//! Gives memory back to the system when a round is over: what the allocator keeps of freed memory, and the pages of the program itself that
//! the daemon will not need for half an hour; and has it kept in a process that is to end soon.
//!
//! Never decides when: a command at its start and the daemon's tasks do. Where the system is not Linux with glibc, it does nothing.

/// For a process that looks once and ends: pages of parliament and what is made of them, up to a few megabytes each, are put where the last ones
/// were. By itself the allocator maps each anew, and the kernel has to clear and count its every page; a daemon that rests wants that.
pub fn prepare() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    linux::prepare();
}

/// Returns freed memory, and lets go of the program's own code; what is needed again comes back from the page cache by itself.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    linux::give_back();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linux {
    use std::ops::Range;

    /// Blocks beyond this are mapped, and unmapped when they are freed.
    const MAPPED_FROM: libc::c_int = 8 * 1024 * 1024;
    /// As much may lie freed at the end of the heap.
    const FREED_MAX: libc::c_int = 4 * MAPPED_FROM;

    #[allow(unsafe_code)] // the only calls outside Rust in this crate, with those below; nobody keeps up a safe wrapper of any
    pub fn prepare() {
        // SAFETY: mallopt takes no pointer; a value it does not like it refuses (mallopt(3)).
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_FROM);
            libc::mallopt(libc::M_TRIM_THRESHOLD, FREED_MAX);
        }
    }

    #[allow(unsafe_code)] // as above
    pub fn give_back() {
        // SAFETY: malloc_trim takes no pointer, touches freed chunks alone, and is thread-safe (malloc_trim(3)).
        unsafe {
            libc::malloc_trim(0);
        }
        for Range { start, end } in own_code() {
            // SAFETY: the range is a private, executable, never writable mapping of our own program file: its pages are clean, and one that
            // is dropped is read again from the file at the next touch (madvise(2), MADV_DONTNEED). A refusal changes nothing.
            unsafe {
                libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_DONTNEED);
            }
        }
    }

    /// Where the program's code is mapped, as the kernel tells it (proc_pid_maps(5)): executable and not writable, from the program's file.
    fn own_code() -> Vec<Range<usize>> {
        let Ok(program) = std::fs::read_link("/proc/self/exe") else { return Vec::new() };
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        maps.lines().filter(|line| line.ends_with(&*program.to_string_lossy())).filter_map(code).collect()
    }

    /// The addresses of a line such as `55d0c7a00000-55d0c8600000 r-xp 00500000 08:01 1234 /usr/bin/potvrda`.
    fn code(line: &str) -> Option<Range<usize>> {
        let (addresses, rest) = line.split_once(' ')?;
        if !rest.starts_with("r-xp ") {
            return None;
        }
        let (start, end) = addresses.split_once('-')?;
        Some(usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_code_that_nobody_can_write_is_let_go() {
            assert_eq!(code("1000-3000 r-xp 00500000 08:01 1234    /usr/bin/potvrda"), Some(0x1000..0x3000));
            for data in
                ["1000-3000 rw-p 0 08:01 1 /usr/bin/potvrda", "1000-3000 r--p 0 08:01 1 /usr/bin/potvrda", "1000-3000 rwxp 0 0:0 0 x", ""]
            {
                assert_eq!(code(data), None, "{data}");
            }
        }

        #[test]
        fn a_program_that_gave_its_memory_back_goes_on() {
            assert!(!own_code().is_empty());
            let before: String = (0..1_000).map(|n| n.to_string()).collect();
            give_back();
            assert_eq!(before, (0..1_000).map(|n| n.to_string()).collect::<String>());
        }
    }
}
