//! `homebody consent lint`: exit codes, and what it prints.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/protocol/testdata/consent/lint").join(name)
}

fn lint(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_homebody"))
        .current_dir(folder)
        .args(["consent", "lint"])
        .args(args)
        .output()
        .unwrap()
}

/// A folder with one fixture, under the name `shop.json`.
fn site(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(fixture(name), dir.path().join("shop.json")).unwrap();
    dir
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn an_error_has_file_line_column_code_and_fix() {
    let dir = site("consent_no_reject.json");
    let output = lint(dir.path(), &["shop.json"]);
    assert_eq!(output.status.code(), Some(1));
    let wanted = "shop.json:30:5 consent_no_reject the first layer has no button to reject — put `reject` into \
                  `ask.buttons`, beside `accept`, and give it words\nshop.json: 1 error, 0 warnings\n";
    assert_eq!(text(&output.stdout), wanted);
    assert!(output.stderr.is_empty());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is made beside the file");
}

#[test]
fn a_warning_alone_does_not_fail() {
    let output = lint(site("consent_expiry_long.json").path(), &["shop.json"]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stdout);
    assert!(said.starts_with("shop.json:30:5 warning consent_expiry_long "), "{said}");
    assert!(said.ends_with("shop.json: may be published; 1 warning\n"), "{said}");
    let clean = lint(site("clean.json").path(), &["shop.json"]);
    assert_eq!(
        (clean.status.code(), text(&clean.stdout).as_str()),
        (Some(0), "shop.json: may be published\n")
    );
}

#[test]
fn programs_get_errors_and_warnings_apart() {
    let output = lint(site("consent_expiry_long.json").path(), &["shop.json", "--json"]);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&value["file"], value["errors"].as_array().unwrap().len()), (&"shop.json".into(), 0));
    let warning = &value["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["path"]),
        (&"consent_expiry_long".into(), &"ask.expireAfterDays".into())
    );
    assert_eq!((&warning["line"], &warning["column"]), (&30.into(), &5.into()));
    assert!(warning["fix"].as_str().unwrap().contains("365") && warning["message"].is_string());
}

#[test]
fn a_file_that_cannot_be_read_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let missing = lint(dir.path(), &["shop.json", "--json"]);
    assert_eq!(missing.status.code(), Some(1));
    let error: serde_json::Value = serde_json::from_slice(&missing.stderr).unwrap();
    assert_eq!(error["error"]["code"], "consent_unreadable");
    std::fs::write(dir.path().join("shop.json"), vec![b' '; (1 << 20) + 1]).unwrap();
    let large = text(&lint(dir.path(), &["shop.json"]).stderr);
    assert!(large.starts_with("error[consent_too_large]") && large.contains("fix:"), "{large}");
    std::fs::write(dir.path().join("shop.json"), [b'{', 0xff, b'}']).unwrap();
    let garbled = text(&lint(dir.path(), &["shop.json"]).stderr);
    assert!(garbled.starts_with("error[consent_unreadable]"), "{garbled}");
}

#[test]
fn a_mark_in_front_and_standard_input_are_fine() {
    let dir = tempfile::tempdir().unwrap();
    let clean = std::fs::read_to_string(fixture("clean.json")).unwrap();
    std::fs::write(dir.path().join("shop.json"), format!("\u{feff}{clean}")).unwrap();
    assert_eq!(lint(dir.path(), &["shop.json"]).status.code(), Some(0));
    let mut child = Command::new(env!("CARGO_BIN_EXE_homebody"))
        .args(["consent", "lint", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(clean.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), "-: may be published\n");
}
