//! New publications while clients read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::harness::{Data, Server, blobs, manifest, wait_until};
use super::http::{get, get_with, send};

#[test]
fn readiness_comes_with_the_first_publication() {
    let data = Data::empty();
    let server = Server::start(&data);
    let before = get(server.admin, "/readyz");
    assert_eq!((before.status, before.problem().as_str()), (503, "not_published"));
    assert_eq!(get(server.admin, "/healthz").status, 200);
    data.import(20, "first");
    let version = data.publish();
    wait_until(|| get(server.admin, "/readyz").status == 200);
    assert_eq!(manifest(server.data)["version"], version);
    assert_eq!(server.metric("homebody_publication_version"), version as f64);
    assert_eq!(server.metric("homebody_ready"), 1.0);
}

#[test]
fn readers_never_see_half_a_publication() {
    let data = Data::published(100);
    let server = Server::start(&data);
    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let reader = |coding: &'static str| {
        let (stop, reads, address) = (Arc::clone(&stop), Arc::clone(&reads), server.data);
        std::thread::spawn(move || {
            let mut last = 0;
            while !stop.load(Ordering::Relaxed) {
                let manifest = manifest(address);
                let version = manifest["version"].as_u64().unwrap();
                assert!(version >= last, "it went back from {last} to {version}");
                last = version;
                for name in blobs(&manifest) {
                    let answer =
                        get_with(address, &format!("/v1/blobs/{name}"), &[("accept-encoding", coding)]);
                    assert_eq!(answer.status, 200, "version {version} names {name}");
                }
                reads.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let readers = [reader("br"), reader("identity")];
    for edition in ["second", "third", "fourth", "fifth"] {
        data.import(100, edition);
        server.wait_for_version(data.publish());
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    assert!(reads.load(Ordering::Relaxed) > 4);
}

#[test]
fn blobs_of_the_last_three_publications_stay() {
    let data = Data::published(50);
    let server = Server::start(&data);
    let mut published = vec![blobs(&manifest(server.data))];
    for edition in ["second", "third", "fourth"] {
        data.import(50, edition);
        server.wait_for_version(data.publish());
        published.push(blobs(&manifest(server.data)));
    }
    let status = |name: &String| get(server.data, &format!("/v1/blobs/{name}")).status;
    let published = &published;
    let changed = |old: usize| published[old].iter().filter(move |name| !published[old + 1].contains(name));
    assert!(changed(1).count() > 0, "the editions differ");
    for kept in &published[1..] {
        assert!(kept.iter().all(|name| status(name) == 200));
    }
    assert!(changed(0).all(|name| status(name) == 404), "the oldest is gone");
}

#[test]
fn a_broken_publication_leaves_the_old_one_in_place() {
    let data = Data::published(50);
    let server = Server::start(&data);
    let before = get(server.data, "/v1/manifest.json").body;
    data.import(50, "second");
    // Signed by a key that is not the server's.
    let foreign = [("HOMEBODY_SIGNING_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")];
    assert!(data.try_run(&["publish"], &foreign).status.success());
    wait_until(|| server.metric("homebody_publication_broken") == 1.0);
    assert_eq!(get(server.data, "/v1/manifest.json").body, before);
    assert_eq!(get(server.admin, "/readyz").status, 200);
    assert_eq!(server.metric("homebody_publication_failures_total"), 1.0);
    let version = data.publish();
    server.wait_for_version(version);
    assert_eq!(server.metric("homebody_publication_broken"), 0.0);
}

#[test]
fn a_data_folder_that_went_back_in_time_is_not_followed() {
    let data = Data::published(20);
    assert_eq!((data.publish(), data.publish()), (2, 3));
    let server = Server::start(&data);
    let served = get(server.data, "/v1/manifest.json").body;
    let older = Data::published(20);
    for file in ["homebody.db", "homebody.db-wal", "homebody.db-shm"] {
        let _may_not_exist = std::fs::remove_file(data.path().join(file));
    }
    std::fs::copy(older.path().join("homebody.db"), data.path().join("homebody.db")).unwrap();
    let published = send(server.admin, "POST", "/v1/publications", &[], b"");
    assert_eq!(published.json()["version"], 2, "{}", published.text());
    assert_eq!(get(server.data, "/v1/manifest.json").body, served);
    assert!(server.metric("homebody_publication_failures_total") >= 1.0);
}

#[test]
fn a_damaged_blob_keeps_the_server_from_serving_it() {
    let data = Data::published(50);
    let publication = data.run(&["publish"]);
    let sha256 = publication["tables"][0]["sha256"].as_str().unwrap();
    for name in [format!("{sha256}.br"), sha256.to_owned()] {
        let path = data.path().join("blobs").join(&name);
        let good = std::fs::read(&path).unwrap();
        let mut bad = good.clone();
        let last = bad.len() / 2;
        bad[last] ^= 1;
        std::fs::write(&path, &bad).unwrap();
        let server = Server::start_with(&data, &[("HOMEBODY_LOG_LEVEL", "error")]);
        assert_eq!(get(server.data, "/v1/manifest.json").problem(), "not_published", "{name}");
        assert_eq!(server.metric("homebody_publication_broken"), 1.0);
        assert_eq!(get(server.data, &format!("/v1/blobs/{sha256}")).status, 404);
        // Repaired on disk, it is served without a restart.
        std::fs::write(&path, &good).unwrap();
        wait_until(|| get(server.data, "/v1/manifest.json").status == 200);
    }
}
