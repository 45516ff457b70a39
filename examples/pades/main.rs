//! `pades`, the command: sign, timestamp, augment and verify PDFs from a shell.
//!
//! `cargo install --example pades --path .`, then `pades help`. Every command is a thin driver over the library: it opens files,
//! reads the clock, asks servers, writes the result, and says what happened. Others script it, so flags, exit codes and JSON are
//! a contract: see `help.rs`.

mod about;
mod access;
mod arguments;
mod atomic;
mod augment;
mod basis;
mod bulk;
mod doctor;
mod errand;
mod failure;
mod fields;
mod find;
mod help;
mod inputs;
mod keeping;
mod key_files;
mod key_reasons;
mod language;
mod look;
mod manner;
mod many;
mod mending;
mod messages;
mod outcome;
mod output;
mod pace;
mod preflight;
mod progress;
mod reasons;
mod remote;
mod renew;
mod revisions;
mod rules;
mod services;
mod settings;
mod sign;
mod signals;
mod stamper;
mod stated;
mod terms;
mod timestamp;
mod token;
mod trust;
mod two_phase;
mod verify;
mod who;

use std::io::Write;
use std::process::ExitCode;

use pades_ltv::Language;

use crate::arguments::{Arguments, Given};
use crate::failure::{Failure, Stop};
use crate::help::Topic;
use crate::messages::Message;

/// The exit code of everything that could not be done.
const FAILED: u8 = 4;

fn main() -> ExitCode {
    signals::watch();
    let given: Vec<_> = std::env::args_os().skip(1).collect();
    let language = language::of(&given);
    let mut arguments = Arguments::new(given);
    match run(&mut arguments, language) {
        Ok(code) => ExitCode::from(code),
        Err(Stop::Help(topic)) => {
            print(&topic.text(language));
            ExitCode::SUCCESS
        }
        Err(Stop::Failure(failure)) => {
            complain(&failure.text(language));
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: &mut Arguments, language: Language) -> Result<u8, Stop> {
    let name = match arguments.next()? {
        Some(Given::Operand(name)) => name.to_string_lossy().into_owned(),
        Some(Given::Option(name)) if name == "version" => "version".to_owned(),
        Some(Given::Option(name)) => return Err(Failure::usage(Topic::All, Message::UnknownOption(name)).into()),
        None => return Err(Failure::usage(Topic::All, Message::NoCommand).into()),
    };
    let Some(topic) = Topic::named(&name) else {
        return Err(Failure::usage(Topic::All, Message::UnknownCommand(name)).into());
    };
    arguments.topic = topic;
    match topic {
        Topic::Verify => verify::run(&verify::Options::read(arguments)?, language),
        Topic::Sign => sign::run(&sign::Options::read(arguments)?, language),
        Topic::Timestamp => timestamp::run(&timestamp::Options::read(arguments)?, language),
        Topic::Augment => augment::run(&augment::Options::read(arguments)?, language),
        Topic::Revisions => revisions::run(&revisions::Options::read(arguments)?, language),
        Topic::Doctor => doctor::run(&doctor::Options::read(arguments)?, language),
        Topic::Renew => renew::run(&renew::Options::read(arguments)?, language),
        Topic::Find => find::run(&find::Options::read(arguments)?, language),
        Topic::All => help(arguments),
        Topic::Version => {
            print(concat!("pades ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(0)
        }
    }
}

/// `pades help [COMMAND]`.
fn help(arguments: &mut Arguments) -> Result<u8, Stop> {
    let topic = match arguments.next()? {
        Some(Given::Operand(name)) => Topic::named(&name.to_string_lossy())
            .ok_or_else(|| Failure::usage(Topic::All, Message::UnknownCommand(name.to_string_lossy().into_owned())))?,
        _ => Topic::All,
    };
    Err(Stop::Help(topic))
}

/// Writes to standard output. A reader that has left, as `head` does, ends the command quietly; but what was not looked at is not well.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(FAILED.into());
    }
}

/// Writes a line to standard error; where that is closed, there is nobody to tell.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "pades: {text}");
}
