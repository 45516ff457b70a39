//! A key in the care of a signing service (CSC API): which one, what unlocks it, and one authorisation for all files of a run.

use std::path::PathBuf;
use std::time::Duration;

use pades_ltv::csc::{AuthData, CscSigner, HttpCsc, Service};
use pades_ltv::{Error, ErrorClass, ErrorKind, Result, SigningInput};

use crate::access;
use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::messages::Message;
use crate::services::Services;

/// How long to wait for an answer, and for somebody who has to confirm elsewhere, unless told.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long to wait for an answer at least: a service that answers at once still has to be reached.
const ANSWER: Duration = Duration::from_secs(30);
/// A list of credentials beyond this has no end.
const PAGES: usize = 100;
/// How many credentials are named where one has to be chosen.
const NAMED: usize = 30;

/// An authentication object: the option that gives it, its name, and the file that holds it.
type Unlocking = (&'static str, String, PathBuf);

/// The options of a service, as the command line has them.
#[derive(Default)]
pub(crate) struct Options {
    url: Option<String>,
    token_file: Option<PathBuf>,
    credential: Option<String>,
    unlocking: Vec<Unlocking>,
    patience: Option<Duration>,
    sends_otp: bool,
}

/// Which service is asked, and for whom.
pub(crate) struct Remote {
    url: String,
    token_file: PathBuf,
    credential: Option<String>,
    unlocking: Vec<Unlocking>,
    patience: Duration,
    /// Whether the service is to send a one-time password first.
    sends_otp: bool,
}

impl Options {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> std::result::Result<bool, Stop> {
        match option {
            "csc" => self.url = Some(arguments.text(option)?),
            "csc-token-file" => self.token_file = Some(arguments.path(option)?),
            "csc-credential" => self.credential = Some(arguments.text(option)?),
            "csc-pin-file" => {
                let path = arguments.path(option)?;
                self.unlock("csc-pin-file", "PIN".to_owned(), path, arguments)?;
            }
            "csc-otp-file" => {
                let path = arguments.path(option)?;
                self.unlock("csc-otp-file", "OTP".to_owned(), path, arguments)?;
            }
            "csc-auth-file" => {
                let (id, path) = arguments.parsed(option, "ID=FILE", object)?;
                self.unlock("csc-auth-file", id, path, arguments)?;
            }
            "csc-wait" => self.patience = Some(arguments.parsed(option, "0 … 3600 (seconds)", seconds)?),
            "csc-send-otp" => self.sends_otp = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What is given again replaces what was given before, as with the other options; two options for one object do not.
    fn unlock(
        &mut self,
        option: &'static str,
        id: String,
        path: PathBuf,
        arguments: &Arguments,
    ) -> std::result::Result<(), Stop> {
        if let Some((other, ..)) = self.unlocking.iter().find(|(other, known, _)| *known == id && *other != option) {
            return Err(arguments.wrong(Message::Apart(other, option)));
        }
        self.unlocking.retain(|(_, known, _)| *known != id);
        self.unlocking.push((option, id, path));
        Ok(())
    }

    pub(crate) fn is_given(&self) -> bool {
        self.url.is_some()
    }

    /// The service, if one is to be asked.
    pub(crate) fn complete(self, arguments: &Arguments) -> std::result::Result<Option<Remote>, Stop> {
        let Self { url, token_file, credential, unlocking, patience, sends_otp } = self;
        let Some(url) = url else {
            let given = [
                ("csc-token-file", token_file.is_some()),
                ("csc-credential", credential.is_some()),
                ("csc-wait", patience.is_some()),
                ("csc-send-otp", sends_otp),
            ];
            let named = given.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option);
            return match named.chain(unlocking.iter().map(|(option, ..)| *option)).next() {
                Some(option) => Err(arguments.wrong(Message::OnlyWith(option, "csc"))),
                None => Ok(None),
            };
        };
        let token_file = token_file.ok_or_else(|| arguments.wrong(Message::Together("csc", "csc-token-file")))?;
        if sends_otp && !unlocking.iter().any(|(option, ..)| *option == "csc-otp-file") {
            return Err(arguments.wrong(Message::OnlyWith("csc-send-otp", "csc-otp-file")));
        }
        let patience = patience.unwrap_or(PATIENCE);
        Ok(Some(Remote { url, token_file, credential, unlocking, patience, sends_otp }))
    }
}

/// `ID=FILE`.
fn object(text: &str) -> Option<(String, PathBuf)> {
    let (id, path) = text.split_once('=').filter(|(id, path)| !id.is_empty() && !path.is_empty())?;
    Some((id.to_owned(), path.into()))
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().filter(|seconds| *seconds <= 3600).map(Duration::from_secs)
}

/// A credential of a service, ready to sign once it is authorised.
pub(crate) struct RemoteKey {
    pub(crate) signer: CscSigner,
    http: HttpCsc,
    service: Service,
    url: String,
}

impl Remote {
    /// Asks for the credential; unlocks and authorises nothing.
    pub(crate) fn open(&self, services: &Services<'_>) -> std::result::Result<RemoteKey, Stop> {
        let token = access::needed("csc-token-file", &self.token_file)?;
        let open = || {
            let service = Service::new(&self.url, token.as_str())?;
            services.step(&Message::Asking(self.url.clone()));
            // Some services answer only when somebody has confirmed.
            let http = HttpCsc::new().timeout(self.patience.max(ANSWER));
            let id = match &self.credential {
                Some(id) => id.clone(),
                None => only_credential(&http, &service)?,
            };
            let signer = CscSigner::new(http.clone(), service.clone(), &id)?.patience(self.patience);
            Ok(RemoteKey { signer, http, service, url: self.url.clone() })
        };
        open().during(|| Message::CannotUseService)
    }

    /// Gives `key` what unlocks it for `count` signatures. The service sends a password when nothing else can be wrong.
    pub(crate) fn unlock(
        &self,
        mut key: RemoteKey,
        count: usize,
        services: &Services<'_>,
    ) -> std::result::Result<RemoteKey, Stop> {
        self.check(&key, count).during(|| Message::CannotUseService)?;
        let (sent, known): (Vec<_>, Vec<_>) =
            self.unlocking.iter().partition(|(option, ..)| self.sends_otp && *option == "csc-otp-file");
        let auth = with(AuthData::new(), &known)?;
        if self.sends_otp {
            let answer = key.http.ask(&key.service.send_otp(key.signer.credential()));
            answer.during(|| Message::CannotUseService)?;
            services.say(&Message::OtpSent);
        }
        key.signer = key.signer.auth(with(auth, &sent)?);
        Ok(key)
    }

    /// Whether so many signatures can be authorised with what there is.
    fn check(&self, key: &RemoteKey, count: usize) -> Result<()> {
        let covered = key.signer.credential().multisign();
        if count <= covered || !self.unlocking.iter().any(|(_, id, _)| id == "OTP") {
            return Ok(());
        }
        let message =
            format!("a one-time password is good for one authorisation, of {covered} signatures here, not of {count}");
        let error = Error::new(ErrorKind::Signer, message).class_is(ErrorClass::Operator);
        Err(error.advise(format!("give at most {covered} files at once")))
    }
}

/// `auth` with what the files of `objects` hold.
fn with(auth: AuthData, objects: &[&Unlocking]) -> std::result::Result<AuthData, Stop> {
    let mut objects = objects.iter();
    objects.try_fold(auth, |auth, (option, id, path)| Ok(auth.value(id, access::needed(option, path)?.as_str())))
}

/// The credential of whoever has the access token, where there is exactly one.
fn only_credential(http: &HttpCsc, service: &Service) -> Result<String> {
    let mut ids = Vec::new();
    let mut page = None::<String>;
    for _ in 0..PAGES {
        let request = service.credentials();
        let list = http.ask(&match &page {
            Some(page) => request.page(page),
            None => request,
        })?;
        ids.extend(list.ids);
        page = list.next_page;
        if page.is_none() {
            break;
        }
    }
    match <[String; 1]>::try_from(ids) {
        Ok([id]) => Ok(id),
        Err(ids) if ids.is_empty() => {
            let error = Error::new(ErrorKind::Key, "the signing service has no credential for this access token");
            Err(error.class_is(ErrorClass::Operator).advise("check --csc-token-file"))
        }
        Err(ids) => {
            let named: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
            let rest = if ids.len() > NAMED { " …" } else { "" };
            let message = format!("the signing service has {} credentials, and none was named", ids.len());
            let error = Error::new(ErrorKind::Key, message).at(format!("{}{rest}", named.join(", ")));
            Err(error.class_is(ErrorClass::Operator).advise("give one of them with --csc-credential"))
        }
    }
}

impl RemoteKey {
    /// Signs all of `inputs` with as few authorisations as the service allows.
    pub(crate) fn sign_all(&self, inputs: &[&SigningInput], services: &Services<'_>) -> Vec<Result<Vec<u8>>> {
        services.step(&Message::Asking(self.url.clone()));
        self.signer.sign_all(inputs)
    }
}
