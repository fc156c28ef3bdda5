//! The machine-readable description is a promise: a change shows up in the committed copy.

use std::fs;
use std::path::Path;

use super::harness::{Data, Server};
use super::http::get;

/// Rewrite with `HOMEBODY_UPDATE_OPENAPI=1 cargo test -p homebody-server --test serve openapi`.
#[test]
fn the_description_is_the_committed_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let served = get(Server::start(&Data::empty()).admin, "/openapi.json").text();
    if std::env::var_os("HOMEBODY_UPDATE_OPENAPI").is_some() {
        fs::write(&path, format!("{}\n", served.trim_end())).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    let changed = served.lines().zip(committed.lines()).find(|(served, committed)| served != committed);
    let is_same = served.trim_end() == committed.trim_end();
    assert!(is_same, "run it with HOMEBODY_UPDATE_OPENAPI=1; first change: {changed:?}");
}

#[test]
fn every_route_and_every_error_is_described() {
    let document = get(Server::start(&Data::empty()).admin, "/openapi.json").json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    let expected = [
        "/",
        "/.well-known/gpc.json",
        "/.well-known/homebody.json",
        "/audience",
        "/consent",
        "/dap/hpke_config",
        "/dap/tasks/{task}/reports",
        "/experiments",
        "/healthz",
        "/metrics",
        "/quality",
        "/readyz",
        "/transparency",
        "/v1/admin/audience",
        "/v1/admin/consent",
        "/v1/admin/consent/counts",
        "/v1/admin/consent/rollback",
        "/v1/admin/export/{table}",
        "/v1/admin/quality",
        "/v1/blobs/{sha256}",
        "/v1/catalog/imports",
        "/v1/consent.json",
        "/v1/decisions",
        "/v1/key.json",
        "/v1/manifest.json",
        "/v1/notices/{sha256}",
        "/v1/publications",
        "/v1/publications/rollback",
        "/v1/receipts",
        "/v1/reports/{task}",
        "/v1/tasks",
    ];
    assert_eq!(paths, expected);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let is_error = status.starts_with('4') || status.starts_with('5');
                let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(is_error, problem == "#/components/schemas/Problem", "{method} {path} {status}");
            }
        }
    }
}
