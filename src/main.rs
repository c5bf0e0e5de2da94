//! Turns a command's outcome into an exit code.

fn main() {}
