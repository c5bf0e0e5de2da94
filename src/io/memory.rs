//! Gives memory back to the system when a round is over: what the allocator keeps of freed memory, and the pages of the program itself that
//! the daemon will not need for half an hour; and has it kept in a process that is to end soon.
//!
//! Never decides when: a command at its start and the daemon's tasks do. Where the system is not Linux with glibc, it does nothing.

/// For every process, before it has threads: they take memory from one heap. By itself the allocator gives each its own, and what one of them
/// frees, the others never use: a fifth of what an idle daemon holds.
pub fn share() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    linux::share();
}

/// For a process that looks once and ends: pages of parliament and what is made of them, up to a few megabytes each, are put where the last ones
/// were, in a heap that the kernel gives in large pages where it has them. By itself the allocator maps each block anew, and the kernel has to
/// count and clear its every small page; a daemon that rests wants that.
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
    /// So much the heap grows by when it grows: addresses alone, until they are touched.
    const GROWN_BY: libc::c_int = 2 * MAPPED_FROM;
    /// More than is free at the heap's end when a program begins.
    const NOT_THERE: usize = 256 * 1024;
    /// Every poll takes as much, and the heap's beginning is no large page: it is given at once, and not in three hundred faults.
    const TAKEN_ANYWAY: usize = 1024 * 1024;

    #[allow(unsafe_code)] // the only calls outside Rust in this crate, with those below; nobody keeps up a safe wrapper of any
    pub fn share() {
        // SAFETY: mallopt takes no pointer; a value it does not like it refuses (mallopt(3)).
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, 1);
        }
    }

    #[allow(unsafe_code)] // as above
    pub fn prepare() {
        // SAFETY: as above.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_FROM);
            libc::mallopt(libc::M_TRIM_THRESHOLD, FREED_MAX);
            libc::mallopt(libc::M_TOP_PAD, GROWN_BY);
        }
        // The heap grows now, once and for all that a poll takes. By little: what is touched before the advice stays in small pages.
        drop(std::hint::black_box(Vec::<u8>::with_capacity(NOT_THERE)));
        for Range { start, end } in mapped("[heap]", "rw-p ") {
            let begins = start as *mut libc::c_void;
            // SAFETY: the range is mapped and writable; the first advice changes the size of pages that are not there yet, the second has the
            // kernel clear such pages now: neither changes content (madvise(2), MADV_HUGEPAGE, MADV_POPULATE_WRITE). A refusal changes nothing.
            unsafe {
                libc::madvise(begins, end - start, libc::MADV_HUGEPAGE);
                libc::madvise(begins, TAKEN_ANYWAY.min(end - start), libc::MADV_POPULATE_WRITE);
            }
        }
    }

    #[allow(unsafe_code)] // as above
    pub fn give_back() {
        // SAFETY: malloc_trim takes no pointer, touches freed chunks alone, and is thread-safe (malloc_trim(3)).
        unsafe {
            libc::malloc_trim(0);
        }
        let Ok(program) = std::fs::read_link("/proc/self/exe") else { return };
        for Range { start, end } in mapped(&program.to_string_lossy(), "r-xp ") {
            // SAFETY: the range is a private, executable, never writable mapping of our own program file: its pages are clean, and one that
            // is dropped is read again from the file at the next touch (madvise(2), MADV_DONTNEED). A refusal changes nothing.
            unsafe {
                libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_DONTNEED);
            }
        }
    }

    /// Where something is mapped with these rights, as the kernel tells it (proc_pid_maps(5)).
    fn mapped(what: &str, rights: &str) -> Vec<Range<usize>> {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        maps.lines().filter(|line| line.ends_with(what)).filter_map(|line| range(line, rights)).collect()
    }

    /// The addresses of a line such as `55d0c7a00000-55d0c8600000 r-xp 00500000 08:01 1234 /usr/bin/potvrda`.
    fn range(line: &str, rights: &str) -> Option<Range<usize>> {
        let (addresses, rest) = line.split_once(' ')?;
        if !rest.starts_with(rights) {
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
            assert_eq!(range("1000-3000 r-xp 00500000 08:01 1234    /usr/bin/potvrda", "r-xp "), Some(0x1000..0x3000));
            for data in
                ["1000-3000 rw-p 0 08:01 1 /usr/bin/potvrda", "1000-3000 r--p 0 08:01 1 /usr/bin/potvrda", "1000-3000 rwxp 0 0:0 0 x", ""]
            {
                assert_eq!(range(data, "r-xp "), None, "{data}");
            }
        }

        #[test]
        fn a_program_that_prepared_its_memory_and_gave_it_back_goes_on() {
            let program = std::fs::read_link("/proc/self/exe").unwrap();
            assert!(!mapped(&program.to_string_lossy(), "r-xp ").is_empty() && !mapped("[heap]", "rw-p ").is_empty());
            let before: String = (0..1_000).map(|n| n.to_string()).collect();
            share();
            prepare();
            give_back();
            assert_eq!(before, (0..1_000).map(|n| n.to_string()).collect::<String>());
        }
    }
}
