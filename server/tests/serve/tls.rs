//! TLS between aggregators: a leader reaches its helper behind a terminator whose certificate it can check.
//!
//! `testdata/tls` holds an authority of ours and a certificate of it for `localhost`, good for a hundred years.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::contributions::{HOUR, now};
use super::harness::{Data, Server, wait_until};
use super::http::send;
use super::pair::{FAST, HELPER};

fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/tls")).join(name)
}

/// A terminator in front of `to`; its port. It works until the test ends.
fn terminator(to: SocketAddr) -> u16 {
    let chain: Vec<_> =
        CertificateDer::pem_file_iter(file("localhost.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("localhost.key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap().port()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut secured) = acceptor.accept(stream).await else { return };
                    let mut inside = TcpStream::connect(to).await.unwrap();
                    let _ended = tokio::io::copy_bidirectional(&mut secured, &mut inside).await;
                });
            }
        });
    });
    receiver.recv().unwrap()
}

#[test]
fn a_helper_is_reached_over_tls_by_a_name_that_its_certificate_has() {
    let (data, leader_data, helper_data) = (Data::empty(), Data::empty(), Data::empty());
    let helper = Server::start_with(&helper_data, &[FAST, HELPER]);
    let port = terminator(helper.data);
    let trusted = file("authority.pem");
    let trust = ("SSL_CERT_FILE", trusted.to_str().unwrap());
    let leader = Server::start_with(&leader_data, &[FAST, trust]);
    let id = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let task = json!({
        "task_id": id, "time_precision": HOUR, "min_batch_size": 2,
        "vdaf": { "Prio3Histogram": { "length": 4, "chunk_length": 2 } },
        "leader_aggregator_endpoint": "https://leader.example/", "helper_aggregator_endpoint": "https://helper.example/",
        "verify_key": id, "token": "leader-to-helper", "collector_token": "collector-to-leader",
        "collector_hpke_config": data.run(&["dap", "key"]),
        "leader_url": format!("http://{}/dap", leader.data), "helper_url": format!("https://localhost:{port}/dap"),
    });
    let path = data.path().with_file_name("task.json");
    std::fs::write(&path, task.to_string()).unwrap();
    let path = path.to_str().unwrap();
    for (data, role, server, jobs) in [
        (&leader_data, "leader", &leader, "collection_jobs"),
        (&helper_data, "helper", &helper, "aggregation_jobs"),
    ] {
        data.run(&["dap", "add", path, "--role", role]);
        let jobs = format!("/dap/tasks/{id}/{jobs}");
        wait_until(|| send(server.data, "POST", &jobs, &[], b"").status == 401);
    }
    let start = now() / HOUR * HOUR - HOUR;
    let (at, hour) = (start.to_string(), HOUR.to_string());
    let upload = ["dap", "upload", path, "--measurement", "2", "--count", "3", "--time", &at];
    // Whoever does not trust the authority does not even send a report.
    let stranger = data.try_run(&upload, &[("SSL_CERT_FILE", file("localhost.key.pem").to_str().unwrap())]);
    assert!(!stranger.status.success());
    let sent = data.try_run(&upload, &[trust]);
    assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let collect = ["dap", "collect", path, "--start", &at, "--duration", &hour];
    let found = data.try_run(&collect, &[trust]);
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!((&found["reports"], &found["cells"]), (&json!(3), &json!([0, 0, 3, 0])));
}
