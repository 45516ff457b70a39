//! `--repair`: a broken file is mended before it is signed, and what was done is said.

use pades_ltv::{Document, ErrorKind, Language, Repair, RepairFlaw, RepairStep, Result, Update};

use crate::inputs::Input;
use crate::messages::{grouped, one_line};
use crate::progress::Progress;

/// What the library says of a file that needs no repair: for a command that is run over many files no error.
const SOUND: &str = "there is nothing to repair";

/// Whether a broken file may be repaired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mending {
    #[default]
    Refused,
    Allowed,
}

/// A document that can be signed.
pub(crate) enum Opened<'f> {
    AsItIs(Box<Document<'f>>),
    Mended(Box<Repair<'f>>),
}

impl<'f> Opened<'f> {
    pub(crate) fn new(
        input: &'f Input,
        password: Option<&[u8]>,
        mending: Mending,
        progress: &Progress,
    ) -> Result<Self> {
        let open = || Ok(Self::AsItIs(Box::new(input.document(password, progress)?)));
        if mending == Mending::Refused {
            return open();
        }
        match Document::repair(progress.watch(&input.file)) {
            Ok(repair) => Ok(Self::Mended(Box::new(repair))),
            Err(error) if error.to_string().contains(SOUND) => open(),
            // The repair knows no password; a sound file needs none of it.
            Err(error) if error.kind() == ErrorKind::Encrypted && password.is_some() => open(),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn document(&self) -> &Document<'f> {
        match self {
            Self::AsItIs(document) => document,
            Self::Mended(repair) => repair.document(),
        }
    }

    /// What is appended to the file before anything else.
    pub(crate) fn repair(&self) -> Option<&Update> {
        match self {
            Self::AsItIs(_) => None,
            Self::Mended(repair) => Some(repair.update()),
        }
    }

    pub(crate) fn steps(&self) -> &[RepairStep] {
        match self {
            Self::AsItIs(_) => &[],
            Self::Mended(repair) => repair.steps(),
        }
    }
}

/// One line for each step.
pub(crate) fn lines(steps: &[RepairStep], language: Language) -> String {
    let line = |step: &RepairStep| match language {
        Language::Japanese => japanese(step),
        _ => step.to_string(),
    };
    steps.iter().map(|step| format!("\n  {}", one_line(&line(step)))).collect()
}

fn japanese(step: &RepairStep) -> String {
    match step {
        RepairStep::Section { fault, offset, objects } => format!(
            "{} バイト目に、オブジェクト {objects} 個分の完全な相互参照を追記しました。原因: {fault}",
            grouped(*offset)
        ),
        RepairStep::Trailer { offset } => format!("{} バイト目のトレーラーを引き継ぎました", grouped(*offset)),
        RepairStep::Catalog { number, generation, .. } => {
            format!("トレーラーから辿れないため、オブジェクト {number} {generation} を文書カタログとしました")
        }
        RepairStep::Rewritten { number, generation, offset, flaw } => {
            let flaw = match flaw {
                RepairFlaw::Length => "/Length がないか、誤っています",
                RepairFlaw::End => "endobj がありません",
                _ => "誤りがあります",
            };
            format!("{} バイト目のオブジェクト {number} {generation} を書き直しました。{flaw}", grouped(*offset))
        }
        RepairStep::LeftOut { offset, reason } => {
            format!("{} バイト目からは読み取れないため、除外しました: {reason}", grouped(*offset))
        }
        // Those that a later release adds.
        other => other.to_string(),
    }
}
