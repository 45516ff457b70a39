//! `verify --csv` and `--jsonl`: many files, a row each; periods, windows, and runs that are interrupted.

use serde_json::Value;

use crate::bench::{Bench, NOW, signed};

/// A folder with two archived files, one signed file, one that nobody signed, one broken, and what is no PDF by its name.
fn folder() -> Bench {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("all/below")).unwrap();
    for name in ["all/1.pdf", "all/below/2.PDF"] {
        bench.write(name, signed().read("archived.pdf"));
    }
    bench.write("all/3.pdf", signed().read("signed.pdf"));
    bench.write("all/4.pdf", std::fs::read(crate::bench::CONTRACT).unwrap());
    bench.write("all/5.pdf", "no PDF at all");
    bench.write("all/notes.txt", "nothing");
    bench.write("anchor.pem", signed().read("anchor.pem"));
    bench
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["file"].as_str().unwrap()).collect()
}

#[test]
fn a_folder_gives_a_row_for_each_file_in_order() {
    let bench = folder();
    let words = format!("verify --jsonl --trust anchor.pem --at {NOW} all");
    let run = bench.pades(words.split(' '));
    assert_eq!(run.code, 4, "one could not be read: {}", run.err);
    let rows = rows(&run.out);
    assert_eq!(names(&rows), ["all/1.pdf", "all/3.pdf", "all/4.pdf", "all/5.pdf", "all/below/2.PDF"]);
    let verdicts: Vec<&str> = rows.iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["TOTAL-PASSED", "INDETERMINATE", "NO-SIGNATURE", "UNREAD", "TOTAL-PASSED"]);
    let first = &rows[0];
    assert_eq!(
        (&first["signer"], &first["accredited"], &first["time"], &first["validation_time"]),
        (&"Test signer".into(), &Value::Null, &"2027-06-01T00:00:00Z".into(), &"2027-06-01T00:00:00Z".into())
    );
    assert!(first["timestamp_authority"].as_str().unwrap().starts_with("Timestamp Unit"), "{first}");
    assert!(first["renewal_due"].is_string() && first["expires"].is_string(), "{first}");
    assert!(rows[1]["reason"].as_str().unwrap().contains("TRY_LATER"), "{}", rows[1]);
    assert!(rows[3]["error"]["kind"] == "not_pdf", "{}", rows[3]);
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(rows.iter().all(|row| keys(row) == keys(first)), "all keys are always there");
    // However many threads, the same rows.
    let more = bench.pades(words.split(' ').chain(["--threads", "3"]));
    assert_eq!(more.out, run.out);
    let run = bench.pades(format!("verify --csv --trust anchor.pem --at {NOW} all/1.pdf").split(' '));
    let lines: Vec<&str> = run.out.split("\r\n").collect();
    assert!(run.code == 0 && lines.len() == 3 && lines[0].starts_with("file,verdict,reason,signer"), "{}", run.out);
    assert_eq!(lines[0].split(',').count(), lines[1].split(',').count(), "{}", run.out);
}

#[test]
fn a_period_counts_by_the_time_of_the_timestamp() {
    let bench = folder();
    let verify = format!("verify --jsonl --trust anchor.pem --at {NOW}");
    for (period, count) in [
        ("--from 2027-06-01T00:00:00Z --to 2027-06-01T00:00:00Z", 3),
        ("--from 2027-06-01T00:00:01Z", 0),
        ("--to 2027-05-31T23:59:59Z", 0),
    ] {
        let run = bench.pades(format!("{verify} {period} all").split(' '));
        let rows = rows(&run.out);
        let stamped = rows.iter().filter(|row| row["time"].is_string()).count();
        assert_eq!((stamped, rows.len() - stamped), (count, 2), "{period}: {}", run.out);
    }
    bench.fails(["verify", "--from", NOW, "all/1.pdf"], &["--csv"]);
    bench.fails(["verify", "--csv", "--text", "all/1.pdf"], &["--text and --csv"]);
}

/// Claimed in March, stamped on the first second after, or the last second of, two months and seven business days.
#[test]
fn the_window_of_two_months_and_seven_business_days() {
    let bench = Bench::new();
    bench.write("anchor.pem", signed().read("anchor.pem"));
    let run = |signed: &str, stamped: &str, holidays: &str| {
        bench.does(&format!("sign --tsa none --at {signed} {} bare.pdf", crate::bench::CONTRACT));
        bench.does(&format!("timestamp --at {stamped} bare.pdf stamped.pdf"));
        bench.does(&format!("augment --trust anchor.pem --at {stamped} stamped.pdf out.pdf"));
        bench.write("holidays.txt", holidays);
        let words = format!("verify --jsonl --trust anchor.pem --at {stamped} --holidays holidays.txt out.pdf");
        let run = bench.pades(words.split(' '));
        rows(&run.out)[0]["in_window"].clone()
    };
    // 2027-03-01 and two months: Saturday, May 1; seven business days later: May 11; with Golden Week's three more: May 14.
    let golden = "# Golden Week\n2027-05-03,憲法記念日\n2027-05-04\n2027-05-05 こどもの日\n";
    let signed = "2027-03-01T09:00:00+09:00";
    assert_eq!(run(signed, "2027-05-11T23:59:59+09:00", ""), true);
    assert_eq!(run(signed, "2027-05-12T00:00:00+09:00", ""), false);
    assert_eq!(run(signed, "2027-05-14T23:59:59+09:00", golden), true);
    assert_eq!(run(signed, "2027-05-15T00:00:00+09:00", golden), false);
    bench.write("bad.txt", "2027-02-30");
    bench.fails(["verify", "--csv", "--holidays", "bad.txt", "out.pdf"], &["--holidays", "line 1"]);
}

#[test]
fn an_interrupted_run_goes_on_without_repeating() {
    let bench = folder();
    let words = format!("verify --jsonl --trust anchor.pem --at {NOW} --resume log all");
    let whole = bench.pades(words.split(' '));
    let log = String::from_utf8(bench.read("log")).unwrap();
    let (heading, noted) = log.split_once('\n').unwrap();
    assert!(heading.starts_with("{\"schema\":\"pades-ltv/log/1\",\"settings\":{"), "{heading}");
    assert_eq!(noted, whole.out);
    // Again: nothing is left to do.
    let run = bench.pades(words.split(' '));
    assert_eq!((run.code, run.out.as_str()), (4, ""), "{}", run.err);
    // Interrupted in the middle of the third row.
    let cut = log.match_indices('\n').nth(2).unwrap().0 + 20;
    bench.write("log", &log[..cut]);
    let run = bench.pades(words.split(' '));
    assert_eq!(names(&rows(&run.out)), ["all/4.pdf", "all/5.pdf", "all/below/2.PDF"]);
    assert_eq!(String::from_utf8(bench.read("log")).unwrap(), log, "the log is whole, and each file is in it once");
    // A file that changed is another.
    bench.write("all/1.pdf", [signed().read("archived.pdf"), b"\n".to_vec()].concat());
    let run = bench.pades(words.split(' '));
    assert_eq!(names(&rows(&run.out)), ["all/1.pdf"]);
    // Begun and cut off at once.
    bench.write("log", &log[..9]);
    assert_eq!(names(&rows(&bench.pades(words.split(' ')).out)).len(), 5);
    for other in ["something else\n", "something else", "{\"schema\":\"pades-ltv/row/1\"}"] {
        bench.write("log", other);
        bench.fails(words.split(' '), &["--resume", "no log", "nothing was changed"]);
        assert_eq!(bench.read("log"), other.as_bytes(), "somebody's file stays as it is");
    }
}

/// What an earlier run found is not forgotten: a run that goes on says the same with its exit code.
#[test]
fn the_exit_code_is_of_all_rows() {
    let bench = folder();
    std::fs::remove_file(bench.path("all/5.pdf")).unwrap();
    let run = |more: &str| {
        let words = format!("verify --csv --trust anchor.pem --at {NOW} --resume log{more} all");
        let run = bench.pades(words.split(' '));
        (run.code, run.out.lines().count())
    };
    let (code, rows) = run("");
    assert_eq!((code, rows), (2, 5));
    assert_eq!(run(""), (2, 1), "the heading only");
    // Of the period is no file but the one that has no time: it has no signature.
    assert_eq!(run(" --from 2090-01-01T00:00:00Z"), (3, 1));
}

/// A "no" takes a list that could have said "yes"; list and date stand beside it.
#[test]
fn accredited_is_said_only_where_a_list_says_it() {
    let bench = folder();
    std::fs::create_dir(bench.path("総務大臣認定 2027-04-01")).unwrap();
    bench.write("総務大臣認定 2027-04-01/tsa.cer", signed().read("anchor.pem"));
    std::fs::create_dir(bench.path("others 2027-05-01")).unwrap();
    bench.write("others 2027-05-01/other.cer", std::fs::read(crate::bench::CHAIN).unwrap());
    let said = |options: &[&str]| {
        let words = ["verify", "--jsonl", "--trust", "anchor.pem", "--at", NOW];
        let run = bench.pades(words.iter().chain(options).chain(&["all/1.pdf", "all/4.pdf"]).copied());
        let rows = rows(&run.out);
        assert_eq!((&rows[1]["accredited"], &rows[1]["accredited_by"]), (&Value::Null, &Value::Null), "no timestamp");
        (rows[0]["accredited"].clone(), rows[0]["accredited_by"].clone())
    };
    let (listed, others) = (["--accredited", "総務大臣認定 2027-04-01"], ["--accredited", "others 2027-05-01"]);
    assert_eq!(said(&[]), (Value::Null, Value::Null));
    assert_eq!(said(&listed), (true.into(), "総務大臣認定 2027-04-01".into()));
    assert_eq!(said(&others), (false.into(), "others 2027-05-01".into()));
    assert_eq!(said(&[others, listed].concat()), (true.into(), "総務大臣認定 2027-04-01".into()));
    let words = ["verify", "--csv", "--trust", "anchor.pem", "--at", NOW, "all/1.pdf"];
    let cells =
        |run: &crate::bench::Run| run.out.lines().nth(1).unwrap().split(',').map(str::to_owned).collect::<Vec<_>>();
    let bare = cells(&bench.pades(words));
    let with = cells(&bench.pades(words.into_iter().chain(listed)));
    assert_eq!(
        (&bare[6..8], &with[6..8]),
        (&["".to_owned(), "".to_owned()][..], &["yes".to_owned(), listed[1].to_owned()][..])
    );
}

/// Verdicts of different settings are never mixed in one log.
#[test]
fn a_run_with_other_settings_is_no_continuation() {
    let bench = folder();
    bench.write("other.pem", std::fs::read(crate::bench::CHAIN).unwrap());
    bench.write("holidays.txt", "2027-05-03\n");
    let run = |options: &str| {
        let words = format!("verify --jsonl --resume log {options} all/1.pdf");
        bench.pades(words.split_whitespace().collect::<Vec<_>>())
    };
    let first = format!("--trust anchor.pem --at {NOW}");
    assert_eq!(run(&first).code, 0);
    let log = bench.read("log");
    for (options, named) in [
        (format!("--trust anchor.pem --at {NOW} --policy cryptrec"), "--policy"),
        (format!("--trust anchor.pem --at {NOW} --require claimed_time"), "--policy"),
        (format!("--trust anchor.pem --trust other.pem --at {NOW}"), "--trust"),
        (format!("--trust anchor.pem --accredited anchor.pem --at {NOW}"), "--trust"),
        (format!("--trust anchor.pem --cert other.pem --at {NOW}"), "--crl, --ocsp, --cert"),
        ("--trust anchor.pem --at 2027-06-02T00:00:00Z".to_owned(), "--at"),
        ("--trust anchor.pem".to_owned(), "--at"),
        (format!("--trust anchor.pem --at {NOW} --model chain"), "--model"),
        (format!("--trust anchor.pem --at {NOW} --holidays holidays.txt"), "--holidays"),
        (format!("--trust anchor.pem --at {NOW} --lang ja"), "--lang"),
    ] {
        let run = run(&options);
        let words = ["--resume", "other settings: ", named, "name a new file"];
        let is_said =
            words.iter().all(|word| run.err.contains(word)) || (named == "--lang" && run.err.contains("--lang"));
        assert!(run.code == 4 && run.out.is_empty() && is_said, "{options}: {}", run.err);
        assert_eq!(bench.read("log"), log, "{options}");
    }
    // A file of the same content under another name is another label in the report; the same settings otherwise written are the same.
    assert_eq!(run("--trust anchor.pem --at 2027-06-01T00:00:00Z --policy etsi-119312").out, "");
    bench.write("anchor.pem", [signed().read("anchor.pem"), b"\n".to_vec()].concat());
    assert!(run(&first).err.contains("--trust"));
}

/// A folder that is not there, or not mounted, is no archive in good order.
#[test]
fn nothing_that_was_looked_at_is_nothing_that_passed() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("empty")).unwrap();
    for form in ["--csv", "--jsonl"] {
        let run = bench.pades(["verify", form, "--at", NOW, "empty"]);
        assert!(run.code == 3 && run.err.contains("no .pdf file"), "{}", run.err);
    }
    bench.fails_in_both(["renew", "--dry-run", "--at", NOW, "empty"], &["no .pdf file"], ".pdf ファイルがありません");
}

/// Whoever reads the first line only has not been told that all is well.
#[test]
fn a_reader_that_left_was_not_told() {
    let bench = folder();
    let mut command = std::process::Command::new(crate::bench::binary());
    command.args(["verify", "--csv", "--at", NOW, "all"]).current_dir(bench.path("")).env_clear();
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(4));
}

/// Two runs that began the same log at once leave all lines twice; none is cut.
#[test]
fn a_log_of_two_runs_at_once_is_a_log() {
    let bench = folder();
    let words = format!("verify --jsonl --trust anchor.pem --at {NOW} --resume log all");
    let first = bench.pades(words.split(' '));
    let log = String::from_utf8(bench.read("log")).unwrap();
    bench.write("log", [log.as_str(), &log].concat());
    let run = bench.pades(words.split(' '));
    assert_eq!((run.code, run.out.as_str()), (first.code, ""), "{}", run.err);
    // At the same time, indeed.
    std::fs::remove_file(bench.path("log")).unwrap();
    std::thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| bench.pades(words.split(' '))));
        runs.into_iter().for_each(|run| assert_eq!(run.join().unwrap().out, first.out));
    });
    let noted = String::from_utf8(bench.read("log")).unwrap();
    assert_eq!(noted.lines().filter(|line| log.lines().any(|known| known == *line)).count(), noted.lines().count());
    assert_eq!(bench.pades(words.split(' ')).out, "");
}

/// What files and authorities are called breaks no line and steers no terminal; and no name stands for two files.
#[cfg(unix)]
#[test]
fn names_are_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let bench = Bench::new();
    bench.write("anchor.pem", signed().read("anchor.pem"));
    for name in ["all/\x1b[31mred.pdf", "all/two\n== 3.pdf ==\nSigned and all signatures are valid.\n.pdf"] {
        std::fs::create_dir_all(bench.path("all")).unwrap();
        bench.write(name, signed().read("archived.pdf"));
        for verb in ["verify", "doctor", "renew --dry-run"] {
            let words = format!("{verb} --trust anchor.pem --at {NOW} anchor.pem");
            let run = bench.pades(words.split(' ').chain([name]));
            let said = format!("{}{}", run.out, run.err);
            assert!(!said.contains('\x1b') && said.lines().all(|line| line != "== 3.pdf =="), "{said:?}");
            assert!(said.contains("red.pdf") || said.contains("two == 3.pdf =="), "{said:?}");
        }
    }
    std::fs::remove_dir_all(bench.path("all")).unwrap();
    std::fs::create_dir_all(bench.path("all")).unwrap();
    let run = || bench.pades(["verify", "--jsonl", "--at", NOW, "--trust", "anchor.pem", "--resume", "log", "all"]);
    for (name, bytes) in [(&b"all/\xff.pdf"[..], "archived.pdf"), (b"all/\xfe.pdf", "signed.pdf")] {
        std::fs::write(bench.path("").join(OsStr::from_bytes(name)), signed().read(bytes)).unwrap();
    }
    assert_eq!(rows(&run().out).len(), 2);
    // Neither is passed over as the other.
    assert_eq!(rows(&run().out).len(), 2);
}
