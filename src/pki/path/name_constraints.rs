//! Which names the CAs of a path may certify.
//!
//! Invariant: a name that cannot be understood is never inside what is permitted; and comparisons are counted.
//!
//! Specified in RFC 5280, 4.2.1.10 and 6.1.3 (b) and (c). Nouns: [`NameConstraints`] (of the path so far), `Subtrees` (of one certificate).

use std::borrow::Cow;

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Sequence};

use crate::pki::certificate::Certificate;
use crate::pki::general_name::GeneralName;

use super::StepFault;

const SUBJECT_ALT_NAME: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_SUBJECT_ALT_NAME;
const NAME_CONSTRAINTS: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_NAME_CONSTRAINTS;
const EMAIL_ADDRESS: ObjectIdentifier = const_oid::db::rfc3280::EMAIL_ADDRESS;

/// The constraints of all certificates passed so far.
pub(super) struct NameConstraints {
    passed: Vec<Subtrees>,
    comparisons: usize,
    limit: usize,
}

/// The constraints of one certificate.
struct Subtrees {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

/// Where a name stands with respect to a constraint of its own form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Inside,
    Outside,
    /// Name or constraint cannot be understood.
    Unknown,
}

#[derive(Sequence)]
struct Extension {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    permitted: Option<Vec<GeneralSubtree>>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    excluded: Option<Vec<GeneralSubtree>>,
}

#[derive(Sequence)]
struct GeneralSubtree {
    base: Any,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", default = "Default::default")]
    minimum: u32,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    maximum: Option<u32>,
}

impl NameConstraints {
    /// None yet; at most `limit` comparisons are made for the whole path.
    pub(super) fn new(limit: usize) -> Self {
        Self { passed: Vec::new(), comparisons: 0, limit }
    }

    /// RFC 5280, 6.1.4 (g): adds what `certificate` says.
    pub(super) fn pass(&mut self, certificate: &Certificate) -> Result<(), StepFault> {
        let Some(extension) = certificate.raw_extension(NAME_CONSTRAINTS) else { return Ok(()) };
        let unreadable =
            |_| StepFault::Unreadable(super::super::certificate::CertificateFault::Extension(NAME_CONSTRAINTS.into()));
        let extension = Extension::from_der(extension.extn_value.as_bytes()).map_err(unreadable)?;
        let permitted = bases(extension.permitted.unwrap_or_default())?;
        let excluded = bases(extension.excluded.unwrap_or_default())?;
        self.passed.push(Subtrees { permitted, excluded });
        Ok(())
    }

    /// RFC 5280, 6.1.3 (b) and (c): whether every name of `certificate` may stand in the path.
    pub(super) fn check(&mut self, certificate: &Certificate) -> Result<(), StepFault> {
        if self.passed.is_empty() {
            return Ok(());
        }
        let names = names_of(certificate)?;
        let passed = std::mem::take(&mut self.passed);
        let outcome = names.iter().try_for_each(|name| passed.iter().try_for_each(|one| self.apply(one, name)));
        self.passed = passed;
        outcome
    }

    fn apply(&mut self, subtrees: &Subtrees, name: &GeneralName) -> Result<(), StepFault> {
        let mut permitted = None;
        for base in subtrees.permitted.iter().filter(|base| base.form() == name.form()) {
            self.count()?;
            match place(name, base) {
                Place::Inside => permitted = Some(true),
                Place::Outside => permitted = permitted.or(Some(false)),
                Place::Unknown => return Err(StepFault::NameConstraint(name.form())),
            }
        }
        if permitted == Some(false) {
            return Err(StepFault::NameNotPermitted(name.to_string()));
        }
        for base in subtrees.excluded.iter().filter(|base| base.form() == name.form()) {
            self.count()?;
            match place(name, base) {
                Place::Inside => return Err(StepFault::NameExcluded(name.to_string())),
                Place::Outside => {}
                Place::Unknown => return Err(StepFault::NameConstraint(name.form())),
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), StepFault> {
        self.comparisons = self.comparisons.saturating_add(1);
        if self.comparisons > self.limit { Err(StepFault::NameComparisons(self.limit)) } else { Ok(()) }
    }
}

/// The subject, the alternative names and, where there are none, the subject's mailboxes (RFC 5280, 4.2.1.10).
fn names_of(certificate: &Certificate) -> Result<Vec<GeneralName>, StepFault> {
    let mut names = Vec::new();
    if !certificate.subject().is_empty() {
        names.push(GeneralName::Directory(certificate.subject().clone()));
    }
    match certificate.raw_extension(SUBJECT_ALT_NAME) {
        Some(_) => names.extend(certificate.alternative_names()?),
        None => names.extend(certificate.subject().values(EMAIL_ADDRESS).into_iter().map(GeneralName::Rfc822)),
    }
    Ok(names)
}

/// The bases; a minimum or maximum is not understood, as nobody ever used them (RFC 5280, 4.2.1.10).
fn bases(subtrees: Vec<GeneralSubtree>) -> Result<Vec<GeneralName>, StepFault> {
    let bases = subtrees.into_iter().map(|subtree| {
        let base = GeneralName::from_any(&subtree.base);
        let plain = subtree.minimum == 0 && subtree.maximum.is_none();
        if plain { Ok(base) } else { Err(StepFault::NameConstraint(base.form())) }
    });
    bases.collect()
}

fn place(name: &GeneralName, base: &GeneralName) -> Place {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => inside(name.is_within(base)),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => dns(name, base),
        (GeneralName::Rfc822(name), GeneralName::Rfc822(base)) => mailbox(name, base),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => uri(name, base),
        (GeneralName::Ip(name), GeneralName::Ip(base)) => address(name, base),
        _ => Place::Unknown,
    }
}

fn inside(is_inside: bool) -> Place {
    if is_inside { Place::Inside } else { Place::Outside }
}

/// A host without case and without the root's dot.
fn host(text: &str) -> Cow<'_, str> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text.into() }
}

/// `base` itself or anything with more labels to its left; a leading dot asks for at least one more.
fn dns(name: &str, base: &str) -> Place {
    let (name, base) = (host(name), host(base));
    if name.is_empty() {
        return Place::Unknown;
    }
    // A wildcard stands for any one label, so that it is inside whatever one of them would be.
    let wild = name.strip_prefix("*.").is_some_and(|rest| {
        let parent = base.trim_start_matches('.').split_once('.').map(|(_, parent)| parent);
        parent == Some(rest)
    });
    inside(wild || base.is_empty() || is_below(&name, base.trim_start_matches('.')) || (*name == *base))
}

/// Whether `name` has at least one label before `.base`.
fn is_below(name: &str, base: &str) -> bool {
    name.strip_suffix(base).and_then(|rest| rest.strip_suffix('.')).is_some_and(|label| !label.is_empty())
}

/// One mailbox, all mailboxes of a host, or with a leading dot those of all hosts below it.
fn mailbox(name: &str, base: &str) -> Place {
    let Some((local, domain)) = name.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
    else {
        return Place::Unknown;
    };
    match base.rsplit_once('@') {
        Some((base_local, base_domain)) => inside(local == base_local && host(domain) == host(base_domain)),
        None => domain_of(&host(domain), &host(base)),
    }
}

/// A host exactly, or with a leading dot those below it.
fn domain_of(name: &str, base: &str) -> Place {
    match base.strip_prefix('.') {
        Some(parent) => inside(is_below(name, parent)),
        None => inside(name == base),
    }
}

/// By the host of its authority; without one, or with an address there, it cannot be judged.
fn uri(name: &str, base: &str) -> Place {
    let authority = name.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let Some(authority) = authority else { return Place::Unknown };
    let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
    let server = server.split_once(':').map_or(server, |(server, _)| server);
    let is_address = server.starts_with('[') || server.parse::<std::net::Ipv4Addr>().is_ok();
    if server.is_empty() || is_address { Place::Unknown } else { domain_of(&host(server), &host(base)) }
}

/// An address under a mask, both of the same family.
fn address(name: &[u8], base: &[u8]) -> Place {
    if !matches!((name.len(), base.len()), (4 | 16, 8 | 32)) {
        return Place::Unknown;
    }
    let Some((network, mask)) = base.split_at_checked(name.len()) else { return Place::Outside };
    if mask.len() != name.len() {
        return Place::Outside;
    }
    let mut bytes = name.iter().zip(network).zip(mask);
    inside(bytes.all(|((name, network), mask)| name & mask == network & mask))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::fixture::{ca, extension, party, tlv};

    /// Constraints with these subtrees, each a tag and content.
    fn constraints(permitted: &[(u8, &[u8])], excluded: &[(u8, &[u8])]) -> crate::pki::extension::Extension {
        let trees = |tag: u8, bases: &[(u8, &[u8])]| {
            let bases: Vec<Vec<u8>> = bases.iter().map(|(form, base)| tlv(0x30, &[&tlv(*form, &[base])])).collect();
            if bases.is_empty() { Vec::new() } else { tlv(tag, &[&bases.concat()]) }
        };
        let der = tlv(0x30, &[&trees(0xa0, permitted), &trees(0xa1, excluded)]);
        extension(NAME_CONSTRAINTS, true, &der::asn1::AnyRef::try_from(der.as_slice()).unwrap())
    }

    /// What is said of a certificate with these alternative names, below authorities with these constraints.
    fn judged(passed: &[crate::pki::extension::Extension], names: &[(u8, &[u8])]) -> Result<(), StepFault> {
        let names: Vec<Vec<u8>> = names.iter().map(|(form, name)| tlv(*form, &[name])).collect();
        let der = tlv(0x30, &[&names.concat()]);
        let names = extension(SUBJECT_ALT_NAME, false, &der::asn1::AnyRef::try_from(der.as_slice()).unwrap());
        let mut all = NameConstraints::new(1_000);
        for one in passed {
            all.pass(&party(1, 1).issue(party(2, 2), &[ca(None), one.clone()])).unwrap();
        }
        all.check(&party(2, 2).issue(party(3, 3), &[names]))
    }

    /// Every form, in a certificate: permitted inside, not outside, not inside what is excluded; and another form is not asked.
    #[test]
    fn every_form_is_constrained() {
        const NET: [u8; 8] = [192, 0, 2, 0, 255, 255, 255, 0];
        const NET6: [u8; 32] = {
            let mut net = [0; 32];
            (net[0], net[1], net[16], net[17]) = (0x20, 0x01, 0xff, 0xff);
            net
        };
        const HOST6: [u8; 16] = [0x20, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        const OTHER6: [u8; 16] = [0x20, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        let (own, other) = (party(7, 7).certify(party(7, 7)), party(8, 8).certify(party(8, 8)));
        type Form<'a> = (u8, &'a [u8], &'a [u8], &'a [u8]);
        let forms: [Form<'_>; 6] = [
            (0x81, b"example.jp", b"taro@example.jp", b"taro@example.com"),
            (0x82, b"example.jp", b"www.example.jp", b"www.example.com"),
            (0xa4, own.subject().der(), own.subject().der(), other.subject().der()),
            (0x86, b".example.jp", b"https://www.example.jp/", b"https://www.example.com/"),
            (0x87, &NET, &[192, 0, 2, 9], &[192, 0, 3, 9]),
            (0x87, &NET6, &HOST6, &OTHER6),
        ];
        let subject = party(3, 3).certify(party(3, 3));
        for (form, base, inside, outside) in forms {
            // The subject is a directory name, too.
            let mut permitted = vec![(form, base)];
            permitted.extend((form == 0xa4).then_some((0xa4, subject.subject().der())));
            let (permits, excludes) = (constraints(&permitted, &[]), constraints(&[], &[(form, base)]));
            assert_eq!(judged(std::slice::from_ref(&permits), &[(form, inside)]), Ok(()), "{form:x}");
            let fault = judged(std::slice::from_ref(&permits), &[(form, inside), (form, outside)]);
            assert!(matches!(fault, Err(StepFault::NameNotPermitted(_))), "{form:x}: {fault:?}");
            let fault = judged(std::slice::from_ref(&excludes), &[(form, outside), (form, inside)]);
            assert!(matches!(fault, Err(StepFault::NameExcluded(_))), "{form:x}: {fault:?}");
            assert_eq!(judged(std::slice::from_ref(&excludes), &[(form, outside)]), Ok(()), "{form:x}");
            // What one authority permits and another excludes is not permitted.
            assert!(judged(&[permits, excludes], &[(form, inside)]).is_err(), "{form:x}");
            let unasked =
                if form == 0x82 { (0x81, b"x@example.org".as_slice()) } else { (0x82, b"example.org".as_slice()) };
            assert_eq!(judged(&[constraints(&permitted, &[])], &[unasked]), Ok(()), "{form:x}");
        }
        // A form that is not known here: no such name passes, and others are not its business.
        let registered = constraints(&[], &[(0x88, &[0x2a, 3])]);
        assert_eq!(judged(std::slice::from_ref(&registered), &[(0x88, &[0x2a, 4])]), Err(StepFault::NameConstraint(8)));
        assert_eq!(judged(&[registered], &[(0x82, b"example.org")]), Ok(()));
    }

    #[test]
    fn comparisons_are_counted() {
        let bases: Vec<Vec<u8>> = (0..200).map(|number| format!("host{number}.example.jp").into_bytes()).collect();
        let bases: Vec<(u8, &[u8])> = bases.iter().map(|base| (0x82, base.as_slice())).collect();
        let names = vec![(0x82, b"www.example.com".as_slice()); 10];
        let fault = judged(&[constraints(&[], &bases)], &names).unwrap_err();
        assert!(fault.to_string().contains("1000 name comparisons (Limits::name_comparisons)"), "{fault}");
    }

    fn check(place_of: fn(&str, &str) -> Place, name: &str, base: &str, expected: char) {
        let found = match place_of(name, base) {
            Place::Inside => '+',
            Place::Outside => '-',
            Place::Unknown => '?',
        };
        assert_eq!(found, expected, "{name} against {base}");
    }

    #[test]
    fn hosts() {
        for (name, base, expected) in [
            ("example.jp", "example.jp", '+'),
            ("A.Example.JP.", "example.jp", '+'),
            ("badexample.jp", "example.jp", '-'),
            ("example.jp", ".example.jp", '-'),
            ("a.example.jp", ".example.jp", '+'),
            ("anything", "", '+'),
            ("*.example.jp", "example.jp", '+'),
            ("*.example.jp", "host.example.jp", '+'),
            ("*.example.jp", "deep.host.example.jp", '-'),
            ("", "example.jp", '?'),
        ] {
            check(dns, name, base, expected);
        }
    }

    #[test]
    fn mailboxes() {
        for (name, base, expected) in [
            ("taro@example.jp", "example.jp", '+'),
            ("taro@EXAMPLE.jp", "taro@example.jp", '+'),
            ("Taro@example.jp", "taro@example.jp", '-'),
            ("taro@mail.example.jp", "example.jp", '-'),
            ("taro@mail.example.jp", ".example.jp", '+'),
            ("taro@example.jp", ".example.jp", '-'),
            ("taro", "example.jp", '?'),
            ("@example.jp", "example.jp", '?'),
        ] {
            check(mailbox, name, base, expected);
        }
    }

    #[test]
    fn uris() {
        for (name, base, expected) in [
            ("http://host.example.jp/a", "host.example.jp", '+'),
            ("https://u@HOST.example.jp:8443?x", ".example.jp", '+'),
            ("http://example.jp", ".example.jp", '-'),
            ("http://evil.jp/example.jp", "example.jp", '-'),
            ("http://192.0.2.1/", "example.jp", '?'),
            ("http://[2001:db8::1]/", "example.jp", '?'),
            ("urn:oid:1.2", "example.jp", '?'),
        ] {
            check(uri, name, base, expected);
        }
    }

    #[test]
    fn addresses() {
        let net = [192, 0, 2, 0, 255, 255, 255, 0];
        assert!(address(&[192, 0, 2, 7], &net) == Place::Inside);
        assert!(address(&[192, 0, 3, 7], &net) == Place::Outside);
        assert!(address(&[0; 16], &net) == Place::Outside);
        assert!(address(&[192, 0, 2, 7], &[0; 32]) == Place::Outside);
        assert!(address(&[192, 0, 2], &net) == Place::Unknown);
    }
}
