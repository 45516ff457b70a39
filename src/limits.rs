//! Every bound on what a hostile file may make this crate do, in one value.
//!
//! Invariant: no loop over input, no allocation sized by input and no recursion runs without a bound from here. Reaching a
//! bound is an [`ErrorKind::Limit`](crate::ErrorKind::Limit) or a finding, never a quiet cut.

/// Bounds for reading files and evidence. The defaults hold for every real file that we know of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How deep arrays and dictionaries may nest. ISO 32000 sets none; real files stay below 30.
    pub nesting: usize,
    /// The length of one object outside its stream data, in bytes. The largest real ones are `/Contents` and `/Kids` of about 1 MB.
    pub object_bytes: u64,
    /// Decoded bytes of one structural stream (cross-reference or object stream). Acrobat writes below 1 MB.
    pub stream_bytes: u64,
    /// Decoded bytes of all structural streams of a file together.
    pub decoded_bytes: u64,
    /// Filters in one chain. Real files have at most two.
    pub filters: usize,
    /// Indirect objects in a file. ISO 32000-1, annex C.2 names 8,388,607.
    pub objects: u32,
    /// Cross-reference sections (`/Prev` chain). A contract with yearly renewals for a century has some hundreds.
    pub revisions: usize,
    /// Signatures and document timestamps that are read in one file.
    pub signatures: usize,
    /// Form fields visited when looking for signatures.
    pub fields: usize,
    /// Page tree nodes visited when looking for a page.
    pub pages: usize,
    /// The length of one CMS or timestamp in `/Contents`, in bytes. With large CRLs inside, real ones reach 10 MB.
    pub cms_bytes: u64,
    /// Certificates in one CMS or one document security store.
    pub certificates: usize,
    /// CRLs and OCSP responses together in one document security store.
    pub revocation_values: usize,
    /// Signatures of certificates, CRLs and OCSP responses that are checked in one verification, each under each key once. Twice as many
    /// as there may be revocation values, so that worthless ones never keep a good one from being seen; some seconds of work.
    pub signature_checks: usize,
    /// Certificates tried while building one path; each try may cost a signature check. Other validators stop at 100 to 200.
    pub path_steps: usize,
    /// Certificates in one path, from the target to the anchor. Real ones have at most 8.
    pub path_length: usize,
    /// Comparisons of names with name constraints on one path. Real ones need below 1,000; other validators stop at 250,000 too.
    pub name_comparisons: usize,
    /// Nesting of ASN.1 values. Real certificates stay below 20.
    pub asn1_depth: usize,
    /// Signature timestamps read from one signature.
    pub signature_timestamps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nesting: 256,
            object_bytes: 64 << 20,
            stream_bytes: 64 << 20,
            decoded_bytes: 192 << 20,
            filters: 8,
            objects: 8_388_607,
            revisions: 4_096,
            signatures: 1_024,
            fields: 200_000,
            pages: 200_000,
            cms_bytes: 64 << 20,
            certificates: 1_000,
            revocation_values: 10_000,
            signature_checks: 20_000,
            path_steps: 400,
            path_length: 16,
            name_comparisons: 250_000,
            asn1_depth: 64,
            signature_timestamps: 32,
        }
    }
}
