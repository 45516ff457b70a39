//! Full disks, and other programs that write to the same file.

use std::io::Write;
use std::process::{Command, Output};

use pades_ltv::authority::Authority;
use pades_ltv::{Time, TimestampAuthority};

use crate::bench::{Bench, CONTRACT, NOW, binary};
use crate::server::{Server, answer};

/// Runs `pades words` in `bench` by a shell that first does `before`.
#[cfg(unix)]
fn shell(bench: &Bench, before: &str, words: &str) -> Output {
    let script = format!("{before}; exec \"$0\" {words}");
    Command::new("sh").arg("-c").arg(script).arg(binary()).current_dir(bench.path("")).output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_is_cut_back() {
    let bench = Bench::new();
    std::fs::copy(CONTRACT, bench.path("in.pdf")).unwrap();
    bench.write("old.pdf", "precious");
    // In blocks of 512 bytes: all of IN and a part of the signature.
    let length = bench.read("in.pdf").len();
    let limit = format!("trap '' XFSZ; ulimit -f {}", length / 512 + 10);
    for words in [
        "sign in.pdf out.pdf",
        "sign in.pdf old.pdf",
        "sign --in-place in.pdf",
        "timestamp --in-place in.pdf",
        "revisions --extract 1 in.pdf out.pdf",
    ] {
        let limit = if words.starts_with("revisions") { "trap '' XFSZ; ulimit -f 10" } else { &limit };
        let run = shell(&bench, limit, words);
        let err = String::from_utf8(run.stderr).unwrap();
        assert_eq!((run.status.code(), run.stdout.as_slice()), (Some(4), b"".as_slice()), "{words}: {err}");
        assert!(err.contains("cannot write") && err.contains("File too large"), "{words}: {err}");
        assert!(err.contains("make room"), "{words}: {err}");
        assert!(bench.read("in.pdf") == std::fs::read(CONTRACT).unwrap(), "{words}");
        assert_eq!(
            (bench.names(), bench.read("old.pdf")),
            (vec!["in.pdf".into(), "old.pdf".into()], b"precious".into())
        );
    }
    bench.does("sign --in-place in.pdf");
}

/// A file system of its own, where the system lets us make one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("disk")).unwrap();
    let setup = format!(
        "mount -t tmpfs -o size=112k none disk || exit 77; cp {CONTRACT} disk/in.pdf && cd disk && echo old > old.pdf || exit 77"
    );
    for (words, is_written) in [
        ("sign in.pdf out.pdf", false),
        ("sign in.pdf old.pdf", false),
        ("sign --in-place in.pdf", false),
        ("sign in.pdf ../out.pdf", true),
    ] {
        let script = format!(
            "{setup}; \"$0\" {words}; code=$?; cmp in.pdf {CONTRACT} || exit 78; \
             [ \"$(ls -A)\" = \"$(printf 'in.pdf\\nold.pdf')\" ] && [ \"$(cat old.pdf)\" = old ] || exit 79; exit $code"
        );
        let mut unshare = Command::new("unshare");
        unshare.args(["--map-root-user", "--mount", "sh", "-c", &script]).arg(binary());
        let Ok(run) = unshare.current_dir(bench.path("")).output() else {
            return println!("skipped: no unshare");
        };
        let err = String::from_utf8_lossy(&run.stderr);
        match run.status.code() {
            Some(0) => assert!(is_written, "{words}"),
            Some(4) => {
                assert!(
                    !is_written && err.contains("No space left on device") && err.contains("make room"),
                    "{words}: {err}"
                );
            }
            Some(78 | 79) => panic!("{words} left its traces: {err}"),
            _ => return println!("skipped: no file system of our own: {err}"),
        }
    }
}

type Deed = Box<dyn Fn() + Send>;

/// A timestamp authority that does something to IN before it answers.
fn meddler(deed: impl Fn() + Send + 'static) -> Server {
    let now: Time = NOW.parse().unwrap();
    let authority = Authority::new("tests of meddlers", now).unwrap();
    Server::new(move |question| {
        deed();
        let reply = authority.at(now).timestamp(&question.body).unwrap();
        answer("200 OK", "application/timestamp-reply", &reply)
    })
}

#[test]
fn a_file_that_changes_meanwhile_is_not_signed() {
    let bench = Bench::new();
    let path = bench.path("in.pdf");
    let contract = std::fs::read(CONTRACT).unwrap();
    let mut other = contract.clone();
    other[50_000] ^= 1;
    let longer = [contract.as_slice(), b"\n"].concat();
    let deeds: [(&str, Deed, &[u8]); 3] = [
        (
            "written over",
            Box::new({
                let (path, other) = (path.clone(), other.clone());
                move || std::fs::write(&path, &other).unwrap()
            }),
            &other,
        ),
        (
            "appended to",
            Box::new({
                let path = path.clone();
                move || std::fs::File::options().append(true).open(&path).unwrap().write_all(b"\n").unwrap()
            }),
            &longer,
        ),
        (
            "replaced",
            Box::new({
                let (path, new) = (path.clone(), bench.path("new"));
                let contract = contract.clone();
                move || {
                    std::fs::write(&new, &contract).unwrap();
                    std::fs::rename(&new, &path).unwrap();
                }
            }),
            &contract,
        ),
    ];
    for (what, deed, expected) in deeds {
        std::fs::write(&path, &contract).unwrap();
        let server = meddler(deed);
        for words in ["sign --in-place in.pdf", "sign in.pdf out.pdf"] {
            std::fs::write(&path, &contract).unwrap();
            let run = bench.pades(format!("{words} --at {NOW} --tsa {}", server.url()).split(' '));
            assert_eq!(run.code, 4, "{what}");
            assert!(run.err.contains("another program changed the file") && run.err.contains("again"), "{}", run.err);
            assert!(bench.read("in.pdf") == expected, "{what}");
            assert_eq!(bench.names(), ["in.pdf"]);
        }
    }
}
