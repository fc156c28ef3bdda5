//! How much clients may hold.

use std::io::{Read, Write};
use std::time::Duration;

use super::harness::{Data, Server, wait_until};
use super::http;

#[test]
fn connections_over_the_cap_wait_for_a_free_one() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_LIMITS_CONNECTIONS", "3")]);
    let held: Vec<_> = (0..3).map(|_| http::connect(server.data)).collect();
    wait_until(|| server.metric("homebody_connections{plane=\"Data\"}") == 3.0);
    let mut waiting = http::connect(server.data);
    waiting.write_all(b"GET /.well-known/gpc.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    waiting.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(waiting.read(&mut [0; 1]).is_err(), "a fourth connection is served");
    // The private side has slots of its own: an operator can always look.
    assert_eq!(http::get(server.admin, "/healthz").status, 200);
    drop(held);
    waiting.set_read_timeout(Some(http::PATIENCE)).unwrap();
    assert_eq!(http::read_answer(&mut waiting).status, 200);
}

#[test]
fn one_address_cannot_take_all_connections() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_LIMITS_CONNECTIONS_PER_IP", "2")]);
    let held: Vec<_> = (0..2).map(|_| http::connect(server.data)).collect();
    wait_until(|| server.metric("homebody_connections{plane=\"Data\"}") == 2.0);
    let ended = http::wait_for_end(&mut http::connect(server.data));
    assert!(ended < Duration::from_secs(5), "{ended:?}");
    assert_eq!(server.metric("homebody_connections_refused_total{plane=\"Data\"}"), 1.0);
    drop(held);
    wait_until(|| server.metric("homebody_connections{plane=\"Data\"}") == 0.0);
    assert_eq!(http::get(server.data, "/.well-known/gpc.json").status, 200);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(&Data::empty());
    let long = "x".repeat(40_000);
    assert_eq!(http::get_with(server.data, "/", &[("x-long", &long)]).status, 431);
    let many: Vec<(&str, &str)> = (0..100).map(|_| ("x-many", "1")).collect();
    assert_eq!(http::get_with(server.data, "/", &many).status, 431);
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_LIMITS_BODY_BYTES", "1000")]);
    let body = "{\"id\":\"a\"}\n".repeat(1000);
    let answer = http::send(server.admin, "POST", "/v1/catalog/imports?format=jsonl", &[], body.as_bytes());
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body_too_large"));
    // Without a length, the limit strikes while reading.
    let mut stream = http::connect(server.admin);
    let head = "POST /v1/catalog/imports?format=jsonl HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let _early_answer = stream.write_all(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()).as_bytes());
    let answer = http::read_answer(&mut stream);
    assert_eq!((answer.status, answer.problem().as_str()), (413, "body_too_large"));
}

#[test]
fn requests_over_the_limit_are_refused_at_once_but_health_answers() {
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_LIMITS_CONCURRENT_REQUESTS", "1")]);
    let mut running = http::connect(server.admin);
    let head = "POST /v1/catalog/imports?format=jsonl HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\nexpect: 100-continue\r\n\r\n";
    running.write_all(head.as_bytes()).unwrap();
    // The server asks for the body once the request has its place.
    running.read_exact(&mut [0; "HTTP/1.1 100 Continue\r\n\r\n".len()]).unwrap();
    let refused = http::get(server.admin, "/v1/publications");
    assert_eq!(refused.problem(), "too_many_requests_at_once");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(http::get(server.admin, "/healthz").status, 200);
    assert_eq!(http::get(server.admin, "/readyz").problem(), "not_published");
    drop(running);
    wait_until(|| http::get(server.admin, "/v1/publications").status == 200);
}
