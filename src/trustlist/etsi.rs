//! EU trusted lists and the list of them.
//!
//! Invariant: what is read is what stands there, statuses as their URIs; what it comes to is [`anchors`](super::anchors).
//!
//! Specified in TS 119 612 V2.2.1 and V2.3.1, 5. Nouns: [`TrustedList`], [`ListPointer`], [`TrustServiceProvider`], [`Service`],
//! [`ServiceEntry`], [`Names`].

use roxmltree::Node;

use super::signers::ListSigners;
use super::unchecked::Unchecked;
use super::xml::{self, bad, child, children, find, text, text_at, time_at};
use super::xml_signature;
use crate::error::{Error, ErrorKind, Result};
use crate::time::Time;

const NAMESPACE: &str = "http://uri.etsi.org/02231/v2#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const LIST_OF_LISTS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists";

/// A trusted list (TS 119 612, 5), of version 5 or 6.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustedList {
    /// The format's version: 5 or 6.
    pub version: u32,
    /// Rises with every release of the list.
    pub sequence: u64,
    /// What kind of list it is, as a URI.
    pub kind: String,
    /// The country, such as `EL`; `EU` for the list of lists.
    pub territory: String,
    /// Who publishes it.
    pub operator: Names,
    /// What it is called.
    pub scheme: Names,
    /// When it was issued.
    pub issued: Time,
    /// When the next release is due at the latest; `None` for a closed list.
    pub next_update: Option<Time>,
    /// Other lists and who may sign them.
    pub pointers: Vec<ListPointer>,
    /// Who offers which services.
    pub providers: Vec<TrustServiceProvider>,
}

/// A pointer to another list (TS 119 612, 5.3.13).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListPointer {
    /// Where it is published.
    pub location: String,
    /// Its country.
    pub territory: Option<String>,
    /// Its kind, as a URI.
    pub kind: Option<String>,
    /// `application/vnd.etsi.tsl+xml` for one that programs read.
    pub mime_type: Option<String>,
    /// Who publishes it.
    pub operator: Names,
    /// The DER certificates of those who may sign it.
    pub certificates: Vec<Vec<u8>>,
}

/// A provider of trust services (TS 119 612, 5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustServiceProvider {
    /// Its name.
    pub names: Names,
    /// Other names, with its registration number.
    pub trade_names: Names,
    /// What it offers.
    pub services: Vec<Service>,
}

/// A service, as it is and as it was (TS 119 612, 5.5 and 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// As it is now.
    pub current: ServiceEntry,
    /// As it was before, newest first.
    pub history: Vec<ServiceEntry>,
}

/// What is said of a service from a time on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceEntry {
    /// What it is, as a URI such as `http://uri.etsi.org/TrstSvc/Svctype/CA/QC`.
    pub kind: String,
    /// What it is called.
    pub names: Names,
    /// Its status, as a URI such as `http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted`.
    pub status: String,
    /// Since when it has this status.
    pub since: Time,
    /// Its certificates, DER, all with the same key. Often absent in the history.
    pub certificates: Vec<Vec<u8>>,
    /// The subject of its certificates.
    pub subjects: Vec<String>,
    /// The key identifier of its certificates.
    pub key_ids: Vec<Vec<u8>>,
    /// What the service is for, as URIs (5.5.9.4).
    pub additional: Vec<String>,
    /// How certificates of the service are qualified, as URIs (5.5.9.2).
    pub qualifiers: Vec<String>,
}

/// A name in several languages, or several names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Vec<(String, String)>);

impl Names {
    /// Language (such as `en`) and name, in the order of the list.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, name)| (language.as_str(), name.as_str()))
    }

    /// The first name in this language.
    pub fn in_language(&self, language: &str) -> Option<&str> {
        self.iter().find(|(one, _)| one.eq_ignore_ascii_case(language)).map(|(_, name)| name)
    }

    /// The English name, or else the first one; empty where there is none.
    pub fn english(&self) -> &str {
        self.in_language("en").or_else(|| self.iter().next().map(|(_, name)| name)).unwrap_or_default()
    }

    fn read(node: Option<Node<'_, '_>>) -> Self {
        let names = node.into_iter().flat_map(|node| children(node, "Name"));
        Self(names.map(|name| (name.attribute((XML, "lang")).unwrap_or_default().to_owned(), text(name))).collect())
    }
}

impl<'a> Unchecked<'a, TrustedList> {
    /// Reads a trusted list, or the list of them, as it is published: XML in UTF-8.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`] when it is no such list; [`ErrorKind::Limit`] when it is too large; [`ErrorKind::Unsupported`] for versions
    /// before 5.
    pub fn read(xml: &'a [u8]) -> Result<Self> {
        let document = xml::parse(xml)?;
        Ok(Self { bytes: xml, list: list(document.root_element())? })
    }

    /// The list, if one of `signers` signed it who may sign lists of its territory and kind (TS 119 612, 5.7.1 and annex B: XAdES,
    /// enveloped, exclusive canonicalization), and if it is current at `now`, in UTC seconds. The validity of the signers' certificates is
    /// not looked at: whoever names them vouches for them now.
    ///
    /// # Errors
    /// [`ErrorKind::TrustList`] when none of them did, the list was changed since, or it has expired (5.3.15: it is then to be
    /// discarded); [`ErrorKind::Certificate`] when one of `signers` cannot be read.
    pub fn signed_by(self, signers: &ListSigners, now: Time) -> Result<TrustedList> {
        let list = self.danger_signed_though_expired(signers)?;
        list.check_current(now)?;
        Ok(list)
    }

    /// As [`signed_by`](Self::signed_by), but **whether it has expired is not looked at**: who was withdrawn since is still trusted. What
    /// is verified after the list's `next_update` says so in a finding ([`Code::TrustList`](crate::report::Code::TrustList)).
    ///
    /// # Errors
    /// [`ErrorKind::TrustList`] when nobody who may signed it, or it was changed since; [`ErrorKind::Certificate`] when one of `signers`
    /// cannot be read.
    pub fn danger_signed_though_expired(self, signers: &ListSigners) -> Result<TrustedList> {
        let signers = signers.of(&self.list)?;
        xml_signature::check(&xml::parse(self.bytes)?, &signers)?;
        Ok(self.list)
    }
}

impl TrustedList {
    /// Whether it is the list of lists.
    pub fn is_list_of_lists(&self) -> bool {
        self.kind == LIST_OF_LISTS
    }

    /// Those who may sign the lists that it points to, each for lists of the territory and kind that its pointer names.
    pub fn signers(&self) -> ListSigners {
        ListSigners::of_pointers(&self.pointers)
    }

    /// That its next release was not due before `now` (TS 119 612, 5.3.15). A closed list, which has no next release, stays.
    ///
    /// # Errors
    /// [`ErrorKind::TrustList`] when it has expired.
    pub fn check_current(&self, now: Time) -> Result<()> {
        let Some(due) = self.next_update.filter(|due| *due < now) else { return Ok(()) };
        let message = format!("{} has expired: its next release was due {due} (TS 119 612, 5.3.15)", self.label());
        Err(Error::new(ErrorKind::TrustList, message).advise("fetch the current list from its publisher"))
    }

    /// Every service of every provider.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.providers.iter().flat_map(|provider| &provider.services)
    }
}

impl Service {
    /// Its entries, newest first.
    pub fn entries(&self) -> impl Iterator<Item = &ServiceEntry> {
        [&self.current].into_iter().chain(&self.history)
    }
}

fn list(root: Node<'_, '_>) -> Result<TrustedList> {
    if !root.has_tag_name((NAMESPACE, "TrustServiceStatusList")) {
        let error = Error::new(ErrorKind::Syntax, "the file is no trusted list");
        return Err(error.advise("give a list as TS 119 612 has it, in XML"));
    }
    let scheme = child(root, "SchemeInformation").ok_or_else(|| bad(root, "SchemeInformation is missing"))?;
    let number = |name| text_at(scheme, &[name]).and_then(|text| text.parse::<u64>().ok());
    let version = number("TSLVersionIdentifier").and_then(|version| u32::try_from(version).ok());
    let version = version.ok_or_else(|| bad(scheme, "there is no version"))?;
    if !matches!(version, 5 | 6) {
        let message = format!("trusted lists of version {version} are not read");
        return Err(Error::new(ErrorKind::Unsupported, message).advise("give one of version 5 or 6"));
    }
    let pointers = child(scheme, "PointersToOtherTSL");
    let pointers = pointers.into_iter().flat_map(|node| children(node, "OtherTSLPointer")).map(pointer);
    let providers = child(root, "TrustServiceProviderList");
    let providers = providers.into_iter().flat_map(|node| children(node, "TrustServiceProvider")).map(provider);
    Ok(TrustedList {
        version,
        sequence: number("TSLSequenceNumber").ok_or_else(|| bad(scheme, "there is no sequence number"))?,
        kind: text_at(scheme, &["TSLType"]).ok_or_else(|| bad(scheme, "there is no type"))?,
        territory: text_at(scheme, &["SchemeTerritory"]).unwrap_or_default(),
        operator: Names::read(child(scheme, "SchemeOperatorName")),
        scheme: Names::read(child(scheme, "SchemeName")),
        issued: time_at(scheme, &["ListIssueDateTime"])?.ok_or_else(|| bad(scheme, "there is no date"))?,
        next_update: time_at(scheme, &["NextUpdate", "dateTime"])?,
        pointers: pointers.collect::<Result<_>>()?,
        providers: providers.collect::<Result<_>>()?,
    })
}

fn pointer(node: Node<'_, '_>) -> Result<ListPointer> {
    let others =
        || child(node, "AdditionalInformation").into_iter().flat_map(|node| children(node, "OtherInformation"));
    // Its own namespace for the MIME type alone.
    let other = |name: &str| others().flat_map(|one| one.children()).find(|one| one.tag_name().name() == name);
    let identities = child(node, "ServiceDigitalIdentities");
    let identities = identities.into_iter().flat_map(|node| children(node, "ServiceDigitalIdentity"));
    let certificates = identities.map(|node| values(node, "X509Certificate")).collect::<Result<Vec<_>>>()?;
    Ok(ListPointer {
        location: text_at(node, &["TSLLocation"]).ok_or_else(|| bad(node, "a pointer has no location"))?,
        territory: other("SchemeTerritory").map(text),
        kind: other("TSLType").map(text),
        mime_type: other("MimeType").map(text),
        operator: Names::read(other("SchemeOperatorName")),
        certificates: certificates.concat(),
    })
}

fn provider(node: Node<'_, '_>) -> Result<TrustServiceProvider> {
    let information = child(node, "TSPInformation").ok_or_else(|| bad(node, "TSPInformation is missing"))?;
    let services = child(node, "TSPServices").into_iter().flat_map(|node| children(node, "TSPService"));
    Ok(TrustServiceProvider {
        names: Names::read(child(information, "TSPName")),
        trade_names: Names::read(child(information, "TSPTradeName")),
        services: services.map(service).collect::<Result<_>>()?,
    })
}

fn service(node: Node<'_, '_>) -> Result<Service> {
    let current = child(node, "ServiceInformation").ok_or_else(|| bad(node, "ServiceInformation is missing"))?;
    let history = child(node, "ServiceHistory").into_iter().flat_map(|node| children(node, "ServiceHistoryInstance"));
    let mut history = history.map(entry).collect::<Result<Vec<_>>>()?;
    history.sort_by_key(|entry| std::cmp::Reverse(entry.since));
    Ok(Service { current: entry(current)?, history })
}

fn entry(node: Node<'_, '_>) -> Result<ServiceEntry> {
    let required = |name| text_at(node, &[name]).ok_or_else(|| bad(node, "a service has no type or status"));
    let identity = child(node, "ServiceDigitalIdentity");
    let ids = |name| identity.map_or(Ok(Vec::new()), |identity| values(identity, name));
    let subjects = identity.into_iter().flat_map(|node| children(node, "DigitalId"));
    let extensions = || {
        let all = child(node, "ServiceInformationExtensions").into_iter();
        all.flat_map(|node| children(node, "Extension")).flat_map(|one| one.descendants())
    };
    let additional = extensions().filter(|one| one.has_tag_name((NAMESPACE, "AdditionalServiceInformation")));
    let qualifiers = extensions().filter(|one| one.tag_name().name() == "Qualifier");
    Ok(ServiceEntry {
        kind: required("ServiceTypeIdentifier")?,
        names: Names::read(child(node, "ServiceName")),
        status: required("ServiceStatus")?,
        since: time_at(node, &["StatusStartingTime"])?.ok_or_else(|| bad(node, "a status has no beginning"))?,
        certificates: ids("X509Certificate")?,
        subjects: subjects.filter_map(|one| text_at(one, &["X509SubjectName"])).collect(),
        key_ids: ids("X509SKI")?,
        additional: additional.filter_map(|one| text_at(one, &["URI"])).collect(),
        qualifiers: qualifiers.filter_map(|one| one.attribute("uri").map(str::to_owned)).collect(),
    })
}

/// What stands in Base64 under each `DigitalId` of `identity`.
fn values(identity: Node<'_, '_>, name: &'static str) -> Result<Vec<Vec<u8>>> {
    children(identity, "DigitalId").filter_map(|one| find(one, &[name])).map(xml::base64).collect()
}
