//! Who signs, and how: a key in files, in a PKCS#12 file, on a token or at a service; the test authority; or somebody elsewhere.

use std::path::{Path, PathBuf};

use pades_ltv::csc::CscSigner;
use pades_ltv::pkcs11::{Pin, Pkcs11Key};
use pades_ltv::{DigestAlgorithm, ErrorKind, Identity, Signer, SoftwareSigner};

use crate::access;
use crate::arguments::Arguments;
use crate::failure::{During, Failure, Stop};
use crate::help::Topic;
use crate::inputs;
use crate::messages::Message;
use crate::remote::{self, Remote, RemoteKey};
use crate::services::Services;

const DIGESTS: &str = "sha256 | sha384 | sha512 | sha3-256 | sha3-384 | sha3-512 | shake256";

/// A key that can sign.
pub(crate) enum Key {
    /// It signs one document after another, on as many threads as there are.
    Each(Box<dyn Signer + Sync>),
    /// It is asked for all at once.
    AtOnce(Box<RemoteKey>),
}

impl Key {
    pub(crate) fn signer(&self) -> &(dyn Signer + Sync) {
        match self {
            Self::Each(signer) => signer.as_ref(),
            Self::AtOnce(remote) => &remote.signer,
        }
    }

    /// The same for one thread.
    pub(crate) fn unshared(&self) -> &dyn Signer {
        self.signer()
    }
}

/// The options of a key, as the command line has them.
#[derive(Default)]
pub(crate) struct Keys {
    key: Option<PathBuf>,
    chain: Option<PathBuf>,
    p12: Option<PathBuf>,
    pass_file: Option<PathBuf>,
    pkcs11: Option<String>,
    module: Option<PathBuf>,
    pin_file: Option<PathBuf>,
    csc: remote::Options,
    manner: Manner,
}

/// Who signs, and how.
pub(crate) struct Who {
    place: Place,
    manner: Manner,
}

/// Where the key is.
enum Place {
    TestAuthority,
    Files {
        key: PathBuf,
        chain: PathBuf,
        pass_file: Option<PathBuf>,
    },
    Container {
        p12: PathBuf,
        pass_file: Option<PathBuf>,
        chain: Option<PathBuf>,
    },
    Token {
        uri: String,
        module: Option<PathBuf>,
        pin_file: Option<PathBuf>,
        chain: Option<PathBuf>,
    },
    Service {
        remote: Remote,
        chain: Option<PathBuf>,
    },
    /// Not at hand, as in a dry run or where somebody elsewhere signs later.
    Elsewhere {
        chain: PathBuf,
    },
}

/// How to sign, where it is not to be what fits the key.
#[derive(Clone, Copy, Default)]
struct Manner {
    digest: Option<DigestAlgorithm>,
    is_pss: bool,
}

impl Keys {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "key" => self.key = Some(arguments.path(option)?),
            "chain" => self.chain = Some(arguments.path(option)?),
            "p12" => self.p12 = Some(arguments.path(option)?),
            "pass-file" => self.pass_file = Some(arguments.path(option)?),
            "pkcs11" => self.pkcs11 = Some(arguments.text(option)?),
            "module" => self.module = Some(arguments.path(option)?),
            "pin-file" => self.pin_file = Some(arguments.path(option)?),
            "digest" => self.manner.digest = Some(arguments.parsed(option, DIGESTS, digest_named)?),
            "pss" => self.manner.is_pss = true,
            _ => return self.csc.take(option, arguments),
        }
        Ok(true)
    }

    /// Where the key is to be: exactly one place. Without any it is the test authority's.
    pub(crate) fn complete(self, arguments: &Arguments) -> Result<Who, Stop> {
        self.check(arguments)?;
        let Self { key, chain, p12, pass_file, pkcs11, module, pin_file, csc, manner } = self;
        if let Some(remote) = csc.complete(arguments)? {
            return Ok(Who { place: Place::Service { remote, chain }, manner });
        }
        let place = match (key, p12, pkcs11, chain) {
            (Some(key), _, _, Some(chain)) => Place::Files { key, chain, pass_file },
            (Some(_), _, _, None) => return Err(arguments.wrong(Message::Together("key", "chain"))),
            (_, Some(p12), _, chain) => Place::Container { p12, pass_file, chain },
            (_, _, Some(uri), chain) => Place::Token { uri, module, pin_file, chain },
            (.., Some(chain)) => Place::Elsewhere { chain },
            (.., None) => Place::TestAuthority,
        };
        Ok(Who { place, manner })
    }

    fn check(&self, arguments: &Arguments) -> Result<(), Stop> {
        let places = [
            ("key", self.key.is_some()),
            ("p12", self.p12.is_some()),
            ("pkcs11", self.pkcs11.is_some()),
            ("csc", self.csc.is_given()),
        ];
        let mut given = places.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name);
        if let (Some(one), Some(other)) = (given.next(), given.next()) {
            return Err(arguments.wrong(Message::Apart(one, other)));
        }
        let has_file = self.p12.is_some() || self.key.is_some();
        for (option, is_given, needs, is_there) in [
            ("pass-file", self.pass_file.is_some(), "key", has_file),
            ("module", self.module.is_some(), "pkcs11", self.pkcs11.is_some()),
            ("pin-file", self.pin_file.is_some(), "pkcs11", self.pkcs11.is_some()),
        ] {
            if is_given && !is_there {
                return Err(arguments.wrong(Message::OnlyWith(option, needs)));
            }
        }
        Ok(())
    }
}

impl Who {
    pub(crate) fn is_test_authority(&self) -> bool {
        matches!(self.place, Place::TestAuthority)
    }

    /// The option that names a key elsewhere is given alone: nobody can sign with it here.
    pub(crate) fn is_elsewhere(&self) -> bool {
        matches!(self.place, Place::Elsewhere { .. })
    }

    /// The digest that was asked for.
    pub(crate) fn digest(&self) -> Option<DigestAlgorithm> {
        self.manner.digest
    }

    pub(crate) fn is_pss(&self) -> bool {
        self.manner.is_pss
    }

    /// The key; `None` where it is elsewhere.
    pub(crate) fn key(&self, services: &Services<'_>) -> Result<Option<Key>, Stop> {
        let software = match &self.place {
            Place::TestAuthority => services.test_signer()?,
            Place::Files { key, chain, pass_file } => from_files(key, chain, pass_file.as_deref())?,
            Place::Container { p12, pass_file, chain } => from_container(p12, pass_file.as_deref(), chain.as_deref())?,
            Place::Token { uri, module, pin_file, chain } => {
                let key = on_token(uri, module.as_deref(), pin_file.as_deref(), chain.as_deref())?;
                let signer = self.manner.of_token(key).open().during(|| Message::CannotUseToken)?;
                return each(signer, services).map(Some);
            }
            Place::Service { remote, chain } => {
                let key = self.service(remote, chain.as_deref(), services)?;
                return Ok(Some(Key::AtOnce(Box::new(remote.unlock(key, services)?))));
            }
            Place::Elsewhere { .. } => return Ok(None),
        };
        each(self.manner.of_software(software).during(|| Message::CannotSignSo)?, services).map(Some)
    }

    /// Whose key it is.
    pub(crate) fn identity(&self, services: &Services<'_>) -> Result<Identity, Stop> {
        if let Place::Elsewhere { chain } = &self.place {
            let identity = Identity::new(certificates(chain)?);
            let identity = identity.during(|| Message::CannotUse { option: "chain", path: chain.clone() })?;
            services.warn_of(&identity);
            return self.manner.of_identity(identity).during(|| Message::CannotSignSo);
        }
        if let Place::Service { remote, chain } = &self.place {
            return Ok(self.service(remote, chain.as_deref(), services)?.signer.credential().identity().clone());
        }
        let Some(key) = self.key(services)? else { return Err(no_key()) };
        key.signer().identity().during(|| Message::CannotUseToken)
    }

    /// The key at a service, locked as yet.
    fn service(&self, remote: &Remote, chain: Option<&Path>, services: &Services<'_>) -> Result<RemoteKey, Stop> {
        let mut key = remote.open(services)?;
        if let Some(chain) = chain {
            let signer = key.signer.with_certificates(certificates(chain)?);
            key.signer = signer.during(|| Message::CannotUse { option: "chain", path: chain.to_owned() })?;
        }
        services.warn_of(key.signer.credential().identity());
        key.signer = self.manner.of_service(key.signer).during(|| Message::CannotSignSo)?;
        Ok(key)
    }
}

impl Manner {
    fn of_identity(self, identity: Identity) -> pades_ltv::Result<Identity> {
        let identity = if self.is_pss { identity.with_pss()? } else { identity };
        self.digest.map_or(Ok(identity.clone()), |digest| identity.with_digest(digest))
    }

    fn of_software(self, signer: SoftwareSigner) -> pades_ltv::Result<SoftwareSigner> {
        let signer = if self.is_pss { signer.with_pss()? } else { signer };
        match self.digest {
            Some(digest) => signer.with_digest(digest),
            None => Ok(signer),
        }
    }

    fn of_service(self, signer: CscSigner) -> pades_ltv::Result<CscSigner> {
        if !self.is_pss && self.digest.is_none() {
            return Ok(signer);
        }
        let algorithm = self.of_identity(signer.credential().identity().clone())?.algorithm();
        signer.with_algorithm(algorithm)
    }

    fn of_token(self, key: Pkcs11Key) -> Pkcs11Key {
        let key = if self.is_pss { key.pss() } else { key };
        match self.digest {
            Some(digest) => key.digest(digest),
            None => key,
        }
    }
}

/// `signer`, after a look at whose key it is.
fn each(signer: impl Signer + Sync + 'static, services: &Services<'_>) -> Result<Key, Stop> {
    services.warn_of(&signer.identity().during(|| Message::CannotSignSo)?);
    Ok(Key::Each(Box::new(signer)))
}

/// A chain alone is given where somebody has to sign now.
pub(crate) fn no_key() -> Stop {
    Failure::usage(Topic::Sign, Message::Together("key", "chain")).into()
}

/// A key and its certificates in files of their own, PEM or DER.
fn from_files(key: &Path, chain: &Path, pass_file: Option<&Path>) -> Result<SoftwareSigner, Stop> {
    let cannot_use = |option: &'static str, path: &Path| Message::CannotUse { option, path: path.to_owned() };
    let bytes = inputs::secret(key).during(|| cannot_use("key", key))?;
    let certificates = certificates(chain)?;
    let password = pass_file.map(|path| access::secret("pass-file", path)).transpose()?;
    let is_pem = bytes.windows(PEM.len()).any(|window| window == PEM);
    let signer = match (is_pem, &password) {
        (true, None) => SoftwareSigner::from_pem(&bytes, pem(&certificates).as_bytes()),
        (true, Some(password)) => SoftwareSigner::from_encrypted_pem(&bytes, password, pem(&certificates).as_bytes()),
        (false, None) => SoftwareSigner::from_der(&bytes, certificates),
        (false, Some(password)) => SoftwareSigner::from_encrypted_der(&bytes, password, certificates),
    };
    let signer = signer.map_err(|error| match (error.kind(), pass_file) {
        (ErrorKind::Password, Some(_)) => error.advise("check the first line of --pass-file"),
        _ => error,
    });
    signer.during(|| cannot_use("key", key))
}

const PEM: &[u8] = b"-----BEGIN ";

/// Certificates as a PEM key has them beside it, in whatever form they came.
fn pem(certificates: &[Vec<u8>]) -> String {
    let block = |der: &Vec<u8>| der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der);
    // Longer than a string can be, they would not have been read.
    certificates.iter().filter_map(|der| block(der).ok()).collect()
}

/// A PKCS#12 file; without a password of its own it has the empty one.
fn from_container(p12: &Path, pass_file: Option<&Path>, chain: Option<&Path>) -> Result<SoftwareSigner, Stop> {
    let cannot_use = || Message::CannotUse { option: "p12", path: p12.to_owned() };
    let bytes = inputs::secret(p12).during(cannot_use)?;
    let password = pass_file.map(|path| access::secret("pass-file", path)).transpose()?;
    let password = password.as_deref().map_or("", String::as_str);
    let signer = SoftwareSigner::from_pkcs12_and_chain(&bytes, password, beside(chain)?);
    let signer = signer.map_err(|error| match (error.kind(), pass_file) {
        (ErrorKind::Password, None) => error.advise("give its password with --pass-file"),
        (ErrorKind::Password, Some(_)) => error.advise("check the first line of --pass-file"),
        _ => error,
    });
    signer.during(cannot_use)
}

fn on_token(
    uri: &str,
    module: Option<&Path>,
    pin_file: Option<&Path>,
    chain: Option<&Path>,
) -> Result<Pkcs11Key, Stop> {
    let mut key = Pkcs11Key::from_uri(uri).during(|| Message::CannotUseToken)?;
    check_once(&key, module, pin_file)?;
    if let Some(module) = module {
        key = key.module(module);
    }
    let pin_source = key.pin_source().map(|path| access::secret("pkcs11", path));
    if let Some(pin) = pin_file.map(|path| access::secret("pin-file", path)).or(pin_source) {
        key = key.pin(Pin::new(pin?.as_str()));
    }
    Ok(key.certificates(beside(chain)?))
}

/// What stands in the URI is not said by an option, too: nobody has to know which of them counts.
fn check_once(key: &Pkcs11Key, module: Option<&Path>, pin_file: Option<&Path>) -> Result<(), Stop> {
    for (option, is_given, attribute, is_there) in [
        ("--module", module.is_some(), "--pkcs11 pkcs11:…?module-path=", key.has_module()),
        ("--pin-file", pin_file.is_some(), "--pkcs11 pkcs11:…?pin-value=", key.has_pin()),
        ("--pin-file", pin_file.is_some(), "--pkcs11 pkcs11:…?pin-source=", key.pin_source().is_some()),
    ] {
        if is_given && is_there {
            return Err(Failure::usage(Topic::Sign, Message::NotBoth(option, attribute)).into());
        }
    }
    Ok(())
}

/// The certificates of `--chain`, which belong to a key that may have some of its own.
fn beside(chain: Option<&Path>) -> Result<Vec<Vec<u8>>, Stop> {
    chain.map_or(Ok(Vec::new()), certificates)
}

fn certificates(chain: &Path) -> Result<Vec<Vec<u8>>, Stop> {
    let certificates = inputs::secret(chain).and_then(|bytes| inputs::chain(&bytes));
    certificates.during(|| Message::CannotUse { option: "chain", path: chain.to_owned() })
}

/// `sha256` or `SHA-256`, `sha3-256` or `SHA3-256`.
pub(crate) fn digest_named(text: &str) -> Option<DigestAlgorithm> {
    use DigestAlgorithm::{Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512, Shake256};
    let plain = |name: &str| name.to_ascii_lowercase().replace('-', "");
    let wanted = plain(text);
    let all = [Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512, Shake256];
    all.into_iter().find(|one| plain(one.name()) == wanted)
}
