//! Receipts: the visitor keeps them, the server keeps nothing.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use homebody_protocol::consent::{ReceiptRequest, SignedReceipt};
use homebody_server::consent::{day, receipt};
use homebody_server::signing::Signer;
use serde_json::{Value, json};

use super::harness::{Data, Server};
use super::http::{Answer, get, send};
use super::notices::publish;

const DAY_S: u64 = 86_400;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn ask(server: &Server, request: &Value) -> Answer {
    send(server.data, "POST", "/v1/receipts", &[], request.to_string().as_bytes())
}

/// What a device makes of the answer.
fn downloaded(request: &Value, answer: &Answer) -> Value {
    let mut receipt = request.clone();
    for field in ["signature", "key"] {
        receipt[field] = answer.json()[field].clone();
    }
    json!({ "consent_receipt_version": "1", "homebody": receipt })
}

#[test]
fn a_receipt_verifies_and_a_changed_one_does_not() {
    let data = Data::empty();
    let notice = publish(&data, "clean-edges.json");
    let server = Server::start(&data);
    let request = json!({ "notice": notice, "day": day(now()), "choices": { "personalize": true, "contribute": false } });
    let answer = ask(&server, &request);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.json()["key"], get(server.data, "/v1/key.json").json()["key"]);

    let file = data.path().join("receipt.json");
    let verify = |receipt: &Value, arguments: &[&str]| {
        fs::write(&file, receipt.to_string()).unwrap();
        let mut all = vec!["consent", "verify-receipt", file.to_str().unwrap()];
        all.extend(arguments);
        let output = data.try_run(&all, &[]);
        let is_valid = output.status.success();
        let said = String::from_utf8(if is_valid { output.stdout } else { output.stderr }).unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        if is_valid { "valid".to_owned() } else { said["error"]["code"].as_str().unwrap().to_owned() }
    };
    let good = downloaded(&request, &answer);
    assert_eq!(verify(&good, &[]), "valid");
    let key = answer.json()["key"].as_str().unwrap().to_owned();
    assert_eq!(verify(&good, &["--key", &key]), "valid");
    let changes: [(&str, Value, &str); 7] = [
        ("/homebody/choices/personalize", false.into(), "receipt_signature"),
        ("/homebody/choices/contribute", true.into(), "receipt_signature"),
        ("/homebody/day", "2026-01-01".into(), "receipt_signature"),
        ("/homebody/day", "yesterday".into(), "receipt_day"),
        ("/homebody/notice", "0".repeat(64).into(), "receipt_signature"),
        ("/homebody/key", Signer::from_seed(&[9; 32]).public_key_base64().into(), "receipt_other_key"),
        ("/homebody/signature", Value::Null, "receipt_unreadable"),
    ];
    for (pointer, value, code) in changes {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        assert_eq!(verify(&bad, &[]), code, "{pointer}");
    }
    let mut shorter = good.clone();
    shorter["homebody"]["choices"].as_object_mut().unwrap().remove("contribute");
    assert_eq!(verify(&shorter, &[]), "receipt_signature");
    assert_eq!(verify(&json!([]), &[]), "receipt_unreadable");
}

#[test]
fn nothing_of_a_receipt_is_kept() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let server = Server::start(&data);
    let request = json!({ "notice": notice, "day": day(now()), "choices": { "personalize": true } });
    let tables = |data: &Data| {
        let database = rusqlite::Connection::open(data.path().join("homebody.db")).unwrap();
        let count = |table: &str| -> i64 {
            database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        ["notices", "notice_changes", "decision_counts", "audit", "settings"].map(count)
    };
    let before = tables(&data);
    let (first, second) = (ask(&server, &request), ask(&server, &request));
    assert_eq!(first.json(), second.json(), "the same choice on the same day is the same receipt");
    get(server.admin, "/v1/admin/consent/counts");
    assert_eq!(tables(&data), before);
}

#[test]
fn only_what_can_have_been_chosen_is_signed() {
    let data = Data::empty();
    let notice = publish(&data, "clean.json");
    let server = Server::start(&data);
    let (today, now) = (day(now()), now());
    let with = |day: &str, choices: Value| json!({ "notice": notice, "day": day, "choices": choices });
    let yes = json!({ "personalize": true });
    assert_eq!(ask(&server, &with(&day(now - DAY_S), yes.clone())).status, 200);
    let off = json!({ "personalize": true, "share": false });
    assert_eq!(ask(&server, &with(&today, off)).status, 200, "what is not asked for is a no");
    let cases = [
        (with(&day(now - 2 * DAY_S), yes.clone()), 422, "receipt_day"),
        (with(&day(now + 2 * DAY_S), yes.clone()), 422, "receipt_day"),
        (with("2026-13-99", yes.clone()), 422, "receipt_day"),
        (with("today", yes.clone()), 400, "receipt_day"),
        (with(&today, json!({ "share": true })), 422, "receipt_purpose"),
        (with(&today, json!({ "unheard-of": false })), 422, "receipt_purpose"),
        (with(&today, json!({ "a=1\nb": true })), 400, "receipt_purpose"),
        (with(&today, json!({})), 400, "receipt_choices"),
        (with(&today, json!({ "personalize": 1 })), 400, "body_not_valid"),
        (json!({ "notice": "0".repeat(64), "day": today, "choices": yes }), 422, "notice_unknown"),
        (json!({ "notice": notice, "day": today, "choices": yes, "visitor": 7 }), 400, "body_not_valid"),
        (json!("x".repeat(4000)), 413, "body_too_large"),
    ];
    for (request, status, code) in cases {
        let answer = ask(&server, &request);
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{request}");
    }
    assert_eq!(send(server.data, "GET", "/v1/receipts", &[], b"").header("allow"), Some("POST, OPTIONS"));
    assert_eq!(send(server.data, "OPTIONS", "/v1/receipts", &[], b"").status, 204);
}

/// The file is shared with every implementation. Written anew with `HOMEBODY_BLESS` set.
#[test]
fn the_golden_receipts_are_signed_as_they_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/protocol/testdata/consent/receipt.json");
    if std::env::var_os("HOMEBODY_BLESS").is_some() {
        fs::write(path, golden()).unwrap();
    }
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text, golden(), "look at the difference, then set HOMEBODY_BLESS=1 to accept it");
    let golden: Value = serde_json::from_str(&text).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let signed: SignedReceipt = serde_json::from_value(case["receipt"].clone()).unwrap();
        let error = receipt::verify(&signed, golden["site_key"].as_str().unwrap()).err();
        assert_eq!(error.map(|error| error.code()), case["error"].as_str(), "{}", case["name"]);
    }
}

fn golden() -> String {
    let site = Signer::from_seed(&[7; 32]);
    let choices =
        json!({ "personalize": true, "contribute": false, "measure": true, "share": false, "a-tag": true });
    let good = json!({ "notice": "0f".repeat(32), "day": "2026-11-26", "choices": choices });
    let receipt = signed(&site, &good);
    let changed = |field: &str, value: Value| {
        let mut receipt = receipt.clone();
        receipt[field] = value;
        receipt
    };
    let alone =
        json!({ "notice": "0f".repeat(32), "day": "2026-11-26", "choices": { "personalize": false } });
    let flipped =
        json!({ "personalize": true, "contribute": true, "measure": true, "share": false, "a-tag": true });
    let cases = [
        case("five choices in the order of their bytes", &receipt, None),
        case("one choice", &signed(&site, &alone), None),
        case("a choice turned over", &changed("choices", flipped), Some("receipt_signature")),
        case("another day", &changed("day", "2026-11-27".into()), Some("receipt_signature")),
        case("another notice", &changed("notice", "0e".repeat(32).into()), Some("receipt_signature")),
        case("another signature", &changed("signature", "A".repeat(86).into()), Some("receipt_signature")),
        case("another site's key", &signed(&Signer::from_seed(&[8; 32]), &good), Some("receipt_other_key")),
        case("a notice in capitals", &changed("notice", "0F".repeat(32).into()), Some("receipt_notice")),
        case("a day with words", &changed("day", "26 Nov 2026".into()), Some("receipt_day")),
        case("no choices", &changed("choices", json!({})), Some("receipt_choices")),
        case(
            "a purpose with a line of its own",
            &changed("choices", json!({ "a=1\nb": true })),
            Some("receipt_purpose"),
        ),
    ];
    let cases: Vec<String> = cases.iter().map(|case| format!("    {case}")).collect();
    let head = format!("{{\n  \"site_key\": \"{}\",\n  \"cases\": [\n", site.public_key_base64());
    format!("{head}{}\n  ]\n}}\n", cases.join(",\n"))
}

fn signed(signer: &Signer, request: &Value) -> Value {
    let parsed: ReceiptRequest = serde_json::from_value(request.clone()).unwrap();
    let seal = signer.sign_receipt(&parsed).unwrap();
    let mut receipt = request.clone();
    receipt["signature"] = seal.signature.into();
    receipt["key"] = seal.key.into();
    receipt
}

fn case(name: &str, receipt: &Value, error: Option<&str>) -> Value {
    let parsed: SignedReceipt = serde_json::from_value(receipt.clone()).unwrap();
    json!({ "name": name, "receipt": receipt, "text": parsed.text().ok(), "error": error })
}
