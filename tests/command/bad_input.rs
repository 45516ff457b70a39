//! Each bad input: one clear error in both languages, no OUT, and the original as it was.

use crate::bench::{Bench, CONTRACT, signed};
use crate::form::{RECT, SEAL, encrypt, with_form};

/// Words that make a signature fail, what the error says, and what it says in Japanese.
type Case<'c> = (&'c str, &'c [&'c str], &'c str);

fn check(bench: &Bench, cases: &[Case<'_>]) {
    for (words, causes, japanese) in cases {
        let words = format!("sign {words} out.pdf").replace("SEAL", SEAL).replace("RECT", RECT);
        bench.fails_in_both(words.split(' '), causes, japanese);
    }
}

#[test]
fn fields_that_are_not_there_or_not_open() {
    let bench = with_form();
    bench.write("signed.pdf", signed().read("signed.pdf"));
    bench.does("sign --certify 1 form.pdf closed.pdf");
    check(
        &bench,
        &[
            (
                "--fill Nix=1 --font font.ttf form.pdf",
                &["\"Nix\"", "契約日", "\"party.name\""],
                "その名前のフィールドはありません",
            ),
            (
                "--fill Nix=1 --font font.ttf signed.pdf",
                &["\"Nix\"", "\"Signature1\""],
                "その名前のフィールドはありません",
            ),
            ("--fill Fixed=1 --font font.ttf form.pdf", &["read-only", "\"Fixed\""], "読み取り専用"),
            ("--fill City=1 form.pdf", &["\"City\"", "sign it with --field"], "--field で指定"),
            ("--fill agree=Nix form.pdf", &["\"agree\"", "it takes \"Yes\""], "その値を受け付けません"),
            ("--fill 契約日=1 form.pdf", &["契約日", "--font"], "--font で指定"),
            ("--fill party=1 form.pdf", &["\"party\"", "group"], "グループです"),
            ("--lock include:契約日,Nix form.pdf", &["\"Nix\"", "契約日"], "その名前のフィールドはありません"),
            ("--lock exclude:part form.pdf", &["\"part\"", "\"party.name\""], "その名前のフィールドはありません"),
            (
                "--field no.such form.pdf",
                &["\"no.such\"", "no field has this name"],
                "その名前のフィールドはありません",
            ),
            ("--field 契約日 form.pdf", &["no signature field", "契約日"], "署名フィールドではありません"),
            (
                "--field Signature1 signed.pdf",
                &["already signed", "\"Signature1\"", "choose another"],
                "すでに署名されています",
            ),
            ("--certify 3 signed.pdf", &["first signature", "leave out --certify"], "最初の署名に限ります"),
            ("closed.pdf", &["permits no changes", "--ignore-permissions"], "これ以上の署名を許可していません"),
        ],
    );
    bench.does("sign --lock include:New --field New form.pdf out.pdf");
}

#[test]
fn images_fonts_and_places_that_do_not_do() {
    let bench = with_form();
    bench.write("seal.gif", "GIF89a and so on");
    bench.write("cut.png", &std::fs::read(SEAL).unwrap()[..200]);
    check(
        &bench,
        &[
            (
                "--fill 契約日=令和8年師走 --font font.ttf form.pdf",
                &["no glyph for “師”", "U+5E2B"],
                "フォントにない文字",
            ),
            (
                "--seal-text 印鑑 --font font.ttf --rect RECT form.pdf",
                &["no glyph for “鑑”", "U+9451"],
                "フォントにない文字",
            ),
            (
                "--seal seal.gif --rect RECT form.pdf",
                &["seal.gif", "GIF", "PNG nor JPEG"],
                "PNG または JPEG に限ります",
            ),
            ("--seal form.pdf --rect RECT form.pdf", &["--seal", "PNG nor JPEG"], "PNG または JPEG に限ります"),
            ("--seal cut.png --rect RECT form.pdf", &["--seal", "cut.png", "PNG"], "--seal"),
            ("--seal missing.png --rect RECT form.pdf", &["--seal", "missing.png"], "ファイルが見つかりません"),
            (
                "--seal-text a --font missing.ttf --rect RECT form.pdf",
                &["--font", "missing.ttf"],
                "ファイルが見つかりません",
            ),
            (
                "--seal-text a --font form.pdf --rect RECT form.pdf",
                &["--font", "no font"],
                "フォントファイルではありません",
            ),
            ("--seal SEAL --page 2 --rect RECT form.pdf", &["no page 2", "1 to 1"], "そのページはありません"),
            ("--seal SEAL --rect 500,10,600,60 form.pdf", &["not within the visible page"], "はみ出しています"),
            ("--seal SEAL --rect -1,10,60,60 form.pdf", &["not within the visible page"], "はみ出しています"),
            ("--seal SEAL form.pdf", &["--page and --rect"], "--page と --rect で"),
            ("--seal SEAL --field City --rect RECT form.pdf", &["leave out --rect"], "--rect を省略"),
            ("--fill 契約日=a\nb --font font.ttf form.pdf", &["several lines"], "改行は入れられません"),
        ],
    );
}

#[test]
fn values_and_options_that_make_no_sense() {
    let bench = with_form();
    let usage = "`pades help sign` をご覧ください";
    check(
        &bench,
        &[
            ("--rect 1,2,3 --seal SEAL form.pdf", &["--rect", "x0,y0,x1,y1"], usage),
            ("--rect 1,2,1,4 --seal SEAL form.pdf", &["--rect", "x0,y0,x1,y1"], usage),
            ("--rect 1,2,NaN,4 --seal SEAL form.pdf", &["--rect", "x0,y0,x1,y1"], usage),
            ("--rect 1,2,inf,4 --seal SEAL form.pdf", &["--rect", "x0,y0,x1,y1"], usage),
            ("--rect a,b,c,d --seal SEAL form.pdf", &["--rect", "x0,y0,x1,y1"], usage),
            ("--rect RECT form.pdf", &["--rect", "--seal"], usage),
            ("--page 1 --seal SEAL --field City form.pdf", &["--page", "--rect"], usage),
            ("--page 0 --rect RECT --seal SEAL form.pdf", &["--page", "last"], usage),
            ("--font font.ttf form.pdf", &["--font", "--fill"], usage),
            ("--seal-text a --rect RECT form.pdf", &["--seal-text", "--font"], usage),
            ("--fill 契約日 --font font.ttf form.pdf", &["--fill", "NAME=VALUE"], usage),
            ("--fill =1 --font font.ttf form.pdf", &["--fill", "NAME=VALUE"], usage),
            ("--fill a=1 --fill a=2 --font font.ttf form.pdf", &["twice", "\"a\""], usage),
            ("--certify 4 form.pdf", &["--certify", "1 | 2 | 3"], usage),
            ("--certify x form.pdf", &["--certify", "1 | 2 | 3"], usage),
            ("--lock some form.pdf", &["--lock", "include:NAME"], usage),
            ("--lock include: form.pdf", &["--lock", "include:NAME"], usage),
            ("--in-place form.pdf", &["--in-place", "OUT"], usage),
            ("--dry-run --json --text form.pdf", &["--json", "--text"], usage),
            ("--password a --password-file b form.pdf", &["--password", "exclude"], usage),
            ("--timestamp-room many form.pdf", &["--timestamp-room", "bytes"], usage),
            ("--tsa none --timestamp-room 99 form.pdf", &["--timestamp-room", "--tsa"], usage),
            ("--at 10000-01-01T00:00:00Z form.pdf", &["--at", "RFC 3339"], usage),
            ("--at 2027-02-30T00:00:00Z form.pdf", &["--at", "RFC 3339"], usage),
            ("--at 2027-02-03 form.pdf", &["--at", "RFC 3339"], usage),
            ("--at 9000-01-01T00:00:00Z form.pdf", &["test authority", "stay between"], "テスト用認証局"),
            ("--at 1900-01-01T00:00:00Z form.pdf", &["not valid yet", "2020"], "まだ始まっていません"),
        ],
    );
}

#[test]
fn passwords_that_do_not_open() {
    let bench = with_form();
    if !encrypt(&bench, "form.pdf", "closed.pdf", "user", &[]) {
        return;
    }
    check(
        &bench,
        &[
            ("closed.pdf", &["needs a password", "--password", "PADES_PASSWORD"], "パスワードが必要です"),
            ("--password wrong closed.pdf", &["password", "closed.pdf"], "パスワードが違います"),
            ("--password-file missing.txt closed.pdf", &["--password-file", "missing.txt"], "ファイルが見つかりません"),
        ],
    );
    let run = bench.pades(["verify", "closed.pdf"]);
    assert_eq!((run.code, run.out.contains("with --password-file")), (2, true), "{}", run.out);
    bench.fails_in_both(
        ["verify", "closed.pdf", "--password", "wrong"],
        &["password", "closed.pdf"],
        "パスワードが違います",
    );
}

#[cfg(unix)]
#[test]
fn names_to_write_to_that_are_none() {
    use std::os::unix::fs::symlink;

    let bench = with_form();
    symlink("nowhere.pdf", bench.path("dangling.pdf")).unwrap();
    std::fs::create_dir(bench.path("folder")).unwrap();
    symlink("folder", bench.path("linked")).unwrap();
    // The address of the authority cannot be asked: what is wrong with OUT is found before.
    for (out, cause, japanese) in [
        ("no/such/out.pdf", "there is no such folder", "フォルダーがありません"),
        ("folder", "it is a folder", "フォルダーです"),
        ("linked", "it is a folder", "フォルダーです"),
        ("folder/..", "it is a folder", "フォルダーです"),
        ("dangling.pdf", "leads nowhere", "リンク先のない"),
        ("/dev/null", "not a file", "に書き込めません"),
        ("form.pdf/out.pdf", "it is no folder", "フォルダーではありません"),
    ] {
        for command in ["sign", "timestamp"] {
            let words = [command, "--tsa", "http://127.0.0.1:9/", "form.pdf", out];
            bench.fails_in_both(words, &[cause], japanese);
        }
    }
    for anchor in ["out.pdf", "form.pdf"] {
        bench.fails_in_both(
            ["sign", "--anchor-out", anchor, "form.pdf", "out.pdf"],
            &["PDF's own file"],
            "同じファイル",
        );
    }
    bench.fails_in_both(["sign", "--in-place", "folder"], &["it is a folder"], "フォルダー");
    bench.fails_in_both(["sign", "--in-place", "missing.pdf"], &["missing.pdf"], "ファイルが見つかりません");
}

#[test]
fn in_place_leaves_what_it_cannot_sign_as_it_is() {
    let bench = with_form();
    std::fs::copy(CONTRACT, bench.path("contract.pdf")).unwrap();
    bench.write("page.pdf", "no PDF");
    for words in [
        "sign --in-place page.pdf",
        "sign --in-place --fill Nix=1 --font font.ttf form.pdf",
        "sign --in-place --tsa http://127.0.0.1:9/ contract.pdf",
        "timestamp --in-place --tsa http://127.0.0.1:9/ contract.pdf",
        "sign --in-place --anchor-out no/anchor.pem contract.pdf",
    ] {
        bench.fails(words.split(' '), &[]);
    }
}

#[test]
fn repairs_that_are_not_asked_for_or_not_to_be_made() {
    let bench = with_form();
    let cut = |bytes: &[u8]| bytes[..bytes.len() - 30].to_vec();
    bench.write("broken.pdf", cut(&bench.read("form.pdf")));
    bench.write("signed.pdf", cut(&signed().read("signed.pdf")));
    bench.write("page.pdf", "no PDF");
    check(
        &bench,
        &[
            ("broken.pdf", &["cut off", "pades sign --repair"], "sign --repair で修復"),
            ("--repair signed.pdf", &["holds a signature", "not repaired"], "署名済みのファイルは修復できません"),
            ("--repair page.pdf", &["is no PDF"], "PDF ファイルではありません"),
            ("--repair --field party.x broken.pdf", &["no field has this name"], "その名前のフィールドはありません"),
        ],
    );
    bench.fails(["sign", "--repair", "--in-place", "signed.pdf"], &["holds a signature"]);
}

/// A device that never ends is no reason to read for ever.
#[cfg(unix)]
#[test]
fn what_never_ends_is_cut_off() {
    let bench = Bench::new();
    let (secret, small) = ("more than 1,048,576 bytes", "more than 268,435,456 bytes");
    for (words, limit) in [
        ("sign --key /dev/zero --chain /dev/zero IN out.pdf", secret),
        ("sign --p12 /dev/zero IN out.pdf", secret),
        ("sign --pkcs11 pkcs11: --module m --pin-file /dev/zero IN out.pdf", secret),
        ("sign --password-file /dev/zero IN out.pdf", secret),
        ("sign --prepare state --chain /dev/zero IN --text", secret),
        ("sign --seal /dev/zero --page 1 --rect 1,1,9,9 IN out.pdf", small),
        ("verify --cert /dev/zero IN", small),
    ] {
        let words = words.replace("IN", CONTRACT);
        bench.fails_in_both(words.split(' '), &["/dev/zero", limit], "ファイルが大きすぎます");
    }
}
