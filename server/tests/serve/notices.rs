//! The registry of notices: what is published, asked, kept and gone back to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use homebody_protocol::consent::ConsentAnswer;
use sha2::Digest as _;

use super::harness::{Data, Server, homebody, wait_until};
use super::http::{get, get_with, send};

const CONSENT: &str = "/v1/consent.json";
const ADMIN: &str = "/v1/admin/consent";

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/protocol/testdata/consent/lint").join(name)
}

/// Publishes a fixture on the command line; its hash.
pub(crate) fn publish(data: &Data, name: &str) -> String {
    let report = data.run(&["consent", "publish", fixture(name).to_str().unwrap()]);
    report["notice"].as_str().unwrap().to_owned()
}

fn served(server: &Server) -> Option<String> {
    let answer = get(server.data, CONSENT);
    (answer.status == 200).then(|| answer.json()["notice"].as_str().unwrap().to_owned())
}

#[test]
fn a_published_file_is_asked_without_a_restart_and_kept_byte_for_byte() {
    let data = Data::empty();
    let server = Server::start(&data);
    let before = get(server.data, CONSENT);
    assert_eq!((before.status, before.problem().as_str()), (404, "consent_unpublished"));
    let notice = publish(&data, "clean.json");
    wait_until(|| served(&server).as_deref() == Some(&notice));

    let answer = get(server.data, CONSENT);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("set-cookie"), None);
    let told: ConsentAnswer = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((told.notice.as_str(), told.region.as_str()), (notice.as_str(), ""));
    assert_eq!(told.config.id, "shop");

    let file = get(server.data, &format!("/v1/notices/{notice}"));
    assert_eq!(file.body, fs::read(fixture("clean.json")).unwrap());
    let hash = sha2::Sha256::digest(&file.body);
    assert_eq!(hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), notice);
    assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(file.header("content-type"), Some("application/json"));
    for other in ["0".repeat(64), notice.to_uppercase(), "abc".to_owned()] {
        assert_eq!(get(server.data, &format!("/v1/notices/{other}")).problem(), "notice_unknown");
    }
}

#[test]
fn what_the_lint_refuses_changes_nothing() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let server = Server::start(&data);
    let refused = fs::read(fixture("consent_no_reject.json")).unwrap();
    let answer = send(server.admin, "PUT", ADMIN, &[], &refused);
    assert_eq!((answer.status, answer.problem().as_str()), (422, "consent_refused"));
    let problem = answer.json();
    assert_eq!((&problem["lines"][0]["line"], &problem["lines_total"]), (&30.into(), &1.into()), "{problem}");
    assert_eq!(problem["lines"][0]["code"], "consent_no_reject");
    assert!(problem["lines"][0]["message"].as_str().unwrap().contains("put `reject` into"), "{problem}");

    let path = fixture("consent_no_reject.json");
    let output = data.try_run(&["consent", "publish", path.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(1));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["errors"][0]["line"], 30, "{found}");

    let garbled = send(server.admin, "PUT", ADMIN, &[], b"{\xff}");
    assert_eq!((garbled.status, garbled.problem().as_str()), (400, "consent_unreadable"));
    let empty = send(server.admin, "PUT", ADMIN, &[("content-length", "0")], b"");
    assert_eq!((empty.status, empty.problem().as_str()), (422, "consent_refused"));
    let large = vec![b' '; (1 << 20) + 1];
    assert_eq!(send(server.admin, "PUT", ADMIN, &[], &large).problem(), "consent_too_large");
    assert_eq!(served(&server), Some(notice));
    assert_eq!(get(server.admin, ADMIN).json()["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn publishing_and_going_back_over_http() {
    let server = Server::start(&Data::empty());
    let put = |name: &str| {
        let answer = send(server.admin, "PUT", ADMIN, &[], &fs::read(fixture(name)).unwrap());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let first = put("clean.json")["notice"].as_str().unwrap().to_owned();
    assert_eq!(served(&server), Some(first.clone()), "asked when the answer comes");
    assert_eq!(put("clean.json")["is_new"], false);
    let second = put("consent_expiry_long.json");
    assert_eq!(second["warnings"][0]["code"], "consent_expiry_long");
    assert_eq!(served(&server).as_ref(), second["notice"].as_str().map(str::to_owned).as_ref());

    let to = |sha256: &str| format!("{{\"to\":\"{sha256}\"}}");
    let rollback = format!("{ADMIN}/rollback");
    let back = send(server.admin, "POST", &rollback, &[], to(&first).as_bytes());
    assert_eq!((back.status, &back.json()["is_new"]), (200, &true.into()), "{}", back.text());
    assert_eq!(served(&server), Some(first));
    let unknown = send(server.admin, "POST", &rollback, &[], to(&"0".repeat(64)).as_bytes());
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "notice_unknown"));
    assert_eq!(send(server.admin, "POST", &rollback, &[], b"{}").problem(), "body_not_valid");

    let list = get(server.admin, ADMIN).json();
    let actions: Vec<_> =
        list["changes"].as_array().unwrap().iter().map(|change| change["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["rollback", "publish", "publish"]);
    assert_eq!(
        (&list["changes"][0]["via"], &list["current"]),
        (&"http".into(), &list["changes"][0]["notice"])
    );
    let old = second["notice"].as_str().unwrap();
    assert_eq!(get(server.data, &format!("/v1/notices/{old}")).status, 200, "what was asked once stays");
}

#[test]
fn publishing_and_going_back_on_the_command_line() {
    let data = Data::empty();
    let first = publish(&data, "clean.json");
    let second = publish(&data, "clean-edges.json");
    assert_eq!(data.run(&["consent", "list"])["current"], second);
    assert_eq!(data.run(&["consent", "rollback", &first])["notice"], first);
    let list = data.run(&["consent", "list"]);
    assert_eq!((&list["current"], &list["changes"][0]["via"]), (&first.into(), &"command-line".into()));
    let unknown = data.try_run(&["consent", "rollback", &"0".repeat(64)], &[]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("notice_unknown"));
}

/// The database itself refuses: no release and no tool of ours can change what somebody agreed to.
#[test]
fn a_notice_is_never_changed() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
    for sql in [
        "UPDATE notices SET text = x'00'",
        "DELETE FROM notices",
        "UPDATE notice_changes SET at = 0",
        "DELETE FROM notice_changes",
    ] {
        assert!(database.execute(sql, []).unwrap_err().to_string().contains("never"), "{sql}");
    }
    // Damage from outside is noticed, and not asked.
    database
        .execute_batch("DROP TRIGGER notices_are_never_changed; UPDATE notices SET text = x'7b7d'")
        .unwrap();
    let said = String::from_utf8(data.try_run(&["doctor"], &[]).stdout).unwrap();
    assert!(said.contains("its bytes have another hash"), "{said}");
    let server = Server::start(&data);
    assert_eq!(get(server.data, CONSENT).problem(), "consent_unpublished");
    assert_eq!(get(server.data, &format!("/v1/notices/{notice}")).problem(), "notice_unknown");
}

#[test]
fn a_killed_server_has_lost_nothing_that_it_confirmed() {
    let data = Data::empty();
    let mut confirmed = Vec::new();
    for name in ["clean.json", "clean-edges.json", "consent_expiry_long.json"] {
        let server = Server::start(&data);
        let answer = send(server.admin, "PUT", ADMIN, &[], &fs::read(fixture(name)).unwrap());
        // SIGKILL, right after the answer.
        drop(server);
        confirmed.insert(0, answer.json()["notice"].as_str().unwrap().to_owned());
        let server = Server::start(&data);
        assert_eq!(served(&server).as_ref(), confirmed.first());
        for notice in &confirmed {
            assert_eq!(get(server.data, &format!("/v1/notices/{notice}")).status, 200);
        }
    }
    let listed = data.run(&["consent", "list"]);
    let listed: Vec<_> =
        listed["changes"].as_array().unwrap().iter().map(|change| &change["notice"]).collect();
    assert_eq!(listed, confirmed.iter().collect::<Vec<_>>());
}

#[test]
fn a_killed_publication_leaves_the_old_notice_or_the_new_one() {
    let data = Data::empty();
    let notices = [publish(&data, "clean.json"), publish(&data, "clean-edges.json")];
    for round in 0..8u64 {
        let name = ["clean.json", "clean-edges.json"][round as usize % 2];
        let mut command = homebody();
        command.arg("--data").arg(data.path()).args(["consent", "publish"]).arg(fixture(name));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        let list = data.run(&["consent", "list"]);
        assert!(notices.contains(&list["current"].as_str().unwrap().to_owned()), "{list}");
        let doctor = data.try_run(&["doctor"], &[]);
        let report = String::from_utf8(doctor.stdout).unwrap();
        assert!(!report.contains("\"database\",\"outcome\":\"bad\""), "{report}");
    }
}

#[test]
fn the_region_is_what_the_edge_says_and_nothing_else() {
    let data = Data::empty();
    publish(&data, "clean.json");
    let env = [
        ("HOMEBODY_CONSENT_REGION_HEADER", "CF-IPCountry"),
        ("HOMEBODY_CONSENT_SUBDIVISION_HEADER", "CF-Region-Code"),
    ];
    let edge = Server::start_with(&data, &env);
    let region = |server: &Server, headers: &[(&str, &str)]| {
        let answer = get_with(server.data, CONSENT, headers).json();
        answer["region"].as_str().unwrap().to_owned()
    };
    assert_eq!(region(&edge, &[("cf-ipcountry", "DE")]), "DE");
    assert_eq!(region(&edge, &[("CF-IPCountry", "US"), ("CF-Region-Code", "CA")]), "US-CA");
    for (country, told) in [("T1", ""), ("XX", "XX"), ("Germany", ""), ("D\"", ""), ("", "")] {
        assert_eq!(region(&edge, &[("cf-ipcountry", country)]), told, "{country}");
    }
    assert_eq!(region(&edge, &[("cf-ipcountry", "DE"), ("cf-ipcountry", "US")]), "", "who wrote which?");
    let other = [("x-forwarded-for", "81.2.69.160"), ("accept-language", "de-DE"), ("x-country", "DE")];
    assert_eq!(region(&edge, &other), "");
    let bare = Server::start(&data);
    assert_eq!(region(&bare, &[("cf-ipcountry", "DE")]), "", "no header is read that was not named");
}

#[test]
fn the_answer_comes_in_every_encoding_and_head_is_get_without_the_body() {
    let data = Data::empty();
    publish(&data, "clean-edges.json");
    let server = Server::start(&data);
    let plain = get(server.data, CONSENT);
    for coding in ["br", "gzip"] {
        let packed = get_with(server.data, CONSENT, &[("accept-encoding", coding)]);
        assert_eq!(packed.header("content-encoding"), Some(coding));
        assert!(packed.body.len() < plain.body.len());
    }
    let head = send(server.data, "HEAD", CONSENT, &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), plain.header("content-length"));
    let preflight = send(server.data, "OPTIONS", CONSENT, &[], b"");
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(send(server.data, "POST", CONSENT, &[], b"").problem(), "method_not_allowed");
}

#[test]
fn purposes_stand_in_the_order_of_the_file() {
    let data = Data::empty();
    let text = fs::read_to_string(fixture("clean-edges.json")).unwrap();
    let server = Server::start(&data);
    send(server.admin, "PUT", ADMIN, &[], text.as_bytes());
    let told = get(server.data, CONSENT).text();
    let place = |purpose: &str| told.find(&format!("\"{purpose}\": {{")).unwrap();
    assert!(place("personalize") < place("contribute"), "{told}");
}

#[test]
fn the_token_guards_it() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_ADMIN_TOKEN", "a-token-of-enough-length")]);
    for (method, path) in [
        ("PUT", ADMIN),
        ("GET", ADMIN),
        ("POST", "/v1/admin/consent/rollback"),
        ("GET", "/v1/admin/consent/counts"),
    ] {
        assert_eq!(send(server.admin, method, path, &[], b"").problem(), "token_missing", "{method} {path}");
    }
    for path in [ADMIN, "/v1/admin/consent/counts"] {
        assert_eq!(get(server.data, path).status, 404, "the public side knows nothing of it");
    }
}
