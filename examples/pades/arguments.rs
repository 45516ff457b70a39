//! Reading the command line, one argument after another.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::SystemTime;

use pades_ltv::{Language, Time, UtcOffset};

use crate::failure::{Failure, Stop};
use crate::help::Topic;
use crate::language;
use crate::messages::Message;

/// The arguments not read yet.
pub(crate) struct Arguments {
    parser: lexopt::Parser,
    /// Which help to point to.
    pub(crate) topic: Topic,
}

/// One argument.
pub(crate) enum Given {
    /// The name of an option, without dashes.
    Option(String),
    /// Anything else.
    Operand(PathBuf),
}

impl Arguments {
    pub(crate) fn new(given: Vec<OsString>) -> Self {
        Self { parser: lexopt::Parser::from_args(given), topic: Topic::All }
    }

    /// The next argument, unless it is one that every command takes.
    pub(crate) fn next(&mut self) -> Result<Option<Given>, Stop> {
        loop {
            let given = match self.parser.next() {
                Ok(None) => return Ok(None),
                Ok(Some(lexopt::Arg::Value(operand))) => return Ok(Some(Given::Operand(operand.into()))),
                Ok(Some(lexopt::Arg::Long(name))) => name.to_owned(),
                Ok(Some(lexopt::Arg::Short('h'))) => "help".to_owned(),
                Ok(Some(lexopt::Arg::Short('V'))) => "version".to_owned(),
                Ok(Some(lexopt::Arg::Short(letter))) => return Err(self.wrong(Message::UnknownOption(letter.into()))),
                Err(error) => return Err(self.wrong(Message::BadArgument(error.to_string()))),
            };
            match given.as_str() {
                "help" => return Err(Stop::Help(self.topic)),
                "lang" => {
                    self.parsed("lang", "ja | en", language::named)?;
                }
                _ => return Ok(Some(Given::Option(given))),
            }
        }
    }

    /// The value of the option just read.
    pub(crate) fn value(&mut self, option: &str) -> Result<OsString, Stop> {
        self.parser.value().map_err(|_| self.wrong(Message::ValueMissing(option.to_owned())))
    }

    pub(crate) fn path(&mut self, option: &str) -> Result<PathBuf, Stop> {
        self.value(option).map(PathBuf::from)
    }

    pub(crate) fn text(&mut self, option: &str) -> Result<String, Stop> {
        self.parsed(option, "UTF-8", |text| Some(text.to_owned()))
    }

    /// A value that `read` understands; `expected` says which those are.
    pub(crate) fn parsed<T>(
        &mut self,
        option: &str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Stop> {
        let value = self.value(option)?;
        value.to_str().and_then(read).ok_or_else(|| {
            let value = value.to_string_lossy().into_owned();
            self.wrong(Message::BadValue { option: option.to_owned(), value, expected })
        })
    }

    /// The value of `--at`.
    pub(crate) fn moment(&mut self, option: &str) -> Result<Moment, Stop> {
        self.parsed(option, "RFC 3339: 2026-10-07T09:25:23+09:00", |text| {
            Some(Moment { time: text.parse().ok()?, offset: offset(text) })
        })
    }

    /// The value of `--timestamp-room`, in bytes.
    pub(crate) fn room(&mut self, option: &str) -> Result<usize, Stop> {
        self.parsed(option, "1 … 1000000 (bytes)", |text| {
            text.parse().ok().filter(|bytes| (1..=1_000_000).contains(bytes))
        })
    }

    pub(crate) fn unknown(&self, option: String) -> Stop {
        self.wrong(Message::UnknownOption(option))
    }

    pub(crate) fn wrong(&self, message: Message) -> Stop {
        Failure::usage(self.topic, message).into()
    }

    /// `IN`, exactly.
    pub(crate) fn only_in(&self, operands: Vec<PathBuf>) -> Result<PathBuf, Stop> {
        let mut operands = operands.into_iter();
        match (operands.next(), operands.next()) {
            (Some(input), None) => Ok(input),
            (None, _) => Err(self.wrong(Message::OperandMissing("IN"))),
            (_, Some(more)) => Err(self.wrong(Message::OperandTooMany(more.display().to_string()))),
        }
    }

    /// `IN` and `OUT`, exactly.
    pub(crate) fn in_and_out(&self, operands: Vec<PathBuf>) -> Result<(PathBuf, PathBuf), Stop> {
        let mut operands = operands.into_iter();
        match (operands.next(), operands.next(), operands.next()) {
            (Some(input), Some(output), None) => Ok((input, output)),
            (None, ..) => Err(self.wrong(Message::OperandMissing("IN"))),
            (_, None, _) => Err(self.wrong(Message::OperandMissing("OUT"))),
            (.., Some(more)) => Err(self.wrong(Message::OperandTooMany(more.display().to_string()))),
        }
    }
}

/// A time, and the zone that it was written in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) time: Time,
    pub(crate) offset: Option<UtcOffset>,
}

impl Moment {
    /// The clock is read here and nowhere else.
    pub(crate) fn now() -> Self {
        Self { time: Time::from(SystemTime::now()), offset: None }
    }

    /// The zone to write it in: that of `--at`; else Japan's for who reads Japanese, as in the reports, and UTC.
    pub(crate) fn offset(self, language: Language) -> UtcOffset {
        match (self.offset, language) {
            (Some(offset), _) => offset,
            (None, Language::Japanese) => UtcOffset::east(9, 0),
            _ => UtcOffset::UTC,
        }
    }
}

/// The zone of an RFC 3339 time that was read already.
fn offset(text: &str) -> Option<UtcOffset> {
    let (start, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (sign, (hours, minutes)) = (zone.get(..1)?, zone.get(1..)?.split_once(':')?);
    let (hours, minutes) = (hours.parse().ok()?, minutes.parse().ok()?);
    match sign {
        "+" => Some(UtcOffset::east(hours, minutes)),
        "-" if !start.is_empty() => Some(UtcOffset::west(hours, minutes)),
        _ => None,
    }
}
