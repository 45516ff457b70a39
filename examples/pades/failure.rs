//! Why the command stops before its end.

use pades_ltv::Language;

use crate::help::Topic;
use crate::messages::{Message, one_line};
use crate::reasons;

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

    /// In Japanese the reason comes first, and then the library's own words, which are English and name places and numbers.
    pub(crate) fn text(&self, language: Language) -> String {
        let (message, error) = match self {
            Self::Usage(topic, message) => {
                return format!("{}\n{}", message.text(language), Message::SeeHelp(*topic).text(language));
            }
            Self::Operation(message, error) => (message.text(language), error),
        };
        let words = reasons::in_options(&one_line(&error.to_string()));
        match language {
            Language::Japanese => format!("{message}: {}\n詳細: {words}", reasons::japanese(error)),
            _ => format!("{message}: {words}"),
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
