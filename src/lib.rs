//! Potvrda reads the pages of the Serbian parliament, notices every newly listed international agreement, and writes to those who asked.
//!
//! This page is the map. A module may use what stands above its layer's line and nothing below it; `tests/stories/layers.rs` reads the
//! `use` lines and fails on a breach.
//!
//! ```text
//! domain   pure: values in, values out; no clock, no IO, no async
//!   ^
//! config   the settings, read and checked once, at start
//!   ^
//! io       one outside thing each; thin; no decisions; never each other
//!   ^
//! app      order and policy
//!   ^
//! main     turns a command's outcome into an exit code
//! ```

pub mod domain {
    //! What the project exists for, as pure functions.
    pub mod activity;
    pub mod address;
    pub mod agreement;
    pub mod article;
    pub mod bill;
    pub mod bounce;
    pub mod change;
    pub mod compare;
    pub mod counting;
    pub mod dates;
    pub mod declension;
    pub mod document;
    pub mod icalendar;
    pub mod identity;
    pub mod legislature;
    pub mod letter;
    pub mod listing;
    pub mod mandate;
    pub mod mention;
    pub mod page;
    pub mod plausible;
    pub mod return_path;
    pub mod returned;
    pub mod schedule;
    pub mod script;
    pub mod selector;
    pub mod subscriber;
    pub mod title;
    pub mod tokens;
    pub mod zone;
}

pub mod config;

pub mod io {
    //! One outside thing each; thin; no decisions; never each other.
    pub mod archive;
    pub mod cache;
    pub mod database;
    pub mod document;
    pub mod evidence;
    pub mod fetch;
    pub mod history;
    pub mod lock;
    pub mod mail;
    pub mod maildir;
    pub mod memory;
    pub mod reserve;
    pub mod roster;
    pub mod warc;
}

pub mod app {
    //! Order and policy.
    pub mod alarm;
    pub mod backup;
    pub mod blocking;
    pub mod bounces;
    pub mod checkup;
    pub mod cli;
    pub mod clock;
    pub mod correct;
    pub mod courier;
    pub mod csv;
    pub mod daemon;
    pub mod deliver;
    pub mod demo;
    pub mod desk;
    pub mod dispatch;
    pub mod documents;
    pub mod exhibits;
    pub mod import;
    pub mod outbox;
    pub mod poll;
    pub mod pulse;
    pub mod rounds;
    pub mod subscribe;
    pub mod web;
}
