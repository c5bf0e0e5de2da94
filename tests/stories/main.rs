//! The stories: the program and its parts, driven from outside against real servers on loopback and real files.

mod fetching;
mod house;
