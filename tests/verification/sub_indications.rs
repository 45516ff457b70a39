//! Every sub-indication of EN 319 102-1, table by table: the test that comes to it, or why none can.

use std::fs;
use std::path::Path;

use pades_ltv::report::SubIndication;

/// How a sub-indication comes about here.
enum Shown {
    /// By this test in this file, which names it.
    By(&'static str, &'static str),
    /// Never as a verdict, because of this.
    Never(&'static str),
}

use Shown::{By, Never};
use SubIndication as S;

const VERDICTS: &str = "tests/verification/verdicts.rs";
const CONTENT: &str = "tests/verification/content.rs";
const CONSTRAINTS: &str = "tests/verification/constraints.rs";
const ARCHIVE: &str = "tests/verification/archive.rs";
const STEPS: &str = "src/verify/certificate/steps.rs";

const TABLE: [(SubIndication, Shown); 25] = [
    (S::FormatFailure, By("tests/verification/legacy.rs", "x509_rsa_sha1_is_judged_and_named")),
    (S::HashFailure, By(CONSTRAINTS, "a_policy_that_is_missing_hides_no_forgery")),
    (S::SigCryptoFailure, By("tests/vectors/threats/cms_value_flipped.expected", "")),
    (S::Revoked, By(CONTENT, "who_signed_after_the_revocation_has_failed")),
    (S::Expired, By(CONTENT, "who_signed_after_the_end_has_failed")),
    (S::NotYetValid, By(VERDICTS, "a_proof_from_before_the_certificate_is_a_proof_against_it")),
    (S::SigConstraintsFailure, By(CONSTRAINTS, "later_revisions_may_change_what_the_policy_says")),
    (S::ChainConstraintsFailure, By(STEPS, "key_usages_are_constraints_that_a_policy_chooses")),
    (S::CertificateChainGeneralFailure, By(STEPS, "a_critical_extension_that_nobody_knows_is_a_general_failure")),
    (S::CryptoConstraintsFailure, By(CONTENT, "an_algorithm_that_had_ended_before_the_signature_was_made")),
    (S::CryptoConstraintsFailureNoPoe, By(ARCHIVE, "an_algorithm_ends_between_two_timestamps")),
    (S::PolicyProcessingError, By(CONSTRAINTS, "policies_may_be_implied_unbound_or_unreadable")),
    (S::SignaturePolicyNotAvailable, By(CONSTRAINTS, "the_document_of_a_signature_policy_is_compared")),
    (S::TimestampOrderFailure, By(CONTENT, "timestamps_come_in_the_order_in_which_they_cover_each_other")),
    (S::NoSigningCertificateFound, By(CONSTRAINTS, "the_signed_name_of_the_certificate_may_be_left_out")),
    (S::NoCertificateChainFound, By(VERDICTS, "without_an_anchor_nobody_is_known")),
    (S::NoCertificateChainFoundNoPoe, By(ARCHIVE, "an_anchor_may_have_a_sunset")),
    (S::RevokedNoPoe, By(VERDICTS, "revocation_counts_from_its_own_time_on")),
    (S::RevokedCaNoPoe, By(VERDICTS, "revocation_counts_from_its_own_time_on")),
    (S::OutOfBoundsNotRevoked, By(VERDICTS, "an_expired_signer_needs_a_proof_of_existence")),
    (S::OutOfBoundsNoPoe, By(ARCHIVE, "a_crl_from_after_the_signers_end_neither_helps_nor_harms")),
    (S::RevocationOutOfBoundsNoPoe, By(STEPS, "what_an_expired_authority_signed_is_out_of_bounds")),
    (
        S::NoPoe,
        Never(
            "5.6.2.2 returns it to 5.6.2.4, step 2, which returns the status of now: it stands in the process of the report, as in \
             `time_slides_to_where_everything_held`",
        ),
    ),
    (S::TryLater, By(VERDICTS, "a_bare_signature_waits_for_evidence")),
    (
        S::SignedDataNotFound,
        Never("what a PDF signature covers are bytes of its own file: a range beyond them is FORMAT_FAILURE (5.2.2)"),
    ),
];

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// From the test's name to the next test.
fn body<'t>(text: &'t str, test: &str) -> Option<&'t str> {
    let rest = text.split_once(&format!("fn {test}("))?.1;
    Some(rest.split("#[test]").next().unwrap_or(rest))
}

#[test]
fn every_sub_indication_has_its_test_or_its_reason() {
    for (place, (sub_indication, shown)) in TABLE.iter().enumerate() {
        assert!(TABLE[..place].iter().all(|(other, _)| other != sub_indication), "{sub_indication} stands twice");
        match shown {
            By(file, "") => assert!(read(file).contains(&format!("/{sub_indication} ")), "{file}"),
            By(file, test) => {
                let text = read(file);
                let body = body(&text, test).unwrap_or_else(|| panic!("no test {test} in {file}"));
                let names = [format!("/{sub_indication}\""), format!("\"{sub_indication}\"")];
                assert!(names.iter().any(|name| body.contains(name)), "{test} does not come to {sub_indication}");
            }
            Never(reason) => assert!(!reason.is_empty()),
        }
    }
}
