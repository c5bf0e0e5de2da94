//! The stories: the program and its parts, driven from outside against real servers on loopback and real files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a story that cannot go on fails

mod answers;
mod commands;
mod daemon;
mod fetching;
mod harness;
mod house;
mod layers;
mod polling;
mod readme;
mod sending;
mod server;
mod simulation;
mod sittings;
mod watch;
mod web;
mod words;
