//! Clients that hold a connection and send little or nothing.

use std::io::Write;
use std::time::{Duration, Instant};

use super::harness::{Data, Server, www};
use super::http;

const HEADER_TIMEOUT: (&str, &str) = ("HOMEBODY_LIMITS_HEADER_TIMEOUT_MS", "600");

/// Later than the timeout, earlier than any accident.
fn is_timely(elapsed: Duration) -> bool {
    (Duration::from_millis(400)..Duration::from_secs(8)).contains(&elapsed)
}

#[test]
fn a_partial_head_is_cut() {
    let server = Server::start_with(&Data::empty(), &[HEADER_TIMEOUT]);
    for address in [server.data, server.admin] {
        let mut stream = http::connect(address);
        stream.write_all(b"GET /v1/manifest.json HTTP/1.1\r\nhost: localhost\r\nx-slow: ").unwrap();
        let elapsed = http::wait_for_end(&mut stream);
        assert!(is_timely(elapsed), "{elapsed:?}");
    }
}

#[test]
fn a_dripping_head_is_cut() {
    let server = Server::start_with(&Data::empty(), &[HEADER_TIMEOUT]);
    let mut stream = http::connect(server.data);
    let started = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    // Each header comes well within the timeout; all of them together do not.
    while stream.write_all(b"x-drip: 1\r\n").is_ok() {
        assert!(started.elapsed() < Duration::from_secs(8), "it may drip for ever");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(is_timely(started.elapsed()), "{:?}", started.elapsed());
}

#[test]
fn a_silent_connection_is_cut() {
    let server = Server::start_with(&Data::empty(), &[HEADER_TIMEOUT]);
    let elapsed = http::wait_for_end(&mut http::connect(server.data));
    assert!(is_timely(elapsed), "{elapsed:?}");
}

#[test]
fn an_idle_connection_is_cut_after_its_answer() {
    let server = Server::start_with(&Data::empty(), &[HEADER_TIMEOUT]);
    let mut stream = http::connect(server.data);
    stream.write_all(b"GET /.well-known/gpc.json HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let elapsed = http::wait_for_end(&mut stream);
    assert!(is_timely(elapsed), "{elapsed:?}");
}

#[test]
fn a_dripping_body_is_cut_and_changes_nothing() {
    let data = Data::empty();
    let server = Server::start_with(&data, &[("HOMEBODY_LIMITS_BODY_TIMEOUT_MS", "600")]);
    let mut stream = http::connect(server.admin);
    let head =
        "POST /v1/catalog/imports?format=jsonl HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"{\"id\":\"a\"}\n").unwrap();
    let started = Instant::now();
    let mut writer = stream.try_clone().unwrap();
    let dripper = std::thread::spawn(move || {
        while started.elapsed() < Duration::from_secs(8) && writer.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let answer = http::read_answer(&mut stream);
    assert!(is_timely(started.elapsed()), "{:?}", started.elapsed());
    assert_eq!((answer.status, answer.problem().as_str()), (408, "body_timeout"));
    drop(stream);
    dripper.join().unwrap();
    let output = data.try_run(&["publish"], &[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("empty_catalog"));
}

#[test]
fn a_body_that_nobody_asked_for_is_not_waited_for() {
    let server = Server::start(&Data::empty());
    let mut stream = http::connect(server.data);
    stream
        .write_all(b"POST /v1/manifest.json HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nabc")
        .unwrap();
    let started = Instant::now();
    let answer = http::read_answer(&mut stream);
    assert_eq!((answer.status, answer.problem().as_str()), (405, "method_not_allowed"));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn a_client_that_does_not_read_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = 32 << 20;
    let www = www(folder.path(), bytes);
    let env = [("HOMEBODY_LIMITS_WRITE_TIMEOUT_MS", "500"), ("HOMEBODY_WWW", www.to_str().unwrap())];
    let server = Server::start_with(&Data::empty(), &env);
    let mut stream = http::connect(server.data);
    stream.write_all(b"GET /large.bin HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let connections = || server.metric("homebody_connections{plane=\"Data\"}");
    // On a busy machine the connection may not have been accepted yet, and then there are none either.
    super::harness::wait_until(|| connections() == 1.0);
    super::harness::wait_until(|| connections() == 0.0);
    let mut received = Vec::new();
    let _reset = std::io::Read::read_to_end(&mut stream, &mut received);
    assert!(received.len() < bytes, "{}", received.len());
}
