//! The task that hands owed letters to `deliver`: when the bell rings, when a retry is due, when a digest's hour has come.
//!
//! Never waits on a mail server itself: `deliver` runs on a thread of its own.

use anyhow::Result;
