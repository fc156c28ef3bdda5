//! The published test vectors of VDAF draft 18, which are not ours to publish: read from `$HOMEBODY_DATA/vdaf18`.

use std::path::PathBuf;

use homebody_protocol::dap::{ReportId, VdafConfig};
use homebody_protocol::split::{HalfSum, Vdaf, unshard};
use prio::vdaf::prio3::{Prio3Histogram, Prio3MultihotCountVec, Prio3SumVec};
use prio::vdaf::test_utils::{TestVector, check_test_vector};
use serde_json::Value;

const OURS: [&str; 3] = ["Prio3Histogram", "Prio3MultihotCountVec", "Prio3SumVec"];

/// The vectors of the sums we make of two shares, tampered ones too; none when there is no data.
#[expect(clippy::print_stdout, reason = "a test says what it skips")]
fn vectors() -> Vec<(String, String)> {
    let Some(folder) = std::env::var_os("HOMEBODY_DATA").map(|data| PathBuf::from(data).join("vdaf18"))
    else {
        println!("skipped: the VDAF vectors; HOMEBODY_DATA is not set");
        return Vec::new();
    };
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: the VDAF vectors; `{}` is not there", folder.display());
        return Vec::new();
    };
    let mut found: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let kind = name.split('_').next().unwrap();
            OURS.contains(&kind).then(|| (name.clone(), std::fs::read_to_string(entry.path()).unwrap()))
        })
        .collect();
    found.sort();
    assert!(found.len() >= 12, "all vectors are there: {}", found.len());
    found
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn config(name: &str, vector: &Value) -> VdafConfig {
    let number = |field: &str| vector[field].as_u64().unwrap_or_else(|| panic!("{name}: {field}"));
    let (length, chunk_length) = (number("length") as u32, number("chunk_length") as u32);
    match name.split('_').next().unwrap() {
        "Prio3Histogram" => VdafConfig::Histogram { length, chunk_length },
        "Prio3SumVec" => {
            VdafConfig::SumVec { length, max_measurement: number("max_measurement"), chunk_length }
        }
        _ => VdafConfig::MultihotCountVec { length, chunk_length, max_weight: number("max_weight") },
    }
}

/// One report through our two aggregators; the halves when it is proved.
fn prove(vdaf: &Vdaf, vector: &Value, report: &Value) -> Option<[Vec<u8>; 2]> {
    let key: [u8; 32] = bytes(&vector["verify_key"]).try_into().unwrap();
    let context = bytes(&vector["ctx"]);
    let id = ReportId(bytes(&report["nonce"]).try_into().unwrap());
    let (public, shares) = (bytes(&report["public_share"]), &report["input_shares"]);
    let (state, first) = vdaf.leader_init(&key, &context, &id, &public, &bytes(&shares[0])).ok()?;
    let honest = report["verifier_shares"][0].get(0).is_none_or(|share| first[5..] == bytes(share));
    assert!(honest, "the leader's first message");
    let (helper, second) = vdaf.helper_init(&key, &context, &id, &public, &bytes(&shares[1]), &first).ok()?;
    if let Some(message) = report["verifier_messages"].get(0) {
        assert_eq!(second[5..], bytes(message), "the helper's message");
    }
    let leader = vdaf.leader_finish(&context, state, &second).ok()?;
    let half = |share| {
        let mut sum = HalfSum::zero(vdaf.length());
        sum.add(share);
        sum.to_bytes().unwrap()
    };
    Some([half(&leader), half(&helper)])
}

#[test]
fn our_aggregators_pass_the_published_vectors() {
    let mut sound = 0;
    for (name, text) in vectors() {
        let vector: Value = serde_json::from_str(&text).unwrap();
        // More than two aggregators, or a message altered between the steps: for the library alone.
        if vector["shares"] != 2 || name.contains("verifier_message") {
            continue;
        }
        let vdaf = Vdaf::new(&config(&name, &vector)).unwrap();
        let mut halves = [HalfSum::zero(vdaf.length()), HalfSum::zero(vdaf.length())];
        let reports = vector["reports"].as_array().unwrap();
        for report in reports {
            let proved = prove(&vdaf, &vector, report);
            assert_eq!(proved.is_none(), name.contains("_bad_"), "{name}");
            let Some(proved) = proved else { continue };
            for (at, share) in proved.iter().enumerate() {
                assert_eq!(share, &bytes(&report["out_shares"][at]), "{name}");
                halves[at].merge(&HalfSum::from_bytes(share, vdaf.length()).unwrap());
            }
        }
        if !name.contains("_bad_") {
            let sum: Vec<u64> = serde_json::from_value(vector["agg_result"].clone()).unwrap();
            let ours: Vec<u64> =
                unshard(&halves[0], &halves[1]).unwrap().iter().map(|cell| *cell as u64).collect();
            assert_eq!(ours, sum, "{name}");
            sound += reports.len();
        }
    }
    assert!(sound > 0 || std::env::var_os("HOMEBODY_DATA").is_none());
}

/// Sharding too, which takes random numbers from the vector: by the library's own reader.
#[test]
fn the_library_passes_the_published_vectors() {
    for (name, text) in vectors() {
        let vector: TestVector = serde_json::from_str(&text).unwrap();
        match name.split('_').next().unwrap() {
            "Prio3Histogram" => check_test_vector::<Prio3Histogram, 32, 16>(&vector),
            "Prio3SumVec" => check_test_vector::<Prio3SumVec, 32, 16>(&vector),
            _ => check_test_vector::<Prio3MultihotCountVec, 32, 16>(&vector),
        }
    }
}
