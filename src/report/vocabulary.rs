//! The standard's words in the words of people, in Japanese and English.

use super::{
    AttributeOrigin, Block, CertificateStatus, Code, Conclusion, Constraint, Indication, Language, ModificationRule,
    Place, PolicyDocument, RevocationSource, Rule, SubIndication, TransactionStatus,
};

/// Picks one of two texts.
pub(super) fn say(language: Language, japanese: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Japanese => japanese,
        Language::English => english,
    }
}

impl Conclusion {
    /// The outcome of a block: a block says PASSED where the whole signature is TOTAL-PASSED (EN 319 102-1, 5.1.2).
    pub(super) fn outcome(self) -> &'static str {
        let word = self.indication.as_str();
        word.strip_prefix("TOTAL-").unwrap_or(word)
    }

    /// The outcome of a block for people.
    pub(super) fn said(self, language: Language) -> &'static str {
        match self.indication {
            Indication::TotalPassed => say(language, "合格", "passed"),
            Indication::Indeterminate => say(language, "判定不能", "indeterminate"),
            Indication::TotalFailed => say(language, "不合格", "failed"),
        }
    }
}

impl PolicyDocument {
    pub(super) fn said(self, language: Language) -> &'static str {
        match self {
            Self::Implied => say(language, "文書なし", "no document"),
            Self::NotAtHand => say(language, "文書は手元になし", "its document is not at hand"),
            Self::Matches => say(language, "文書は署名時と一致", "its document is the one that was signed"),
            Self::Differs => say(language, "文書は署名時と不一致", "its document is not the one that was signed"),
            Self::Unbound => {
                say(language, "文書を特定する値が署名にない", "the signature does not say which document it is")
            }
        }
    }
}

impl AttributeOrigin {
    pub(super) fn said(self, language: Language) -> &'static str {
        match self {
            Self::Claimed => say(language, "署名者の申告", "claimed"),
            Self::Certified => say(language, "属性証明書による。未検証", "certified, not validated"),
            Self::Asserted => say(language, "第三者の署名による。未検証", "asserted, not validated"),
        }
    }
}

/// A commitment type that has a name (EN 319 122-1, 5.2.3).
pub(super) fn commitment(name: &str, language: Language) -> &str {
    let japanese = match name {
        "proof of origin" => "作成・承認・送付の証明",
        "proof of receipt" => "受領の証明",
        "proof of delivery" => "配達の証明",
        "proof of sender" => "送付の証明",
        "proof of approval" => "承認の証明",
        "proof of creation" => "作成の証明",
        other => other,
    };
    match language {
        Language::Japanese => japanese,
        Language::English => name,
    }
}

impl Code {
    /// What it is about, in a few words.
    pub fn name(self, language: Language) -> &'static str {
        let (japanese, english) = match self {
            Self::SignatureDictionary => ("署名辞書", "signature dictionary"),
            Self::ByteRange => ("署名の範囲", "byte range"),
            Self::Contents => ("署名値の格納", "contents"),
            Self::Coverage => ("署名の対象", "coverage"),
            Self::Redefined => ("署名辞書の書き換え", "redefined"),
            Self::SignatureRemoved => ("署名の削除", "signature removed"),
            Self::SharedValue => ("署名辞書の共有", "shared value"),
            Self::StrayBytes => ("余分なバイト", "stray bytes"),
            Self::ModifiedAfterSigning => ("署名後の変更", "modified after signing"),
            Self::Overlay => ("署名後の表示の追加", "overlay"),
            Self::ModificationUnknown => ("判定できない変更", "modification unknown"),
            Self::Cms => ("署名データ (CMS)", "CMS"),
            Self::SubFilter => ("署名の形式", "format"),
            Self::Digest => ("ダイジェスト", "digest"),
            Self::SignatureValue => ("署名値", "signature value"),
            Self::SigningCertificate => ("署名者の証明書", "signing certificate"),
            Self::Path => ("証明書チェーン", "path"),
            Self::TrustList => ("信頼リスト", "trust list"),
            Self::Validity => ("証明書の有効期間", "validity"),
            Self::Revocation => ("失効", "revocation"),
            Self::RevocationMissing => ("失効情報の不足", "revocation missing"),
            Self::RevocationUnusable => ("使えない失効情報", "revocation unusable"),
            Self::Purpose => ("証明書の用途", "purpose"),
            Self::Algorithm => ("アルゴリズム", "algorithm"),
            Self::Timestamp => ("タイムスタンプ", "timestamp"),
            Self::TimestampOrder => ("タイムスタンプの順序", "timestamp order"),
            Self::SignaturePolicy => ("署名ポリシー", "signature policy"),
            Self::Claim => ("署名者の申告", "claim"),
            Self::Conformity => ("PAdES への適合", "conformity"),
            Self::Limit => ("処理の上限", "limit"),
            Self::SecurityStore => ("検証用データ", "security store"),
            Self::Structure => ("ファイルの構造", "structure"),
        };
        say(language, japanese, english)
    }
}

impl Block {
    /// What the block does, in a few words.
    pub fn name(self, language: Language) -> &'static str {
        let (japanese, english) = match self {
            Self::FormatChecking => ("署名の形式の確認", "Format checking"),
            Self::IdentificationOfTheSigningCertificate => {
                ("署名者の証明書の特定", "Identification of the signing certificate")
            }
            Self::ValidationContextInitialization => ("検証条件の設定", "Validation context initialization"),
            Self::RevocationFreshnessChecker => ("失効情報の確認", "Revocation freshness checker"),
            Self::X509CertificateValidation => ("証明書チェーンの検証", "X.509 certificate validation"),
            Self::CryptographicVerification => ("文書と署名値の暗号による検証", "Cryptographic verification"),
            Self::SignatureAcceptanceValidation => {
                ("署名の受け入れ条件 (アルゴリズムなど) の確認", "Signature acceptance validation")
            }
            Self::BasicSignatureValidation => ("現時点での署名の検証", "Basic signature validation"),
            Self::TimeStampValidation => ("タイムスタンプの検証", "Time-stamp validation"),
            Self::SignaturesWithTime => ("タイムスタンプの時刻での署名の検証", "Validation of signatures with time"),
            Self::PastCertificateValidation => ("過去の時点での証明書の検証", "Past certificate validation"),
            Self::ControlTimeSliding => ("証明書を信頼できた最後の時刻の算出", "Control-time sliding"),
            Self::PoeExtraction => ("署名が存在した証拠の取り出し", "Extraction of proofs of existence"),
            Self::PastSignatureValidation => ("過去の時点での署名の検証", "Past signature validation"),
            Self::ArchivalValidation => {
                ("検証の全体 (保存された検証情報を含む)", "Validation with archival data (the whole)")
            }
        };
        say(language, japanese, english)
    }
}

impl SubIndication {
    /// What it means, in a sentence for who never read the standard (EN 319 102-1, 5.1.3, tables 5 and 6).
    pub fn meaning(self, language: Language) -> &'static str {
        let (japanese, english) = match self {
            Self::FormatFailure => {
                ("署名の形式が正しくありません。", "The signature is not of a form that can be processed.")
            }
            Self::HashFailure => {
                ("署名された内容が変更されています。", "What was signed is not what is there: the digests differ.")
            }
            Self::SigCryptoFailure => (
                "署名値が署名者の公開鍵と一致しません。",
                "The signature value does not verify with the signer's public key.",
            ),
            Self::Revoked => (
                "署名した時点で、証明書はすでに失効していました。",
                "The certificate was revoked before the signature was made.",
            ),
            Self::Expired => (
                "署名した時点で、証明書の有効期間が過ぎていました。",
                "The signature was made after the certificate had expired.",
            ),
            Self::NotYetValid => (
                "署名した時点で、証明書の有効期間が始まっていませんでした。",
                "The signature was made before the certificate became valid.",
            ),
            Self::SigConstraintsFailure => {
                ("署名が、検証の条件を満たしていません。", "The signature does not keep to what is asked of it.")
            }
            Self::ChainConstraintsFailure => (
                "証明書チェーンが、検証の条件を満たしていません。",
                "The chain of certificates does not keep to what is asked of it.",
            ),
            Self::CertificateChainGeneralFailure => {
                ("証明書チェーンの検証でエラーが発生しました。", "The chain of certificates is not valid.")
            }
            Self::CryptoConstraintsFailure => (
                "使用されたアルゴリズムまたは鍵長は、もう安全ではありません。",
                "An algorithm or key length was no longer reliable when it was used.",
            ),
            Self::CryptoConstraintsFailureNoPoe => (
                "使用されたアルゴリズムまたは鍵長は、もう安全ではありません。安全だった時期に署名が存在した証拠がありません。",
                "An algorithm or key length is no longer reliable, and nothing proves that the signature is from before.",
            ),
            Self::PolicyProcessingError => {
                ("署名ポリシーを処理できません。", "The signature's policy could not be processed.")
            }
            Self::SignaturePolicyNotAvailable => {
                ("署名ポリシーの文書が手元にありません。", "The document of the signature's policy is not at hand.")
            }
            Self::TimestampOrderFailure => (
                "タイムスタンプの時刻の順序が正しくありません。",
                "The times of the timestamps contradict one another.",
            ),
            Self::NoSigningCertificateFound => {
                ("署名者の証明書が見つかりません。", "The signing certificate was not found, or is not certain.")
            }
            Self::NoCertificateChainFound => (
                "署名者の証明書は、信頼できる認証局までたどれません。署名者の ID を確認できません。",
                "The signer's identity is unknown: no chain leads from the certificate to a trusted one.",
            ),
            Self::NoCertificateChainFoundNoPoe => (
                "証明書は、もう信頼されていない認証局にしかたどれません。",
                "The only trusted certificate above it is no longer trusted.",
            ),
            Self::RevokedNoPoe => (
                "署名者の証明書は失効しています。失効前に署名された証拠がありません。",
                "The signer's certificate is revoked, and nothing proves that the signature is from before.",
            ),
            Self::RevokedCaNoPoe => ("認証局の証明書が失効しています。", "The certificate of an authority is revoked."),
            Self::OutOfBoundsNotRevoked => (
                "証明書の有効期間外です。失効はしていませんが、有効期間中に署名された証拠がありません。",
                "The certificate, which was not revoked, is outside its validity, and nothing proves that the signature is not.",
            ),
            Self::OutOfBoundsNoPoe => (
                "証明書の有効期間が過ぎています。有効期間中に署名された証拠がありません。",
                "A certificate has expired, and nothing proves that the signature is from before.",
            ),
            Self::RevocationOutOfBoundsNoPoe => (
                "失効情報に署名した証明書の有効期間が過ぎています。",
                "Whoever signed the revocation data has expired.",
            ),
            Self::NoPoe => {
                ("署名がその時点で存在していた証拠がありません。", "Nothing proves that the signature existed then.")
            }
            Self::TryLater => (
                "証明書が失効していないか、手元の情報では確認できません。失効情報を入手してから、もう一度検証してください。",
                "Whether a certificate is revoked cannot be told yet: get revocation data, and try again.",
            ),
            Self::SignedDataNotFound => ("署名された内容が見つかりません。", "What was signed is not at hand."),
        };
        say(language, japanese, english)
    }
}

impl Constraint {
    /// What it asks for, in a few words.
    pub(super) fn said(self, language: Language) -> &'static str {
        match self {
            Self::SignerRevocation => say(language, "署名者の失効状態", "revocation of the signer"),
            Self::AuthorityRevocation => say(language, "認証局の失効状態", "revocation of authorities"),
            Self::TimestampRevocation => {
                say(language, "タイムスタンプ局の失効状態", "revocation of timestamp authorities")
            }
            Self::KeyUsage => say(language, "鍵の用途", "key usage"),
            Self::ContentCommitment => say(language, "否認防止の用途", "content commitment"),
            Self::SigningCertificateAttribute => say(language, "署名者証明書の属性", "signing-certificate attribute"),
            Self::SignaturePolicy => say(language, "署名ポリシー", "signature policy"),
            Self::TimestampOrder => say(language, "タイムスタンプの順序", "order of timestamps"),
            Self::ClaimedTime => say(language, "申告された署名時刻", "claimed time"),
        }
    }
}

impl ModificationRule {
    /// What it allows, in a few words.
    pub(super) fn said(self, language: Language) -> &'static str {
        match self {
            Self::EvidenceOnly => say(language, "検証情報とタイムスタンプの追加のみ", "evidence and timestamps only"),
            Self::AsPermitted => say(language, "署名と認証が許可する範囲", "what signatures permit"),
            Self::ListedOnly => say(language, "一覧のみ (判定しない)", "listed, not judged"),
        }
    }
}

impl CertificateStatus {
    /// What it means, in a few words.
    pub(super) fn said(self, language: Language) -> &'static str {
        match self {
            Self::Good => say(language, "失効していません", "not revoked"),
            Self::Revoked => say(language, "失効しています", "revoked"),
            Self::OnHold => say(language, "一時停止中です", "on hold"),
            Self::TooOld => say(language, "失効情報が古すぎます", "not revoked, by data that is too old"),
            Self::Unknown => say(language, "失効情報がありません", "no revocation data"),
            Self::Exempt => say(language, "失効情報の対象外です", "no revocation data exists for it"),
            Self::NotAsked => say(language, "確認していません", "not asked"),
        }
    }
}

impl RevocationSource {
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Ocsp => "OCSP",
            Self::Crl => "CRL",
            Self::DeltaCrl => "delta CRL",
        }
    }
}

impl Place {
    pub(super) fn said(self, language: Language) -> &'static str {
        match self {
            Self::Cms => say(language, "署名の中", "in the signature"),
            Self::Dss => say(language, "文書の DSS", "in the document's DSS"),
            Self::Vri => say(language, "文書の VRI", "in the document's VRI"),
            Self::Given => say(language, "検証時に指定", "given by the verifier"),
        }
    }
}

impl TransactionStatus {
    /// In a word or two, for people.
    pub fn text(self, language: Language) -> &'static str {
        match self {
            Self::Signed => say(language, "署名済み", "signed"),
            Self::Unsigned => say(language, "署名なし", "unsigned"),
            Self::Changed => say(language, "署名後に変更", "changed"),
            Self::Unreadable => say(language, "読み取り不可", "unreadable"),
        }
    }
}

impl Rule {
    /// Why a change is permitted or not, in a few words.
    pub(super) fn said(self, language: Language) -> &'static str {
        let (japanese, english) = match self {
            Self::SecurityStore => ("検証用データの追加", "evidence may be added"),
            Self::DocumentTimestamp => ("文書タイムスタンプの追加", "document timestamps may follow"),
            Self::Signature => ("後からの署名", "signatures may follow"),
            Self::SignatureField => ("署名欄の追加", "empty signature fields may be added"),
            Self::FormFilling => ("フォームの入力", "forms may be filled in"),
            Self::ReadOnly => ("フィールドの読み取り専用化", "fields may become read-only"),
            Self::Annotation => ("注釈の追加・変更", "annotations may change"),
            Self::Information => ("文書情報の更新", "document information may change"),
            Self::Metadata => ("メタデータの更新", "metadata may change"),
            Self::Version => ("バージョンの更新", "the version may rise"),
            Self::Presentation => ("表示方法の設定", "presentation may change"),
            Self::DefaultDeny => ("許可する規則がない変更", "no rule permits it"),
            Self::Permission => ("署名または認証が許可していない変更", "the signatures before it do not permit it"),
            Self::FieldLock => ("ロックされたフィールド", "a signature locked the field"),
        };
        say(language, japanese, english)
    }
}
