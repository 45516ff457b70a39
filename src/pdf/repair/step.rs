//! What a repair did, for whoever has to answer for it.

use std::fmt;

/// One thing that a repair did. Offsets are bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepairStep {
    /// A complete cross-reference section was appended.
    Section {
        /// What a strict reader could not read.
        fault: String,
        /// Where the appended section's revision starts: the length of the file before.
        offset: u64,
        /// How many objects it lists.
        objects: usize,
    },
    /// What the trailer says was taken from the trailer, or the cross-reference stream, at `offset`.
    Trailer {
        /// Where it stands.
        offset: u64,
    },
    /// No trailer leads to a catalog: the last object that says it is one was taken.
    Catalog {
        /// The number of the object.
        number: u32,
        /// Its generation.
        generation: u16,
        /// Where it stands; 0 where it lies in an object stream.
        offset: u64,
    },
    /// An object was written once more, because it does not end where it says, or as it should.
    Rewritten {
        /// The number of the object.
        number: u32,
        /// Its generation.
        generation: u16,
        /// Where it stands, and stays.
        offset: u64,
        /// What is wrong with it.
        flaw: RepairFlaw,
    },
    /// What begins at `offset` cannot be read, and is in no view of the repaired file.
    LeftOut {
        /// Where it stands.
        offset: u64,
        /// Why it cannot be read.
        reason: String,
    },
}

/// What is wrong with an object that was written once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RepairFlaw {
    /// A stream's `/Length` is missing or wrong.
    Length,
    /// Its `endobj` is missing.
    End,
}

impl RepairStep {
    /// The byte of the file that it is about.
    pub fn offset(&self) -> u64 {
        match self {
            Self::Section { offset, .. }
            | Self::Trailer { offset }
            | Self::Catalog { offset, .. }
            | Self::Rewritten { offset, .. }
            | Self::LeftOut { offset, .. } => *offset,
        }
    }
}

impl fmt::Display for RepairStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section { fault, offset, objects } => {
                write!(f, "a complete cross-reference of {objects} objects appended at byte {offset}, because: {fault}")
            }
            Self::Trailer { offset } => write!(f, "the trailer at byte {offset} taken over"),
            Self::Catalog { number, generation, .. } => {
                write!(f, "object {number} {generation} taken as the catalog: no trailer leads to one")
            }
            Self::Rewritten { number, generation, offset, flaw } => {
                let flaw = match flaw {
                    RepairFlaw::Length => "its /Length is missing or wrong",
                    RepairFlaw::End => "its endobj is missing",
                };
                write!(f, "object {number} {generation} at byte {offset} written once more: {flaw}")
            }
            Self::LeftOut { offset, reason } => write!(f, "what begins at byte {offset} left out: {reason}"),
        }
    }
}
