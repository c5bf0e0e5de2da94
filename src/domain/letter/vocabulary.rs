//! The names a template may use: variables and their parts, sentences of `parts.txt`, filters and tests. Finds each that does not exist, in
//! whatever branch it stands, and the nearest that does.
//!
//! Never judges a sentence.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use minijinja::machinery::{Instruction, Instructions, get_compiled_template};
use minijinja::value::ValueKind;
use minijinja::{Environment, ErrorKind, Value};

use super::sample;
use super::told;
use super::words::{BUILT_IN, Fault, Words};

/// What templates of letters see; the values are explained in docs/letters.md.
const SEEN: [&str; 9] = ["v", "r", "d", "w", "b", "s", "c", "subject", "paragraphs"];
/// What the frame sees.
const FRAME: [&str; 4] = ["language", "subject", "preview", "blocks"];
/// Of the engine: what it counts among the names, and what a loop tells of itself.
const ENGINE: [&str; 14] = [
    "range",
    "namespace",
    "dict",
    "debug",
    "loop",
    "first",
    "last",
    "index",
    "index0",
    "length",
    "revindex",
    "previtem",
    "nextitem",
    "caller",
];

/// Every name that does not exist, in every template.
pub(super) fn faults(words: &Words) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for (name, _) in BUILT_IN {
        let engine = words.engine(name);
        let Ok(template) = engine.get_template(name) else { continue };
        let compiled = get_compiled_template(&template);
        let seen: &[&str] = if name.ends_with(".html") { &FRAME } else { &SEEN };
        let mut text = Text { name, engine, seen, undeclared: BTreeSet::new(), faults: &mut faults };
        if !name.ends_with("parts.txt") {
            let undeclared = template.undeclared_variables(false);
            text.undeclared = undeclared.into_iter().filter(|n| !seen.contains(&n.as_str()) && !ENGINE.contains(&n.as_str())).collect();
        }
        std::iter::once(&compiled.instructions).chain(compiled.blocks.values()).for_each(|part| text.read(part));
    }
    faults
}

/// The one of these that somebody most likely meant.
pub(super) fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &str| strsim::normalized_damerau_levenshtein(typed, name).max(strsim::jaro_winkler(typed, name) - 0.3);
    known.max_by(|a, b| near(a).total_cmp(&near(b)))
}

/// One template under the eye.
struct Text<'a> {
    name: &'a str,
    engine: &'a Environment<'static>,
    seen: &'a [&'a str],
    /// Names it uses, and neither defines nor is given.
    undeclared: BTreeSet<String>,
    faults: &'a mut Vec<Fault>,
}

impl Text<'_> {
    fn read(&mut self, part: &Instructions<'_>) {
        let mut at = 0;
        while let Some(instruction) = part.get(at) {
            let line = part.get_line(at);
            at += 1;
            match instruction {
                Instruction::Lookup(name) | Instruction::CallFunction(name, _) if self.undeclared.contains(*name) => {
                    self.unknown(line, "", name, nearest(name, self.seen.iter().copied()));
                }
                Instruction::GetAttr(name) | Instruction::CallMethod(name, _) if !is_part(name) => {
                    self.unknown(line, "", name, nearest(name, PARTS.iter().map(String::as_str)));
                }
                Instruction::ApplyFilter(name, ..) if self.lacks(&format!("{{{{ 1|{name} }}}}"), ErrorKind::UnknownFilter) => {
                    self.unknown(line, "filter ", name, nearest(name, FILTERS.iter().map(String::as_str)));
                }
                Instruction::PerformTest(name, ..) if self.lacks(&format!("{{{{ 1 is {name} }}}}"), ErrorKind::UnknownTest) => {
                    self.unknown(line, "test ", name, None);
                }
                _ => {}
            }
        }
    }

    /// The engine is asked itself: it knows what was built into it.
    fn lacks(&self, expression: &str, kind: ErrorKind) -> bool {
        self.engine.render_str(expression, ()).is_err_and(|error| error.kind() == kind)
    }

    fn unknown(&mut self, line: Option<usize>, sort: &str, name: &str, near: Option<&str>) {
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let fault = Fault { name: self.name.to_owned(), line, what: format!("there is no {sort}`{name}`{near}") };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

fn is_part(name: &str) -> bool {
    PARTS.contains(name) || ENGINE.contains(&name)
}

/// What can stand behind a point: the parts of all values that letters of every sort see, and the sentences that templates share.
static PARTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut parts = BTreeSet::new();
    // One of each sort is enough for the names of its parts.
    for (edition, reader) in sample::all().step_by(5) {
        if let Ok((_, _, seen)) = told(&edition, &reader) {
            gather(&seen, &mut parts);
        }
    }
    // What a value need not have, and the pieces of the frame, which no edition shows: those that the templates compiled in name.
    for (name, _) in BUILT_IN {
        built_in(name, |instruction| match instruction {
            Instruction::GetAttr(name) | Instruction::CallMethod(name, _) | Instruction::StoreLocal(name) => {
                parts.insert((*name).to_owned());
            }
            _ => {}
        });
    }
    parts
});

/// Filters worth proposing: those that the templates compiled in use.
static FILTERS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut filters = BTreeSet::new();
    for (name, _) in BUILT_IN {
        built_in(name, |instruction| {
            if let Instruction::ApplyFilter(name, ..) = instruction {
                filters.insert((*name).to_owned());
            }
        });
    }
    filters
});

fn built_in(name: &str, each: impl FnMut(&Instruction<'_>)) {
    let Ok(template) = Words::built_in().engine(name).get_template(name) else { return };
    let part = &get_compiled_template(&template).instructions;
    (0..).map_while(|at| part.get(at)).for_each(each);
}

/// The names of all parts of a value.
fn gather(value: &Value, parts: &mut BTreeSet<String>) {
    let Ok(items) = value.try_iter() else { return };
    for item in items {
        match value.kind() {
            ValueKind::Map => {
                parts.extend(item.as_str().map(str::to_owned));
                if let Ok(within) = value.get_item(&item) {
                    gather(&within, parts);
                }
            }
            ValueKind::Seq | ValueKind::Iterable => gather(&item, parts),
            _ => {}
        }
    }
}
