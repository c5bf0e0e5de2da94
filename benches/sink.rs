//! A mail server that takes everything as fast as it comes and remembers the name of each letter. Prints its port, and runs until it is killed.
//! `XSTAT` answers `250 taken distinct`. One file without a dependency: `benches/scale` compiles it with `rustc -O`.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// How many letters were taken, and the Message-IDs among them.
#[derive(Default)]
struct Taken {
    letters: usize,
    names: HashSet<Vec<u8>>,
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    let taken = Arc::new(Mutex::new(Taken::default()));
    for stream in listener.incoming() {
        let (stream, taken) = (stream?, Arc::clone(&taken));
        // A client that was killed ends its conversation in an error: that is what it is killed for.
        thread::spawn(move || drop(converse(stream, &taken)));
    }
    Ok(())
}

fn converse(stream: TcpStream, taken: &Mutex<Taken>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut said = stream.try_clone()?;
    let mut heard = BufReader::with_capacity(64 * 1024, stream);
    let mut line = Vec::new();
    said.write_all(b"220 sink ESMTP\r\n")?;
    loop {
        line.clear();
        if heard.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let is = |word: &[u8]| line.len() >= word.len() && line[..word.len()].eq_ignore_ascii_case(word);
        match () {
            () if is(b"EHLO") => said.write_all(b"250-sink\r\n250 8BITMIME\r\n")?,
            () if is(b"DATA") => {
                said.write_all(b"354 go on\r\n")?;
                let Some(name) = letter(&mut heard)? else { return Ok(()) };
                if let Ok(mut taken) = taken.lock() {
                    taken.letters += 1;
                    taken.names.insert(name);
                }
                said.write_all(b"250 taken\r\n")?;
            }
            () if is(b"XSTAT") => {
                let counts = taken.lock().map(|taken| (taken.letters, taken.names.len())).unwrap_or_default();
                said.write_all(format!("250 {} {}\r\n", counts.0, counts.1).as_bytes())?;
            }
            () if is(b"QUIT") => return said.write_all(b"221 bye\r\n"),
            () => said.write_all(b"250 ok\r\n")?,
        }
    }
}

/// Reads up to the dot; the letter's Message-ID, or nothing where the dot never came.
fn letter(heard: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let (mut name, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if heard.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(name));
        }
        if name.is_empty() && line.len() > 11 && line[..11].eq_ignore_ascii_case(b"Message-ID:") {
            name = line[11..].to_vec();
        }
    }
}
