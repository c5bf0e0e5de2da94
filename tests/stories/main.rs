#![allow(clippy::unwrap_used)]
mod commands;
