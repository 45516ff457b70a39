//! The library's reasons in the words of this command: options instead of methods, and Japanese.
//!
//! The tables know what the library says today; what they do not know is said less exactly, never wrongly. The tests of bad
//! input hold the ones that people meet.

use pades_ltv::{Error, ErrorKind};

use crate::key_reasons;

/// What the library calls by its methods, and who uses the command by its options.
const OPTIONS: [(&str, &str); 19] = [
    ("(Document::open_with_password)", "with --password-file, --password or PADES_PASSWORD"),
    ("or say danger_ignore_permissions()", "or give --ignore-permissions"),
    ("danger_ignore_permissions()", "--ignore-permissions"),
    ("use Placement::in_field, or sign a new field", "leave out --rect, or sign a new field"),
    ("say where the seal is to stand", "say where the seal is to stand with --page and --rect"),
    ("leave out certify(…)", "leave out --certify"),
    ("leave out lock(…)", "leave out --lock"),
    ("leave out timestamp_room(0), and call timestamp(&tsa) before finish()", "give --tsa URL"),
    ("call timestamp(&tsa) before finish()", "give --tsa URL"),
    ("timestamp_room(", "--timestamp-room "),
    ("token_room(", "--timestamp-room "),
    (") or more", " or more"),
    ("allow more with crl_limit", "allow more with --crl-limit"),
    (" (archive_what_is_left)", " (--archive-what-is-left)"),
    ("add a document timestamp instead", "add a document timestamp instead (--lta)"),
    ("Document::repair", "pades sign --repair"),
    ("use fill with a font", "give --font FILE, a TrueType or OpenType font that has the characters"),
    ("sign it with field(…)", "sign it with --field"),
    ("permit filling in forms (P 2) instead", "give --certify 2 instead"),
];

/// `words` of the library with this command's options in them.
pub(crate) fn in_options(words: &str) -> String {
    OPTIONS
        .iter()
        .chain(&key_reasons::OPTIONS)
        .fold(words.to_owned(), |words, (method, option)| words.replace(method, option))
}

/// What the library says, as far as it is known, and what that means.
const REASONS: [(&str, &str); 59] = [
    ("the file is empty", "ファイルが空です"),
    ("is no PDF", "PDF ファイルではありません"),
    ("is cut off", "PDF が途中で切れています。もう一度入手するか、署名前のファイルなら sign --repair で修復できます"),
    ("it is a folder or a stream", "フォルダーなど、ファイルではないものです"),
    ("it is a folder", "フォルダーです。ファイル名まで指定してください"),
    ("and so is not what it is to be", "ファイルが大きすぎます。別のファイルを指定していないか確認してください"),
    ("there is no such folder", "フォルダーがありません。先に作成してください"),
    ("it is no folder", "フォルダーではありません。フォルダーを指定してください"),
    ("symbolic link that leads nowhere", "リンク先のないシンボリックリンクです"),
    ("changed the file meanwhile", "処理中に別のプログラムがファイルを変更しました。もう一度実行してください"),
    ("the PDF's own file", "PDF と同じファイルは指定できません"),
    ("the file is gone", "処理中にファイルがなくなりました"),
    ("No such file", "ファイルが見つかりません"),
    ("Is a directory", "フォルダーです。ファイル名まで指定してください"),
    ("Permission denied", "アクセス権がありません"),
    ("No space left", "ディスクの空き容量が不足しています"),
    ("File too large", "ファイルの大きさが上限を超えます"),
    ("quota", "ディスクの割り当て容量を超えます"),
    ("needs a password", "パスワードが必要です。--password-file、--password または PADES_PASSWORD で指定してください"),
    ("neither the user's nor the owner's password", "パスワードが違います"),
    (
        "the document's permissions forbid",
        "文書の権限設定により許可されていません。所有者パスワードを指定するか、\
                                          所有者の了解を得て --ignore-permissions を指定してください",
    ),
    ("a certification has to be the first signature", "認証 (--certify) は最初の署名に限ります"),
    ("permits no changes, and so no further signature", "既存の署名がこれ以上の署名を許可していません"),
    ("has locked this field", "フィールドは既存の署名によりロックされています"),
    ("no signature field", "署名フィールドではありません"),
    ("already signed", "フィールドはすでに署名されています"),
    ("cannot be changed", "このフィールドのロックは変更できません"),
    ("more than one field has this name", "同じ名前のフィールドが複数あります"),
    ("no field has this name", "その名前のフィールドはありません"),
    ("is read-only", "フィールドは読み取り専用です"),
    ("was made when this field had a value", "フィールドの値はすでに署名の対象になっています"),
    ("the field is for a signature", "署名フィールドです。署名するには --field で指定してください"),
    ("which takes a font", "文字を描くためのフォントが必要です。ipaexg.ttf などを --font で指定してください"),
    ("the field does not take", "フィールドはその値を受け付けません。選択できる値は詳細のとおりです"),
    ("the field is a group of fields", "フィールドのグループです。その下のフィールドを指定してください"),
    ("XFA form", "XFA フォームには記入できません"),
    ("the file holds a signature", "署名済みのファイルは修復できません"),
    (
        "the cross-reference table was overwritten or damaged",
        "相互参照表が上書きされているか、壊れています。署名済みの文書であれば、改ざんのおそれがあります",
    ),
    ("the file cannot be repaired", "ファイルを修復できません。もう一度入手してください"),
    ("has no glyph for", "フォントにない文字があります。別のフォントを --font で指定してください"),
    ("neither PNG nor JPEG", "画像は PNG または JPEG に限ります"),
    ("the image cannot be read", "画像が壊れています"),
    ("this is no font", "フォントファイルではありません"),
    ("a PDF cannot embed", "PDF に埋め込めないフォントです"),
    ("the document has no page", "そのページはありません"),
    ("not within the visible page", "--rect の範囲がページからはみ出しています"),
    ("has no rectangle yet", "印影の場所を --page と --rect で指定してください"),
    ("stands in its own place", "既存のフィールドの場所は変更できません。--rect を省略してください"),
    ("does not fit into", "文字が枠に収まりません"),
    ("several lines, and the field shows one", "1 行のフィールドに改行は入れられません"),
    ("has expired", "署名証明書の有効期限が切れています"),
    ("is not valid yet", "署名証明書の有効期間がまだ始まっていません"),
    (
        "the newest timestamp expired",
        "最新のタイムスタンプの有効期限が切れており、更新できません。残っているものだけを保存するには --archive-what-is-left を指定してください",
    ),
    ("collect again at", "猶予期間が終わっていません。詳細の時刻以降に再度実行してください"),
    (
        "the signature cannot take a timestamp",
        "この署名にはタイムスタンプを追加できません。代わりに --lta で文書タイムスタンプを付与してください",
    ),
    ("the stored cache cannot be read", "キャッシュを読み取れません。削除してからもう一度実行してください"),
    (
        "the document is signed, and states another transaction",
        "署名済みの文書に、別の取引情報があります。取引情報を指定しないか、同じ内容を指定してください",
    ),
    ("the transaction's", "取引情報が正しくありません"),
    ("belongs to no certificate", "秘密鍵と証明書が対応していません"),
];

/// Why, in Japanese: exactly where it is known, else by its kind.
pub(crate) fn japanese(error: &Error) -> &'static str {
    let words = error.to_string();
    let known = key_reasons::REASONS.iter().chain(&REASONS).find(|(english, _)| words.contains(english));
    known.map_or_else(|| kind(error.kind()), |(_, japanese)| japanese)
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotPdf => "PDF ファイルではないか、途中で切れています",
        ErrorKind::Syntax => "PDF の構造に誤りがあります",
        ErrorKind::Encrypted => "暗号化のため処理できません",
        ErrorKind::Unsupported => "対応していない形式です",
        ErrorKind::Limit => "大きさまたは複雑さが上限を超えています",
        ErrorKind::Field => "フィールドを使用できません",
        ErrorKind::Appearance => "画像、フォントまたは文字を表示できません",
        ErrorKind::Metadata => "メタデータ (取引情報) を使用できません",
        ErrorKind::Key => "鍵を使用できません",
        ErrorKind::Certificate => "証明書を使用できません",
        ErrorKind::TrustList => {
            "信頼リストを使用できません。--list-signer に発行者の証明書を指定し、最新のリストをお使いください"
        }
        ErrorKind::Capacity => "署名またはタイムスタンプのための領域が不足しています",
        ErrorKind::Signer => "署名の生成に失敗しました",
        ErrorKind::Timestamp => "タイムスタンプを取得できませんでした",
        ErrorKind::Fetch => "サーバーから取得できませんでした",
        ErrorKind::Evidence => "検証に必要な証明書または失効情報が不足しています",
        ErrorKind::Base => "準備したときとは別のファイルです",
        ErrorKind::Io => "ファイルの読み書きに失敗しました",
        ErrorKind::State => "保存された途中経過を読み取れません",
        ErrorKind::SelfCheck => "作成したファイルが検査に通りませんでした。何も書き込んでいません",
        _ => "処理できませんでした",
    }
}
