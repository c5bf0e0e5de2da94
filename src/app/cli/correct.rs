//! `correct`: one letter more to everyone who got a wrong one.

use super::args::Correct;
use super::{Failure, code, house, out, which};
use crate::app::clock;
use crate::app::correct::{self, Correction};
use crate::config::Settings;
use crate::domain::letter::correction::Statement;

pub(super) fn run(ask: &Correct, settings: &Settings) -> Result<u8, Failure> {
    let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let right = Statement { serbian: said(&ask.right), english: said(&ask.right_en) };
    if right == Statement::default() {
        let hint = "say in --right what is right; readers get it as you write it";
        return Err(Failure::new("nothing is said to be right", hint).with_code(code::USAGE));
    }
    let wrong = Statement { serbian: said(&ask.wrong), english: said(&ask.wrong_en) };
    let correction = Correction { no_agreement: false, wrong, right };
    let (history, mut roster) = (house::read_history(settings)?, house::write_roster(settings)?);
    let bill_id = which::bill(&history, &ask.bill)?;
    let owed = correct::owe(settings, &history, &mut roster, bill_id, &correction, ask.dry_run, clock::now())?;
    out::line(&format!("{}{}", told(owed), if ask.dry_run { "; this was a dry run, and nothing is owed" } else { "" }));
    Ok(0)
}

/// How many corrections are owed, in words.
pub(super) fn told(owed: usize) -> String {
    match owed {
        0 => "no letter is owed: nobody who gets letters was told of it, or those who were have this correction already".to_owned(),
        1 => "a correction is owed to 1 reader, and leaves with the next delivery".to_owned(),
        many => format!("a correction is owed to {many} readers, and leaves with the next delivery"),
    }
}
