//! The stories: the program and its parts, driven from outside against real servers on loopback and real files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a story that cannot go on fails

mod answers;
mod commands;
mod fetching;
mod harness;
mod house;
mod polling;
mod server;
mod sittings;
mod watch;
mod web;
