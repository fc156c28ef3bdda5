//! Exports and views cross to JavaScript as bytes. serde, which reads and writes the same types as JSON, is the judge.

use homebody_device::care::{ImportError, ProfileExport, ProfileView};
use homebody_device::profile::{FacetRef, Known};
use homebody_device::{Consent, Interaction, Profile};
use homebody_protocol::Kind;
use homebody_protocol::table::FacetKind;
use proptest::prelude::*;
use serde_json::{Value, json};

const STORED: &[u8] = include_bytes!("../testdata/profile-v3.bin");
const NOW_MS: u64 = 1_764_000_000_000;

/// What a damaged export may hold anywhere.
fn junk() -> [Value; 18] {
    [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(0.5),
        json!(255),
        json!(256),
        json!(65_536),
        json!(4_294_967_296_u64),
        json!(1e300),
        json!(""),
        json!("click"),
        json!("tag"),
        json!("Grüße-🎬"),
        json!([]),
        json!([1, 2, 3, 4, 5, 6]),
        json!({}),
    ]
}

/// The document as `js/src/document.ts` writes it.
fn encode(value: &Value, out: &mut Vec<u8>) {
    let text = |text: &str, out: &mut Vec<u8>| {
        out.push(4);
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    };
    match value {
        Value::Null => out.push(0),
        Value::Bool(flag) => out.push(1 + u8::from(*flag)),
        Value::Number(number) => {
            out.push(3);
            out.extend(number.as_f64().unwrap().to_le_bytes());
        }
        Value::String(string) => text(string, out),
        Value::Array(members) => {
            out.push(5);
            members.iter().for_each(|member| encode(member, out));
            out.push(7);
        }
        Value::Object(members) => {
            out.push(6);
            for (name, member) in members {
                text(name, out);
                encode(member, out);
            }
            out.push(7);
        }
    }
}

/// The document as `js/src/document.ts` reads it; numbers are those of JavaScript.
fn decode(bytes: &mut &[u8]) -> Value {
    let mut take = |count: usize| {
        let (taken, rest) = bytes.split_at(count);
        *bytes = rest;
        taken
    };
    match take(1)[0] {
        0 => Value::Null,
        tag @ (1 | 2) => Value::Bool(tag == 2),
        3 => json!(f64::from_le_bytes(take(8).try_into().unwrap())),
        4 => {
            let length = u32::from_le_bytes(take(4).try_into().unwrap());
            Value::String(String::from_utf8(take(length as usize).to_vec()).unwrap())
        }
        tag => {
            let mut members = Vec::new();
            while bytes[0] != 7 {
                members.push(decode(bytes));
            }
            *bytes = &bytes[1..];
            if tag == 5 {
                return Value::Array(members);
            }
            let pairs = members.chunks(2).map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone()));
            Value::Object(pairs.collect())
        }
    }
}

/// With every number as JavaScript has it.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(members) => members.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(name, member)| (name, plain(member))).collect(),
        other => other,
    }
}

/// Damages the part that comes `at`th, counted in depth; what is left of the count otherwise.
fn damage(value: &mut Value, at: &mut usize, with: usize) -> bool {
    let removed = junk().len();
    match value {
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if with >= removed && *at == 0 {
                    members.remove(&name);
                    return true;
                }
                if damage(members.get_mut(&name).unwrap(), at, with) {
                    return true;
                }
            }
        }
        Value::Array(members) => {
            if with >= removed && *at == 0 && !members.is_empty() {
                members.pop();
                return true;
            }
            if members.iter_mut().any(|member| damage(member, at, with)) {
                return true;
            }
        }
        _ => {}
    }
    if *at == 0 && with < removed {
        *value = junk()[with].clone();
        return true;
    }
    *at = at.saturating_sub(1);
    false
}

type Deed = (u8, usize, f32, u64);

fn lived(deeds: Vec<Deed>) -> Profile {
    let permit = Consent::from_bits(1, 0).personalize().unwrap();
    let mut profile = Profile::new(&permit, 3);
    let kind = FacetKind::Tag;
    let facets = ["rot", "grün"].map(|name| FacetRef { kind, key: kind.key(3, name), name });
    for (code, item, value, at_ms) in deeds {
        let deed = Interaction { kind: Kind::from_code(code).unwrap(), id: &format!("ä-{item}"), value };
        let known = Known { facets: &facets[item % 2..], price: Some(9.99), price_band: Some(0.3) };
        profile.apply(&permit, &deed, &known, NOW_MS + at_ms).unwrap();
    }
    profile
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec((1u8..=20, 0usize..9, -9.0f32..9e4, 0u64..90 * 86_400_000), 1..30)
}

/// The profile, or what is wrong, of an export that was read.
fn imported(export: Result<ProfileExport, ImportError>) -> Result<Profile, ImportError> {
    export.and_then(|export| export.into_profile(&Consent::from_bits(1, 0).personalize().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_read_is_what_serde_reads(
        deeds in deeds(),
        wounds in prop::collection::vec((0usize..400, 0usize..junk().len() + 4), 0..3),
    ) {
        let mut export = serde_json::to_value(ProfileExport::of(&lived(deeds), NOW_MS)).unwrap();
        for (at, with) in wounds {
            damage(&mut export, &mut { at }, with);
        }
        let mut bytes = Vec::new();
        encode(&export, &mut bytes);
        let by_serde = imported(serde_json::from_value(export).map_err(|_| ImportError::Malformed));
        prop_assert_eq!(imported(ProfileExport::of_bytes(&bytes)), by_serde);
    }

    #[test]
    fn what_is_written_is_what_serde_writes(deeds in deeds()) {
        let profile = lived(deeds);
        let export = ProfileExport::of(&profile, NOW_MS);
        prop_assert_eq!(decode(&mut &export.to_bytes()[..]), plain(serde_json::to_value(&export).unwrap()));
        let view = ProfileView::of(&profile, NOW_MS);
        prop_assert_eq!(decode(&mut &view.to_bytes()[..]), plain(serde_json::to_value(&view).unwrap()));
    }
}

#[test]
fn an_export_is_damaged_in_ways_that_tell() {
    let export = serde_json::to_value(ProfileExport::of(&Profile::decode(STORED).unwrap(), NOW_MS)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for at in 0..300 {
        for with in 0..junk().len() + 1 {
            let mut damaged = export.clone();
            damage(&mut damaged, &mut { at }, with);
            let mut bytes = Vec::new();
            encode(&damaged, &mut bytes);
            let ours = imported(ProfileExport::of_bytes(&bytes));
            let by_serde = imported(serde_json::from_value(damaged).map_err(|_| ImportError::Malformed));
            assert_eq!(ours, by_serde, "{at}, {with}");
            seen.insert(ours.map_or_else(|error| error.to_string(), |_| String::from("taken")));
        }
    }
    assert!(seen.contains("taken") && seen.contains("no exported profile"), "{seen:?}");
    assert!(seen.len() > 20, "values are refused by name: {seen:?}");
}

/// The stored profile's export as a document, and as the JSON it is for JavaScript.
fn golden() -> (Vec<u8>, String) {
    let export = ProfileExport::of(&Profile::decode(STORED).unwrap(), NOW_MS);
    (export.to_bytes(), serde_json::to_string_pretty(&export).unwrap() + "\n")
}

#[test]
fn documents_are_what_javascript_was_tested_with() {
    let (document, json) = golden();
    assert_eq!(document, include_bytes!("../testdata/export-v2.document"));
    assert_eq!(json, include_str!("../testdata/export-v2.json"));
}

#[test]
#[ignore = "writes testdata: for a new version of the export"]
#[expect(clippy::disallowed_methods, reason = "it writes a fixture")]
fn write_documents() {
    let (document, json) = golden();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    std::fs::write(folder.join("export-v2.document"), document).unwrap();
    std::fs::write(folder.join("export-v2.json"), json).unwrap();
}

#[test]
fn half_a_document_is_none() {
    let export = ProfileExport::of(&Profile::decode(STORED).unwrap(), NOW_MS);
    let bytes = export.to_bytes();
    assert_eq!(ProfileExport::of_bytes(&bytes), Ok(export));
    for length in 0..bytes.len() {
        assert_eq!(ProfileExport::of_bytes(&bytes[..length]), Err(ImportError::Malformed), "{length}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(ProfileExport::of_bytes(&longer), Err(ImportError::Malformed));
    for wrong in [&[5; 100_000][..], &[6, 7], &[7], &[8], &[6, 4, 0, 0, 0, 0, 7], &[4, 255, 255, 255, 255]] {
        assert_eq!(ProfileExport::of_bytes(wrong), Err(ImportError::Malformed));
    }
}
