//! SIGTERM: nobody new, everybody finished.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::harness::{Data, Server, catalog, wait_until, www};
use super::http;

#[test]
fn not_ready_comes_before_the_listener_closes() {
    let server = Server::start_with(&Data::published(5), &[("HOMEBODY_LIMITS_DRAIN_DELAY_MS", "1500")]);
    wait_until(|| http::get(server.admin, "/readyz").status == 200);
    server.terminate();
    wait_until(|| http::get(server.admin, "/readyz").status == 503);
    assert_eq!(http::get(server.admin, "/readyz").problem(), "shutting_down");
    assert_eq!(http::get(server.admin, "/healthz").status, 200);
    assert_eq!(http::get(server.data, "/v1/manifest.json").status, 200, "visitors are served meanwhile");
    let mut server = server;
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_running_download_finishes_and_nobody_new_gets_in() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = 24 << 20;
    let www = www(folder.path(), bytes);
    let mut server = Server::start_with(&Data::empty(), &[("HOMEBODY_WWW", www.to_str().unwrap())]);
    let mut stream = http::connect(server.data);
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut received = vec![0; 1024];
    stream.read_exact(&mut received).unwrap();
    server.terminate();
    wait_until(|| TcpStream::connect(server.data).is_err());
    stream.read_to_end(&mut received).unwrap();
    assert_eq!(http::parse(&received).body.len(), bytes);
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_running_import_finishes() {
    let data = Data::empty();
    let mut server = Server::start(&data);
    let body = catalog(2000, "first");
    let (first, second) = body.split_at(body.len() / 2);
    let mut stream = http::connect(server.admin);
    let head = format!(
        "POST /v1/catalog/imports?format=jsonl HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    wait_until(|| server.metric("homebody_connections{plane=\"Admin\"}") == 2.0);
    server.terminate();
    wait_until(|| TcpStream::connect(server.admin).is_err());
    stream.write_all(second.as_bytes()).unwrap();
    let answer = http::read_answer(&mut stream);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["added"], 2000);
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn a_client_that_never_finishes_is_cut_at_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let www = www(folder.path(), 24 << 20);
    let env = [("HOMEBODY_WWW", www.to_str().unwrap()), ("HOMEBODY_LIMITS_DRAIN_TIMEOUT_MS", "500")];
    let mut server = Server::start_with(&Data::empty(), &env);
    let mut stream = http::connect(server.data);
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 1024]).unwrap();
    server.terminate();
    let started = std::time::Instant::now();
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn an_idle_connection_does_not_hold_the_process() {
    let mut server = Server::start(&Data::empty());
    let mut stream = http::connect(server.data);
    stream.write_all(b"GET /.well-known/gpc.json HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 64]).unwrap();
    server.terminate();
    let started = std::time::Instant::now();
    assert_eq!(server.wait(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
