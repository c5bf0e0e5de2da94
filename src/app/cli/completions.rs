//! `completions` and `man`: for packagers.

use clap::CommandFactory;

use super::args::Potvrda;
use super::{Failure, out};

pub(super) fn completions(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Potvrda::command(), "potvrda", &mut script);
    out::print(&String::from_utf8_lossy(&script));
    Ok(0)
}

pub(super) fn man() -> Result<u8, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Potvrda::command()).render(&mut page).map_err(anyhow::Error::from)?;
    out::print(&String::from_utf8_lossy(&page));
    Ok(0)
}
