//! Decisions: counted as sums of a day, and nothing else is left of them.

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use homebody_server::store::{Cell, Counts, Store};

use super::harness::{Data, Server, homebody, wait_until};
use super::http::{self, Answer, get, get_with, send};
use super::notices::publish;

const DECISIONS: &str = "/v1/decisions";
const FAST: (&str, &str) = ("HOMEBODY_CONSENT_WRITE_INTERVAL_MS", "20");

fn decision(notice: &str, language: &str, action: &str) -> String {
    format!("{{\"notice\":\"{notice}\",\"language\":\"{language}\",\"action\":\"{action}\"}}")
}

fn decide(address: SocketAddr, headers: &[(&str, &str)], body: &str) -> Answer {
    send(address, "POST", DECISIONS, headers, body.as_bytes())
}

fn counts(data: &Data) -> Counts {
    Store::open(&data.path()).unwrap().decisions().unwrap()
}

fn total(data: &Data, action: &str) -> u64 {
    counts(data).iter().filter(|(cell, _)| cell.action == action).map(|(_, count)| count).sum()
}

#[test]
fn decisions_and_fetches_are_counted_as_sums() {
    let data = Data::empty();
    let notice = publish(&data, "clean-edges.json");
    let server = Server::start_with(&data, &[FAST, ("HOMEBODY_CONSENT_REGION_HEADER", "CF-IPCountry")]);
    let german = [("cf-ipcountry", "DE")];
    for action in ["accept", "accept", "partial", "refuse", "later", "withdraw", "noticed", "object"] {
        let answer = decide(server.data, &german, &decision(&notice, "de", action));
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("set-cookie"), None);
    }
    get_with(server.data, "/v1/consent.json", &german);
    get_with(server.data, "/v1/consent.json", &[("sec-gpc", "1"), german[0]]);
    send(server.data, "HEAD", "/v1/consent.json", &german, b"");
    wait_until(|| total(&data, "served-gpc") == 1);
    let all = counts(&data);
    assert_eq!(all.values().sum::<u64>(), 10, "{all:?}");
    let accepted = all.iter().find(|(cell, _)| cell.action == "accept").unwrap();
    let Cell { notice: counted, region, language, variant, day, .. } = accepted.0;
    assert_eq!((counted, region.as_str(), language.as_str()), (&notice, "DE", "de"));
    assert_eq!((variant.as_str(), day.len(), *accepted.1), ("", 10, 2));
    assert_eq!(total(&data, "served"), 1);
}

/// With the signal nothing is taken, and nobody is told off.
#[test]
fn l24_with_global_privacy_control_nothing_is_counted() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let mut server = Server::start(&data);
    for body in [decision(&notice, "en", "accept"), "not json".to_owned(), "x".repeat(10_000)] {
        let answer = decide(server.data, &[("sec-gpc", "1")], &body);
        assert_eq!((answer.status, answer.body.len()), (204, 0));
    }
    assert_eq!(decide(server.data, &[("sec-gpc", "0")], &decision(&notice, "en", "refuse")).status, 204);
    server.terminate();
    assert_eq!(server.wait(), Some(0));
    let all = counts(&data);
    assert_eq!(all.values().sum::<u64>(), 1, "{all:?}");
    assert_eq!(total(&data, "refuse"), 1);
}

#[test]
fn what_waits_is_written_at_shutdown_and_before_it_is_shown() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let mut server = Server::start_with(&data, &[("HOMEBODY_CONSENT_WRITE_INTERVAL_MS", "3600000")]);
    decide(server.data, &[], &decision(&notice, "en", "accept"));
    assert_eq!(total(&data, "accept"), 0, "it waits in memory");
    get(server.admin, "/v1/admin/consent/counts");
    assert_eq!(total(&data, "accept"), 1);
    decide(server.data, &[], &decision(&notice, "en", "accept"));
    server.terminate();
    assert_eq!(server.wait(), Some(0));
    assert_eq!(total(&data, "accept"), 2);
}

#[test]
fn only_what_is_known_is_counted() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let server = Server::start(&data);
    let with = |more: &str| decision(&notice, "en", "accept").replace('}', &format!(",{more}}}"));
    let cases = [
        (decision(&"0".repeat(64), "en", "accept"), 422, "notice_unknown"),
        (decision(&notice.to_uppercase(), "en", "accept"), 422, "notice_unknown"),
        (decision(&notice, "fr", "accept"), 422, "language_unknown"),
        (decision(&notice, "", "accept"), 422, "language_unknown"),
        (decision(&notice, "en", "adore"), 400, "body_not_valid"),
        (decision(&notice, "en", "served"), 400, "body_not_valid"),
        (with("\"variant\":\"a\""), 422, "variant_unknown"),
        (with("\"variant\":7"), 400, "body_not_valid"),
        (with("\"visitor\":\"7\""), 400, "body_not_valid"),
        (String::new(), 400, "body_not_valid"),
        ("[]".to_owned(), 400, "body_not_valid"),
        ("null".to_owned(), 400, "body_not_valid"),
        (format!("{}{}", decision(&notice, "en", "accept"), " ".repeat(512)), 413, "body_too_large"),
    ];
    for (body, status, code) in cases {
        let answer = decide(server.data, &[], &body);
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{body}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "pages may read why");
    }
    for method in ["GET", "HEAD", "PUT", "DELETE"] {
        let answer = send(server.data, method, DECISIONS, &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")), "{method}");
    }
    let preflight = send(server.data, "OPTIONS", DECISIONS, &[("origin", "https://shop.example")], b"");
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("POST, OPTIONS"));
    assert_eq!(preflight.header("access-control-allow-headers"), Some("content-type"));
    get(server.admin, "/v1/admin/consent/counts");
    assert_eq!(counts(&data), Counts::new());
}

#[test]
fn any_content_type_will_do_and_variants_are_told_apart() {
    let data = Data::empty();
    let clean: serde_json::Value =
        serde_json::from_str(include_str!("../../../core/protocol/testdata/consent/lint/clean.json"))
            .unwrap();
    let mut config = clean;
    config["experiment"] = serde_json::json!({ "id": "e", "arms": [{ "id": "a" }, { "id": "b" }] });
    let server = Server::start(&data);
    let put = send(server.admin, "PUT", "/v1/admin/consent", &[], config.to_string().as_bytes());
    let notice = put.json()["notice"].as_str().unwrap().to_owned();
    for (kind, variant) in [("text/plain;charset=UTF-8", "a"), ("application/json", "b"), ("x/y", "b")] {
        let body = decision(&notice, "en", "accept").replace('}', &format!(",\"variant\":\"{variant}\"}}"));
        assert_eq!(decide(server.data, &[("content-type", kind)], &body).status, 204, "{kind}");
    }
    decide(server.data, &[], &decision(&notice, "en", "withdraw"));
    get(server.admin, "/v1/admin/consent/counts");
    let counted: Vec<_> =
        counts(&data).into_iter().map(|(cell, count)| (cell.variant, cell.action, count)).collect();
    let row = |variant: &str, action: &str, count| (variant.to_owned(), action.to_owned(), count);
    assert_eq!(counted, [row("", "withdraw", 1), row("a", "accept", 1), row("b", "accept", 2)]);
}

#[test]
fn a_body_that_never_ends_is_cut() {
    let data = Data::empty();
    publish(&data, "clean.json");
    let server = Server::start_with(&data, &[("HOMEBODY_LIMITS_HEADER_TIMEOUT_MS", "300")]);
    let mut stream = http::connect(server.data);
    stream.write_all(b"POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"not").unwrap();
    let answer = http::read_answer(&mut stream);
    assert_eq!((answer.status, answer.problem().as_str()), (408, "body_timeout"));
    // Without a length, the limit strikes while reading.
    let mut stream = http::connect(server.data);
    stream
        .write_all(b"POST /v1/decisions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        .unwrap();
    let _early_answer = stream.write_all(format!("400\r\n{}\r\n", " ".repeat(1024)).as_bytes());
    assert_eq!(http::read_answer(&mut stream).problem(), "body_too_large");
}

/// A store that takes nothing: answers go on, and what was counted meanwhile is written when it takes again.
#[test]
fn a_store_that_takes_nothing_stops_neither_answers_nor_counts() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let mut server = Server::start_with(&data, &[FAST]);
    let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
    database.execute_batch("ALTER TABLE decision_counts RENAME TO away").unwrap();
    for _ in 0..30 {
        assert_eq!(decide(server.data, &[], &decision(&notice, "en", "accept")).status, 204);
    }
    std::thread::sleep(Duration::from_millis(200));
    database.execute_batch("ALTER TABLE away RENAME TO decision_counts").unwrap();
    wait_until(|| total(&data, "accept") == 30);
    server.terminate();
    assert_eq!(server.wait(), Some(0));
    assert_eq!(total(&data, "accept"), 30, "nothing is counted twice");
}

/// A full disk, imitated by the largest file that the process may write: small counts still fit, a large notice does not.
#[test]
fn a_full_disk_refuses_a_notice_and_changes_nothing() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let mut child = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_homebody")])
        .args(["--json", "--data", data.path().to_str().unwrap()])
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
        .env("HOMEBODY_LOG_LEVEL", "error")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let [address, admin] = addresses(&mut child);
    let mut file = include_bytes!("../../../core/protocol/testdata/consent/lint/clean-edges.json").to_vec();
    file.resize(600_000, b' ');
    let refused = send(admin, "PUT", "/v1/admin/consent", &[], &file);
    assert!([500, 507].contains(&refused.status), "{}", refused.text());
    refused.problem();
    assert_eq!(get(address, "/v1/consent.json").json()["notice"], notice);
    assert_eq!(decide(address, &[], &decision(&notice, "en", "accept")).status, 204);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(data.run(&["consent", "list"])["changes"].as_array().unwrap().len(), 1);
}

#[test]
fn l31_a_thousand_decisions_leave_no_address_and_no_user_agent() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let log = data.path().join("log");
    let mut child = homebody()
        .args(["--json", "--data", data.path().to_str().unwrap()])
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
        .env("HOMEBODY_LOG_LEVEL", "debug")
        .env("HOMEBODY_LOG_FORMAT", "json")
        .env(FAST.0, FAST.1)
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let [address, _] = addresses(&mut child);
    let actions = ["accept", "refuse", "later", "withdraw"];
    let secrets = |visitor: usize| {
        [
            format!("203.0.113.{}", visitor % 256),
            format!("Agent-{visitor}-7f3a"),
            format!("cookie-{visitor}-9c1d"),
        ]
    };
    for visitor in 0..1000 {
        let [ip, agent, cookie] = secrets(visitor);
        let headers = [
            ("x-forwarded-for", ip.as_str()),
            ("forwarded", ip.as_str()),
            ("x-real-ip", ip.as_str()),
            ("user-agent", agent.as_str()),
            ("cookie", cookie.as_str()),
            ("referer", agent.as_str()),
        ];
        let body = decision(&notice, "en", actions[visitor % actions.len()]);
        let answer = decide(address, &headers, &body);
        assert_eq!((answer.status, answer.header("set-cookie")), (204, None));
        // What is refused may not be written down either.
        decide(address, &headers, &body.replace(&notice, &agent));
    }
    // SIGTERM, so that everything is written.
    assert!(std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    child.wait().unwrap();
    assert_eq!(counts(&data).values().sum::<u64>(), 1000);
    assert!(counts(&data).len() <= 8, "one row a cell, and a second day at midnight");
    let mut searched = 0;
    for entry in fs::read_dir(data.path()).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(bytes) = fs::read(&entry) else { continue };
        searched += 1;
        for secret in ["203.0.113.", "-7f3a", "-9c1d", "127.0.0.1:"] {
            let is_ours = secret == "127.0.0.1:" && entry == log;
            let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_there || is_ours, "{secret} in {}", entry.display());
        }
    }
    assert!(searched >= 3, "database, key and log");
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.lines().count() > 0 && text.matches("127.0.0.1:").count() <= 2, "its own addresses: {text}");
}

pub(crate) fn addresses(child: &mut std::process::Child) -> [SocketAddr; 2] {
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let listening: serde_json::Value = serde_json::from_str(&line).unwrap();
    ["data", "admin"].map(|plane| {
        let url = listening["listening"][plane].as_str().unwrap();
        url.strip_prefix("http://").unwrap().parse().unwrap()
    })
}
