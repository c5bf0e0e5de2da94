//! The roads under way, each on a thread of its own: a message goes in, what became of it comes out.
//!
//! Never gives a road its next message of its own accord: the asker first writes down what became of the last one, and so a kill can
//! duplicate no more letters than there are roads. Never decides what an answer means.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crate::io::mail::{Carrier, MailError, Message, Road, Stage};

/// What became of a message: `Ok` where a server took it.
type Answer = Result<(), MailError>;

/// Several carriers on one road. `L` is what the asker knows a letter by.
pub(super) struct Carriers<L> {
    road: Road,
    most: usize,
    lines: Vec<Line<L>>,
    answers: Receiver<(usize, thread::Result<Answer>)>,
    /// Lent to every new line.
    answer: Sender<(usize, thread::Result<Answer>)>,
}

/// One thread with its carrier.
struct Line<L> {
    /// None once it is told to end.
    messages: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
    /// The letter under way.
    letter: Option<L>,
}

impl<L> Carriers<L> {
    /// At most so many, opened as they are needed.
    pub(super) fn new(road: Road, most: usize) -> Self {
        let (answer, answers) = channel();
        Carriers { road, most, lines: Vec::new(), answers, answer }
    }

    /// Whether a carrier is free.
    pub(super) fn has_room(&self) -> bool {
        self.under_way() < self.most
    }

    /// Whether nothing is under way.
    pub(super) fn are_idle(&self) -> bool {
        self.under_way() == 0
    }

    fn under_way(&self) -> usize {
        self.lines.iter().filter(|line| line.letter.is_some()).count()
    }

    /// Sends a message on its way with a carrier that is free, the first before the others: a conversation that is kept busy stays open.
    pub(super) fn give(&mut self, letter: L, message: Message) {
        let place = self.lines.iter().position(|line| line.letter.is_none()).unwrap_or_else(|| {
            self.lines.push(self.line(self.lines.len()));
            self.lines.len() - 1
        });
        let line = &mut self.lines[place];
        line.letter = Some(letter);
        if let Some(messages) = &line.messages {
            // It fails only where the thread has ended, and that ends only when it is told to.
            let _ = messages.send(message);
        }
    }

    fn line(&self, place: usize) -> Line<L> {
        let (messages, waiting) = channel::<Message>();
        let (road, answer) = (self.road.clone(), self.answer.clone());
        let thread = thread::spawn(move || {
            let mut carrier = None;
            for message in waiting {
                // A panic is the asker's to die of: it waits for an answer.
                let outcome = catch_unwind(AssertUnwindSafe(|| offer(&mut carrier, &road, &message)));
                if answer.send((place, outcome)).is_err() {
                    break;
                }
            }
            if let Some(carrier) = carrier {
                carrier.close();
            }
        });
        Line { messages: Some(messages), thread: Some(thread), letter: None }
    }

    /// Waits for an answer, and takes with it whatever others have come.
    pub(super) fn answers(&mut self) -> Vec<(L, Answer)> {
        let first = self.answers.recv().into_iter();
        first
            .chain(self.answers.try_iter())
            .filter_map(|(place, outcome)| {
                let outcome = outcome.unwrap_or_else(|panic| resume_unwind(panic));
                Some((self.lines[place].letter.take()?, outcome))
            })
            .collect()
    }
}

impl<L> Drop for Carriers<L> {
    /// Every carrier says goodbye, all at once.
    fn drop(&mut self) {
        self.lines.iter_mut().for_each(|line| line.messages = None);
        for line in &mut self.lines {
            line.thread.take().map(JoinHandle::join);
        }
    }
}

/// Offers a letter; once more on a new connection where the old one was used up before the letter could have been taken.
fn offer(carrier: &mut Option<Carrier>, road: &Road, message: &Message) -> Answer {
    let used = carrier.as_ref().is_some_and(Carrier::is_open);
    let first = offer_once(carrier, road, message);
    match &first {
        Err(MailError::Lost { stage: Stage::Sender | Stage::Recipient | Stage::Data, .. }) if used => {}
        Err(MailError::Later { stage: Stage::Sender | Stage::Recipient | Stage::Data, code: 421 | 452, .. }) if used => {}
        _ => return first,
    }
    if let Some(carrier) = carrier.take() {
        carrier.close();
    }
    offer_once(carrier, road, message)
}

fn offer_once(carrier: &mut Option<Carrier>, road: &Road, message: &Message) -> Answer {
    let mut open = match carrier.take().filter(Carrier::is_open) {
        Some(open) => open,
        None => Carrier::open(road)?,
    };
    let outcome = open.hand_over(message);
    *carrier = Some(open);
    outcome
}
