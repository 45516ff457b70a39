//! `pades sign --dry-run`: what a signature would be, for programs and for people.

use std::collections::BTreeMap;
use std::path::Path;

use pades_ltv::preflight::{Chain, FieldOrigin, Warning};
use pades_ltv::{Certification, Language, Preflight, RepairStep};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, Moment};
use crate::failure::{Failure, Stop};
use crate::messages::{Message, grouped, one_line};
use crate::outcome::ErrorJson;
use crate::reasons::in_options;

/// What every answer has, besides `schema`, `file` and `error`; all of it is `null` where signing would fail.
const KEYS: [&str; 11] = [
    "algorithm",
    "base_len",
    "certificate",
    "chain_complete",
    "earlier",
    "field",
    "file_len",
    "permission",
    "timestamp",
    "update_len",
    "warnings",
];
const SCHEMA: &str = "pades-ltv/preflight/1";

/// How something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Text,
}

impl Form {
    /// Takes `--json` or `--text`, which exclude one another.
    pub(crate) fn take(form: &mut Option<Self>, option: &str, arguments: &Arguments) -> Result<bool, Stop> {
        let wanted = match option {
            "json" => Self::Json,
            "text" => Self::Text,
            _ => return Ok(false),
        };
        if form.is_some_and(|other| other != wanted) {
            return Err(arguments.wrong(Message::Apart("json", "text")));
        }
        *form = Some(wanted);
        Ok(true)
    }
}

/// What would be done.
pub(crate) struct Plan {
    pub(crate) preflight: Preflight,
    /// The length of IN in bytes, before any repair.
    pub(crate) input_len: u64,
    pub(crate) repair: Vec<RepairStep>,
}

#[derive(Serialize)]
struct Answer<'a> {
    schema: &'a str,
    file: &'a str,
    error: Option<ErrorJson>,
    /// What a repair does before; empty where none is needed.
    repair: Option<Vec<RepairJson>>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct RepairJson {
    offset: u64,
    message: String,
}

/// What would be done.
pub(crate) fn text(form: Form, plan: &Plan, path: &Path, at: Moment, language: Language) -> String {
    let preflight = &plan.preflight;
    let not_after = preflight.certificate.not_after.display_in(at.offset(language));
    match (form, language) {
        (Form::Json, _) => {
            let file = path.to_string_lossy();
            let mut rest: BTreeMap<String, Value> = serde_json::from_str(&preflight.to_json(&file)).unwrap_or_default();
            rest.retain(|key, _| !matches!(key.as_str(), "schema" | "file"));
            answer(&file, Ok(&plan.repair), rest)
        }
        (Form::Text, Language::Japanese) => japanese(plan, path, &not_after),
        (Form::Text, _) => english(plan, path, &not_after),
    }
}

/// Why nothing could be done, with the same keys.
pub(crate) fn failed(failure: &Failure, path: &Path) -> String {
    let rest = KEYS.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    answer(&path.to_string_lossy(), Err(ErrorJson::of(failure)), rest)
}

fn answer(file: &str, outcome: Result<&Vec<RepairStep>, ErrorJson>, rest: BTreeMap<String, Value>) -> String {
    let step = |step: &RepairStep| RepairJson { offset: step.offset(), message: step.to_string() };
    let (repair, error) = match outcome {
        Ok(steps) => (Some(steps.iter().map(step).collect()), None),
        Err(error) => (None, Some(error)),
    };
    // Strings and numbers alone: nothing here can fail to serialize.
    let json = serde_json::to_string(&Answer { schema: SCHEMA, file, error, repair, rest }).unwrap_or_default();
    format!("{json}\n")
}

fn english(plan: &Plan, path: &Path, not_after: &str) -> String {
    let preflight = &plan.preflight;
    let Preflight { field, certificate, timestamp, .. } = preflight;
    let origin = if field.origin == FieldOrigin::New { "new" } else { "existing" };
    let visible = if field.visible { "visible" } else { "invisible" };
    let mut rows = vec![
        ("field", format!("{} ({origin}, {visible})", field.name)),
        ("signs", certificate.subject.clone()),
        ("issued by", certificate.issuer.clone()),
        ("valid until", format!("{not_after} ({} days left)", grouped(certificate.days_left))),
        ("algorithm", preflight.algorithm.to_string()),
    ];
    if let Some(permission) = preflight.permission {
        rows.push(("permitted", permission.to_string()));
    }
    for earlier in &preflight.earlier {
        let fate = if earlier.survives { "stays valid" } else { "WILL BE INVALID" };
        rows.push(("earlier", format!("{}: {fate}", earlier.field.as_deref().unwrap_or("(no field)"))));
    }
    rows.push((
        "timestamp",
        match timestamp.room {
            0 => "none".to_owned(),
            room => format!("room for {} bytes", grouped(count(room))),
        },
    ));
    let [base, file, update] = plan.lengths().map(grouped);
    rows.push(("size", format!("{file} bytes at most: {base} as it is, {update} new")));
    let head = format!("{}: can be signed. Nothing was written.", path.display());
    table(head, &rows, preflight.warnings.iter().map(|warning| in_options(&warning.to_string())))
}

fn japanese(plan: &Plan, path: &Path, not_after: &str) -> String {
    let preflight = &plan.preflight;
    let Preflight { field, certificate, timestamp, .. } = preflight;
    let origin = if field.origin == FieldOrigin::New { "新規" } else { "既存" };
    let visible = if field.visible { "表示" } else { "非表示" };
    let mut rows = vec![
        ("フィールド", format!("{} ({origin}、{visible})", field.name)),
        ("署名者", certificate.subject.clone()),
        ("発行者", certificate.issuer.clone()),
        ("有効期限", format!("{not_after} (残り {} 日)", grouped(certificate.days_left))),
        ("アルゴリズム", preflight.algorithm.to_string()),
    ];
    if let Some(permission) = preflight.permission {
        rows.push(("許可された変更", permitted(permission).to_owned()));
    }
    for earlier in &preflight.earlier {
        let fate = if earlier.survives { "有効のまま" } else { "無効になります" };
        rows.push(("既存の署名", format!("{}: {fate}", earlier.field.as_deref().unwrap_or("(フィールドなし)"))));
    }
    rows.push((
        "タイムスタンプ",
        match timestamp.room {
            0 => "なし".to_owned(),
            room => format!("{} バイト分を確保", grouped(count(room))),
        },
    ));
    let [base, file, update] = plan.lengths().map(grouped);
    rows.push(("サイズ", format!("最大 {file} バイト (現在 {base}、追加分 {update})")));
    let head = format!("{}: 署名できます。何も書き込んでいません。", path.display());
    table(head, &rows, preflight.warnings.iter().map(caution))
}

/// A line for each row, the names in one column; then the warnings.
pub(crate) fn table(head: String, rows: &[(&str, String)], warnings: impl Iterator<Item = String>) -> String {
    let width = |name: &str| name.chars().map(|one| if one < '\u{2e80}' { 1 } else { 2 }).sum::<usize>();
    let widest = rows.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let mut text = format!("{}\n", one_line(&head));
    for (name, value) in rows {
        let gap = " ".repeat(widest.saturating_sub(width(name)).saturating_add(2));
        text.push_str(&format!("  {name}{gap}{}\n", one_line(value)));
    }
    for warning in warnings {
        text.push_str(&format!("! {}\n", one_line(&warning)));
    }
    text
}

fn permitted(permission: Certification) -> &'static str {
    match permission {
        Certification::NoChanges => "変更不可 (P 1)",
        Certification::FillForms => "フォームの入力と署名 (P 2)",
        Certification::Annotate => "フォームの入力、署名、注釈 (P 3)",
    }
}

fn caution(warning: &Warning) -> String {
    match warning {
        Warning::Certificate(why) => format!("この署名証明書は検証時に認められません: {why}"),
        Warning::ChainIncomplete(Chain::EndsBelow(issuer)) => {
            format!("証明書チェーンが不完全です。\"{issuer}\" の証明書も --chain のファイルに加えてください")
        }
        Warning::ChainIncomplete(chain) => format!("証明書チェーンに問題があります: {chain:?}"),
        Warning::NoLongTerm => "この署名は一切の変更を許可しません (P 1)。検証情報や文書タイムスタンプを追加すると、\
                                Acrobat と Foxit は無効と表示します。代わりに --certify 2 を指定してください"
            .into(),
        Warning::Breaks { signature } => format!("既存の署名が無効になります: {signature}"),
        Warning::NewFieldInCertified => "認証済みの文書に新しいフィールドを追加します。これを変更とみなす\
                                         検証ソフトもあるため、既存の署名フィールドがあれば --field で指定してください"
            .into(),
        Warning::SeedValue { entry, why } => format!("フィールドの /{entry} の希望に合いません: {why}"),
        Warning::TimestampRequired => "このフィールドへの署名にはタイムスタンプが必須です".into(),
        Warning::UsageRights => "この署名により、文書の Adobe Reader 用の使用権限は失効します".into(),
        // Those that a later release adds.
        other => other.to_string(),
    }
}

impl Plan {
    /// In bytes: IN as it is, the signed file, and what is new in it.
    fn lengths(&self) -> [u64; 3] {
        let length = self.preflight.file_len;
        [self.input_len, length, length.saturating_sub(self.input_len)]
    }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
