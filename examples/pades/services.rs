//! The world outside: who signs, who stamps, who answers.
//!
//! Where no other is given, that is a test authority in this very process, whose keys anybody can derive.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pades_ltv::authority::{Authority, Subscriber};
use pades_ltv::{
    Error, ErrorKind, Failover, Fetch, FetchRequest, HttpFetch, Identity, Limits, Result, Retrying, SoftwareSigner,
    Time, TimestampAuthority, TrustStore,
};

use crate::failure::{During, Stop};
use crate::messages::{Message, one_line};
use crate::pace::Client;
use crate::progress::Progress;
use crate::stamper::Tsa;

/// The test authority is the same in every run: one anchor verifies what all of them made.
const SEED: &str = "the local authority of the command pades";
/// 2020-01-02T00:00:00Z; the test authority lives for 60 years.
const BEGINNING: i64 = 1_577_923_200;
/// A new test certificate each year, each valid for three.
const YEAR: i64 = 365 * 24 * 60 * 60;
const VALIDITY: Duration = Duration::from_secs(3 * 365 * 24 * 60 * 60);
/// Below this the test authority's own certificates point to evidence.
const LOCAL: &str = "http://authority.invalid/";

/// An authority that threads can share.
pub(crate) type SharedTsa<'s> = Box<dyn TimestampAuthority + Sync + 's>;

/// The same for one thread.
pub(crate) fn unshared<'t>(tsa: &'t (dyn TimestampAuthority + Sync + 't)) -> &'t (dyn TimestampAuthority + 't) {
    tsa
}

/// Everybody who may be asked, at one time.
pub(crate) struct Services<'p> {
    test_authority: Authority,
    now: Time,
    online: Option<HttpFetch>,
    progress: &'p Progress,
}

impl<'p> Services<'p> {
    pub(crate) fn new(now: Time, progress: &'p Progress) -> std::result::Result<Self, Stop> {
        let test_authority =
            Authority::new(SEED, Time::from_unix(BEGINNING)).during(|| Message::CannotUseTestAuthority)?;
        Ok(Self { test_authority, now, online: None, progress })
    }

    /// Asks servers for evidence, too.
    pub(crate) fn online(mut self) -> Self {
        self.online = Some(HttpFetch::new());
        self
    }

    /// A signer whose certificate is from the test authority.
    pub(crate) fn test_signer(&self) -> std::result::Result<SoftwareSigner, Stop> {
        let since = self.now.to_unix().saturating_sub(BEGINNING);
        let begun = since.div_euclid(YEAR).max(0).saturating_mul(YEAR).saturating_add(BEGINNING);
        let not_before = Time::from_unix(begun);
        let subscriber = Subscriber::new("Test signer").valid(not_before, not_before.after(VALIDITY));
        self.test_authority.issue(subscriber).during(|| Message::CannotUseTestAuthority)
    }

    /// What is being done from now on.
    pub(crate) fn step(&self, message: &Message) {
        self.progress.step(message);
    }

    /// Says what speaks against the signer's certificates, and which have nothing to do with the signer.
    pub(crate) fn warn_of(&self, identity: &Identity) {
        if let Some(why) = identity.objection(self.now, &Limits::default()) {
            self.say(&Message::NotAccepted(why));
        }
        let unrelated = identity.unrelated();
        if !unrelated.is_empty() {
            self.say(&Message::Unrelated(unrelated));
        }
    }

    /// Says something on standard error meanwhile.
    pub(crate) fn say(&self, message: &Message) {
        self.progress.above(|| crate::complain(&message.text(self.progress.language())));
    }

    pub(crate) fn test_anchor(&self) -> &str {
        self.test_authority.root_pem()
    }

    pub(crate) fn trust_test_authority(&self, trust: &mut TrustStore) -> Result<()> {
        trust.add_der(self.test_authority.root_der(), "test authority, NOT FOR PRODUCTION")
    }

    /// The authority chosen.
    pub(crate) fn tsa<'s>(&'s self, tsa: &'s Tsa) -> std::result::Result<SharedTsa<'s>, Stop> {
        let mut asked = tsa.clients()?.into_iter().map(|(url, tsa)| (url, Asked { tsa, url, progress: self.progress }));
        let Some((url, first)) = asked.next() else { return Ok(Box::new(self.test_authority.at(self.now))) };
        let refused = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&refused);
        let all = asked.fold(Failover::new(url, first), |all, (url, one)| all.or(url, one));
        let all = all.on_refusal(move |refusal| {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(refusal.to_string());
        });
        let progress = self.progress;
        let pause = move |wait: Duration| {
            progress.step(&Message::AskingAgainIn(wait.as_secs()));
            std::thread::sleep(wait);
        };
        Ok(Box::new(Chosen { tsa: Retrying::new(all, tsa.retry, pause), refused, progress }))
    }
}

/// The evidence of the test authority, and, if asked for, of everybody.
impl Fetch for Services<'_> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        // No other server has such an address, except those of other test authorities.
        if request.url().starts_with(LOCAL)
            && let Ok(answer) = self.test_authority.at(self.now).fetch(request)
        {
            return Ok(answer);
        }
        self.progress.step(&Message::Asking(request.url().to_owned()));
        match &self.online {
            Some(server) => server.fetch(request),
            None => Err(Error::new(ErrorKind::Fetch, "not asked, as --online is not given")),
        }
    }
}

/// An authority that progress tells of.
struct Asked<'p> {
    tsa: Client,
    url: &'p str,
    progress: &'p Progress,
}

impl TimestampAuthority for Asked<'_> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.progress.step(&Message::Asking(self.url.to_owned()));
        self.tsa.timestamp(request)
    }
}

/// Several authorities, of which the first that can stamps: whoever could not is named on standard error.
struct Chosen<'p, T> {
    tsa: T,
    refused: Arc<Mutex<Vec<String>>>,
    progress: &'p Progress,
}

impl<T: TimestampAuthority> TimestampAuthority for Chosen<'_, T> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let answer = self.tsa.timestamp(request);
        let refused = std::mem::take(&mut *self.refused.lock().unwrap_or_else(PoisonError::into_inner));
        if answer.is_ok() && !refused.is_empty() {
            let words = one_line(&refused.join("; "));
            self.progress.above(|| crate::complain(&Message::PassedOver(words).text(self.progress.language())));
        }
        answer
    }
}
