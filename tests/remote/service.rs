//! A signing service of the Cloud Signature Consortium on the loopback interface, as strict as the specification.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use pades_ltv::authority::Device;
use serde_json::{Value, json};

use crate::server::{Question, Server, answer};

pub(crate) const TOKEN: &str = "the-access-token";

/// What the service insists on.
pub(crate) struct Rules {
    pub(crate) version: u8,
    pub(crate) multisign: usize,
    pub(crate) pin: Option<&'static str>,
    /// Seconds that activation data last, as it says, and as it holds.
    pub(crate) lifetime: (u64, Duration),
    /// How often it says that somebody still has to confirm.
    pub(crate) pending: usize,
    /// That it takes the token [`OAUTH`], for anything, and authorises nothing itself.
    pub(crate) oauth: bool,
    /// What it lists.
    pub(crate) ids: &'static [&'static str],
}

pub(crate) const OAUTH: &str = "the-token-of-scope-credential";

impl Default for Rules {
    fn default() -> Self {
        Self {
            version: 2,
            multisign: 20,
            pin: None,
            lifetime: (300, Duration::from_secs(300)),
            pending: 0,
            oauth: false,
            ids: &["GX01"],
        }
    }
}

/// What came in.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) body: Value,
}

pub(crate) struct SigningService {
    server: Server,
    version: u8,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl SigningService {
    pub(crate) fn new(device: Device, rules: Rules) -> Self {
        Self::interrupted(device, rules, |_, _| None)
    }

    /// As [`new`](Self::new), but `interrupt` is asked first, with the method and how often it was called before.
    pub(crate) fn interrupted(
        device: Device,
        rules: Rules,
        interrupt: impl Fn(&str, usize) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (log, version) = (Arc::clone(&calls), rules.version);
        let desk = Mutex::new(Desk { device, rules, granted: HashMap::new() });
        let server = Server::new(move |question| {
            let (method, body) = read(question, version);
            let before = log.lock().unwrap().iter().filter(|call| call.method == method).count();
            log.lock().unwrap().push(Call { method: method.clone(), body: body.clone() });
            if let Some(answer) = interrupt(&method, before) {
                return answer;
            }
            match desk.lock().unwrap().serve(&method, &body) {
                Ok(body) => answer("200 OK", "application/json", body.to_string().as_bytes()),
                Err(words) => {
                    let body = json!({"error": "invalid_request", "error_description": words});
                    answer("400 Bad Request", "application/json;charset=UTF-8", body.to_string().as_bytes())
                }
            }
        });
        Self { server, version, calls }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}csc/v{}", self.server.url(), self.version)
    }

    /// The methods called, in order, and with how many hashes.
    pub(crate) fn calls(&self) -> Vec<(String, usize)> {
        let calls = self.calls.lock().unwrap();
        let hashes = |body: &Value| ["hash", "hashes"].iter().find_map(|name| body[name].as_array().map(Vec::len));
        calls.iter().map(|call| (call.method.clone(), hashes(&call.body).unwrap_or(0))).collect()
    }

    /// What `method` was asked, each time.
    #[allow(dead_code, reason = "not every test looks at that")]
    pub(crate) fn bodies(&self, method: &str) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|call| call.method == method).map(|call| call.body.clone()).collect()
    }
}

fn read(question: &Question, version: u8) -> (String, Value) {
    let path = question.line.split(' ').nth(1).unwrap();
    assert!(question.line.starts_with("POST "), "{}", question.line);
    let head = question.head.to_ascii_lowercase();
    assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nauthorization: bearer {TOKEN}\r\n")), "{head}");
    let method = path.strip_prefix(&format!("/csc/v{version}/")).unwrap();
    (method.to_owned(), serde_json::from_slice(&question.body).unwrap())
}

/// What it knows.
struct Desk {
    device: Device,
    rules: Rules,
    granted: HashMap<String, Grant>,
}

/// What an authorisation is good for.
struct Grant {
    hashes: Vec<Value>,
    left: usize,
    until: Instant,
}

impl Desk {
    fn serve(&mut self, method: &str, body: &Value) -> Result<Value, &'static str> {
        if method == "credentials/list" {
            return Ok(json!({"credentialIDs": self.rules.ids}));
        }
        if method == "credentials/authorizeCheck" {
            return Ok(self.confirm(body["handle"].as_str().unwrap().to_owned()));
        }
        if body["credentialID"] != "GX01" {
            return Err("Invalid parameter credentialID");
        }
        match method {
            "credentials/info" => Ok(self.info()),
            "credentials/sendOTP" => Ok(json!({})),
            "credentials/getChallenge" if body["authObjectID"] == "OTP" => Ok(json!({})),
            "credentials/authorize" => self.authorize(body),
            "credentials/extendTransaction" => self.extend(body),
            "signatures/signHash" => self.sign(body),
            _ => Err("No such method"),
        }
    }

    fn info(&self) -> Value {
        let certificates: Vec<String> =
            self.device.certificates().iter().map(|der| Base64::encode_string(der)).collect();
        let mut info = json!({
            "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256, "curve": "1.2.840.10045.3.1.7"},
            "cert": {"status": "valid", "certificates": certificates},
            "SCAL": "2",
            "multisign": self.rules.multisign,
        });
        let objects: &[Value] = &[json!({"type": "Password", "id": "PIN"})];
        let objects = if self.rules.pin.is_some() { objects } else { &[] };
        match self.rules.version {
            1 => {
                info["authMode"] = json!(if self.rules.pin.is_some() { "explicit" } else { "implicit" });
                info["PIN"] = json!({"presence": self.rules.pin.is_some().to_string()});
            }
            _ if self.rules.oauth => info["auth"] = json!({"mode": "oauth2code"}),
            _ => info["auth"] = json!({"mode": "explicit", "objects": objects}),
        }
        info
    }

    fn hashes(&self, body: &Value) -> Result<Vec<Value>, &'static str> {
        let name = if self.rules.version == 1 { "hash" } else { "hashes" };
        body[name].as_array().cloned().ok_or("Missing (or invalid type) array parameter hash")
    }

    fn authorize(&mut self, body: &Value) -> Result<Value, &'static str> {
        let given = if self.rules.version == 1 { &body["PIN"] } else { &body["authData"][0]["value"] };
        if self.rules.pin.is_some_and(|pin| given != pin) {
            return Err("Credential locked");
        }
        let hashes = self.hashes(body)?;
        if body["numSignatures"] != hashes.len() {
            return Err("Invalid value for parameter numSignatures");
        }
        if hashes.len() > self.rules.multisign {
            return Err("Numbers of signatures is too high");
        }
        let left = hashes.len();
        let granted = self.grant(hashes, left);
        if self.rules.pending == 0 {
            return Ok(granted);
        }
        Ok(self.confirm(granted["SAD"].as_str().unwrap().to_owned()))
    }

    /// The handle is the activation data; a real service has more sense.
    fn confirm(&mut self, handle: String) -> Value {
        if self.rules.pending == 0 {
            return json!({"SAD": handle});
        }
        self.rules.pending -= 1;
        json!({"handle": handle})
    }

    fn grant(&mut self, hashes: Vec<Value>, left: usize) -> Value {
        let sad = format!("sad-{}", self.granted.len());
        let (seconds, held) = self.rules.lifetime;
        self.granted.insert(sad.clone(), Grant { hashes, left, until: Instant::now() + held });
        json!({"SAD": sad, "expiresIn": seconds})
    }

    fn extend(&mut self, body: &Value) -> Result<Value, &'static str> {
        let hashes = self.hashes(body)?;
        let old = self.granted.get(body["SAD"].as_str().unwrap()).ok_or("Invalid parameter SAD")?;
        let left = old.left;
        Ok(self.grant(hashes, left))
    }

    fn sign(&mut self, body: &Value) -> Result<Value, &'static str> {
        let hashes = self.hashes(body)?;
        if self.rules.oauth && body["SAD"] == OAUTH {
            return Ok(self.signatures(&hashes));
        }
        let grant = self.granted.get_mut(body["SAD"].as_str().unwrap()).ok_or("Invalid parameter SAD")?;
        if Instant::now() >= grant.until {
            return Err("SAD expired");
        }
        if grant.left < hashes.len() || hashes.iter().any(|hash| !grant.hashes.contains(hash)) {
            return Err("Hash is not authorized by the SAD");
        }
        if body["signAlgo"] != "1.2.840.10045.4.3.2" {
            return Err("Invalid parameter signAlgo");
        }
        grant.left -= hashes.len();
        Ok(self.signatures(&hashes))
    }

    fn signatures(&self, hashes: &[Value]) -> Value {
        let sign = |hash: &Value| {
            let digest = Base64::decode_vec(hash.as_str().unwrap()).unwrap();
            Base64::encode_string(&self.device.sign_digest(&digest).unwrap())
        };
        json!({"signatures": hashes.iter().map(sign).collect::<Vec<_>>()})
    }
}
