//! Certificate policies along a path.
//!
//! Invariant: the policies are a *graph* whose size is linear in the certificates (RFC 9618), never RFC 5280's exponential tree.
//!
//! Specified in RFC 5280, 6.1.2 to 6.1.5, with the data structure of RFC 9618, 5. Nouns: [`PolicyGraph`], [`PolicySet`].

use std::collections::{BTreeMap, BTreeSet};

use const_oid::ObjectIdentifier;
use x509_cert::ext::pkix::PolicyConstraints;

use crate::pki::certificate::Certificate;
use crate::pki::oid::Oid;

use super::StepFault;

pub(super) const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// Policies under which something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicySet {
    /// Every policy.
    Any,
    /// These; none at all when empty.
    Only(BTreeSet<Oid>),
}

/// The nodes of one depth, by valid policy.
type Level = BTreeMap<Oid, Node>;

struct Node {
    expected: BTreeSet<Oid>,
    /// Valid policies of the nodes above that lead here.
    parents: BTreeSet<Oid>,
}

/// The valid policy graph and the three counters of RFC 5280, 6.1.2.
pub(super) struct PolicyGraph {
    /// From the anchor downwards; the last level is the current one.
    levels: Vec<Level>,
    explicit: u32,
    mapping: u32,
    inhibit_any: u32,
}

/// The inputs of RFC 5280, 6.1.1 (e) to (g): where set, the property holds from the first certificate on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct InitialPolicyFlags {
    pub(crate) explicit_policy: bool,
    pub(crate) policy_mapping_inhibit: bool,
    pub(crate) any_policy_inhibit: bool,
}

/// The certificate policies that stand in `certificate` itself (RFC 5280, 4.2.1.4).
pub(crate) fn named_policies(certificate: &Certificate) -> Result<Vec<Oid>, StepFault> {
    Ok(NamedPolicies::of(certificate)?.0.unwrap_or_default())
}

/// The policies that a certificate names.
pub(super) struct NamedPolicies(Option<Vec<Oid>>);

impl NamedPolicies {
    pub(super) fn of(certificate: &Certificate) -> Result<Self, StepFault> {
        let policies = certificate.extension::<PolicyIdentifiers>()?;
        Ok(Self(policies.map(|(_, PolicyIdentifiers(oids))| oids)))
    }
}

impl PolicyGraph {
    /// At the anchor, for a path of `length` certificates.
    pub(super) fn new(length: usize, flags: InitialPolicyFlags) -> Self {
        let never = u32::try_from(length).unwrap_or(u32::MAX).saturating_add(1);
        let counter = |set| if set { 0 } else { never };
        let root = Node { expected: BTreeSet::from([ANY_POLICY.into()]), parents: BTreeSet::new() };
        Self {
            levels: vec![Level::from([(ANY_POLICY.into(), root)])],
            explicit: counter(flags.explicit_policy),
            mapping: counter(flags.policy_mapping_inhibit),
            inhibit_any: counter(flags.any_policy_inhibit),
        }
    }

    /// RFC 5280, 6.1.3 (d) to (f). `is_last` is true for the target alone.
    pub(super) fn enter(
        &mut self,
        named: &NamedPolicies,
        certificate: &Certificate,
        is_last: bool,
    ) -> Result<(), StepFault> {
        let any_counts = self.inhibit_any > 0 || (!is_last && certificate.is_self_issued());
        let level = match &named.0 {
            Some(policies) => self.below(policies, any_counts),
            None => Level::new(),
        };
        self.levels.push(level);
        if self.explicit == 0 && self.is_null() { Err(StepFault::NoPolicy) } else { Ok(()) }
    }

    /// RFC 5280, 6.1.4 (a), (b) and (h) to (j).
    pub(super) fn leave(&mut self, certificate: &Certificate) -> Result<(), StepFault> {
        self.map(certificate)?;
        if !certificate.is_self_issued() {
            for counter in [&mut self.explicit, &mut self.mapping, &mut self.inhibit_any] {
                *counter = counter.saturating_sub(1);
            }
        }
        if let Some((_, constraints)) = certificate.extension::<PolicyConstraints>()? {
            self.explicit = self.explicit.min(constraints.require_explicit_policy.unwrap_or(u32::MAX));
            self.mapping = self.mapping.min(constraints.inhibit_policy_mapping.unwrap_or(u32::MAX));
        }
        if let Some((_, inhibit)) = certificate.extension::<x509_cert::ext::pkix::InhibitAnyPolicy>()? {
            self.inhibit_any = self.inhibit_any.min(inhibit.0);
        }
        Ok(())
    }

    /// RFC 5280, 6.1.5 (a), (b) and (g): the policies that the path is valid for, or that none is where one is required.
    pub(super) fn finish(mut self, target: &Certificate, wanted: &PolicySet) -> Result<PolicySet, StepFault> {
        self.explicit = self.explicit.saturating_sub(1);
        if let Some((_, constraints)) = target.extension::<PolicyConstraints>()?
            && constraints.require_explicit_policy == Some(0)
        {
            self.explicit = 0;
        }
        let granted = intersect(self.authority_set(), wanted);
        if self.explicit == 0 && granted == PolicySet::Only(BTreeSet::new()) {
            return Err(StepFault::NoPolicy);
        }
        Ok(granted)
    }

    fn is_null(&self) -> bool {
        self.levels.last().is_none_or(BTreeMap::is_empty)
    }

    /// The next level, for a certificate that names `policies`.
    fn below(&self, policies: &[Oid], any_counts: bool) -> Level {
        let mut parents_of: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for (policy, node) in self.levels.last().into_iter().flatten() {
            for expected in &node.expected {
                parents_of.entry(expected.clone()).or_default().insert(policy.clone());
            }
        }
        let any = Oid::from(ANY_POLICY);
        let node = |policy: &Oid, parents: &BTreeSet<_>| Node {
            expected: BTreeSet::from([policy.clone()]),
            parents: parents.clone(),
        };
        let mut level = Level::new();
        for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
            if let Some(parents) = parents_of.get(policy).or_else(|| parents_of.get(&any)) {
                level.insert(policy.clone(), node(policy, parents));
            }
        }
        if any_counts && policies.contains(&any) {
            for (policy, parents) in &parents_of {
                level.entry(policy.clone()).or_insert_with(|| node(policy, parents));
            }
        }
        level
    }

    fn map(&mut self, certificate: &Certificate) -> Result<(), StepFault> {
        let any = Oid::from(ANY_POLICY);
        let Some((_, MappedPolicies(pairs))) = certificate.extension::<MappedPolicies>()? else { return Ok(()) };
        let mut mapped: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for pair in pairs {
            if [&pair.issuer_domain_policy, &pair.subject_domain_policy].contains(&&any) {
                return Err(StepFault::MapsAnyPolicy);
            }
            mapped.entry(pair.issuer_domain_policy).or_default().insert(pair.subject_domain_policy);
        }
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        if self.mapping == 0 {
            level.retain(|policy, _| !mapped.contains_key(policy));
            return Ok(());
        }
        let has_any = level.contains_key(&any);
        for (policy, expected) in mapped {
            if let Some(node) = level.get_mut(&policy) {
                node.expected = expected;
            } else if has_any {
                level.insert(policy, Node { expected, parents: BTreeSet::from([any.clone()]) });
            }
        }
        Ok(())
    }

    /// The policies, in the anchor's own terms, that a node of the last level goes back to (RFC 9618, 5.6).
    fn authority_set(&self) -> PolicySet {
        let any = Oid::from(ANY_POLICY);
        let mut reached: BTreeSet<Oid> =
            self.levels.last().map(|level| level.keys().cloned().collect()).unwrap_or_default();
        if reached.contains(&any) {
            return PolicySet::Any;
        }
        let mut roots = BTreeSet::new();
        for level in self.levels.iter().rev() {
            let mut above = BTreeSet::new();
            for (policy, node) in reached.iter().filter_map(|policy| Some((policy, level.get(policy)?))) {
                if node.parents.contains(&any) {
                    roots.insert(policy.clone());
                }
                above.extend(node.parents.iter().filter(|parent| **parent != any).cloned());
            }
            reached = above;
        }
        PolicySet::Only(roots)
    }
}

fn intersect(granted: PolicySet, wanted: &PolicySet) -> PolicySet {
    match (granted, wanted) {
        (granted, PolicySet::Any) => granted,
        (PolicySet::Any, wanted) => wanted.clone(),
        (PolicySet::Only(granted), PolicySet::Only(wanted)) => {
            PolicySet::Only(granted.intersection(wanted).cloned().collect())
        }
    }
}

/// `CertificatePolicies` without its qualifiers, which judge nothing and are often misspelt.
struct PolicyIdentifiers(Vec<Oid>);

impl const_oid::AssociatedOid for PolicyIdentifiers {
    const OID: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_CERTIFICATE_POLICIES;
}

#[derive(der::Sequence)]
struct PolicyInformation {
    policy: Oid,
    #[asn1(optional = "true")]
    qualifiers: Option<der::Any>,
}

impl<'a> der::Decode<'a> for PolicyIdentifiers {
    type Error = der::Error;

    fn decode<R: der::Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        let policies = Vec::<PolicyInformation>::decode(reader)?;
        Ok(Self(policies.into_iter().map(|information| information.policy).collect()))
    }
}

/// `PolicyMappings` (RFC 5280, 4.2.1.5).
struct MappedPolicies(Vec<PolicyMapping>);

impl const_oid::AssociatedOid for MappedPolicies {
    const OID: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_POLICY_MAPPINGS;
}

#[derive(der::Sequence)]
struct PolicyMapping {
    issuer_domain_policy: Oid,
    subject_domain_policy: Oid,
}

impl<'a> der::Decode<'a> for MappedPolicies {
    type Error = der::Error;

    fn decode<R: der::Reader<'a>>(reader: &mut R) -> der::Result<Self> {
        Vec::<PolicyMapping>::decode(reader).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::fixture::{extension, party};

    fn policies(count: u32, base: u32) -> Vec<Oid> {
        (0..count).map(|at| format!("2.999.{base}.{at}").parse().unwrap()).collect()
    }

    /// A certificate that names `named` and maps each of them to all of `to`.
    fn certificate(name: u8, named: &[Oid], to: &[Oid]) -> Certificate {
        let information = named.iter().map(|policy| PolicyInformation { policy: policy.clone(), qualifiers: None });
        let pairs = named.iter().flat_map(|from| {
            to.iter().map(|to| PolicyMapping { issuer_domain_policy: from.clone(), subject_domain_policy: to.clone() })
        });
        let mut extensions =
            vec![extension(const_oid::db::rfc5912::ID_CE_CERTIFICATE_POLICIES, true, &information.collect::<Vec<_>>())];
        let pairs: Vec<_> = pairs.collect();
        if !pairs.is_empty() {
            extensions.push(extension(const_oid::db::rfc5912::ID_CE_POLICY_MAPPINGS, true, &pairs));
        }
        party(name, 1).issue(party(name + 1, 1), &extensions)
    }

    #[test]
    fn mappings_of_everything_to_everything_stay_small() {
        // As a tree this has 30^12 leaves.
        let levels: Vec<_> = (0..=12).map(|level| policies(30, level)).collect();
        let mut graph = PolicyGraph::new(13, InitialPolicyFlags { explicit_policy: true, ..Default::default() });
        for (name, pair) in (0..).zip(levels.windows(2)) {
            let certificate = certificate(name, &pair[0], &pair[1]);
            graph.enter(&NamedPolicies::of(&certificate).unwrap(), &certificate, false).unwrap();
            graph.leave(&certificate).unwrap();
        }
        let last = certificate(99, &levels[12][..1], &[]);
        graph.enter(&NamedPolicies::of(&last).unwrap(), &last, true).unwrap();
        let size: usize = graph.levels.iter().flat_map(|level| level.values()).map(|node| node.parents.len()).sum();
        assert!(size <= 13 * 30 * 30, "{size}");
        let granted = graph.finish(&last, &PolicySet::Any).unwrap();
        assert_eq!(granted, PolicySet::Only(levels[0].iter().cloned().collect()));
    }

    #[test]
    fn the_policies_granted_are_in_the_anchors_terms() {
        let [first, second] = [policies(2, 1), policies(2, 2)];
        let mut graph = PolicyGraph::new(2, InitialPolicyFlags::default());
        let ca = certificate(1, &first[..1], &second[..1]);
        graph.enter(&NamedPolicies::of(&ca).unwrap(), &ca, false).unwrap();
        graph.leave(&ca).unwrap();
        let target = certificate(2, &second, &[]);
        graph.enter(&NamedPolicies::of(&target).unwrap(), &target, true).unwrap();
        let granted = graph.finish(&target, &PolicySet::Any).unwrap();
        assert_eq!(granted, PolicySet::Only(BTreeSet::from([first[0].clone()])));
    }
}
