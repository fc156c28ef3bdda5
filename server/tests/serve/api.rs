//! The private side.

use std::io::Write;

use super::harness::{Data, Server, catalog, manifest};
use super::http::{self, get, get_with, send};

const TOKEN: &str = "a-token-of-enough-length";
const IMPORT: &str = "/v1/catalog/imports?format=jsonl";

#[test]
fn import_publish_and_roll_back_over_http() {
    let server = Server::start(&Data::empty());
    let imported = send(server.admin, "POST", IMPORT, &[], catalog(40, "first").as_bytes());
    assert_eq!(imported.status, 200, "{}", imported.text());
    assert_eq!((&imported.json()["rows"], &imported.json()["added"]), (&40.into(), &40.into()));

    let published = send(server.admin, "POST", "/v1/publications", &[], b"");
    assert_eq!((published.status, &published.json()["version"]), (201, &1.into()));
    assert_eq!(manifest(server.data)["version"], 1, "served when the answer comes");

    send(server.admin, "POST", IMPORT, &[], catalog(40, "second").as_bytes());
    assert_eq!(send(server.admin, "POST", "/v1/publications", &[], b"").json()["version"], 2);
    let second = manifest(server.data);
    let back = send(server.admin, "POST", "/v1/publications/rollback", &[], b"{\"to\":1}");
    assert_eq!(
        (back.status, &back.json()["version"], &back.json()["rolled_back_to"]),
        (201, &3.into(), &1.into())
    );
    let third = manifest(server.data);
    assert_eq!(third["version"], 3);
    assert_ne!(third["placements"], second["placements"]);

    let list = get(server.admin, "/v1/publications").json();
    assert_eq!(list["serving"], 3);
    let versions: Vec<_> =
        list["publications"].as_array().unwrap().iter().map(|entry| &entry["version"]).collect();
    assert_eq!(versions, [3, 2, 1]);
    assert_eq!(list["publications"][0]["rolled_back_to"], 1);
}

#[test]
fn wrong_lines_are_listed_and_nothing_changes() {
    let server = Server::start(&Data::empty());
    let body = "{\"id\":\"a\",\"title\":\"A\"}\n{\"title\":\"no id\"}\nnot json\n";
    let answer = send(server.admin, "POST", IMPORT, &[], body.as_bytes());
    assert_eq!(answer.status, 422, "{}", answer.text());
    let problem = answer.json();
    assert_eq!(problem["lines_total"], 2);
    assert_eq!(
        (&problem["lines"][0]["line"], &problem["lines"][0]["code"]),
        (&2.into(), &"missing_id".into())
    );
    assert_eq!((&problem["lines"][1]["line"], &problem["lines"][1]["code"]), (&3.into(), &"bad_json".into()));
    assert!(problem["fix"].is_string(), "{problem}");
    let publication = send(server.admin, "POST", "/v1/publications", &[], b"");
    assert_eq!((publication.status, publication.problem().as_str()), (409, "empty_catalog"));
    let lenient = send(server.admin, "POST", &format!("{IMPORT}&skip_bad_lines=true"), &[], body.as_bytes());
    assert_eq!((&lenient.json()["added"], &lenient.json()["skipped"]), (&1.into(), &2.into()));
}

#[test]
fn an_upload_that_breaks_off_changes_nothing() {
    let server = Server::start(&Data::empty());
    let mut stream = http::connect(server.admin);
    let head = format!("POST {IMPORT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(catalog(100, "half").as_bytes()).unwrap();
    drop(stream);
    // The write lock is free again once the import has given up.
    super::harness::wait_until(|| {
        let answer = send(server.admin, "POST", "/v1/publications", &[], b"");
        (answer.status, answer.problem().as_str()) == (409, "empty_catalog")
    });
}

#[test]
fn wrong_requests_are_told_why() {
    let server = Server::start(&Data::published(10));
    let cases = [
        ("POST", "/v1/catalog/imports", "", 400, "bad_request"),
        ("POST", "/v1/catalog/imports?format=yaml", "", 400, "unknown_format"),
        ("POST", "/v1/catalog/imports?format=csv&unknown=1", "", 400, "bad_request"),
        ("POST", IMPORT, "", 422, "empty_source"),
        ("GET", IMPORT, "", 405, "method_not_allowed"),
        ("POST", "/v1/publications/rollback", "", 409, "nothing_to_roll_back"),
        ("POST", "/v1/publications/rollback", "{\"to\":99}", 404, "unknown_version"),
        ("POST", "/v1/publications/rollback", "{\"too\":1}", 400, "body_not_valid"),
        ("GET", "/v1/manifest.json", "", 404, "not_found"),
        ("GET", "/nothing", "", 404, "not_found"),
    ];
    for (method, path, body, status, code) in cases {
        let answer = send(server.admin, method, path, &[], body.as_bytes());
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, code),
            "{method} {path} {}",
            answer.text()
        );
    }
}

#[test]
fn the_token_guards_all_but_health() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_ADMIN_TOKEN", TOKEN)]);
    let right = format!("Bearer {TOKEN}");
    for (method, path) in
        [("GET", "/v1/publications"), ("GET", "/metrics"), ("POST", IMPORT), ("POST", "/v1/publications")]
    {
        let missing = send(server.admin, method, path, &[], b"");
        assert_eq!((missing.status, missing.problem().as_str()), (401, "token_missing"), "{path}");
        assert_eq!(missing.header("www-authenticate"), Some("Bearer"));
        for wrong in ["Bearer wrong", "Bearer ", "Bearer a-token-of-enough-lengtH", "Basic abc"] {
            assert_eq!(
                send(server.admin, method, path, &[("authorization", wrong)], b"").status,
                401,
                "{wrong}"
            );
        }
        let answer = send(server.admin, method, path, &[("authorization", &right)], b"");
        assert_ne!(answer.status, 401, "{path}");
    }
    for path in ["/healthz", "/openapi.json"] {
        assert_eq!(get(server.admin, path).status, 200);
    }
    assert_eq!(get(server.admin, "/readyz").status, 503);
    let by_name = [("host", "shop.example"), ("authorization", right.as_str())];
    assert_eq!(get_with(server.admin, "/metrics", &by_name).status, 200, "with a token any name works");
}

#[test]
fn its_first_page_leads_to_every_other_and_is_no_visitors_business() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_ADMIN_TOKEN", TOKEN)]);
    assert_eq!(get(server.admin, "/").status, 401);
    let bearer = format!("Bearer {TOKEN}");
    let page = get_with(server.admin, "/", &[("authorization", &bearer)]).text();
    let links: Vec<_> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let pages: Vec<_> = links.iter().filter(|link| !link.starts_with("data:")).collect();
    assert_eq!(pages, [&"quality", &"audience", &"consent", &"experiments", &"openapi.json"]);
    for path in pages {
        let answer = get_with(server.admin, &format!("/{path}"), &[("authorization", &bearer)]);
        assert_eq!(answer.status, 200, "{path}");
    }
    assert!(!get(server.data, "/").text().contains("for its operator"));
}

#[test]
fn pages_of_other_sites_cannot_reach_it() {
    let server = Server::start(&Data::empty());
    let cross = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let answer = send(server.admin, "POST", "/v1/publications", &cross, b"");
    assert_eq!((answer.status, answer.problem().as_str()), (403, "cross_site_request"));
    let rebound = get_with(server.admin, "/v1/publications", &[("host", "evil.example:8081")]);
    assert_eq!((rebound.status, rebound.problem().as_str()), (403, "host_not_loopback"));
    assert_eq!(get(server.admin, "/v1/publications").header("access-control-allow-origin"), None);
}

#[test]
fn metrics_count_answers_and_name_nobody() {
    let server = Server::start(&Data::published(10));
    get_with(server.data, "/v1/manifest.json", &[("user-agent", "Curious/1.0")]);
    get(server.data, "/nothing");
    assert_eq!(server.metric("homebody_answers_total{plane=\"Data\",status=\"2xx\"}"), 1.0);
    assert_eq!(server.metric("homebody_answers_total{plane=\"Data\",status=\"4xx\"}"), 1.0);
    assert!(server.metric("homebody_body_bytes_total{plane=\"Data\"}") > 100.0);
    let answer = get(server.admin, "/metrics");
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    for private in ["Curious", "127.0.0.1", "/nothing"] {
        assert!(!answer.text().contains(private), "{private}");
    }
}
