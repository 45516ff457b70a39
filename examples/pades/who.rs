//! Who signs, and how: a key in files, in a PKCS#12 file, on a token or at a service; the test authority; or somebody elsewhere.

use std::path::{Path, PathBuf};

use pades_ltv::{DigestAlgorithm, Identity, Signer};

use crate::arguments::Arguments;
use crate::failure::{During, Failure, Stop};
use crate::help::Topic;
use crate::key_files::{certificates, from_container, from_files};
use crate::manner::Manner;
use crate::messages::Message;
use crate::remote::{self, Remote, RemoteKey};
use crate::services::Services;
use crate::token;

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
            _ => return Ok(self.manner.take(option, arguments)? || self.csc.take(option, arguments)?),
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

    /// The key, which is to sign `count` documents; `None` where it is elsewhere.
    pub(crate) fn key(&self, count: usize, services: &Services<'_>) -> Result<Option<Key>, Stop> {
        let software = match &self.place {
            Place::TestAuthority => services.test_signer()?,
            Place::Files { key, chain, pass_file } => from_files(key, chain, pass_file.as_deref())?,
            Place::Container { p12, pass_file, chain } => from_container(p12, pass_file.as_deref(), chain.as_deref())?,
            Place::Token { uri, module, pin_file, chain } => {
                let key = token::key(uri, module.as_deref(), pin_file.as_deref(), chain.as_deref())?;
                let signer = self.manner.of_token(key).open().during(|| Message::CannotUseToken)?;
                return each(signer, services).map(Some);
            }
            Place::Service { remote, chain } => {
                let key = self.service(remote, chain.as_deref(), services)?;
                return Ok(Some(Key::AtOnce(Box::new(remote.unlock(key, count, services)?))));
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
        let Some(key) = self.key(1, services)? else { return Err(no_key()) };
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

/// `signer`, after a look at whose key it is.
fn each(signer: impl Signer + Sync + 'static, services: &Services<'_>) -> Result<Key, Stop> {
    services.warn_of(&signer.identity().during(|| Message::CannotSignSo)?);
    Ok(Key::Each(Box::new(signer)))
}

/// A chain alone is given where somebody has to sign now.
pub(crate) fn no_key() -> Stop {
    Failure::usage(Topic::Sign, Message::Together("key", "chain")).into()
}
