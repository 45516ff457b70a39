//! Laws 3, 5 and 6 of THREATS, F: extra evidence never worsens, appended bytes never improve, the same input gives the same report.

use pades_ltv::authority::{Authority, Misbehaviour};
use pades_ltv::report::{Code, SignatureReport};
use pades_ltv::{Augmentation, Collector, Document, Evidence, Fetch, FetchRequest, Time, Verification};

use crate::common::{World, certificates, days, minutes, now, pdf, signature, verdict, years};

/// A file of each level, and times at which their verdicts differ.
fn situations(world: &World) -> Vec<(&'static str, Vec<u8>, Time)> {
    let bare = world.signed(&pdf::table(&[]), now());
    let stamped = world.stamped(&pdf::table(&[]), now());
    let archived = world.archived(&stamped, now());
    let (day_later, month_later) = (now().after(days(1)), now().after(days(30)));
    vec![
        ("B-B", bare, day_later),
        ("B-T", stamped, day_later),
        ("B-LTA", archived.clone(), day_later),
        ("B-LTA, old", archived, month_later),
    ]
}

/// A piece of evidence, and where it comes from.
struct Piece {
    name: String,
    request: FetchRequest,
    body: Vec<u8>,
}

impl Piece {
    /// `None` where it is nothing that can be read: then it cannot be given either.
    fn add(&self, evidence: &mut Evidence) -> Option<()> {
        let added = match &self.request {
            FetchRequest::Certificate { .. } => evidence.add_certificate(&self.body),
            FetchRequest::Crl { .. } => evidence.add_crl(&self.body),
            _ => evidence.add_ocsp(&self.body),
        };
        added.ok()
    }
}

/// What `authority` answers about the signers of `file` at `time`.
fn pieces(file: &[u8], world: &World, time: Time, misbehaviour: Option<Misbehaviour>) -> Vec<Piece> {
    let document = Document::open(file).unwrap();
    let services = world.authority.at(time);
    let services = misbehaviour.map_or(services, |bad| services.misbehaving(bad));
    let mut collector = Collector::new(&document, &world.trust, time).unwrap();
    let mut pieces = Vec::new();
    while let Some(request) = collector.next_request() {
        let answer = services.fetch(&request);
        if let Ok(body) = &answer {
            let name = format!("{} at {time}, {misbehaviour:?}", request.url());
            pieces.push(Piece { name, request: request.clone(), body: body.clone() });
        }
        collector.answer(&request, answer);
    }
    pieces
}

/// Evidence of all ages and kinds, good, bad and beside the point; but nothing that truthfully says "revoked".
fn all_pieces(world: &World, file: &[u8]) -> Vec<Piece> {
    let stranger = World { authority: Authority::new("a stranger", now()).unwrap(), ..World::new() };
    let stranger = World {
        signer: stranger.authority.issue("甲野太郎").unwrap(),
        trust: stranger.authority.anchors(),
        authority: stranger.authority,
    };
    let foreign = stranger.stamped(&pdf::table(&[]), now());
    let mut all = Vec::new();
    for bad in [
        None,
        Some(Misbehaviour::OcspTryLater),
        Some(Misbehaviour::OcspWrongCertificate),
        Some(Misbehaviour::OcspUnknown),
        Some(Misbehaviour::OcspExpired),
        Some(Misbehaviour::OcspBadSignature),
        Some(Misbehaviour::OcspWrongResponder),
        Some(Misbehaviour::CrlExpired),
    ] {
        all.extend(pieces(file, world, now(), bad));
    }
    for bad in [Misbehaviour::CrlExpired, Misbehaviour::CrlWrongIssuer, Misbehaviour::CrlBadSignature] {
        let answers = pieces(file, world, now(), Some(Misbehaviour::OcspTryLater));
        let crls = answers.iter().filter(|piece| matches!(piece.request, FetchRequest::Crl { .. }));
        all.extend(crls.map(|crl| Piece {
            name: format!("{} {bad:?}", crl.name),
            request: crl.request.clone(),
            body: world.authority.at(now()).misbehaving(bad).fetch(&crl.request).unwrap(),
        }));
    }
    all.extend(pieces(file, world, now().after(years(1)), None));
    all.extend(pieces(&foreign, &stranger, now(), None));
    all.extend(pieces(&foreign, &stranger, now(), Some(Misbehaviour::OcspUnauthorized)));
    let chains =
        [certificates(&world.signer), certificates(&stranger.signer), vec![world.authority.root_der().to_vec()]];
    let certificate = |body: Vec<u8>| Piece {
        name: "a certificate".into(),
        request: FetchRequest::Certificate { url: String::new() },
        body,
    };
    all.extend(chains.into_iter().flatten().map(certificate));
    all.extend(all.iter().flat_map(twisted).collect::<Vec<_>>());
    all
}

/// The same value with a byte changed, here and there: other serial numbers, keys, times and statuses under the same names, and
/// signatures that are none.
fn twisted(piece: &Piece) -> Vec<Piece> {
    let places = (1..12).map(|part| piece.body.len() * part / 12);
    let twist = |at: usize| {
        let mut body = piece.body.clone();
        body[at] ^= 1;
        Piece { name: format!("{} with byte {at} changed", piece.name), request: piece.request.clone(), body }
    };
    places.map(twist).collect()
}

/// Smaller is better.
fn rank(report: &SignatureReport) -> (pades_ltv::Indication, bool) {
    (report.conclusion.indication, !report.intact)
}

#[test]
fn extra_evidence_never_worsens_a_verdict() {
    let world = World::new();
    for (name, file, time) in situations(&world) {
        let before = world.verify(&file, time);
        let pieces = all_pieces(&world, &file);
        assert!(pieces.len() > 10, "{name}: {} pieces", pieces.len());
        let mut together = Evidence::new();
        let mut sets: Vec<(&str, Evidence)> = Vec::new();
        let mut twisted = 0;
        for piece in &pieces {
            let mut alone = Evidence::new();
            if piece.add(&mut alone).is_some() {
                piece.add(&mut together).unwrap();
                let is_twisted = piece.name.ends_with("changed");
                twisted += usize::from(is_twisted);
                // Of those that are twisted, one in ten alone; all of them together.
                if !is_twisted || twisted % 10 == 0 {
                    sets.push((&piece.name, alone));
                }
            }
        }
        sets.push(("everything", together));
        assert!(twisted > 100, "{name}: {twisted} twisted values can be read");
        for (piece, evidence) in &sets {
            let after = world.verify_with(&file, time, evidence);
            for (one, other) in before.signatures.iter().zip(&after.signatures) {
                assert!(rank(other) <= rank(one), "{name}: {piece}: {} then {}", verdict(one), verdict(other));
                assert_eq!(one.level, other.level, "{name}: {piece}: the level is that of the file");
                let earliest =
                    |report: &SignatureReport| report.best_signature_time.map_or(i64::MAX, |time| time.to_unix());
                assert!(earliest(other) <= earliest(one), "{name}: {piece}");
            }
        }
        // The same evidence inside the file, behind the signature.
        let document = Document::open(file.as_slice()).unwrap();
        let everything = &sets.last().unwrap().1;
        let stored = Augmentation::new(&document, time).evidence(everything).finish().unwrap().apply(&file).unwrap();
        let after = world.verify(&stored, time);
        for (one, other) in before.signatures.iter().zip(&after.signatures) {
            assert!(rank(other) <= rank(one), "{name}: stored: {} then {}", verdict(one), verdict(other));
            assert!(other.level >= one.level, "{name}: stored");
        }
    }
}

/// A further timestamp is evidence, too: even of somebody whom nobody knows.
#[test]
fn a_further_timestamp_never_worsens_a_verdict() {
    let world = World::new();
    let stranger = World { authority: Authority::new("a stranger", now()).unwrap(), ..World::new() };
    for (name, file, time) in situations(&world) {
        let before = world.verify(&file, time);
        for stamp in [&world, &stranger] {
            let after = world.verify(&stamp.sealed(&file, now()), time);
            for one in &before.signatures {
                let other = signature(&after, &one.field);
                assert!(rank(other) <= rank(one), "{name}: {} then {}", verdict(one), verdict(other));
                assert!(other.level >= one.level, "{name}");
            }
        }
    }
}

/// Whatever is appended that is no evidence, no earlier signature gains by it; and what no revision accounts for is told.
#[test]
fn appended_bytes_never_improve_a_verdict() {
    let world = World::new();
    for (name, file, time) in situations(&world) {
        let before = world.verify(&file, time);
        let last_revision = {
            let document = Document::open(file.as_slice()).unwrap();
            let start = document.revisions().last().unwrap().start();
            file[usize::try_from(start).unwrap()..].to_vec()
        };
        let startxref = format!("startxref\n{}\n%%EOF\n", pdf::startxref(&file)).into_bytes();
        let junk: [(&str, Vec<u8>); 7] = [
            ("junk", b"<!-- a mail gateway was here -->".to_vec()),
            ("zeros", vec![0; 64]),
            ("comment", b"% a comment\n".to_vec()),
            ("end again", b"%%EOF\n".to_vec()),
            ("startxref again", startxref),
            ("an object", b"9 0 obj\n<</Type/Catalog>>\nendobj\n".to_vec()),
            ("the last revision again", last_revision),
        ];
        for (what, suffix) in &junk {
            let appended = [file.as_slice(), suffix].concat();
            let Ok(document) = Document::open(appended.as_slice()) else { continue };
            let after = Verification::new(&document, &world.trust, time).verify();
            for (one, other) in before.signatures.iter().zip(&after.signatures) {
                assert!(rank(other) >= rank(one), "{name}: {what}: {} then {}", verdict(one), verdict(other));
                assert!(other.level <= one.level, "{name}: {what}");
                assert_ne!(verdict(other), "TOTAL-PASSED", "{name}: {what}: {other:#?}");
                let told = [Code::StrayBytes, Code::ModifiedAfterSigning, Code::ModificationUnknown, Code::Coverage];
                assert!(
                    other.findings.iter().any(|finding| told.contains(&finding.code)),
                    "{name}: {what}: {other:#?}"
                );
            }
        }
        // A line end is no change (ISO 32000-2, 12.8.1).
        let after = world.verify(&[file.as_slice(), b"\n"].concat(), time);
        for (one, other) in before.signatures.iter().zip(&after.signatures) {
            assert_eq!(verdict(one), verdict(other), "{name}");
        }
        // Revisions that change what was signed, with or without a signature of the attacker's over it.
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 99 0 R>>";
        let changed = pdf::append(&file, &[(3, page), (99, "<</Length 3>>\nstream\nq Q\nendstream")]);
        let signed_over = world.stamped(&changed, now().after(minutes(1)));
        for (what, file) in [("changed", changed), ("changed and signed", signed_over)] {
            let after = world.verify(&file, time);
            for one in &before.signatures {
                let other = signature(&after, &one.field);
                assert!(rank(other) >= rank(one) && verdict(other) != "TOTAL-PASSED", "{name}: {what}: {other:#?}");
                assert!(
                    other.findings.iter().any(|finding| finding.code == Code::ModifiedAfterSigning),
                    "{name}: {what}"
                );
            }
        }
    }
}

#[test]
fn the_same_input_gives_the_same_report() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, file, time) in situations(&world) {
        let path = folder.path().join("file.pdf");
        std::fs::write(&path, &file).unwrap();
        let from_disk = Document::open(std::fs::File::open(&path).unwrap()).unwrap();
        let report = world.verify(&file, time);
        let again = Verification::new(&from_disk, &world.trust, time).verify();
        assert_eq!(report, again, "{name}");
        assert_eq!(report.to_json("file.pdf"), again.to_json("file.pdf"), "{name}");
        for language in [pades_ltv::Language::Japanese, pades_ltv::Language::English] {
            assert_eq!(report.to_text(language), again.to_text(language), "{name}");
        }
        // Asked twice in a row, and with the same evidence in another order.
        let verification = Verification::new(&from_disk, &world.trust, time);
        assert_eq!(verification.verify(), verification.verify(), "{name}");
        let pieces = all_pieces(&world, &file);
        let mut both = [Evidence::new(), Evidence::new()];
        pieces.iter().for_each(|piece| piece.add(&mut both[0]).unwrap_or_default());
        pieces.iter().rev().for_each(|piece| piece.add(&mut both[1]).unwrap_or_default());
        let [forwards, backwards] = both.map(|evidence| world.verify_with(&file, time, &evidence));
        let told = |report: &pades_ltv::Report| {
            let told =
                |one: &SignatureReport| (verdict(one), one.level, one.best_signature_time, one.associated.clone());
            report.signatures.iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(told(&forwards), told(&backwards), "{name}");
    }
}
