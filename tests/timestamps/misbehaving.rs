//! Every way in which the local authority can answer a request badly: each has its own words and its class, and nothing is made.

use std::collections::BTreeSet;

use pades_ltv::authority::{Authority, Misbehaviour};
use pades_ltv::{
    Document, Error, ErrorClass, ErrorKind, Failover, Retry, Retrying, Signing, TimestampTerms, Timestamping,
};

use crate::common::{CONTRACT, now};

/// What comes of asking an authority that answers so, in every way to ask: the error of all of them.
fn error(bad: Misbehaviour) -> Error {
    let authority = Authority::new("misbehaving", now()).unwrap();
    let (signer, services) = (authority.issue("signer").unwrap(), authority.at(now()).misbehaving(bad));
    let document = Document::open(CONTRACT).unwrap();
    // The authority's own policy, so that another is not the one that was asked for.
    let terms = TimestampTerms::new().policy("1.3.6.1.4.1.32473.1.2").unwrap();
    let error = Timestamping::new(&document, now()).terms(&terms).timestamp(&services).unwrap_err();
    let signed = Signing::new(&document, now()).sign(&signer).unwrap();
    let of_signature = signed.timestamp_with(&services, &terms).err().unwrap();
    let all = Failover::new("bad", services).or("worse", services);
    let of_all = Timestamping::new(&document, now()).terms(&terms).timestamp(&all).unwrap_err();
    let again = Retrying::new(services, Retry::times(2), |_| ());
    let of_again = Timestamping::new(&document, now()).terms(&terms).timestamp(&again).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timestamp, "{error}");
    assert_eq!([of_signature.class(), of_all.class(), of_again.class()], [error.class(); 3], "{error}");
    assert_eq!(of_again.to_string(), error.to_string());
    assert!(of_all.to_string().contains("[2] worse: "), "{of_all}");
    error
}

#[test]
fn each_way_to_answer_badly_has_its_words_and_its_class() {
    use ErrorClass::{Operator, Retryable};
    use Misbehaviour as M;

    let mut seen = BTreeSet::new();
    for (bad, class, words) in [
        (M::TransportFailure, Retryable, "the connection was closed before an answer came"),
        (M::HtmlPage, Retryable, "no TimeStampResp; it begins with \"<!DOCTYPE html>"),
        (M::Empty, Retryable, "the TSA's answer is empty"),
        (M::Garbage, Retryable, "no TimeStampResp; it begins with \"\u{7ad}"),
        (M::Truncated, Retryable, "no TimeStampResp; it begins with \"0"),
        (M::TrailingData, Retryable, "something follows the TimeStampResp"),
        (M::Rejected, Retryable, "status 2: systemFailure, saying \"the clock is out of order\""),
        (M::RejectedAlgorithm, Operator, "status 2: badAlg, saying \"use another digest\""),
        (M::RejectedPolicy, Operator, "status 2: unacceptedPolicy, saying \"use another policy\""),
        (M::RejectedInSilence, Retryable, "refused with status 2; ask again"),
        (M::Waiting, Retryable, "refused with status 3"),
        (M::RevocationWarning, Operator, "refused with status 4"),
        (M::GrantedWithMods, Operator, "other than the one asked for (grantedWithMods)"),
        (M::NoToken, Retryable, "says that it granted a token, but sent none"),
        (M::WrongNonce, Retryable, "the token's nonce is not the one that was sent"),
        (M::MissingNonce, Operator, "the token has no nonce although one was sent"),
        (M::WrongImprint, Retryable, "its imprint is not the expected digest"),
        (M::WrongImprintAlgorithm, Retryable, "the token's imprint was made with"),
        (M::WrongPolicy, Operator, "the token was made under the policy"),
        (M::WrongVersion, Operator, "the token's TSTInfo is of version 2"),
        (M::CriticalExtension, Operator, "the token has the critical extension"),
        (M::WrongName, Operator, "the token says that it is by"),
        (M::WrongContentType, Operator, "not a TSTInfo"),
        (M::NoCertificate, Operator, "the TSA's certificate was asked for, but is not in the token"),
        (M::WrongCertificate, Operator, "is not the one that the signer identifier names"),
        (M::NoSigningCertificate, Operator, "there is no signing-certificate attribute"),
        (M::ExpiredCertificate, Operator, "lies outside the validity of the TSA's certificate, 2025"),
        (M::NotYetValid, Operator, "lies outside the validity of the TSA's certificate, 2026"),
        (M::NoExtendedKeyUsage, Operator, "its extended key usage does not include timeStamping"),
        (M::NonCriticalExtendedKeyUsage, Operator, "its extended key usage is not critical"),
        (M::SecondExtendedKeyUsage, Operator, "names more than time-stamping"),
        (M::BadSignature, Retryable, "the signature value does not verify"),
        (M::WrongMessageDigest, Retryable, "the content has changed"),
        (M::TwoSigners, Operator, "the CMS has 2 signers"),
    ] {
        let error = error(bad);
        println!("{bad:?}: {error}");
        assert!(error.to_string().contains(words), "{bad:?}: {error}");
        assert_eq!(error.class(), class, "{bad:?}: {error}");
        assert!(seen.insert(error.to_string()), "{bad:?} has another's words: {error}");
    }
    // An answer to an earlier request shares its words with the wrong imprint that it has.
    assert!(seen.contains(&error(M::OldAnswer).to_string()));
}

/// Each row of `docs/faults.md` that names the test above is what is said: its words, and its class.
#[test]
fn the_table_says_what_is_said() {
    use Misbehaviour as M;

    let table = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md")).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.contains("`tests/timestamps/misbehaving.rs`")).collect();
    let ways = [
        M::TransportFailure,
        M::HtmlPage,
        M::Empty,
        M::TrailingData,
        M::Rejected,
        M::RejectedAlgorithm,
        M::RejectedPolicy,
        M::Waiting,
        M::RevocationWarning,
        M::GrantedWithMods,
        M::NoToken,
        M::WrongNonce,
        M::MissingNonce,
        M::WrongImprint,
        M::WrongImprintAlgorithm,
        M::WrongPolicy,
        M::WrongVersion,
        M::CriticalExtension,
        M::WrongName,
        M::WrongContentType,
        M::NoCertificate,
        M::WrongCertificate,
        M::NoSigningCertificate,
        M::ExpiredCertificate,
        M::NoExtendedKeyUsage,
        M::NonCriticalExtendedKeyUsage,
        M::SecondExtendedKeyUsage,
        M::BadSignature,
        M::WrongMessageDigest,
        M::TwoSigners,
    ];
    let said: Vec<Error> = ways.into_iter().map(error).collect();
    assert_eq!(rows.len(), said.len());
    for error in &said {
        let words = error.to_string();
        let row = rows.iter().filter(|row| words.contains(row.split('`').nth(1).unwrap()));
        let row: Vec<_> = row.filter(|row| row.contains(&format!("| {} |", error.class().as_str()))).collect();
        assert_eq!(row.len(), 1, "{words}: {row:?}");
    }
}
