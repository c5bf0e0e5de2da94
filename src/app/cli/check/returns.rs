//! What can be seen of the way back: whether the Maildir can be read, how much of it waits for a person, and whose domain letters return to.

use super::Item;
use crate::config::{Settings, Transport};
use crate::io::maildir::{Maildir, MaildirError};

const RETURNS: &str = "bounces";
/// Nobody lets more lie before they look.
const LOOK: usize = 1_000;

pub(super) fn look(settings: &Settings) -> Vec<Item> {
    let mail = &settings.mail;
    let mut items = Vec::new();
    if let Some(path) = &mail.bounces {
        items.push(match Maildir::open(path).and_then(|maildir| Ok((maildir.waiting(LOOK)?.len(), maildir.count_aside()?))) {
            Ok((waiting, 0)) => Item::ok("mail", RETURNS, format!("{} can be read; {waiting} messages wait", path.display())),
            Ok((_, aside)) => Item::warning(
                "mail",
                RETURNS,
                format!("{} can be read; {aside} messages are for a person", path.display()),
                "read them with a mail program: they are unread and flagged (answers, reports nobody could tie to a letter)",
            ),
            Err(error) => Item::wrong("mail", RETURNS, error.to_string(), hint(&error)),
        });
    } else if mail.transport == Transport::Smtp && mail.return_path.is_none() {
        let hint = "set [mail] bounces and return_path (docs/operating.md, \"What comes back\"), or read the mailbox of mail.from yourself";
        items.push(Item::warning("mail", RETURNS, "reports of letters that could not be delivered are read by nobody here", hint));
    }
    let (from, back) = (mail.from.as_ref().map(|from| from.address().domain()), mail.return_path.as_ref().map(|path| path.domain()));
    if let (Some(from), Some(back)) = (from, &back)
        && !related(from, back)
    {
        let hint = "DMARC then rests on DKIM alone; a return path in the domain of mail.from lets SPF count too";
        items.push(Item::warning("mail", "return_path", format!("letters return to {back}, and are from {from}"), hint));
    }
    items
}

/// Whether one domain is the other, or stands below it.
fn related(one: &str, other: &str) -> bool {
    let below = |a: &str, b: &str| a == b || a.ends_with(&format!(".{b}"));
    below(one, other) || below(other, one)
}

fn hint(error: &MaildirError) -> &'static str {
    match error {
        MaildirError::NoMaildir { .. } => {
            "the first message that arrives makes it; or mend [mail] bounces: it names the folder that holds new and cur"
        }
        _ => "see that the user potvrda runs as may read and rename there; outside /var/lib/potvrda the unit needs ReadWritePaths=",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::super::State;
    use super::*;

    fn states(mail: &str) -> Vec<(String, State)> {
        let settings = Settings::parse(Path::new("t.toml"), &format!("[mail]\n{mail}\n")).unwrap();
        look(&settings).into_iter().map(|item| (item.name, item.state)).collect()
    }

    #[test]
    fn a_maildir_that_is_not_there_is_wrong_and_what_waits_for_a_person_is_said() {
        let at = tempfile::tempdir().unwrap();
        let path = format!("bounces = {:?}", at.path());
        let one = |state| vec![("bounces".to_owned(), state)];
        assert_eq!(states(&path), one(State::Wrong));
        for folder in ["new", "cur"] {
            std::fs::create_dir(at.path().join(folder)).unwrap();
        }
        assert_eq!(states(&path), one(State::Ok));
        std::fs::write(at.path().join("cur/1:2,F"), "x").unwrap();
        assert_eq!(states(&path), one(State::Warning));
    }

    #[test]
    fn a_return_path_in_another_domain_is_a_warning() {
        let warned = |path: &str| states(&format!("from = \"a@ngo.example\"\nreturn_path = {path:?}"));
        assert_eq!(warned("b+{token}@ngo.example"), []);
        assert_eq!(warned("{token}@back.ngo.example"), []);
        assert_eq!(warned("{token}@mango.example"), [("return_path".to_owned(), State::Warning)]);
    }

    #[test]
    fn that_nobody_reads_what_comes_back_is_said_where_letters_are_mailed() {
        assert_eq!(states("transport = \"folder\""), []);
        let smtp = "transport = \"smtp\"\nhost = \"localhost\"\nfrom = \"a@ngo.example\"";
        assert_eq!(states(smtp), [("bounces".to_owned(), State::Warning)]);
        assert_eq!(states(&format!("{smtp}\nreturn_path = \"a+{{token}}@ngo.example\"")), []);
    }
}
