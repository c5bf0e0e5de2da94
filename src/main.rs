//! Turns a command's outcome into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    potvrda::app::cli::main()
}
