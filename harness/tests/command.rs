//! The command as its users meet it: exit codes, errors with a next step, files it writes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

use std::path::Path;
use std::process::{Command, Output};

fn madoguchi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(arguments).env("LANG", "C").output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn told(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A product that is started with this command.
fn product(folder: &Path, command: &str) -> String {
    let file = folder.join("madoguchi.yaml");
    let yaml = format!(
        "product: {{name: Broken, version: '0', vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: process\n    command: {command}\n    timeout_ms: 300\n"
    );
    std::fs::write(&file, yaml).unwrap();
    file.to_string_lossy().into_owned()
}

#[test]
fn one_scenario_is_run_and_everything_is_written() {
    let out = tempfile::tempdir().unwrap();
    let output = madoguchi(&[
        "run",
        "--only",
        "certificate/revoked",
        "--out",
        &out.path().to_string_lossy(),
    ]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    for file in ["index.html", "junit.xml", "result.json", "evidence/certificate--revoked.jsonl"] {
        assert!(out.path().join(file).metadata().unwrap().len() > 0, "{file}");
    }
    assert!(told(&output).contains("index.html"), "the path of the report is printed");
    let evidence = std::fs::read(out.path().join("evidence/certificate--revoked.jsonl")).unwrap();
    assert!(reports::evidence::verify_chain(&evidence).is_ok());
}

#[test]
fn quiet_says_nothing() {
    let out = tempfile::tempdir().unwrap();
    let output = madoguchi(&[
        "run",
        "--quiet",
        "--only",
        "identity/no-card",
        "--out",
        &out.path().to_string_lossy(),
    ]);
    assert_eq!((code(&output), told(&output)), (0, String::new()));
}

#[test]
fn an_unknown_name_is_usage_and_the_nearest_is_offered() {
    for arguments in
        [&["run", "--only", "certificate/revokd"][..], &["explain", "certificate/revokd"]]
    {
        let output = madoguchi(arguments);
        assert_eq!(code(&output), 2);
        assert!(told(&output).contains("certificate/revoked"), "{}", told(&output));
    }
    assert_eq!(code(&madoguchi(&["run", "--tags", "@nowhere"])), 2);
    assert_eq!(code(&madoguchi(&["run", "--sed", "1"])), 2);
    let output = madoguchi(&["card", "issue", "--persona", "hanak", "--out", "unused"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("hanako"));
}

#[test]
fn a_wrong_configuration_is_3_and_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.yaml");
    assert_eq!(code(&madoguchi(&["run", "--sut", &missing.to_string_lossy()])), 3);
    let file = folder.path().join("typo.yaml");
    std::fs::write(&file, "product: {name: P, version: '1', vendr: V}\n").unwrap();
    let output = madoguchi(&["run", "--sut", &file.to_string_lossy()]);
    assert_eq!(code(&output), 3);
    assert!(told(&output).contains("line 1"), "{}", told(&output));
    assert!(told(&output).contains("next:"), "{}", told(&output));
}

#[test]
fn a_product_that_cannot_be_started_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let sut = product(folder.path(), "[no-such-program-anywhere]");
    let out = folder.path().join("out");
    let output = madoguchi(&[
        "run",
        "--sut",
        &sut,
        "--only",
        "inbox/chart",
        "--out",
        &out.to_string_lossy(),
    ]);
    assert_eq!(code(&output), 3, "{}", told(&output));
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let output = madoguchi(&[
        "run",
        "--only",
        "identity/no-card",
        "--out",
        &file.join("below").to_string_lossy(),
    ]);
    assert_eq!(code(&output), 4, "{}", told(&output));
    assert!(told(&output).contains("--out"), "{}", told(&output));
}

#[test]
fn lists_are_for_people_and_for_programs() {
    for what in ["scenarios", "requirements", "personas"] {
        let text = madoguchi(&["list", what]);
        assert_eq!(code(&text), 0);
        let json = madoguchi(&["list", what, "--format", "json"]);
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(rows.len(), String::from_utf8_lossy(&text.stdout).lines().count(), "{what}");
        assert!(rows.len() >= 16);
    }
}

#[test]
fn scenarios_and_requirements_are_explained() {
    let scenario = told(&madoguchi(&["explain", "certificate/revoked"]));
    assert!(
        scenario.contains("certificate/valid") && scenario.contains("OQS-CERT-07"),
        "{scenario}"
    );
    let requirement = told(&madoguchi(&["explain", "OQS-MSG-19"]));
    assert!(requirement.contains("inbox/two-readers"), "{requirement}");
}

/// The content of every file of an issued card.
fn files_below(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| files_below(folder));
    below.chain(files.iter().map(|file| std::fs::read(file).unwrap())).collect()
}

#[test]
fn an_issued_card_holds_throwaway_keys_and_never_the_number() {
    let out = tempfile::tempdir().unwrap();
    let output = madoguchi(&[
        "card",
        "issue",
        "--persona",
        "hanako",
        "--out",
        &out.path().to_string_lossy(),
    ]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    let number = harness::catalogue::Catalogue::embedded().unwrap().personas["hanako"]
        .individual_number
        .clone();
    for bytes in files_below(out.path()) {
        assert!(!String::from_utf8_lossy(&bytes).contains(&number));
    }
    assert!(out.path().join("user-authentication.key.pem").is_file());
    assert!(out.path().join("photo.png").is_file());
    let certificate = std::fs::read(out.path().join("user-authentication.crt")).unwrap();
    let on_card = std::fs::read(out.path().join("files/D392F000260100000001/000A")).unwrap();
    assert_eq!(certificate, on_card);
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = madoguchi(&["authority", "serve", "--listen", &address]);
    assert_eq!(code(&output), 4);
    assert!(
        told(&output).contains(&address) && told(&output).contains("--listen"),
        "{}",
        told(&output)
    );
}

/// Runs with these arguments into a folder, and gives the exit code and the record.
fn recorded(out: &Path, arguments: &[&str]) -> (i32, reports::RunRecord) {
    let folder = out.to_string_lossy();
    let output = madoguchi(&[arguments, &["--out", &folder, "--quiet"]].concat());
    let result = std::fs::read(out.join("result.json"));
    let result = result.unwrap_or_else(|_| panic!("{}", told(&output)));
    (code(&output), reports::json::read(&result).unwrap())
}

const PART: [&str; 3] = ["run", "--tags", "@area:reference"];

#[test]
fn merged_shares_are_what_one_run_gives_and_nothing_else_merges() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (_, whole) = recorded(Path::new(&at("whole")), &PART);
    for (name, more) in [
        ("1", "--shard=1/2 --seed=1"),
        ("2", "--shard=2/2 --seed=1"),
        ("other", "--shard=2/2 --seed=2"),
    ] {
        let more: Vec<&str> = more.split(' ').collect();
        recorded(Path::new(&at(name)), &[&PART[..], &more].concat());
    }
    let (one, two, other) = (at("1"), at("2"), at("other"));
    let (code_of_all, mut merged) = recorded(Path::new(&at("all")), &["merge", &two, &one]);
    assert_eq!(code_of_all, 0);
    merged.wall.clone_from(&whole.wall);
    assert_eq!(merged, whole);
    assert!(Path::new(&at("all")).join("index.html").is_file());
    for (shares, why) in [
        (vec![&one], "missing: 2"),
        (vec![&one, &one, &two], "given twice"),
        (vec![&one, &other], "another seed"),
        (vec![&at("whole")], "without --shard"),
        (vec![&at("nowhere")], "cannot read"),
    ] {
        let shares: Vec<&str> = shares.into_iter().map(String::as_str).collect();
        let output = madoguchi(&[&["merge", "--out", &at("never")], &shares[..]].concat());
        assert_eq!(code(&output), 3, "{}", told(&output));
        assert!(
            told(&output).contains(why) && told(&output).contains("next:"),
            "{}",
            told(&output)
        );
    }
    let evidence = std::fs::read_dir(Path::new(&two).join("evidence")).unwrap().next().unwrap();
    std::fs::write(evidence.unwrap().path(), "{}\n").unwrap();
    let output = madoguchi(&["merge", "--out", &at("never"), &one, &two]);
    assert_eq!(code(&output), 3, "evidence that was changed");
    assert!(!Path::new(&at("never")).exists());
}

#[test]
fn a_dry_run_tells_the_plan_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = madoguchi(&[
        "run",
        "--profile",
        "receipt-computer",
        "--dry-run",
        "--out",
        &out.to_string_lossy(),
    ]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(told(&output).contains("inbox/two-readers") && told(&output).contains("plan "));
    assert!(!out.exists());
    let output = madoguchi(&["run", "--profile", "receipt-computr", "--dry-run"]);
    assert_eq!(code(&output), 2);
    assert!(told(&output).contains("`receipt-computer`"), "{}", told(&output));
    assert_eq!(code(&madoguchi(&["run", "--tier", "3", "--dry-run"])), 2);
    assert_eq!(code(&madoguchi(&["run", "--shard", "4/3", "--dry-run"])), 2);
    assert!(told(&madoguchi(&["list", "profiles"])).contains("reader-2026"));
}

#[test]
fn what_did_not_end_well_is_run_again_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let sut = folder.path().join("madoguchi.yaml");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/receipt-computer-python");
    let yaml = format!(
        "product: {{name: Example Receipt Computer, version: 1.0.0, vendor: Test}}\npositions:\n  receipt-computer:\n    adapter: process\n    command: [python3, -B, {example}/receipt_computer.py]\n    timeout_ms: 30000\n    env: {{FAULT: newest-file}}\n"
    );
    std::fs::write(&sut, yaml).unwrap();
    let sut = sut.to_string_lossy();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let arguments = ["run", "--sut", &sut, "--tags", "@area:inbox"];
    let (_, record) = recorded(&first, &arguments);
    let before = first.to_string_lossy();
    let (_, again) = recorded(&second, &["run", "--rerun-failed", &before]);
    let failed = |record: &reports::RunRecord| -> Vec<String> {
        let open = record.cases.iter().filter(|it| it.verdict == reports::Verdict::Fail);
        open.map(|it| it.id.clone()).collect()
    };
    let ids: Vec<String> = again.cases.iter().map(|it| it.id.clone()).collect();
    assert_eq!(ids, failed(&record));
    assert!(!ids.is_empty() && ids.len() < record.cases.len(), "{ids:?}");
    assert_eq!(failed(&again), Vec::<String>::new(), "the reference stack has not that fault");
    let output = madoguchi(&["run", "--rerun-failed", &second.to_string_lossy()]);
    assert_eq!(code(&output), 0);
    assert!(told(&output).contains("nothing to run again"), "{}", told(&output));
}

#[test]
fn a_waiver_that_has_expired_fails_the_run_and_one_that_may_not_be_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    let waiver = |id: &str| {
        let file = folder.path().join(format!("{id}.yaml"));
        let text = format!(
            "- requirement: {id}\n  owner: 架空太郎\n  reason: 次の版で直す\n  granted: 2020-01-01\n  expires: 2020-03-01\n  hits: 1\n"
        );
        std::fs::write(&file, text).unwrap();
        file.to_string_lossy().into_owned()
    };
    let run = ["run", "--only", "story/pharmacy-shift-jis"];
    let (code_of_run, record) = recorded(
        &folder.path().join("out"),
        &[&run[..], &["--waivers", &waiver("OQS-MSG-05")]].concat(),
    );
    assert_eq!(code_of_run, 1);
    assert_eq!(record.scope.waivers[0].state, reports::scope::WaiverState::Expired);
    let junit = std::fs::read_to_string(folder.path().join("out/junit.xml")).unwrap();
    assert!(junit.contains("lies with: configuration") && junit.contains("next: mend the product"));
    let output = madoguchi(&[&run[..], &["--waivers", &waiver("OQS-MSG-19")]].concat());
    assert_eq!(code(&output), 3);
    assert!(told(&output).contains(":1: ") && told(&output).contains("cannot be waived"));
    let output = madoguchi(&["run", "--shard", "1/2", "--waivers", &waiver("OQS-MSG-05")]);
    assert_eq!(code(&output), 2, "waivers are for the whole");
}

#[test]
fn the_second_tier_fails_nobody_unless_it_is_switched_on() {
    use reports::model::Level;
    let folder = tempfile::tempdir().unwrap();
    let levels = |name: &str, more: &[&str]| {
        let run = [&["run", "--only", "identity/own-card"], more].concat();
        let (_, record) = recorded(&folder.path().join(name), &run);
        record.requirements["OQS-CARD-03"].level
    };
    assert_eq!(levels("usual", &[]), Level::Must);
    let of_grace = |name: &str, more: &[&str]| {
        let run = [&["run", "--only", "OQS-CERT-16"], more].concat();
        let (_, record) = recorded(&folder.path().join(name), &run);
        let checks = record.cases.iter().flat_map(|case| &case.checks);
        let borne: Vec<Level> = checks
            .filter(|check| check.requirement.iter().any(|id| id == "OQS-CERT-16"))
            .map(|check| check.level)
            .collect();
        (record.requirements["OQS-CERT-16"].level, borne.into_iter().max())
    };
    assert_eq!(of_grace("one", &[]), (Level::Should, Some(Level::Should)));
    assert_eq!(of_grace("two", &["--tier", "2"]), (Level::Must, Some(Level::Must)));
}

#[test]
fn lint_finds_a_planted_fault_and_coverage_shows_every_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requirements/some.yaml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let row = "- id: OQS-CERT-07\n  actor: backend\n  statement: {ja: 拒む。, en: Refuse.}\n  source: public\n  tier: 1\n  risk: revocation\n  check: auto\n";
    std::fs::write(&file, row).unwrap();
    let at = folder.path().to_string_lossy().into_owned();
    let output = madoguchi(&["lint", "--scenarios", &at]);
    assert_eq!(code(&output), 1);
    assert!(told(&output).contains("some.yaml:1: [orphan]"), "{}", told(&output));
    let output = madoguchi(&["lint", "--scenarios", &at, "--format", "json"]);
    let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found.iter().any(|it| it["rule"] == "orphan" && it["line"] == 1));
    assert_eq!(code(&madoguchi(&["lint", "--scenarios", &format!("{at}/nowhere")])), 3);

    let json = madoguchi(&["coverage", "--format", "json"]);
    let coverage: reports::coverage::Coverage = serde_json::from_slice(&json.stdout).unwrap();
    let of_tier = |tier| coverage.rows.iter().filter(|row| row.tier == tier).count();
    assert_eq!((of_tier(1), of_tier(2)), (199, 71));
    let page = folder.path().join("coverage.html");
    let output = madoguchi(&["coverage", "--format", "html", "--out", &page.to_string_lossy()]);
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(std::fs::read_to_string(&page).unwrap().contains("req-OQS-CERT-07"));
    let csv = madoguchi(&["coverage", "--format", "csv", "--profile", "card-middleware"]);
    assert!(String::from_utf8_lossy(&csv.stdout).contains("OQS-PIN-09,MUST,1,card,"));
}
