//! Who stamps the time, as the command line says it, and on which terms.
//!
//! What says who asks (user, password, headers, certificate), and how often, belongs to the `--tsa` before it, and is for that server only.

use std::path::{Path, PathBuf};
use std::time::Duration;

use der::zeroize::Zeroizing;
use pades_ltv::{DigestAlgorithm, Error, ErrorClass, ErrorKind, HttpTsa, Rate, Retry, TimestampTerms};

use crate::access::secret;
use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::inputs;
use crate::manner::digest_named;
use crate::messages::Message;
use crate::pace::{Client, rate};

/// Who stamps the time.
#[derive(Clone, Debug)]
pub(crate) struct Tsa {
    /// In the order in which they are asked; the test authority where there is none.
    pub(crate) servers: Vec<Server>,
    pub(crate) terms: TimestampTerms,
    pub(crate) retry: Retry,
    timeout: Option<Duration>,
}

/// One server, and what it is told of who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) url: String,
    user: Option<String>,
    password: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    roots: Option<PathBuf>,
    headers: Option<PathBuf>,
    rate: Option<Rate>,
}

/// Whether a command does without a timestamp, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Optional,
    Always,
}

/// As the command line has it.
#[derive(Default)]
pub(crate) struct Stampers {
    is_none: bool,
    is_local: bool,
    servers: Vec<Server>,
    digest: Option<DigestAlgorithm>,
    policy: Option<String>,
    timeout: Option<Duration>,
    again: Option<u32>,
    /// An option that says nothing without `--tsa`.
    first: Option<&'static str>,
}

impl Tsa {
    /// The test authority.
    pub(crate) fn local() -> Self {
        Self { servers: Vec::new(), terms: TimestampTerms::new(), retry: Retry::never(), timeout: None }
    }

    pub(crate) fn is_local(&self) -> bool {
        self.servers.is_empty()
    }

    /// Each server with its address, ready to be asked. User and password of the first may come from the environment.
    pub(crate) fn clients(&self) -> Result<Vec<(&str, Client)>, Stop> {
        let client = |(place, server): (usize, &'_ Server)| server.client(place, self.timeout);
        let clients = self.servers.iter().enumerate().map(client).collect::<Result<Vec<_>, Stop>>()?;
        Ok(self.servers.iter().map(|server| server.url.as_str()).zip(clients).collect())
    }
}

impl Server {
    fn client(&self, place: usize, timeout: Option<Duration>) -> Result<Client, Stop> {
        let mut client = HttpTsa::new(&self.url).during(|| Message::CannotUseAddress)?;
        if let Some(user) = &self.user {
            let password = self.password.as_deref().map(|path| secret("tsa-pass-file", path)).transpose()?;
            client = client.basic_auth(user, password.as_deref().map_or("", |password| password.as_str()));
        } else if let (true, Some(user)) = (place == 0, variable("PADES_TSA_USER")) {
            client = client.basic_auth(&user, &variable("PADES_TSA_PASSWORD").unwrap_or_default());
        }
        for (name, value) in self.headers.as_deref().map(headers).transpose()?.unwrap_or_default() {
            let path = || self.headers.clone().unwrap_or_default();
            client = client
                .header(&name, &value)
                .during(|| Message::CannotUse { option: "tsa-header-file", path: path() })?;
        }
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            let (chain, secret) = (read("tsa-cert", certificate)?, read("tsa-key", key)?);
            client = client
                .client_certificate(&chain, &secret)
                .during(|| Message::CannotUse { option: "tsa-cert", path: certificate.clone() })?;
        }
        if let Some(roots) = &self.roots {
            let pem = read("tsa-ca", roots)?;
            client =
                client.server_roots(&pem).during(|| Message::CannotUse { option: "tsa-ca", path: roots.clone() })?;
        }
        Ok(Client::new(place, timeout.into_iter().fold(client, HttpTsa::timeout), self.rate))
    }
}

impl Stampers {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "tsa" => match arguments.text(option)?.as_str() {
                "none" => self.is_none = true,
                "local" => self.is_local = true,
                url => self.servers.push(Server { url: url.to_owned(), ..Server::default() }),
            },
            "tsa-user" => self.last("tsa-user", arguments)?.user = Some(arguments.text(option)?),
            "tsa-pass-file" => self.last("tsa-pass-file", arguments)?.password = Some(arguments.path(option)?),
            "tsa-cert" => self.last("tsa-cert", arguments)?.certificate = Some(arguments.path(option)?),
            "tsa-key" => self.last("tsa-key", arguments)?.key = Some(arguments.path(option)?),
            "tsa-ca" => self.last("tsa-ca", arguments)?.roots = Some(arguments.path(option)?),
            "tsa-header-file" => self.last("tsa-header-file", arguments)?.headers = Some(arguments.path(option)?),
            "tsa-rate" => {
                let rate = arguments.parsed(option, "10/s | 100/m | 1000/h", rate)?;
                self.last("tsa-rate", arguments)?.rate = Some(rate);
            }
            "tsa-policy" => {
                self.policy = Some(arguments.parsed(option, "OID: 1.2.392.200091.100.721.1", |text| {
                    TimestampTerms::new().policy(text).ok().map(|_| text.to_owned())
                })?);
                self.first = Some("tsa-policy");
            }
            "tsa-digest" => {
                self.digest = Some(arguments.parsed(option, "sha256 | sha384 | sha512 | sha3-256 …", digest_named)?);
                self.first = Some("tsa-digest");
            }
            "tsa-timeout" => {
                let seconds = |text: &str| text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
                let seconds = arguments.parsed(option, "1 … 3600 (s)", seconds)?;
                (self.timeout, self.first) = (Some(Duration::from_secs(seconds)), Some("tsa-timeout"));
            }
            "retry" => {
                let again = |text: &str| text.parse().ok().filter(|again| (0..=20).contains(again));
                self.again = Some(arguments.parsed(option, "0 … 20", again)?);
                self.first = Some("retry");
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The server that `option` belongs to.
    fn last(&mut self, option: &'static str, arguments: &Arguments) -> Result<&mut Server, Stop> {
        self.servers.last_mut().ok_or_else(|| arguments.wrong(Message::OnlyWith(option, "tsa")))
    }

    /// Nothing where nothing was said; `Some(None)` where nobody is to stamp.
    pub(crate) fn complete(self, need: Need, arguments: &Arguments) -> Result<Option<Option<Tsa>>, Stop> {
        if self.is_none && need == Need::Always {
            let (option, value) = ("tsa".to_owned(), "none".to_owned());
            return Err(arguments.wrong(Message::BadValue { option, value, expected: "URL | local" }));
        }
        let kinds =
            [("--tsa none", self.is_none), ("--tsa local", self.is_local), ("--tsa URL", !self.servers.is_empty())];
        let mut kinds = kinds.into_iter().filter(|(_, is_given)| *is_given).map(|(kind, _)| kind);
        let given = kinds.next();
        if let (Some(one), Some(other)) = (given, kinds.next()) {
            return Err(arguments.wrong(Message::NotBoth(one, other)));
        }
        for server in &self.servers {
            if server.certificate.is_some() != server.key.is_some() {
                return Err(arguments.wrong(Message::Together("tsa-cert", "tsa-key")));
            }
            if server.password.is_some() && server.user.is_none() {
                return Err(arguments.wrong(Message::OnlyWith("tsa-pass-file", "tsa-user")));
            }
        }
        match (given, self.first) {
            (None | Some("--tsa none"), Some(option)) => Err(arguments.wrong(Message::OnlyWith(option, "tsa"))),
            (None, None) => Ok(None),
            (Some("--tsa none"), None) => Ok(Some(None)),
            (Some(_), _) => {
                let terms = self.terms().during(|| Message::CannotUseTerms)?;
                let retry = self.again.map_or(Retry::never(), Retry::times).spread(std::process::id().into());
                Ok(Some(Some(Tsa { servers: self.servers, terms, retry, timeout: self.timeout })))
            }
        }
    }

    fn terms(&self) -> pades_ltv::Result<TimestampTerms> {
        let mut terms = TimestampTerms::new();
        if let Some(digest) = self.digest {
            terms = terms.digest(digest)?;
        }
        match &self.policy {
            Some(policy) => terms.policy(policy),
            None => Ok(terms),
        }
    }
}

/// The headers in a file, `Name: value` a line. Their values may be secrets, so no error shows a line.
fn headers(path: &Path) -> Result<Vec<(String, Zeroizing<String>)>, Stop> {
    let unusable = |line: usize, why: &str| {
        let error = Error::new(ErrorKind::Timestamp, why).at(format_args!("line {}", line.saturating_add(1)));
        error.class_is(ErrorClass::Permanent).advise("write Name: value in each line")
    };
    let read = || {
        let bytes = Zeroizing::new(inputs::small(path)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| unusable(0, "the file is not UTF-8"))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let headers = lines.map(|(number, line)| {
            let (name, value) = line.split_once(':').ok_or_else(|| unusable(number, "the line is no header"))?;
            Ok((name.trim().to_owned(), Zeroizing::new(value.trim().to_owned())))
        });
        headers.collect::<pades_ltv::Result<Vec<_>>>()
    };
    read().during(|| Message::CannotUse { option: "tsa-header-file", path: path.to_owned() })
}

fn read(option: &'static str, path: &Path) -> Result<Vec<u8>, Stop> {
    inputs::small(path).during(|| Message::CannotUse { option, path: path.to_owned() })
}

/// What stands on a command line, every process can read; what stands in the environment, fewer.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
