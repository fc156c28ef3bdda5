//! Exit codes, results and errors of the command line.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use super::harness::{Data, Server, homebody};

fn error_of(output: &std::process::Output) -> serde_json::Value {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| line.starts_with("{\"error\"")).unwrap_or_else(|| panic!("{text}"));
    serde_json::from_str::<serde_json::Value>(line).unwrap()["error"].clone()
}

#[test]
fn usage_errors_exit_with_2_and_failures_with_1() {
    let data = Data::empty();
    assert_eq!(homebody().arg("nonsense").output().unwrap().status.code(), Some(2));
    assert_eq!(homebody().output().unwrap().status.code(), Some(2));
    assert_eq!(homebody().arg("--help").output().unwrap().status.code(), Some(0));
    assert_eq!(data.try_run(&["publish"], &[]).status.code(), Some(1));
    let wrong = data.try_run(&["publish"], &[("HOMEBODY_LIMITS_BODY_BYTES", "many")]);
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(error_of(&wrong)["code"], "config_not_valid");
    let missing = data.try_run(&["--config", "/nowhere.toml", "publish"], &[]);
    assert_eq!((missing.status.code(), &error_of(&missing)["code"]), (Some(2), &"config_unreadable".into()));
}

#[test]
fn errors_for_people_name_code_sentence_and_fix() {
    let folder = tempfile::tempdir().unwrap();
    let output = homebody().arg("--data").arg(folder.path().join("data")).arg("publish").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error[empty_catalog]: the catalogue is empty"), "{text}");
    assert!(text.contains("\n  fix: run `homebody import catalog FILE`"), "{text}");
    assert!(output.stdout.is_empty());
}

#[test]
fn without_a_publication_there_is_nothing_to_export() {
    let (data, folder) = (Data::empty(), tempfile::tempdir().unwrap());
    let site = folder.path().join("site");
    let output = data.try_run(&["export", "site", site.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(1));
    let error = error_of(&output);
    assert_eq!(
        (&error["code"], &error["fix"]),
        (&"not_published".into(), &"run `homebody publish` first".into())
    );
    assert!(!site.exists());
}

#[test]
fn a_port_in_use_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output =
        Data::empty().try_run(&["serve", "--listen", &address, "--admin-listen", "127.0.0.1:0"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let error = error_of(&output);
    assert_eq!(error["code"], "address_in_use");
    assert!(error["message"].as_str().unwrap().contains(&address));
    assert!(error["fix"].as_str().unwrap().contains("--listen"));
}

#[test]
fn an_open_private_side_needs_a_token() {
    let output = Data::empty().try_run(&["serve", "--admin-listen", "0.0.0.0:0"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(error_of(&output)["message"].as_str().unwrap().contains("`admin.token`"));
}

#[test]
fn the_log_names_no_visitor() {
    let data = Data::published(5);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut child = homebody()
        .args(["--json", "--data", data.path().to_str().unwrap()])
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
        .env("HOMEBODY_LOG_LEVEL", "debug")
        .env("HOMEBODY_LOG_FORMAT", "json")
        .stdout(std::process::Stdio::piped())
        .stderr(fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    let listening: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address =
        listening["listening"]["data"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    super::http::get_with(address, "/v1/manifest.json?q=secret-query", &[("user-agent", "Curious/1.0")]);
    super::http::get_with(address, "/secret-path", &[("user-agent", "Curious/1.0")]);
    child.kill().unwrap();
    child.wait().unwrap();
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.lines().count() > 0 && text.lines().all(|line| line.starts_with('{')), "{text}");
    for private in ["Curious", "secret-query", "secret-path"] {
        assert!(!text.contains(private), "{text}");
    }
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let data = Data::published(20);
    let sound = data.run(&["doctor"]);
    assert_eq!(sound["healthy"], true, "{sound}");

    let outcome = |report: &serde_json::Value, name: &str| {
        let checks = report["checks"].as_array().unwrap();
        let check =
            checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {report}"));
        check["outcome"].as_str().unwrap().to_owned()
    };
    let diagnose = |env: &[(&str, &str)]| {
        let output = data.try_run(&["doctor"], env);
        assert_eq!(output.status.code(), Some(1));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };

    let key = data.path().join("signing.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(outcome(&diagnose(&[]), "signing key"), "bad");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();

    let other_key = [("HOMEBODY_SIGNING_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")];
    assert_eq!(outcome(&diagnose(&other_key), "signature"), "bad");
    assert_eq!(outcome(&diagnose(&[("HOMEBODY_SITE", "other.example")]), "publication"), "bad");
    assert_eq!(outcome(&diagnose(&[("HOMEBODY_WWW", "/nowhere")]), "static files"), "bad");

    let blob = fs::read_dir(data.path().join("blobs")).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&blob).unwrap();
    fs::write(&blob, b"damaged").unwrap();
    let report = diagnose(&[]);
    assert_eq!(outcome(&report, "tables"), "bad");
    assert!(
        report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|check| check["outcome"] != "bad" || check["fix"].is_string())
    );
    fs::write(&blob, good).unwrap();
    assert_eq!(data.run(&["doctor"])["healthy"], true);
}

#[test]
fn the_doctor_minds_a_missing_folder_and_a_running_server() {
    let empty = Data::empty();
    let output = empty.try_run(&["doctor"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!empty.path().exists(), "looking creates nothing");
    let data = Data::published(5);
    let server = Server::start(&data);
    let listen =
        [("HOMEBODY_LISTEN", server.data.to_string()), ("HOMEBODY_ADMIN_LISTEN", server.admin.to_string())];
    let env: Vec<(&str, &str)> = listen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(data.try_run(&["doctor"], &env).status.success(), "a port that our own server holds is no fault");
}
