//! Turns a command's outcome into an exit code.

fn main() -> std::process::ExitCode {
    potvrda::app::cli::main()
}
