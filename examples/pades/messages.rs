//! What the command says, in both languages.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use pades_ltv::Language;
use pades_ltv::trustlist::Added;

use crate::help::Topic;

/// One thing to say.
#[derive(Debug)]
pub(crate) enum Message {
    // The command line.
    NoCommand,
    UnknownCommand(String),
    UnknownOption(String),
    BadArgument(String),
    ValueMissing(String),
    BadValue { option: String, value: String, expected: &'static str },
    OperandMissing(&'static str),
    OperandTooMany(String),
    NoFolder,
    Together(&'static str, &'static str),
    Apart(&'static str, &'static str),
    NoAnchor,
    NoFuture,
    OnlyOne(&'static str, &'static str),
    OnlyWith(&'static str, &'static str),
    NotBoth(&'static str, &'static str),
    NeedsFont(&'static str),
    FilledTwice(String),
    Settled(String),
    SameName(String),
    SeeHelp(Topic),
    // What could not be done.
    CannotOpen(PathBuf),
    CannotUse { option: &'static str, path: PathBuf },
    CannotUseAddress,
    CannotUseTerms,
    CannotUseToken,
    CannotUseService,
    CannotSignSo,
    CannotState,
    CannotUseTestAuthority,
    CannotSign(PathBuf),
    CannotTimestamp(PathBuf),
    CannotAugment(PathBuf),
    CannotWrite(PathBuf),
    NoSuchRevision { path: PathBuf, wanted: usize, count: usize },
    // What happened.
    TestAuthority,
    OtpSent,
    NotAccepted(String),
    Unrelated(Vec<String>),
    NoTrust,
    NoFiles,
    ListTaken { label: String, added: Added },
    StampEvidenceMissing,
    Wrote { path: PathBuf, length: u64, added: u64 },
    NothingNew,
    NoRoomInSignature,
    PassedOver(String),
    SignedOf { signed: usize, count: usize },
    RenewedOf { renewed: usize, count: usize },
    Repaired(PathBuf),
    Extracted { path: PathBuf, revision: usize, length: u64 },
    BytesBehind(u64),
    // What takes long.
    Reading(PathBuf),
    Asking(String),
    AskingAgainIn(u64),
    Writing(PathBuf),
    Preparing { first: usize, last: usize, count: usize },
    Signing { first: usize, last: usize, count: usize },
    Verifying(usize),
    Silent(usize),
    SoFar { megabytes: u64, seconds: u64 },
}

impl Message {
    pub(crate) fn text(&self, language: Language) -> String {
        match language {
            Language::Japanese => self.japanese(),
            _ => self.english(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::NoCommand => "no command is given".into(),
            Self::UnknownCommand(name) => format!("there is no command {}", quoted(name)),
            Self::UnknownOption(name) => format!("unknown option {}", dashed(name)),
            Self::BadArgument(why) => format!("the command line cannot be read: {why}"),
            Self::ValueMissing(option) => format!("{} needs a value", dashed(option)),
            Self::BadValue { option, value, expected } => {
                format!("{} cannot be {}; expected: {expected}", dashed(option), quoted(value))
            }
            Self::OperandMissing(name) => format!("{name} is missing"),
            Self::OperandTooMany(value) => format!("{} is one argument too many", quoted(value)),
            Self::NoFolder => "several IN take --out-dir DIR, the folder for what is signed".into(),
            Self::Together(one, other) => format!("--{one} and --{other} are given together or not at all"),
            Self::Apart(one, other) => format!("--{one} and --{other} exclude one another"),
            Self::NoAnchor => "--anchor-out is for the local test authority, which takes no part here".into(),
            Self::NoFuture => "--future is not later than the time of verifying".into(),
            Self::OnlyOne(option, operand) => format!("{option} takes one {operand} only"),
            Self::OnlyWith(one, other) => format!("--{one} is given without --{other}, and would do nothing"),
            Self::NotBoth(one, other) => format!("{one} and {other} exclude one another"),
            Self::NeedsFont(option) => {
                format!(
                    "--{option} needs --font FILE: a TrueType or OpenType font that has the characters, such as ipaexg.ttf"
                )
            }
            Self::FilledTwice(name) => format!("--fill is given twice for the field {}", quoted(name)),
            Self::Settled(option) => format!("{} was settled by --prepare, and is not given again", dashed(option)),
            Self::SameName(name) => {
                format!("two of IN are called {}, and would have one name in --out-dir", quoted(name))
            }
            Self::SeeHelp(topic) => format!("See `pades help{}`.", spaced(topic.name())),
            Self::CannotOpen(path) => format!("cannot read {}", named(path)),
            Self::CannotUse { option, path } => format!("--{option}: cannot use {}", named(path)),
            Self::CannotUseAddress => "--tsa: cannot use the address".into(),
            Self::CannotUseTerms => "--tsa-digest, --tsa-policy: cannot ask so".into(),
            Self::CannotUseToken => "--pkcs11: cannot use the key".into(),
            Self::CannotUseService => "--csc: cannot use the signing service".into(),
            Self::CannotState => "what the document is about cannot be stated so".into(),
            Self::CannotSignSo => "--digest, --pss: the key cannot sign so".into(),
            Self::CannotUseTestAuthority => "the local test authority cannot be used at this time".into(),
            Self::CannotSign(path) => format!("cannot sign {}", named(path)),
            Self::CannotTimestamp(path) => format!("cannot timestamp {}", named(path)),
            Self::CannotAugment(path) => format!("cannot augment {}", named(path)),
            Self::CannotWrite(path) => format!("cannot write {}", named(path)),
            Self::NoSuchRevision { path, wanted, count } => {
                format!("--extract: {} has no revision {wanted}, only 1 to {count}", named(path))
            }
            Self::TestAuthority => "WARNING: uses the local TEST authority. Its keys are public: NOT FOR PRODUCTION.\n\
                       Give --key and --chain, and --tsa URL, for signatures that mean something."
                .into(),
            Self::OtpSent => "the signing service sends a one-time password; it is read from --csc-otp-file now".into(),
            Self::NotAccepted(why) => {
                format!("WARNING: verifiers will not accept the signing certificate: {why}")
            }
            Self::Unrelated(subjects) => {
                let text = "WARNING: not every certificate is the signer's or of an authority above it; check --chain, and what came with the key";
                lines(text.into(), "has nothing to do with the signer, but goes into the signature", subjects)
            }
            Self::NoTrust => "no --trust is given, so nobody is trusted and no signature can be TOTAL-PASSED".into(),
            Self::NoFiles => "there is no .pdf file in what is given".into(),
            Self::ListTaken { label, added } => {
                let (anchors, accredited) = (added.anchors, added.accredited);
                let text = format!("{label}: {anchors} anchors, {accredited} accredited timestamp authorities");
                lines(text, "cannot be read", &added.unreadable)
            }
            Self::StampEvidenceMissing => "WARNING: the file is as asked for, but the new document timestamp's own \
                                           revocation data is not in it. Augment it again later"
                .into(),
            Self::Wrote { path, length, added } => {
                format!("{}: {} bytes, of which {} are new", named(path), grouped(*length), grouped(*added))
            }
            Self::NothingNew => "all evidence was there already; nothing was added".into(),
            Self::NoRoomInSignature => {
                "the signature has no room for a timestamp of its own: a document timestamp proves its time instead"
                    .into()
            }
            Self::PassedOver(words) => {
                format!("WARNING: another authority or another try gave the timestamp; before that: {words}")
            }
            Self::SignedOf { signed, count } => format!("{signed} of {count} documents are signed"),
            Self::RenewedOf { renewed, count } => format!("{renewed} of {count} files that are due are renewed"),
            Self::Repaired(path) => {
                format!("{} is broken and was repaired; look at its pages before you rely on it:", named(path))
            }
            Self::Extracted { path, revision, length } => {
                format!("{}: {} bytes, the file as revision {revision} left it", named(path), grouped(*length))
            }
            Self::BytesBehind(count) => format!("{} bytes stand behind the last revision", grouped(*count)),
            Self::Reading(path) => format!("reading {}", short(path)),
            Self::Asking(url) => format!("asking {url}"),
            Self::AskingAgainIn(seconds) => format!("asking again in {seconds} s"),
            Self::Writing(path) => format!("writing {}", short(path)),
            Self::Preparing { first, last, count } => format!("preparing {first} to {last} of {count}"),
            Self::Signing { first, last, count } => format!("signing {first} to {last} of {count}"),
            Self::Verifying(done) => {
                format!("verifying, {} files are done", grouped(u64::try_from(*done).unwrap_or(u64::MAX)))
            }
            Self::Silent(count) => format!("{count} files state no transaction"),
            Self::SoFar { megabytes: 0, seconds } => format!("{seconds} s"),
            Self::SoFar { megabytes, seconds } => format!("{} MB, {seconds} s", grouped(*megabytes)),
        }
    }

    fn japanese(&self) -> String {
        match self {
            Self::NoCommand => "コマンドが指定されていません".into(),
            Self::UnknownCommand(name) => format!("{} というコマンドはありません", quoted(name)),
            Self::UnknownOption(name) => format!("不明なオプションです: {}", dashed(name)),
            Self::BadArgument(why) => format!("コマンドラインを読み取れません: {why}"),
            Self::ValueMissing(option) => format!("{} には値が必要です", dashed(option)),
            Self::BadValue { option, value, expected } => {
                format!("{} に {} は指定できません。指定できる値: {expected}", dashed(option), quoted(value))
            }
            Self::OperandMissing(name) => format!("{name} が指定されていません"),
            Self::OperandTooMany(value) => format!("引数が多すぎます: {}", quoted(value)),
            Self::NoFolder => {
                "複数のファイルに署名するときは、出力先のフォルダーを --out-dir で指定してください".into()
            }
            Self::Together(one, other) => {
                format!("--{one} と --{other} は両方とも指定するか、両方とも省略してください")
            }
            Self::Apart(one, other) => format!("--{one} と --{other} は同時に指定できません"),
            Self::NoAnchor => "--anchor-out はローカルのテスト用認証局を使うときだけ指定できます".into(),
            Self::NoFuture => "--future には検証時刻より後の時刻を指定してください".into(),
            Self::OnlyOne(option, operand) => format!("{option} を指定する場合、{operand} は 1 つだけです"),
            Self::OnlyWith(one, other) => format!("--{one} は --{other} と一緒に指定してください"),
            Self::NotBoth(one, other) => format!("{one} と {other} は同時に指定できません"),
            Self::NeedsFont(option) => {
                format!(
                    "--{option} には --font が必要です。ipaexg.ttf など、その文字を含む TrueType または OpenType フォントを指定してください"
                )
            }
            Self::FilledTwice(name) => format!("フィールド {} に --fill が 2 回指定されています", quoted(name)),
            Self::Settled(option) => {
                format!("{} は --prepare の時点で確定しているため、指定できません", dashed(option))
            }
            Self::SameName(name) => {
                format!("IN に {} という名前のファイルが 2 つあり、--out-dir で区別できません", quoted(name))
            }
            Self::SeeHelp(topic) => format!("`pades help{}` をご覧ください。", spaced(topic.name())),
            Self::CannotOpen(path) => format!("{} を読み取れません", named(path)),
            Self::CannotUse { option, path } => format!("--{option}: {} を使用できません", named(path)),
            Self::CannotUseAddress => "--tsa: このアドレスは使用できません".into(),
            Self::CannotUseTerms => "--tsa-digest、--tsa-policy: この条件では要求できません".into(),
            Self::CannotUseToken => "--pkcs11: 鍵を使用できません".into(),
            Self::CannotUseService => "--csc: 署名サービスを使用できません".into(),
            Self::CannotState => "指定された取引情報を記録できません".into(),
            Self::CannotSignSo => "--digest、--pss: この鍵ではその方式で署名できません".into(),
            Self::CannotUseTestAuthority => "この時刻にはローカルのテスト用認証局を使用できません".into(),
            Self::CannotSign(path) => format!("{} に署名できません", named(path)),
            Self::CannotTimestamp(path) => format!("{} にタイムスタンプを付与できません", named(path)),
            Self::CannotAugment(path) => format!("{} に検証情報を追加できません", named(path)),
            Self::CannotWrite(path) => format!("{} に書き込めません", named(path)),
            Self::NoSuchRevision { path, wanted, count } => {
                format!("--extract: {} にバージョン {wanted} はありません (1 から {count} まで)", named(path))
            }
            Self::TestAuthority => {
                "警告: ローカルのテスト用認証局を使用しています。鍵は公開されています。本番では使用しないでください。\n\
                       有効な署名には --key と --chain、および --tsa URL を指定してください。"
                    .into()
            }
            Self::OtpSent => "署名サービスがワンタイムパスワードを送信しました。--csc-otp-file から読み取ります".into(),
            Self::NotAccepted(why) => format!("警告: この署名証明書は検証時に認められません: {why}"),
            Self::Unrelated(subjects) => {
                let text = "警告: 署名者とその上位認証局以外の証明書があります。--chain と、鍵に付属する証明書を確認してください";
                lines(text.into(), "署名者と無関係ですが、署名に含めます", subjects)
            }
            Self::NoTrust => {
                "--trust が指定されていないため、信頼される認証局がなく、TOTAL-PASSED になる署名はありません".into()
            }
            Self::NoFiles => "指定されたフォルダーに .pdf ファイルがありません".into(),
            Self::ListTaken { label, added } => {
                let (anchors, accredited) = (added.anchors, added.accredited);
                let text = format!("{label}: 信頼する証明書 {anchors} 件、認定タイムスタンプ局 {accredited} 件");
                lines(text, "読み取れません", &added.unreadable)
            }
            Self::StampEvidenceMissing => {
                "警告: ファイルは指定どおりですが、新しい文書タイムスタンプ自体の失効情報が含まれていません。\
                                           後でもう一度 augment を実行してください"
                    .into()
            }
            Self::Wrote { path, length, added } => {
                format!("{}: {} バイト (うち追加分 {} バイト)", named(path), grouped(*length), grouped(*added))
            }
            Self::NothingNew => "検証情報はすべて揃っています。追加したものはありません".into(),
            Self::NoRoomInSignature => {
                "署名にタイムスタンプ用の領域がないため、代わりに文書タイムスタンプを付与しました".into()
            }
            Self::PassedOver(words) => format!(
                "警告: ほかのタイムスタンプ局か再度の要求でタイムスタンプを取得しました。取得できなかった要求: {words}"
            ),
            Self::SignedOf { signed, count } => format!("{count} 件中 {signed} 件に署名しました"),
            Self::RenewedOf { renewed, count } => format!("期限の近い {count} 件中 {renewed} 件を更新しました"),
            Self::Repaired(path) => {
                format!("{} は壊れていたため修復しました。内容をページごとに確認してください:", named(path))
            }
            Self::Extracted { path, revision, length } => {
                format!("{}: {} バイト、バージョン {revision} の時点のファイル", named(path), grouped(*length))
            }
            Self::BytesBehind(count) => format!("最後のバージョンの後ろに {} バイトあります", grouped(*count)),
            Self::Reading(path) => format!("読み取り中: {}", short(path)),
            Self::Asking(url) => format!("問い合わせ中: {url}"),
            Self::AskingAgainIn(seconds) => format!("{seconds} 秒後に再度問い合わせます"),
            Self::Writing(path) => format!("書き込み中: {}", short(path)),
            Self::Preparing { first, last, count } => format!("準備中: {count} 件中 {first} 件目から {last} 件目"),
            Self::Signing { first, last, count } => format!("署名中: {count} 件中 {first} 件目から {last} 件目"),
            Self::Verifying(done) => format!("検証中: {} 件完了", grouped(u64::try_from(*done).unwrap_or(u64::MAX))),
            Self::Silent(count) => format!("取引情報のないファイル: {count} 件"),
            Self::SoFar { megabytes: 0, seconds } => format!("{seconds} 秒"),
            Self::SoFar { megabytes, seconds } => format!("{} MB、{seconds} 秒", grouped(*megabytes)),
        }
    }
}

/// What is given, visibly and on one line.
fn quoted(value: impl Display) -> String {
    format!("\"{}\"", one_line(&value.to_string()))
}

/// What files and servers say, kept from breaking lines, from turning their direction and from steering the terminal.
pub(crate) fn one_line(text: &str) -> String {
    let is_active = |one: char| one.is_control() || matches!(one, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|one| if is_active(one) { ' ' } else { one }).collect()
}

/// A path for people, on one line.
pub(crate) fn named(path: &Path) -> String {
    one_line(&path.to_string_lossy())
}

/// The name of an option as it is written.
fn dashed(name: &str) -> String {
    if name.chars().count() == 1 { format!("-{name}") } else { format!("--{name}") }
}

fn spaced(name: Option<&str>) -> String {
    name.map(|name| format!(" {name}")).unwrap_or_default()
}

/// The last part of a path.
fn short(path: &Path) -> String {
    named(Path::new(path.file_name().unwrap_or(path.as_os_str())))
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (behind, digit) in (0..digits.len()).rev().zip(digits.chars()) {
        text.push(digit);
        if behind > 0 && behind % 3 == 0 {
            text.push(',');
        }
    }
    text
}

/// `text`, and below it each of `items` with what is wrong with it.
fn lines(text: String, wrong: &str, items: &[String]) -> String {
    items.iter().fold(text, |text, item| format!("{text}\n  {wrong}: {}", one_line(item)))
}
