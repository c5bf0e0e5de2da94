//! The stories: the program and its parts, driven from outside against real servers on loopback and real files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a story that cannot go on fails

mod absences;
mod answers;
mod backup;
mod bounces;
mod browser;
mod commands;
mod crash;
mod daemon;
mod desk_work;
mod disk;
mod dkim;
mod documents;
mod evidence;
mod fetching;
mod harness;
mod house;
mod import;
mod layers;
mod leaving;
mod letters;
mod life;
mod mandates;
mod open_data;
mod pages;
mod people;
mod polling;
mod readme;
mod redesigns;
mod replaced;
mod sending;
mod server;
mod silence;
mod simulation;
mod sittings;
mod standing;
mod subscribing;
mod tongues;
mod watch;
mod web;
mod words;
