//! What the user password permits (ISO 32000-2, table 22).

/// The permissions of `/P`: what those may do who open the document with the user password, or with none.
///
/// They are a request to software, not a lock: whoever can open the document can read all of it. The owner password lifts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permissions {
    bits: u32,
    scope: Scope,
}

/// Which bits have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scope {
    /// Revision 2 of the security handler knows bits 3 to 6 only.
    Coarse,
    Fine,
}

impl Permissions {
    pub(super) const NONE: Self = Self { bits: 0, scope: Scope::Fine };

    /// `bits` as `/P` writes them, for this revision of the security handler.
    pub(super) fn new(bits: u32, revision: u8) -> Self {
        Self { bits, scope: if revision <= 2 { Scope::Coarse } else { Scope::Fine } }
    }

    /// What both permit.
    pub(super) fn and(self, bits: u32) -> Self {
        Self { bits: self.bits & bits, ..self }
    }

    /// The bits of `/P`, the lowest being bit 1.
    pub fn bits(self) -> u32 {
        self.bits
    }

    /// Printing, at least in a quality that nobody can copy from (bit 3).
    pub fn may_print(self) -> bool {
        self.has(3)
    }

    /// Printing in full quality (bit 12).
    pub fn may_print_faithfully(self) -> bool {
        self.may_print() && self.fine(12, 3)
    }

    /// Changing contents in ways that the other permissions do not cover (bit 4).
    pub fn may_modify(self) -> bool {
        self.has(4)
    }

    /// Copying text and graphics (bit 5).
    pub fn may_copy(self) -> bool {
        self.has(5)
    }

    /// Adding and changing annotations, and filling in form fields (bit 6).
    pub fn may_annotate(self) -> bool {
        self.has(6)
    }

    /// Filling in form fields that are there, and signing signature fields that are there (bit 9, or bit 6).
    pub fn may_fill_forms(self) -> bool {
        self.has(6) || self.fine(9, 6)
    }

    /// Creating form fields, signature fields among them (bits 4 and 6).
    pub fn may_create_fields(self) -> bool {
        self.has(4) && self.has(6)
    }

    /// Inserting, rotating and deleting pages, bookmarks and thumbnails (bit 11, or bit 4).
    pub fn may_assemble(self) -> bool {
        self.has(4) || self.fine(11, 4)
    }

    /// A bit that revision 2 does not know, and what stands for it there.
    fn fine(self, bit: u32, coarse: u32) -> bool {
        match self.scope {
            Scope::Fine => self.has(bit),
            Scope::Coarse => self.has(coarse),
        }
    }

    /// A bit, counted from 1 as the standard does.
    fn has(self, bit: u32) -> bool {
        self.bits.checked_shr(bit.saturating_sub(1)).unwrap_or(0) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bits: &[u32], revision: u8) -> Permissions {
        Permissions::new(bits.iter().fold(0, |all, bit| all | 1 << (bit - 1)), revision)
    }

    #[test]
    fn bits_count_from_one() {
        assert!(Permissions::new(4, 3).may_print() && Permissions::new(0x800, 3).bits() == 0x800);
        assert!(
            !Permissions::new(0x800, 3).may_print_faithfully() && Permissions::new(0x804, 3).may_print_faithfully()
        );
    }

    #[test]
    fn fields_are_filled_by_bit_9_and_created_by_bits_4_and_6() {
        for (bits, fill, create) in [
            (&[9][..], true, false),
            (&[6], true, false),
            (&[4], false, false),
            (&[4, 6], true, true),
            (&[], false, false),
        ] {
            let permissions = with(bits, 4);
            assert_eq!((permissions.may_fill_forms(), permissions.may_create_fields()), (fill, create), "{bits:?}");
        }
    }

    #[test]
    fn revision_2_knows_four_bits() {
        let high = with(&[9, 11, 12], 2);
        assert!(!high.may_fill_forms() && !high.may_assemble() && !high.may_print_faithfully());
        let low = with(&[3, 4, 6], 2);
        assert!(low.may_fill_forms() && low.may_assemble() && low.may_print_faithfully());
    }
}
