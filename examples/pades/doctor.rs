//! `pades doctor`: what a file has and lacks, what to do next, and until when it verifies.

use std::path::{Path, PathBuf};

use pades_ltv::report::Diagnosis;
use pades_ltv::{Collector, Fetch, Language};

use crate::arguments::{Arguments, Given};
use crate::basis::{Basis, Ground};
use crate::failure::{Failure, Stop};
use crate::inputs::{Input, Use};
use crate::messages::{Message, named};
use crate::outcome::ErrorJson;
use crate::preflight::Form;
use crate::progress::Progress;
use crate::services::Services;

pub(crate) struct Options {
    basis: Basis,
    is_online: bool,
    form: Form,
    files: Vec<PathBuf>,
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> Result<Self, Stop> {
        let (mut basis, mut files, mut form, mut is_online) = (Basis::default(), Vec::new(), None, false);
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => files.push(path),
                Given::Option(option) => match option.as_str() {
                    "online" => is_online = true,
                    _ if Form::take(&mut form, &option, arguments)? || basis.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        if files.is_empty() {
            return Err(arguments.wrong(Message::OperandMissing("FILE")));
        }
        basis.settle();
        Ok(Self { basis, is_online, form: form.unwrap_or(Form::Text), files })
    }
}

pub(crate) fn run(options: &Options, language: Language) -> Result<u8, Stop> {
    let ground = options.basis.read(language)?;
    if ground.trust.is_empty() && options.form == Form::Text {
        crate::complain(&Message::NoTrust.text(language));
    }
    let mut code = 0;
    for (index, path) in options.files.iter().enumerate() {
        let result = options.diagnose(path, &ground, language);
        let name = path.to_string_lossy();
        match (result, options.form) {
            (Ok(diagnosis), Form::Json) => crate::print(&format!("{}\n", diagnosis.to_json(&name))),
            (Ok(diagnosis), Form::Text) => {
                let heading = if options.files.len() == 1 { String::new() } else { format!("== {} ==\n", named(path)) };
                let gap = if index == 0 { "" } else { "\n" };
                crate::print(&format!("{gap}{heading}{}", diagnosis.to_text(language)));
            }
            (Err(failure), form) => {
                code = crate::FAILED;
                match form {
                    Form::Json => crate::print(&failed(&name, &failure)),
                    Form::Text => crate::complain(&failure.text(language)),
                }
            }
        }
    }
    Ok(code)
}

impl Options {
    fn diagnose(&self, path: &Path, ground: &Ground, language: Language) -> Result<Diagnosis, Failure> {
        let progress = Progress::start(language);
        progress.step(&Message::Reading(path.to_owned()));
        let failed = |error| Failure::Operation(Message::CannotOpen(path.to_owned()), error);
        let input = Input::open(path, Use::Read).map_err(failed)?;
        let document = input.document(ground.password.as_deref(), &progress).map_err(failed)?;
        let verification = ground.verification(&document);
        if !self.is_online {
            return Ok(verification.diagnose());
        }
        let services = match Services::new(ground.now, &progress) {
            Ok(services) => services.online(),
            Err(Stop::Failure(failure)) => return Err(failure),
            Err(Stop::Help(_)) => return Ok(verification.diagnose()),
        };
        let collector = Collector::new(&document, &ground.trust, ground.now).map_err(failed)?;
        let mut collector = collector.policy(ground.policy.clone()).evidence(&ground.evidence);
        while let Some(request) = collector.next_request() {
            let answer = services.fetch(&request);
            collector.answer(&request, answer);
        }
        Ok(verification.evidence(&collector.finish_incomplete()).diagnose())
    }
}

/// A file that could not be read, with the keys of a diagnosis.
fn failed(file: &str, failure: &Failure) -> String {
    let nothing: [&str; 0] = [];
    let json = serde_json::json!({
        "schema": "pades-ltv/diagnosis/1", "file": file, "error": ErrorJson::of(failure), "validation_time": null,
        "verdict": null, "has": nothing, "missing": nothing, "level_after": null, "verifies_until": null,
        "because": nothing, "at_hand_until": null, "renewal_due": null, "next": nothing,
    });
    format!("{json}\n")
}
