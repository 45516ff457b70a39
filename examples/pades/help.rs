//! Help, which is also the contract of each command.

use pades_ltv::Language;

/// What help is about; the commands by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    All,
    Verify,
    Sign,
    Timestamp,
    Augment,
    Revisions,
    Doctor,
    Renew,
    Find,
    Version,
}

impl Topic {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let commands = [
            Self::Verify,
            Self::Sign,
            Self::Timestamp,
            Self::Augment,
            Self::Revisions,
            Self::Doctor,
            Self::Renew,
            Self::Find,
        ];
        match name {
            "help" => Some(Self::All),
            "version" => Some(Self::Version),
            _ => commands.into_iter().find(|topic| topic.name() == Some(name)),
        }
    }

    /// What to write behind `pades help`.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::Version => None,
            Self::Verify => Some("verify"),
            Self::Sign => Some("sign"),
            Self::Timestamp => Some("timestamp"),
            Self::Augment => Some("augment"),
            Self::Revisions => Some("revisions"),
            Self::Doctor => Some("doctor"),
            Self::Renew => Some("renew"),
            Self::Find => Some("find"),
        }
    }

    pub(crate) fn text(self, language: Language) -> String {
        let (english, japanese) = match self {
            Self::All | Self::Version => (ALL, ALL_JA),
            Self::Verify => (VERIFY, VERIFY_JA),
            Self::Sign => (SIGN, SIGN_JA),
            Self::Timestamp => (TIMESTAMP, TIMESTAMP_JA),
            Self::Augment => (AUGMENT, AUGMENT_JA),
            Self::Revisions => (REVISIONS, REVISIONS_JA),
            Self::Doctor => (DOCTOR, DOCTOR_JA),
            Self::Renew => (RENEW, RENEW_JA),
            Self::Find => (FIND, FIND_JA),
        };
        match language {
            Language::Japanese => japanese.replace("{TSA}", TSA_JA),
            _ => english.replace("{TSA}", TSA),
        }
    }
}

/// What stands in the help of every command that asks a TSA.
const TSA: &str = "\
Asking a TSA:
  --tsa URL        may be given again: the next is asked where one gives no timestamp that is good
                   in every respect, and standard error says so. All fail: nothing is written
  --tsa-user NAME, --tsa-pass-file FILE
                   user, and password in the first line of a file, for the --tsa before them; for
                   the first --tsa, else PADES_TSA_USER and PADES_TSA_PASSWORD
  --tsa-cert FILE, --tsa-key FILE
                   a client certificate with its chain, and its key, PEM, for the --tsa before them
  --tsa-ca FILE    who says who the server of the --tsa before it is, PEM; Mozilla's roots unless
                   given
  --tsa-header-file FILE
                   headers for the --tsa before it, such as the key of a subscription: FILE has
                   Name: value in each line
  --tsa-rate N/s   asks the --tsa before it no more often than that, by all threads and for all
                   files of this run together; N/m and N/h: a minute, an hour
  --tsa-policy OID the policy to stamp under; a token under another is refused
  --tsa-digest NAME
                   sha256 (default), sha384, sha512, sha3-256, sha3-384, sha3-512
  --tsa-timeout SECONDS
                   for each question; 30 unless given
  --retry N        asks all again up to N times where that may help, after 1, 2, 4 ... 60 seconds or
                   what a server asks for (Retry-After); 0 unless given

";

const TSA_JA: &str = "\
TSA への要求:
  --tsa URL        繰り返し指定できます。すべての点で正しいタイムスタンプが得られないときは次の TSA
                   に要求し、標準エラー出力に示します。どこからも得られないときは何も書き込みません
  --tsa-user 名前, --tsa-pass-file FILE
                   直前の --tsa のユーザー名と、パスワードを 1 行目に書いたファイル。最初の --tsa
                   では、省略時に PADES_TSA_USER と PADES_TSA_PASSWORD を使います
  --tsa-cert FILE, --tsa-key FILE
                   直前の --tsa に示すクライアント証明書 (チェーンを含む) とその秘密鍵 (PEM)
  --tsa-ca FILE    直前の --tsa のサーバー証明書を検証する認証局 (PEM)。省略時は Mozilla のもの
  --tsa-header-file FILE
                   直前の --tsa に送るヘッダー (契約のキーなど)。FILE の各行に 名前: 値 と書きます
  --tsa-rate N/s   直前の --tsa への要求を 1 秒に N 回まで (N/m は 1 分、N/h は 1 時間) とします。
                   この実行のすべてのスレッドとファイルを合わせた回数です
  --tsa-policy OID 要求するポリシー。異なるポリシーのトークンは受け付けません
  --tsa-digest 名前
                   sha256 (既定)、sha384、sha512、sha3-256、sha3-384、sha3-512
  --tsa-timeout 秒 1 回の要求の制限時間。省略時は 30
  --retry 回数     再度の要求に意味があるとき、最大でこの回数だけ、1、2、4 … 60 秒またはサーバーの
                   指定 (Retry-After) だけ待って、すべての TSA に要求し直します。省略時は 0

";

const ALL: &str = "\
pades signs PDFs so that the signatures stay verifiable for decades (PAdES), and verifies them.

  pades sign [OPTIONS] IN OUT        sign, with a timestamp (B-B, B-T)
  pades augment [OPTIONS] IN OUT     add certificates and revocation data, and a document timestamp
                                     (B-LT, B-LTA)
  pades timestamp [OPTIONS] IN OUT   add a document timestamp
  pades verify [OPTIONS] FILE...     verify every signature; of many files, as a table
  pades doctor [OPTIONS] FILE...     what is missing, what to do, and until when it verifies
  pades renew [OPTIONS] FILE...      by when to renew, and renewing what is due
  pades find [OPTIONS] DIR...        contracts by counterparty, date and amount
  pades revisions [OPTIONS] IN       list revisions, or extract one
  pades help COMMAND                 options and exit codes
  pades version

All commands take --lang ja|en; without it, LC_ALL, LC_MESSAGES and LANG decide.
What cannot be done ends with exit code 4. OUT is replaced at once, and only if all went well; it
may be IN. sign, timestamp and augment take --in-place instead of OUT.
";

const ALL_JA: &str = "\
pades は、署名を何十年も検証できるように PDF に署名し (PAdES)、署名を検証します。

  pades sign [オプション] IN OUT        署名とタイムスタンプの付与 (B-B、B-T)
  pades augment [オプション] IN OUT     証明書・失効情報と文書タイムスタンプの追加 (B-LT、B-LTA)
  pades timestamp [オプション] IN OUT   文書タイムスタンプの付与
  pades verify [オプション] FILE...     すべての署名の検証
  pades doctor [オプション] FILE...     不足しているもの、必要な処理、有効と判定できる期限
  pades renew [オプション] FILE...      更新期限の一覧と、期限の近いファイルの更新
  pades find [オプション] DIR...        取引先・日付・金額による契約の検索
  pades revisions [オプション] IN       バージョンの一覧と取り出し
  pades help コマンド                   オプションと終了コードの説明
  pades version

どのコマンドにも --lang ja|en を指定できます。省略時は LC_ALL、LC_MESSAGES、LANG に従います。
処理できなかったときの終了コードは 4 です。OUT はすべて成功したときだけ、一度に置き換えられます。
OUT に IN と同じファイルを指定することもできます。sign、timestamp、augment では、OUT の代わりに
--in-place を指定できます。
";

const VERIFY: &str = "\
pades verify [OPTIONS] FILE...

  --trust PATH    whom to trust: PEM or DER certificates, a file or a folder of .pem, .crt, .cer
                  and .der files; may be given again. Reports name the file as the source of trust.
                  Or a published list, known by its content: Adobe's (AATL, a PDF), an EU trusted
                  list or the list of them (XML). Each entry is trusted for what its list says
  --list-signer PATH
                  who may sign lists: certificates, for Adobe's list its root. Who may sign a
                  national list is also taken from a list of lists. Adobe's is judged as of when it
                  was signed. --take-unverified-lists takes lists without looking at signatures,
                  --take-expired-lists those whose next release was due before the time of --at
  --accredited PATH
                  certificates of accredited timestamp authorities: a file, a ZIP or a folder. Their
                  timestamps are reported as accredited by what the PATH is called; it trusts nobody
  --at TIME       verify as of this time, RFC 3339; now unless given
  --policy etsi-119312|cryptrec|permissive
                  until when algorithms count: TS 119 312 (default), Japan's CRYPTREC list, or for
                  ever (to look at old files, not to rely on them)
  --require NAME, --waive NAME
                  asks for a check besides, or not for one: signer_revocation, authority_revocation,
                  timestamp_revocation, key_usage, content_commitment, signature_policy,
                  signing_certificate_attribute, timestamp_order or claimed_time. May be given
                  again; what is asked for stands in the report (--json: constraints)
  --modifications evidence_only|as_permitted|listed_only
                  what may have been changed after signing: evidence and timestamps alone, what the
                  standard and the signers permit (default), or anything, which is listed only
  --signature-policy OID=FILE
                  the document of a signature policy, compared with the digest that was signed; may
                  be given again
  --model shell|chain
                  every certificate valid at the time that counts (default), or each when it
                  issued the one below it
  --future TIME   says whether the file will still verify then, RFC 3339, if nobody renews it, until
                  when it does, and what is lost first; the exit code is that of now
  --crl FILE, --ocsp FILE, --cert FILE
                  evidence besides what the PDF holds, DER or PEM; may be given again
  --password TEXT, --password-file FILE
                  the password of encrypted files; better PADES_PASSWORD (see pades help sign)
  --text          for people (default)
  --explain       with --text: every step of the process (EN 319 102-1), its outcome and why, the
                  chains of certificates, and what the file lacks for its PAdES level
  --json          for programs: one JSON object a line for each FILE, all keys always there
  --xml FILE      writes the report of TS 119 102-2 to FILE, too; for one PDF
  --lang ja|en

Many files, a row each (a FILE may be a folder: all .pdf below it, in the order of their names):
  --csv, --jsonl  file, verdict, reason, signer, signed_for, timestamp_authority, accredited,
                  accredited_by, time, expires, renewal_due, in_window, error, and what the file is
                  about (see pades help find): as CSV with a heading, or as JSON lines. accredited
                  is empty (null) where no list was given
  --bom           with --csv: begins with a byte order mark, as Excel wants it to show UTF-8
  --from TIME, --to TIME
                  only files that were stamped then; those without any timestamp are told of, too
  --threads N     as many at once; one for each core unless given
  --holidays FILE whether each signature was stamped within two months and seven business days of
                  its claimed time (Japan's E-Bookkeeping Act): FILE has a holiday a line, as
                  2027-01-01
  --resume LOG    notes each row in LOG, as a JSON line; files that are there, and did not change
                  since, are not verified again. LOG has all rows, standard output those of this
                  run; the exit code is that of both. The first line of LOG says by which --at,
                  --trust, --policy ... it was made: a run with others is refused. Without --at each
                  row is as of its own run

Exit code, the first that applies to any FILE:
  4  could not be read, nobody reads the output any more, or the command line makes no sense
  1  TOTAL-FAILED: a signature is proved to be bad
  2  INDETERMINATE: what is at hand does not suffice to say
  3  no signature, or no file in the folders
  0  all signatures of all files are TOTAL-PASSED
";

const VERIFY_JA: &str = "\
pades verify [オプション] FILE...

  --trust PATH    信頼する証明書 (PEM または DER)。ファイル、または .pem .crt .cer .der の
                  入ったフォルダー。繰り返し指定可。レポートの信頼ソースはファイル名になります。
                  公開リストも指定できます (内容で判別): Adobe の AATL (PDF)、EU のトラステッド
                  リストとその一覧 (XML)。証明書はリストの定める用途と期間に限って信頼します
  --list-signer PATH
                  リストの署名者の証明書 (AATL には Adobe のルート)。国別リストの署名者は、EU の
                  一覧からも得ます。AATL は署名された時刻で検証します。署名を確認せずにリストを
                  使うには --take-unverified-lists を、次の発行期限を過ぎた EU のリストを使うには
                  --take-expired-lists を指定してください
  --accredited PATH
                  認定タイムスタンプ局の証明書 (ファイル、ZIP またはフォルダー)。その局の
                  タイムスタンプを、PATH の名前の認定として示します。信頼する証明書にはなりません
  --at 時刻       この時刻での検証 (RFC 3339)。省略時は現在
  --policy etsi-119312|cryptrec|permissive
                  アルゴリズムをいつまで信頼するか: TS 119 312 (既定)、CRYPTREC の基準、無期限
                  (古いファイルの調査用。信頼の根拠にはなりません)
  --require 名前, --waive 名前
                  検査を追加または省略します: signer_revocation、authority_revocation、
                  timestamp_revocation、key_usage、content_commitment、signature_policy、
                  signing_certificate_attribute、timestamp_order、claimed_time。繰り返し指定可。
                  行った検査はレポートに示します (--json では constraints)
  --modifications evidence_only|as_permitted|listed_only
                  署名後の変更の扱い: 検証情報とタイムスタンプのみ認める、規格と署名者が許すものを
                  認める (既定)、判定に含めず一覧にのみ示す
  --signature-policy OID=FILE
                  署名ポリシーの文書。署名されたハッシュ値と照合します。繰り返し指定可
  --model shell|chain
                  有効性モデル。すべての証明書が基準時刻に有効 (shell、既定)、または各証明書が
                  下位の証明書の発行時に有効 (chain)
  --future 時刻   更新しない場合、その時刻 (RFC 3339) にも有効と判定できるか、いつまで判定できるか、
                  その理由を示します。終了コードは現在の判定に従います
  --crl FILE, --ocsp FILE, --cert FILE
                  PDF の外にある検証情報 (DER または PEM)。繰り返し指定可
  --password 文, --password-file FILE
                  暗号化されたファイルのパスワード。環境変数 PADES_PASSWORD も使えます
                  (pades help sign を参照)
  --text          人が読む形式 (既定)
  --explain       --text に加え、検証の全手順 (EN 319 102-1) の結果と根拠、証明書チェーン、PAdES の
                  水準に不足しているものを示します
  --json          プログラム用。FILE ごとに 1 行 1 オブジェクト。キーは常にすべて出力
  --xml FILE      TS 119 102-2 の検証レポートを FILE にも書き出します (PDF は 1 つだけ)
  --lang ja|en

一括検証 (1 ファイル 1 行。FILE がフォルダーなら、その下のすべての .pdf を名前順に検証します):
  --csv, --jsonl  file、verdict、reason、signer、signed_for、timestamp_authority、accredited、
                  accredited_by、time、expires、renewal_due、in_window、error と取引情報 (pades
                  help find) を、見出し付きの CSV か JSON 行で出力。認定リストの指定が
                  なければ accredited は空 (null) です
  --bom           --csv の先頭に BOM を付けます (Excel での文字化けを防ぎます)
  --from 時刻, --to 時刻
                  その期間にタイムスタンプが付与されたファイルだけ。タイムスタンプのないものも出力
  --threads N     同時に検証する数。省略時はコアの数
  --holidays FILE 各署名のタイムスタンプが、署名時刻から 2 か月と 7 営業日以内に付与されたか
                  (電子帳簿保存法)。FILE は 1 行に 1 つの休日 (2027-01-01 の形)
  --resume LOG    各行を JSON 行として LOG に記録します。記録済みで変更のないファイルは検証
                  しません。LOG には全行が、標準出力には今回の行が残ります。終了コードは両方に
                  よります。LOG の 1 行目は --at、--trust、--policy などの条件で、異なる条件では
                  続行できません。--at を省略すると、各行はその実行の時点での判定です

終了コード (いずれかの FILE に当てはまる最初のもの):
  4  読み取れない、出力を最後まで書き込めない、またはコマンドラインの誤り
  1  TOTAL-FAILED: 署名が無効と証明された
  2  INDETERMINATE: 手元の情報では判定できない
  3  署名がない、またはフォルダーにファイルがない
  0  全ファイルの全署名が TOTAL-PASSED
";

const SIGN: &str = "\
pades sign [OPTIONS] IN OUT
pades sign --in-place [OPTIONS] IN
pades sign --dry-run [OPTIONS] IN
pades sign --out-dir DIR [OPTIONS] IN...
pades sign --prepare STATE [OPTIONS] IN
pades sign --complete STATE --signature FILE [OPTIONS] IN OUT

Whose key (without one a local TEST authority signs: NOT FOR PRODUCTION):
  --key FILE --chain FILE
                   private key (PKCS#8, PKCS#1, SEC 1) and certificates of its owner and of the
                   authorities above, PEM or DER
  --p12 FILE       both in one PKCS#12 file (.p12, .pfx); --chain gives certificates that it lacks
  --pass-file FILE the password of --key or --p12: the first line, as in all files of secrets
  --pkcs11 URI --module SO --pin-file FILE
                   a key on a token or HSM: pkcs11:token=contracts;object=witness (RFC 7512), the
                   vendor's PKCS #11 module, the PIN in the first line of a file. A PIN is tried
                   once, and never as the last try. --chain gives certificates that the token lacks.
                   In place of --module and --pin-file, not beside them, the URI may have
                   module-path and pin-source (absolute path or file: URI of a file), or pin-value,
                   the PIN itself, which other users can see:
                   pkcs11:object=witness?pin-source=/run/secrets/pin
  --csc URL --csc-token-file FILE
                   a key at a signing service (CSC API, up to /csc/v2 or /csc/v1), and the access
                   token. All files of a run are authorised at once, as far as the service lets
                   them; only digests go there. --chain gives certificates that the service lacks
  --csc-credential ID
                   which key; needed where there are several, which the error then lists
  --csc-pin-file FILE, --csc-otp-file FILE, --csc-auth-file ID=FILE
                   what unlocks it: PIN, one-time password, or another authentication object
  --csc-send-otp   has the service send the password first; FILE is read then: /dev/stdin, say
  --csc-wait SECONDS
                   for who has to confirm elsewhere, and for each answer, which gets 30 at least;
                   120 unless given

How and when:
  --digest NAME    sha256, sha384, sha512, sha3-256, sha3-384, sha3-512 instead of what fits the key
  --pss            RSASSA-PSS instead of PKCS#1 v1.5, for an RSA key
  --tsa URL|local|none
                   who timestamps the signature: an RFC 3161 server, the test authority, or nobody.
                   Unless given: nobody with a key, the test authority without
  --timestamp-room BYTES
                   room for the timestamp; 10240 unless given
  --at TIME        the time of signing, RFC 3339, written in its zone; now unless given

What it says and where it stands:
  --field NAME     an empty signature field, or a new one; Signature1, 2 ... unless given
  --reason TEXT, --location TEXT, --name TEXT, --contact TEXT
                   what the signature says, in any language
  --seal IMAGE     shows a seal: a PNG (transparent where it is to be) or JPEG file
  --seal-text TEXT shows a text in the font of --font, beside or below the image if there is one
  --rect x0,y0,x1,y1
                   where a new field shows its seal: two corners, in points (1/72 inch) from the
                   lower left corner of the page. An existing field shows it where it stands
  --page N|last    the page of --rect; 1 unless given
  --fill NAME=VALUE
                   fills a form field (text, choice, check box, radio button) in the same revision;
                   may be given again. Earlier signatures stay valid
  --font FILE      the font of --fill and --seal-text (TrueType, OpenType), which is embedded;
                   check boxes and radio buttons need none

What it is about, written into the metadata (XMP) and signed with it; pades find finds it:
  --counterparty NAME --date DAY
                   with whom, and when: 2026-10-07. --counterparty may be given again
  --amount NUMBER, --currency CODE
                   how much, without separators: 1234567 or 12.50; JPY unless given
  --title TEXT, --number TEXT
                   what people and registers call it

What may change later:
  --certify 1|2|3  certifies, as the first signature: 1 nothing may change, 2 forms may be filled in
                   and signed, 3 annotations, too. Use 2 or 3 where evidence is to be added later,
                   and sign fields that are there: some verifiers take new visible ones for changes
  --lock all|include:NAME,...|exclude:NAME,...
                   no field, or none of these, or only these may be changed or signed after this
                   signature; all and exclude close fields that are new then, too

A key elsewhere, whose answer comes later:
  --prepare STATE  lays the signature out, signs nothing, and says what is to be signed: the bytes
                   (message) and their digest, hexadecimal; --json (default) or --text. STATE holds
                   a few KB, no part of IN and nothing secret. --chain says who will sign; without
                   it a ready CMS over the imprint is expected (its digest: --digest, else sha256).
                   Room for a timestamp is kept, unless --tsa none is given
  --cms-room BYTES with --prepare: room for a CMS by somebody unknown; 12288 unless given
  --complete STATE --signature FILE
                   takes the answer, also on another machine: a signature value (ECDSA as DER or
                   r and s), or a CMS, DER or PEM. IN must be the very file that was prepared; the
                   answer is verified; the same again gives the same file. --tsa is asked now

Files:
  --out-dir DIR    signs many documents with one key, each to its own name in DIR. What fails for
                   one is said, and nothing is written for it; the others are signed. What has that
                   name there is replaced, IN too where DIR is its own folder
  --in-place       appends to IN itself; where that fails, IN is cut back to what it was. Nobody
                   else may write to IN meanwhile
  --dry-run        signs nothing, writes nothing, asks no server but that of --csc for the
                   certificate: says what would be done, how long the file would be in bytes, and
                   which earlier signatures stay valid. Needs no --key: --chain alone will do.
                   --json (default, all keys always there) or --text
  --json           a JSON object a line for each IN, all keys always there: where it was written, or
                   error with kind, message and class: retryable (the same may succeed later),
                   permanent (it will not), operator (a key, password or setting has to be changed)
  --password TEXT, --password-file FILE
                   the user or owner password of an encrypted IN; FILE's first line. Other users can
                   see a command line: prefer the file, or the variable PADES_PASSWORD
  --repair         mends a broken cross-reference of IN in one more revision, and says what was
                   done; a file that holds a signature is refused, a sound one is signed as it is
  --ignore-permissions
                   signs even if the permissions of IN or an earlier signature forbid it: only with
                   the owner's consent. Such an earlier signature becomes invalid
  --anchor-out FILE
                   writes the test authority's certificate, for --trust
  --lang ja|en

{TSA}Exit code: 0 signed, prepared, or could be signed with --dry-run; 4 not signed, and OUT or IN as it
was; 5 with --out-dir, some are signed and some are not.
";

const SIGN_JA: &str = "\
pades sign [オプション] IN OUT
pades sign --in-place [オプション] IN
pades sign --dry-run [オプション] IN
pades sign --out-dir DIR [オプション] IN...
pades sign --prepare STATE [オプション] IN
pades sign --complete STATE --signature FILE [オプション] IN OUT

署名者の鍵 (省略するとローカルのテスト用認証局で署名します。本番では使用しないでください):
  --key FILE --chain FILE
                   秘密鍵 (PKCS#8、PKCS#1、SEC 1) と、所有者および上位認証局の証明書。
                   PEM または DER
  --p12 FILE       鍵と証明書の入った PKCS#12 ファイル (.p12、.pfx)。不足する証明書は --chain で
                   指定します
  --pass-file FILE --key または --p12 のパスワード。PIN などのファイルと同じく、1 行目を読みます
  --pkcs11 URI --module SO --pin-file FILE
                   トークンや HSM の鍵: pkcs11:token=contracts;object=witness (RFC 7512)、ベンダーの
                   PKCS #11 モジュール、1 行目に PIN を書いたファイル。PIN は一度だけ試し、残り
                   1 回のときは試しません。トークンにない証明書は --chain で指定します。--module と
                   --pin-file の代わりに、URI に module-path と pin-source (ファイルの絶対パスか
                   file: URI) を書けます (pkcs11:object=witness?pin-source=/run/secrets/pin)。両方は
                   指定できません。pin-value に PIN 自体を書くと、ほかの利用者にも見えます
  --csc URL --csc-token-file FILE
                   署名サービスの鍵 (CSC API。/csc/v2 または /csc/v1 まで指定) とアクセストークン。
                   全ファイルの認可を、サービスが許す範囲でまとめて受けます。サービスに送るのは
                   ハッシュ値だけです。サービスにない証明書は --chain で指定します
  --csc-credential ID
                   鍵の ID。複数あるときは必要です (省略すると、エラーに一覧を示します)
  --csc-pin-file FILE, --csc-otp-file FILE, --csc-auth-file ID=FILE
                   鍵を使うための PIN、ワンタイムパスワード、その他の認証情報
  --csc-send-otp   署名サービスにワンタイムパスワードを送信させてから FILE を読み取ります
                   (/dev/stdin など)
  --csc-wait 秒    別の端末での承認と、応答を待つ時間 (応答は最短でも 30)。省略時は 120

方式と時刻:
  --digest 名前    ハッシュ関数 (sha256、sha384、sha512、sha3-256、sha3-384、sha3-512)。
                   省略時は鍵に合うもの
  --pss            RSA 鍵で、PKCS#1 v1.5 の代わりに RSASSA-PSS を使用します
  --tsa URL|local|none
                   署名タイムスタンプの発行元: RFC 3161 サーバー、テスト用認証局、なし。
                   省略時は、鍵を指定すれば「なし」、しなければテスト用認証局
  --timestamp-room バイト数
                   タイムスタンプ用に確保する領域。省略時は 10240 バイト
  --at 時刻        署名時刻 (RFC 3339)。指定したタイムゾーンで書き込みます。省略時は現在

署名の内容と場所:
  --field 名前     空の署名フィールド、または新しい名前。省略時は Signature1、2 …
  --reason 文, --location 文, --name 文, --contact 文
                   署名の理由・場所・名前・連絡先 (日本語可)
  --seal 画像      印影を表示します。PNG (背景の透過可) または JPEG
  --seal-text 文   --font の書体で文を表示します。画像があれば、その横か下に並べます
  --rect x0,y0,x1,y1
                   新しいフィールドの印影の位置。ページ左下を原点とする対角 2 点の座標
                   (ポイント、1/72 インチ)。既存のフィールドでは、その場所に表示します
  --page 番号|last --rect のページ。省略時は 1
  --fill 名前=値   署名と同じバージョンで、フォームのフィールド (テキスト、選択肢、チェック
                   ボックス、ラジオボタン) に記入します。繰り返し指定可。既存の署名は有効な
                   ままです
  --font FILE      --fill と --seal-text のフォント (TrueType、OpenType)。PDF に埋め込みます。
                   チェックボックスとラジオボタンには不要です

取引情報 (メタデータ (XMP) に書き込み、署名の対象とします。pades find で検索できます):
  --counterparty 取引先 --date 日付
                   取引先と取引年月日 (2026-10-07)。--counterparty は繰り返し指定可
  --amount 金額, --currency 通貨
                   桁区切りのない金額 (1234567、12.50)。通貨の省略時は JPY
  --title 文, --number 文
                   契約書などの名称と番号

署名後に許可する変更:
  --certify 1|2|3  最初の署名として文書を認証します。1 変更不可、2 フォームの入力と署名、
                   3 さらに注釈も可。後で検証情報を追加する場合は 2 か 3 を指定してください。
                   その後の署名には既存のフィールドをお使いください (表示される新しいフィールドを
                   変更とみなす検証ソフトがあります)
  --lock all|include:名前,…|exclude:名前,…
                   この署名の後に変更も署名もできないフィールド: すべて、列挙したもの、列挙以外の
                   すべて。all と exclude は、後から追加するフィールドにも及びます

鍵が別の場所にあり、署名値を後で受け取る場合:
  --prepare STATE  署名の準備だけを行い、署名対象のバイト列 (message) とそのハッシュ値を 16 進数で
                   示します。--json (既定) または --text。STATE は数 KB で、IN の内容も秘密の情報も
                   含みません。署名者は --chain で指定します。省略した場合は、文書のハッシュ値
                   (imprint) に対する CMS を後で受け取ります (ハッシュ関数は --digest、既定は
                   sha256)。--tsa none としない限り、タイムスタンプ用の領域を確保します
  --cms-room バイト数
                   --prepare で、署名者が未定の場合に CMS 用に確保する領域。省略時は 12288 バイト
  --complete STATE --signature FILE
                   署名値 (ECDSA は DER または r と s の連結) か CMS (DER または PEM) を受け取って
                   署名を完成します。別のマシンでも実行できます。IN は準備したときと同じファイルに
                   限ります。署名値は検証し、同じ入力からは同じファイルができます。--tsa には
                   このとき問い合わせます

ファイル:
  --out-dir DIR    一つの鍵で複数の文書に署名し、DIR に同じ名前で書き込みます。失敗した文書に
                   ついては理由を示して何も書き込まず、ほかの文書には署名します。DIR にある同じ名前
                   のファイルは置き換えます (DIR が IN のフォルダーなら IN 自体も)
  --in-place       IN 自体に追記します。失敗した場合は元の長さに戻します。処理中は、ほかの
                   プログラムから IN に書き込まないでください
  --dry-run        署名も書き込みもせず、サーバーにも (--csc の証明書を除き) 問い合わせずに、処理の
                   内容、署名後のサイズ (バイト)、既存の署名が有効なままかどうかを示します。--key は
                   不要で、--chain だけでも実行できます。--json (既定。キーは常にすべて出力) または
                   --text
  --json           IN ごとに 1 行 1 オブジェクトの JSON。キーは常にすべて出力。書き込み先、または
                   error (kind、message、class)。class は retryable (再試行で成功しうる)、
                   permanent (再試行しても失敗する)、operator (鍵、パスワードや設定の変更が必要)
  --password 文, --password-file FILE
                   暗号化された IN の利用者または所有者パスワード。FILE は 1 行目を読みます。
                   コマンドラインはほかの利用者にも見えるため、FILE か環境変数 PADES_PASSWORD を
                   お使いください
  --repair         壊れた IN の相互参照を追記により修復してから署名し、修復の内容を示します。
                   署名済みのファイルは修復しません。壊れていなければ、そのまま署名します
  --ignore-permissions
                   IN の権限設定や既存の署名が禁じていても署名します。所有者の了解がある場合に
                   限ってください。禁じていた既存の署名は無効になります
  --anchor-out FILE
                   テスト用認証局の証明書を書き出します (--trust 用)
  --lang ja|en

{TSA}終了コード: 0 署名済み、準備済み (--dry-run では署名可能)、4 署名できず、OUT または IN は元の
まま、5 --out-dir で一部の文書だけに署名
";

const TIMESTAMP: &str = "\
pades timestamp [OPTIONS] IN OUT
pades timestamp --in-place [OPTIONS] IN

  --tsa URL|local  who timestamps: an RFC 3161 server, or the local TEST authority (default, NOT
                   FOR PRODUCTION)
  --field NAME     the field of the timestamp; Timestamp1, 2 ... unless given
  --at TIME        the time of asking, RFC 3339; now unless given
  --timestamp-room BYTES
                   room for the timestamp; 10240 unless given
  --in-place       appends to IN itself; where that fails, IN is cut back to what it was
  --password TEXT, --password-file FILE
                   the password of an encrypted IN; better PADES_PASSWORD (see pades help sign)
  --ignore-permissions
                   goes on where the permissions of IN forbid it: only with the owner's consent
  --anchor-out FILE
                   writes the test authority's certificate, for --trust
  --lang ja|en

{TSA}Exit code: 0 timestamped, 4 not timestamped and OUT or IN as it was.
";

const TIMESTAMP_JA: &str = "\
pades timestamp [オプション] IN OUT
pades timestamp --in-place [オプション] IN

  --tsa URL|local  タイムスタンプの発行元: RFC 3161 サーバー、またはローカルのテスト用認証局
                   (既定。本番では使用しないでください)
  --field 名前     タイムスタンプのフィールド。省略時は Timestamp1、2 …
  --at 時刻        要求の時刻 (RFC 3339)。省略時は現在
  --timestamp-room バイト数
                   タイムスタンプ用に確保する領域。省略時は 10240 バイト
  --in-place       OUT を作らず、IN 自体に追記します。失敗した場合は元の長さに戻します
  --password 文, --password-file FILE
                   暗号化された IN のパスワード。環境変数 PADES_PASSWORD も使えます
                   (pades help sign を参照)
  --ignore-permissions
                   IN の権限設定が禁じていても続けます。所有者の了解がある場合に限ってください
  --anchor-out FILE
                   テスト用認証局の証明書を書き出します (--trust 用)
  --lang ja|en

{TSA}終了コード: 0 付与済み、4 付与できず、OUT または IN は元のまま
";

const AUGMENT: &str = "\
pades augment --trust PATH [OPTIONS] IN OUT
pades augment --trust PATH --in-place [OPTIONS] IN

Adds what every signature and timestamp in IN needs to be verified offline (B-LT); with --lta, a
document timestamp over all of it (B-LTA), and that timestamp's own evidence. Do that again before
the newest timestamp expires.

  --trust PATH     the anchors that the certificates must lead to, as for pades verify
  --crl FILE, --ocsp FILE, --cert FILE
                   evidence at hand, DER or PEM; may be given again
  --online         asks the servers that the certificates name for what is missing: OCSP first,
                   then CRLs
  --offline        asks nobody; so it is unless --online is given
  --crl-limit BYTES
                   the longest CRL to take from a server; 10485760 unless given
  --grace TIME     wants revocation data from at least so long after each signature's timestamp:
                   30m, 24h, 2d. Too early, nothing is written, and the error says when to come back
  --cache FILE     evidence of earlier runs for documents of the same authorities; what is new goes
                   in, what has expired goes out
  --vri plain|dated
                   says for each signature, too, which evidence belongs to it, and when it was added
  --timestamp-signature NAME
                   puts a timestamp into the signature of the field NAME (B-T) where its room
                   suffices and nothing later covers it, and adds a document timestamp where the
                   room does not suffice. Not with --in-place: bytes of the file change
  --lta            adds a document timestamp
  --archive-what-is-left
                   with --lta: even if the newest timestamp has expired and proves nothing any more
  --tsa URL|local  with --lta or --timestamp-signature: who stamps; the local TEST authority unless
                   given
  --field NAME     with --lta: its field; Timestamp1, 2 ... unless given
  --at TIME        the time of augmenting, RFC 3339; now unless given
  --in-place       appends to IN itself; where that fails, IN is cut back to what it was
  --password TEXT, --password-file FILE
                   the password of an encrypted IN; better PADES_PASSWORD (see pades help sign)
  --ignore-permissions
                   goes on where the permissions of IN forbid it: only with the owner's consent
  --anchor-out FILE
                   writes the test authority's certificate, for --trust
  --lang ja|en

{TSA}Exit code: 0 augmented, 4 something is missing and OUT or IN is as it was.
";

const AUGMENT_JA: &str = "\
pades augment --trust PATH [オプション] IN OUT
pades augment --trust PATH --in-place [オプション] IN

IN のすべての署名とタイムスタンプをオフラインで検証するための情報を追加します (B-LT)。--lta を指定
すると、全体に文書タイムスタンプを付与し (B-LTA)、その検証情報も追加します。最新のタイムスタンプ
の有効期限が切れる前に、もう一度実行してください。

  --trust PATH     信頼する証明書 (pades verify と同じ)
  --crl FILE, --ocsp FILE, --cert FILE
                   手元の検証情報 (DER または PEM)。繰り返し指定可
  --online         不足分を、証明書に記載されたサーバーに問い合わせます (OCSP、次に CRL)
  --offline        問い合わせません (--online を指定しないときの既定)
  --crl-limit バイト数
                   サーバーから受け取る CRL の上限。省略時は 10485760
  --grace 時間     各署名のタイムスタンプからこの時間以上後に発行された失効情報を求めます
                   (30m、24h、2d)。早すぎるときは何も書き込まず、再実行すべき時刻を示します
  --cache FILE     同じ認証局の文書について以前に集めた検証情報。新しいものを加え、期限切れの
                   ものを除きます
  --vri plain|dated
                   どの検証情報がどの署名のものかも記録します。dated では追加した時刻も記録します
  --timestamp-signature 名前
                   フィールド「名前」の署名の中にタイムスタンプを追加します (B-T)。領域が足りない
                   ときは文書タイムスタンプを付与します。後の署名などの対象になっている場合は追加
                   できません。ファイルの途中を書き換えるため --in-place とは併用できません
  --lta            文書タイムスタンプを付与します
  --archive-what-is-left
                   --lta と共に: 最新のタイムスタンプの有効期限が切れていても付与します
  --tsa URL|local  --lta と --timestamp-signature の発行元。省略時はローカルのテスト用認証局
  --field 名前     --lta のフィールド。省略時は Timestamp1、2 …
  --at 時刻        処理の時刻 (RFC 3339)。省略時は現在
  --in-place       OUT を作らず、IN 自体に追記します。失敗した場合は元の長さに戻します
  --password 文, --password-file FILE
                   暗号化された IN のパスワード。環境変数 PADES_PASSWORD も使えます
                   (pades help sign を参照)
  --ignore-permissions
                   IN の権限設定が禁じていても続けます。所有者の了解がある場合に限ってください
  --anchor-out FILE
                   テスト用認証局の証明書を書き出します (--trust 用)
  --lang ja|en

{TSA}終了コード: 0 追加済み、4 不足があり、OUT または IN は元のまま
";

const REVISIONS: &str = "\
pades revisions [--json] IN
pades revisions --extract N IN OUT

Lists the saves that IN consists of: number, the bytes from start to end, and the signature fields
that close it.

  --extract N      writes IN as revision N left it, byte for byte, to OUT
  --password TEXT, --password-file FILE
                   the password of encrypted files; better PADES_PASSWORD (see pades help sign)
  --json           for programs
  --lang ja|en

Exit code: 0 done, 4 not done and OUT as it was.
";

const REVISIONS_JA: &str = "\
pades revisions [--json] IN
pades revisions --extract N IN OUT

IN の各バージョン (保存の単位) の番号、バイト範囲、署名フィールドを一覧表示します。

  --extract N      バージョン N の時点の IN を、1 バイトも変えずに OUT に書き出します
  --password 文, --password-file FILE
                   暗号化されたファイルのパスワード。環境変数 PADES_PASSWORD も使えます
                   (pades help sign を参照)
  --json           プログラム用
  --lang ja|en

終了コード: 0 成功、4 失敗し、OUT は元のまま
";

const DOCTOR: &str = "\
pades doctor [OPTIONS] FILE...

Says what each FILE has, exactly what it lacks for B-T, B-LT, B-LTA and Acrobat's \"LTV enabled\"
(about which certificate, in which chain, and where that may be had), what to do next, until when
it verifies, and why not longer. Writes nothing.

  --trust PATH, --list-signer PATH, --accredited PATH, --at TIME, --policy NAME, --model NAME,
  --crl FILE, --ocsp FILE, --cert FILE, --password TEXT, --password-file FILE
                  as in pades help verify
  --online        asks OCSP responders and CRL servers, for the verdict and the date until when it
                  holds. What is missing is told from FILE alone in any case
  --text          for people (default)
  --json          for programs: one JSON object a line for each FILE, all keys always there: has,
                  missing (for, certificate, what, url ...), level_after, verifies_until, because
  --lang ja|en

Exit code: 0 examined, whatever was found; 4 a FILE could not be read.
";

const DOCTOR_JA: &str = "\
pades doctor [オプション] FILE...

FILE にあるもの、B-T・B-LT・B-LTA と Acrobat の「LTV 対応」に不足しているもの (どのチェーンのどの
証明書か、取得先はどこか)、次に行うこと、いつまで有効と判定できるか、その理由を示します。
何も書き込みません。

  --trust PATH, --list-signer PATH, --accredited PATH, --at 時刻, --policy 名前, --model 名前,
  --crl FILE, --ocsp FILE, --cert FILE, --password 文, --password-file FILE
                  pades help verify を参照
  --online        判定と期限のために、OCSP レスポンダーと CRL サーバーに問い合わせます。
                  不足しているものは、常に FILE だけから判断します
  --text          人が読む形式 (既定)
  --json          プログラム用。FILE ごとに 1 行 1 オブジェクト。キーは常にすべて出力: has、
                  missing (for、certificate、what、url など)、level_after、verifies_until、
                  because など
  --lang ja|en

終了コード: 0 診断済み (結果によらない)、4 読み取れない FILE がある
";

const RENEW: &str = "\
pades renew --dry-run [OPTIONS] FILE...
pades renew --in-place --tsa URL [OPTIONS] FILE...
pades renew --out-dir DIR --tsa URL [OPTIONS] FILE...

Says by when each FILE (or each .pdf below a folder) is to be renewed, told from the file alone,
earliest first and by the authority of its newest timestamp; then renews those that are due, as
pades augment --lta does.

  --dry-run       says it, and renews nothing
  --within DAYS   due is what must be renewed within so many days, as 30d; 90d unless given
  --in-place      appends to each FILE itself
  --out-dir DIR   writes each renewed file to its own name in DIR
  --csv, --json   the plan as CSV, or as one JSON object: groups (authority, ca, due, count) and
                  files (file, state, due, until, because, authority, ca, error)
  --bom           with --csv: begins with a byte order mark, as Excel wants it to show UTF-8
  --tsa, --online, --offline, --cache, --crl-limit, --vri
                  as in pades help augment
  --trust PATH, --list-signer PATH, --accredited PATH, --at TIME, --policy NAME, --model NAME,
  --crl FILE, --ocsp FILE, --cert FILE, --password TEXT, --password-file FILE
                  as in pades help verify
  --lang ja|en

States: due; later; overdue (what it proved may be lost: see pades doctor); unknown (it does not
verify); never (nothing known ends it).
Exit code: 0 done; 4 nothing could be renewed, or read; 5 some are renewed and some are not.
";

const RENEW_JA: &str = "\
pades renew --dry-run [オプション] FILE...
pades renew --in-place --tsa URL [オプション] FILE...
pades renew --out-dir DIR --tsa URL [オプション] FILE...

各 FILE (フォルダーなら、その下のすべての .pdf) の更新期限を、ファイルだけから求め、最新の
タイムスタンプの発行元ごとに、早い順に示します。期限の近いものを pades augment --lta と同じように
更新します。

  --dry-run       一覧を示すだけで、更新しません
  --within 日数   この日数以内に期限が来るものを更新します (30d の形)。省略時は 90d
  --in-place      FILE 自体に追記します
  --out-dir DIR   更新したファイルを、DIR に同じ名前で書き出します
  --csv, --json   一覧を CSV、または 1 つの JSON オブジェクトで出力: groups (authority、ca、due、
                  count) と files (file、state、due、until、because、authority、ca、error)
  --bom           --csv の先頭に BOM を付けます (Excel での文字化けを防ぎます)
  --tsa, --online, --offline, --cache, --crl-limit, --vri
                  pades help augment を参照
  --trust PATH, --list-signer PATH, --accredited PATH, --at 時刻, --policy 名前, --model 名前,
  --crl FILE, --ocsp FILE, --cert FILE, --password 文, --password-file FILE
                  pades help verify を参照
  --lang ja|en

状態: due (期限が近い)、later (まだ先)、overdue (期限切れ。pades doctor を参照)、unknown (有効と
判定できない)、never (期限となるものがない)。
終了コード: 0 完了、4 更新も読み取りもできない、5 一部だけ更新
";

const FIND: &str = "\
pades find [OPTIONS] DIR...

Finds signed PDFs by what they are about, as pades sign --counterparty wrote it. Only files that are
all that is asked for are found; without an option, all that state a transaction. Every file is
verified, so that the table tells what was signed from what was put there or changed afterwards.

  --counterparty TEXT
                  part of a counterparty's name; given again, all have to be there. Alike are: full
                  and half width (NFKC), capitals and small letters, with or without space, and
                  ㈱, (株), （株） and 株式会社; 有限会社 and 合同会社 likewise
  --from DAY, --to DAY
                  from and up to this day, as 2026-10-07
  --amount-from NUMBER, --amount-to NUMBER
                  at least and at most so much, in the currency of --currency; JPY unless given
  --signed        only what is signed and was not changed since
  --trust PATH, --at TIME, --password-file FILE and all else by which pades verify judges
                  for the column verdict; without --trust, nobody is trusted
  --text          a line for each file (default)
  --csv, --json   file, counterparty, date, amount, currency, title, number, transaction,
                  signed_otherwise, signer, verdict, error: as CSV with a heading, or a JSON object
                  a line, all keys always there. By date, and then by name
  --bom           with --csv: begins with a byte order mark, as Excel wants it to show UTF-8
  --threads N     as many at once; one for each core unless given
  --lang ja|en

transaction says: signed (an intact signature covers it; whether it holds says verdict), unsigned
(nobody signed it), changed (a signature covers another one, which is in signed_otherwise and is
found, too), unreadable. Files that cannot be read are told of in any case, behind the others.

Exit code:
  4  a file could not be read, or the command line makes no sense
  3  nothing was found
  0  something was found
";

const FIND_JA: &str = "\
pades find [オプション] DIR...

pades sign --counterparty で記録した取引情報により、署名済みの PDF を検索します。指定した条件の
すべてに合うファイルを示します。条件がなければ、取引情報のあるすべてのファイルです。すべての
ファイルを検証し、署名された情報と、後から追加・変更された情報とを区別します。

  --counterparty 文
                  取引先の名称の一部。繰り返し指定すると、そのすべてを含むもの。全角と半角 (NFKC)、
                  大文字と小文字、空白の有無、㈱・(株)・（株）と株式会社は区別しません。有限会社と
                  合同会社も同様です
  --from 日付, --to 日付
                  取引年月日の範囲 (2026-10-07 の形。両端を含みます)
  --amount-from 金額, --amount-to 金額
                  取引金額の範囲 (両端を含みます)。通貨は --currency で指定し、省略時は JPY
  --signed        署名され、その後変更されていないものだけ
  --trust PATH、--at 時刻、--password-file FILE など、pades verify の判定条件
                  verdict の列に反映します。--trust を省略すると、誰も信頼しません
  --text          1 ファイル 1 行 (既定)
  --csv, --json   file、counterparty、date、amount、currency、title、number、transaction、
                  signed_otherwise、signer、verdict、error を、見出し付きの CSV か、1 行 1
                  オブジェクトの JSON (キーは常にすべて) で、日付、名前の順に出力
  --bom           --csv の先頭に BOM を付けます (Excel での文字化けを防ぎます)
  --threads N     同時に処理する数。省略時はコアの数
  --lang ja|en

transaction の値: signed (改ざんのない署名の対象。署名の有効性は verdict)、unsigned (誰も署名して
いない)、changed (署名の対象は別の内容。その内容は signed_otherwise に示し、検索の対象にもなり
ます)、unreadable (読み取れない)。読み取れないファイルは、条件にかかわらず最後に示します。

終了コード:
  4  読み取れないファイルがある、またはコマンドラインの誤り
  3  該当なし
  0  該当あり
";
