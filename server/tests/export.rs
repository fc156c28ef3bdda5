//! `homebody export site`: the folder is what a browser would have been served.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use homebody_protocol::manifest::{Envelope, Manifest};
use homebody_server::catalog::{self, CatalogImport, Format};
use homebody_server::export::{self, ExportError};
use homebody_server::intake::Source;
use homebody_server::publish::{Placement, PublishOptions, publish};
use homebody_server::signing::Signer;
use homebody_server::store::Store;
use sha2::{Digest as _, Sha256};

const NOW: u64 = 1_795_428_000;

fn publish_items(store: &Store, signer: &Signer, items: u32) {
    let text: String =
        (0..items).map(|id| format!("{{\"id\":\"item-{id}\",\"category\":\"Tents\"}}\n")).collect();
    let options = CatalogImport { format: Some(Format::Jsonl), now: NOW, ..CatalogImport::default() };
    catalog::import(store, Source::from_reader("items", Cursor::new(text)).unwrap(), &options, &mut |_| {})
        .unwrap();
    let options = PublishOptions {
        site: "shop.example".to_owned(),
        placements: vec![Placement::default()],
        table_items: 1000,
        table_bytes: 1_000_000,
        sensitive_tags: Vec::new(),
        keep: 10,
        now: NOW,
    };
    publish(store, signer, &options).unwrap();
}

fn manifest(folder: &Path) -> Manifest {
    let envelope: Envelope =
        serde_json::from_slice(&fs::read(folder.join("v1/manifest.json")).unwrap()).unwrap();
    Manifest::parse(&envelope.payload).unwrap()
}

#[test]
fn the_folder_has_what_the_manifest_names_and_keeps_what_older_ones_named() {
    let dir = tempfile::tempdir().unwrap();
    let (store, folder) = (Store::open(&dir.path().join("data")).unwrap(), dir.path().join("www/reco"));
    let signer = Signer::from_seed(&[7; 32]);
    publish_items(&store, &signer, 30);
    let report = export::site(&store, &signer.public_key_base64(), &folder).unwrap();
    assert_eq!((report.version, report.site.as_str(), report.tables), (1, "shop.example", 2));
    let first = manifest(&folder).placements["home"].sha256.clone();

    publish_items(&store, &signer, 40);
    export::site(&store, &signer.public_key_base64(), &folder).unwrap();
    let second = manifest(&folder);
    assert_eq!(second.version, 2);
    for sha256 in [&first, &second.placements["home"].sha256, &second.catalog.unwrap().sha256] {
        let plain = fs::read(folder.join("v1/blobs").join(sha256)).unwrap();
        assert_eq!(
            Sha256::digest(&plain).iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
            *sha256
        );
        for copy in ["br", "gz"] {
            assert!(folder.join(format!("v1/blobs/{sha256}.{copy}")).exists(), "{copy}");
        }
    }
    let key: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("v1/key.json")).unwrap()).unwrap();
    assert_eq!(key, serde_json::json!({ "site": "shop.example", "key": signer.public_key_base64() }));
    let names: Vec<_> = fs::read_dir(folder.join("v1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.iter().any(|name| name.ends_with(".tmp")), "{names:?}");
}

#[test]
fn nothing_is_written_that_a_browser_would_refuse() {
    let dir = tempfile::tempdir().unwrap();
    let (store, folder) = (Store::open(&dir.path().join("data")).unwrap(), dir.path().join("reco"));
    let signer = Signer::from_seed(&[7; 32]);
    let key = signer.public_key_base64();
    let code = |key: &str, folder: &Path| export::site(&store, key, folder).unwrap_err().code();
    assert_eq!(code(&key, &folder), "not_published");
    publish_items(&store, &signer, 10);
    assert_eq!(code(&Signer::from_seed(&[8; 32]).public_key_base64(), &folder), "manifest_not_valid");
    let blob = store.current().unwrap().unwrap().blobs.remove(0);
    fs::write(&blob.raw, "damaged").unwrap();
    assert_eq!(code(&key, &folder), "blob_damaged");
    assert!(!folder.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data")).unwrap();
    let signer = Signer::from_seed(&[7; 32]);
    publish_items(&store, &signer, 10);
    let taken = dir.path().join("file");
    fs::write(&taken, "").unwrap();
    let error = export::site(&store, &signer.public_key_base64(), &taken).unwrap_err();
    assert!(matches!(&error, ExportError::Write { path, .. } if path.starts_with(&taken)), "{error}");
    assert_eq!(error.code(), "export_io");
}
