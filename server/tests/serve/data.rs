//! The public side.

use std::fs;
use std::io::Read;

use super::harness::{Data, Server, blobs, manifest, www};
use super::http::{self, Answer, get, get_with, send};

fn without_date(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| name != "date");
    answer
}

fn unpack(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        Some("br") => brotli::Decompressor::new(&answer.body[..], 4096).read_to_end(&mut plain).unwrap(),
        Some("gzip") => flate2::read::GzDecoder::new(&answer.body[..]).read_to_end(&mut plain).unwrap(),
        other => {
            assert_eq!(other, None);
            return answer.body.clone();
        }
    };
    plain
}

#[test]
fn manifest_and_blobs_are_served_alike_in_every_encoding() {
    let server = Server::start(&Data::published(300));
    let manifest = manifest(server.data);
    let names = blobs(&manifest);
    assert!(names.len() >= 2, "{manifest}");
    let paths = names.iter().map(|name| format!("/v1/blobs/{name}")).chain(["/v1/manifest.json".to_owned()]);
    for path in paths {
        let plain = get(server.data, &path);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
        assert_eq!(plain.header("access-control-allow-origin"), Some("*"));
        assert_eq!(plain.header("vary"), Some("accept-encoding"));
        assert_eq!(plain.header("x-content-type-options"), Some("nosniff"));
        let mut tags = vec![plain.header("etag").unwrap().to_owned()];
        for coding in ["br", "gzip"] {
            let packed = get_with(server.data, &path, &[("accept-encoding", coding)]);
            assert_eq!(packed.header("content-encoding"), Some(coding), "{path}");
            assert!(packed.body.len() < plain.body.len());
            assert_eq!(packed.header("content-length").unwrap(), packed.body.len().to_string());
            assert_eq!(unpack(&packed), plain.body, "{path} {coding}");
            tags.push(packed.header("etag").unwrap().to_owned());
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "one tag for each encoding");
    }
}

#[test]
fn blobs_hash_to_their_address_and_stay_for_ever() {
    let server = Server::start(&Data::published(50));
    for name in blobs(&manifest(server.data)) {
        let answer = get(server.data, &format!("/v1/blobs/{name}"));
        let hash = sha2::Sha256::digest(&answer.body);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, name);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    }
}

#[test]
fn the_manifest_is_revalidated_with_its_tag() {
    let server = Server::start(&Data::published(50));
    let path = "/v1/manifest.json";
    for coding in ["identity", "gzip", "br"] {
        let first = get_with(server.data, path, &[("accept-encoding", coding)]);
        assert_eq!(first.header("cache-control"), Some("public, max-age=60, stale-while-revalidate=86400"));
        let tag = first.header("etag").unwrap();
        let weak = format!("\"other\", W/{tag}");
        for known in [tag, &weak, "*"] {
            let again = get_with(server.data, path, &[("accept-encoding", coding), ("if-none-match", known)]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
            assert_eq!(again.header("etag"), Some(tag));
            assert_eq!(again.header("cache-control"), first.header("cache-control"));
            assert_eq!(again.header("access-control-allow-origin"), Some("*"));
        }
        let other =
            get_with(server.data, path, &[("accept-encoding", coding), ("if-none-match", "\"other\"")]);
        assert_eq!(other.status, 200);
    }
}

#[test]
fn head_is_get_without_the_body() {
    let server = Server::start(&Data::published(50));
    let blob = format!("/v1/blobs/{}", blobs(&manifest(server.data))[0]);
    for path in ["/v1/manifest.json", &blob] {
        for coding in ["identity", "gzip", "br"] {
            let headers = [("accept-encoding", coding)];
            let full = without_date(get_with(server.data, path, &headers));
            let head = without_date(send(server.data, "HEAD", path, &headers, b""));
            assert_eq!((head.status, head.body.len()), (200, 0));
            assert_eq!(head.headers, full.headers);
        }
    }
}

#[test]
fn everybody_gets_the_same_bytes_and_no_cookie() {
    let data = Data::published(50);
    let folder = tempfile::tempdir().unwrap();
    let www = www(folder.path(), 10);
    let server = Server::start_with(&data, &[("HOMEBODY_WWW", www.to_str().unwrap())]);
    let blob = format!("/v1/blobs/{}", blobs(&manifest(server.data))[0]);
    let one =
        [("user-agent", "One/1.0"), ("cookie", "id=1"), ("referer", "https://a.example/x"), ("sec-gpc", "1")];
    let two =
        [("user-agent", "Two"), ("accept-language", "de"), ("x-forwarded-for", "9.9.9.9"), ("dnt", "0")];
    for path in ["/v1/manifest.json", &blob, "/", "/.well-known/gpc.json", "/nothing", "/v1/blobs/abc"] {
        let (one, two) = (get_with(server.data, path, &one), get_with(server.data, path, &two));
        assert_eq!(without_date(one.clone()), without_date(two), "{path}");
        assert_eq!(one.header("set-cookie"), None);
    }
}

#[test]
fn any_page_may_read_it() {
    let server = Server::start(&Data::empty());
    let asked = [("origin", "https://shop.example"), ("access-control-request-method", "GET")];
    for path in ["/v1/manifest.json", "/v1/blobs/abc"] {
        let answer = send(server.data, "OPTIONS", path, &asked, b"");
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(get(server.data, path).header("access-control-allow-origin"), Some("*"), "errors too");
    }
    assert_eq!(get(server.data, "/.well-known/gpc.json").json()["gpc"], true);
}

#[test]
fn the_public_key_fits_the_signature() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let server = Server::start(&Data::published(20));
    let key = get(server.data, "/v1/key.json").json();
    assert_eq!(key["site"], "localhost");
    let key = STANDARD.decode(key["key"].as_str().unwrap()).unwrap();
    let key = ed25519_dalek::VerifyingKey::try_from(&key[..]).unwrap();
    let envelope = get(server.data, "/v1/manifest.json").json();
    let signature = STANDARD.decode(envelope["signature"].as_str().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    key.verify_strict(envelope["payload"].as_str().unwrap().as_bytes(), &signature).unwrap();
}

#[test]
fn wrong_requests_are_told_why() {
    let server = Server::start(&Data::empty());
    let zeros = format!("/v1/blobs/{}", "0".repeat(64));
    let capitals = format!("/v1/blobs/{}", "A".repeat(64));
    let cases = [
        ("GET", "/v1/manifest.json", 503, "not_published"),
        ("GET", &zeros, 404, "blob_not_found"),
        ("GET", &capitals, 404, "blob_not_found"),
        ("GET", "/v1/blobs/..%2f..%2fsigning.key", 404, "blob_not_found"),
        ("GET", "/nothing/here", 404, "not_found"),
        ("GET", "/metrics", 404, "not_found"),
        ("POST", "/v1/publications", 404, "not_found"),
        ("DELETE", "/v1/manifest.json", 405, "method_not_allowed"),
        ("POST", &zeros, 405, "method_not_allowed"),
    ];
    for (method, path, status, code) in cases {
        let answer = send(server.data, method, path, &[], b"");
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{method} {path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("allow").is_some(), status == 405, "{path}");
        assert_eq!(answer.header("retry-after").is_some(), status == 503, "{path}");
    }
}

#[test]
fn static_files_carry_type_policy_and_lifetime() {
    let folder = tempfile::tempdir().unwrap();
    let www = www(folder.path(), 10);
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_WWW", www.to_str().unwrap())]);
    let cases = [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/shop/", "text/html; charset=utf-8", "no-cache"),
        ("/app.0123456789ab.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/rank.wasm", "application/wasm", "no-cache"),
    ];
    for (path, kind, life) in cases {
        let answer = get(server.data, path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind));
        assert_eq!(answer.header("cache-control"), Some(life));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval'") && policy.contains("default-src 'none'")
        );
        assert!(policy.contains("require-trusted-types-for 'script'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("referrer-policy").is_some());
        assert_eq!(
            answer.body,
            fs::read(www.join(path.trim_start_matches('/'))).unwrap_or(answer.body.clone())
        );
    }
    let packed = get_with(server.data, "/app.0123456789ab.js", &[("accept-encoding", "gzip, br")]);
    assert_eq!(packed.header("content-encoding"), Some("br"));
    assert_eq!(unpack(&packed), fs::read(www.join("app.0123456789ab.js")).unwrap());
    let moved = get(server.data, "/shop");
    assert_eq!((moved.status, moved.header("location")), (308, Some("/shop/")));
}

#[test]
fn no_path_leaves_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let www = www(folder.path(), 10);
    let server = Server::start_with(&Data::empty(), &[("HOMEBODY_WWW", www.to_str().unwrap())]);
    let paths = [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/shop/../../secret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/..\\secret.txt",
        "/shop/%00/index.html",
        "/%ff%fe",
    ];
    for path in paths {
        let answer = get(server.data, path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("not for visitors"), "{path}");
    }
    assert_eq!(http::get(server.data, "http://localhost/rank.wasm").status, 200, "absolute form works");
}

use sha2::Digest as _;
