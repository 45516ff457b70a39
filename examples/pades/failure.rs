//! Why the command stops before its end.

use pades_ltv::Language;

use crate::help::Topic;
use crate::messages::{Message, one_line};

/// What could not be done, in the command's own words, and the library's behind them.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line makes no sense.
    Usage(Topic, Message),
    /// Something could not be done.
    Operation(Message, pades_ltv::Error),
}

impl Failure {
    pub(crate) fn usage(topic: Topic, message: Message) -> Self {
        Self::Usage(topic, message)
    }

    pub(crate) fn text(&self, language: Language) -> String {
        match self {
            Self::Usage(topic, message) => {
                format!("{}\n{}", message.text(language), Message::SeeHelp(*topic).text(language))
            }
            Self::Operation(message, error) => format!("{}: {}", message.text(language), one_line(&error.to_string())),
        }
    }
}

/// What ends a command early: a failure, or the wish for help.
#[derive(Debug)]
pub(crate) enum Stop {
    Help(Topic),
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Says what was being done when the library failed.
pub(crate) trait During<T> {
    fn during(self, message: impl FnOnce() -> Message) -> Result<T, Stop>;
}

impl<T> During<T> for pades_ltv::Result<T> {
    fn during(self, message: impl FnOnce() -> Message) -> Result<T, Stop> {
        self.map_err(|error| Failure::Operation(message(), error).into())
    }
}
