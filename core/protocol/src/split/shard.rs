//! A vector in two halves (VDAF draft 18, §7.2.1, for two aggregators and one proof). The circuits and their proofs are
//! the library's. How the halves are masked is written out here, because the library's function draws the masks itself:
//! here they are arguments, as everything random is in this crate, and the published vectors hold it to the byte.

use prio::codec::Encode;
use prio::field::{Field128, FieldElement};
use prio::flp::{Flp, FlpError, Type};
use prio::vdaf::xof::{IntoFieldVec, Xof, XofTurboShake128};

use super::SplitError;
use super::circuit::Circuit;
use super::error::told;
use super::prio3::malformed;
use crate::dap::{ReportId, VdafConfig};

/// 32 random bytes each for the helper's half, its and the leader's part of the joint randomness, and the proof: never
/// used twice.
pub type Masks = [[u8; 32]; 4];

/// The encoded parts of a vector in two halves.
pub(super) struct Shards {
    pub(super) public: Vec<u8>,
    pub(super) leader: Vec<u8>,
    pub(super) helper: Vec<u8>,
}

/// What the random numbers of a step are for, as the draft counts it.
#[derive(Clone, Copy)]
enum Use {
    MeasurementShare = 1,
    ProofShare = 2,
    JointRandomness = 3,
    ProveRandomness = 4,
    JointRandSeed = 6,
    JointRandPart = 7,
}

const LEADER: u8 = 0;
const HELPER: u8 = 1;
const PROOFS: u8 = 1;

/// Takes a vector apart and proves it. `context` and the report's name are part of the proof.
pub(super) fn shard(
    config: &VdafConfig,
    context: &[u8],
    vector: &[u32],
    report: &ReportId,
    masks: &Masks,
) -> Result<Shards, SplitError> {
    admitted(config, vector)?;
    let circuit = Circuit::new(config)?;
    let refused = |error: FlpError| SplitError::Vector(told(&error));
    let [helper_seed, helper_blind, leader_blind, prove_seed] = masks;
    let draws = Draws { circuit: circuit.code(), context };

    let whole = circuit.encode_measurement(&vector.to_vec()).map_err(refused)?;
    let mask = draws.numbers(Use::MeasurementShare, helper_seed, &[HELPER], whole.len());
    let helper_part = draws.part(helper_blind, HELPER, report, &mask)?;
    let half = without(whole.clone(), &mask);
    let leader_part = draws.part(leader_blind, LEADER, report, &half)?;
    let public = [leader_part, helper_part].concat();

    let joint_seed = draws.seed(Use::JointRandSeed, &[0; 32], &[&public]);
    let joint = draws.numbers(Use::JointRandomness, &joint_seed, &[PROOFS], circuit.joint_rand_len());
    let prove = draws.numbers(Use::ProveRandomness, prove_seed, &[PROOFS], circuit.prove_rand_len());
    let proof = circuit.prove(&whole, &prove, &joint).map_err(refused)?;
    let mask = draws.numbers(Use::ProofShare, helper_seed, &[PROOFS, HELPER], proof.len());
    let proof = without(proof, &mask);

    let leader = [bytes(&half)?, bytes(&proof)?, leader_blind.to_vec()].concat();
    Ok(Shards { public, leader, helper: [*helper_seed, *helper_blind].concat() })
}

/// The draft's extendable hash, for one circuit and context.
struct Draws<'a> {
    circuit: u32,
    context: &'a [u8],
}

impl Draws<'_> {
    /// Version, class of algorithms, circuit, use.
    fn tag(&self, of: Use) -> [u8; 8] {
        let mut tag = [18, 0, 0, 0, 0, 0, 0, of as u8];
        tag[2..6].copy_from_slice(&self.circuit.to_be_bytes());
        tag
    }

    fn numbers(&self, of: Use, seed: &[u8; 32], binder: &[u8], length: usize) -> Vec<Field128> {
        let tag = self.tag(of);
        XofTurboShake128::seed_stream(seed, &[&tag, self.context], &[binder]).into_field_vec(length)
    }

    fn seed(&self, of: Use, seed: &[u8; 32], binders: &[&[u8]]) -> [u8; 32] {
        let mut xof = XofTurboShake128::init(seed, &[&self.tag(of), self.context]);
        binders.iter().for_each(|binder| xof.update(binder));
        *xof.into_seed().as_ref()
    }

    /// An aggregator's part of the joint randomness, bound to its half.
    fn part(
        &self,
        blind: &[u8; 32],
        aggregator: u8,
        report: &ReportId,
        half: &[Field128],
    ) -> Result<[u8; 32], SplitError> {
        Ok(self.seed(Use::JointRandPart, blind, &[&[aggregator], &report.0, &bytes(half)?]))
    }
}

fn without(mut whole: Vec<Field128>, mask: &[Field128]) -> Vec<Field128> {
    whole.iter_mut().zip(mask).for_each(|(cell, mask)| *cell -= *mask);
    whole
}

fn bytes(numbers: &[Field128]) -> Result<Vec<u8>, SplitError> {
    let mut out = Vec::with_capacity(numbers.len() * Field128::ENCODED_SIZE);
    numbers.iter().try_for_each(|number| number.encode(&mut out)).map_err(malformed)?;
    Ok(out)
}

/// Holds a vector to the bound before the library does, which cannot take every vector apart that it cannot prove.
fn admitted(config: &VdafConfig, vector: &[u32]) -> Result<(), SplitError> {
    let total: u64 = vector.iter().map(|&value| u64::from(value)).sum();
    let largest = u64::from(vector.iter().copied().max().unwrap_or(0));
    let (is_admitted, form) = match *config {
        VdafConfig::Histogram { .. } => (largest == 1 && total == 1, "not one cell of one"),
        VdafConfig::MultihotCountVec { max_weight, .. } => {
            (largest <= 1 && total <= max_weight, "a cell larger than one, or too many ones")
        }
        VdafConfig::SumVec { max_measurement, .. } => (largest <= max_measurement, "a number too large"),
        VdafConfig::L1BoundSum { max_measurement, .. } => (total <= max_measurement, "numbers too large"),
    };
    match vector.len() == config.length() as usize {
        true if is_admitted => Ok(()),
        true => Err(SplitError::Vector(form.to_owned())),
        false => Err(SplitError::Vector(told(&format_args!(
            "{} cells instead of {}",
            vector.len(),
            config.length()
        )))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn hex(value: &Value) -> Vec<u8> {
        let text = value.as_str().unwrap();
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    /// A vector and its parameters, from one of the published ones.
    fn read(kind: &str, vector: &Value, measurement: &Value) -> (VdafConfig, Vec<u32>) {
        let number = |field: &str| vector[field].as_u64().unwrap();
        let (length, chunk_length) = (number("length") as u32, number("chunk_length") as u32);
        let list = || measurement.as_array().unwrap().iter();
        match kind {
            "Prio3Histogram" => {
                let mut cells = vec![0; length as usize];
                cells[measurement.as_u64().unwrap() as usize] = 1;
                (VdafConfig::Histogram { length, chunk_length }, cells)
            }
            "Prio3SumVec" => {
                let max_measurement = number("max_measurement");
                let cells = list().map(|value| value.as_u64().unwrap() as u32).collect();
                (VdafConfig::SumVec { length, max_measurement, chunk_length }, cells)
            }
            _ => {
                let cells = list().map(|value| u32::from(value.as_bool().unwrap())).collect();
                let max_weight = number("max_weight");
                (VdafConfig::MultihotCountVec { length, chunk_length, max_weight }, cells)
            }
        }
    }

    /// Every byte of the published vectors for two aggregators (`$HOMEBODY_DATA/vdaf18`, not ours to publish).
    #[test]
    #[expect(clippy::disallowed_methods, reason = "published vectors are files; the crate itself reads none")]
    fn halves_are_those_of_the_published_vectors() {
        let Some(data) = std::env::var_os("HOMEBODY_DATA") else { return };
        let Ok(entries) = std::fs::read_dir(std::path::PathBuf::from(data).join("vdaf18")) else { return };
        let mut compared = 0;
        for entry in entries {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let kind = name.split('_').next().unwrap();
            let is_ours = ["Prio3Histogram", "Prio3SumVec", "Prio3MultihotCountVec"].contains(&kind);
            if !is_ours || name.contains("_bad_") {
                continue;
            }
            let vector: Value =
                serde_json::from_str(&std::fs::read_to_string(entry.path()).unwrap()).unwrap();
            if vector["shares"] != 2 {
                continue;
            }
            for report in vector["reports"].as_array().unwrap() {
                let (config, cells) = read(kind, &vector, &report["measurement"]);
                let random = hex(&report["rand"]);
                let masks: &Masks = random.as_chunks::<32>().0.try_into().unwrap();
                let id = ReportId(hex(&report["nonce"]).try_into().unwrap());
                let made = shard(&config, &hex(&vector["ctx"]), &cells, &id, masks).unwrap();
                assert_eq!(made.public, hex(&report["public_share"]), "{name}");
                assert_eq!(made.leader, hex(&report["input_shares"][0]), "{name}");
                assert_eq!(made.helper, hex(&report["input_shares"][1]), "{name}");
                compared += 1;
            }
        }
        assert!(compared >= 3, "{compared}");
    }

    #[test]
    fn what_a_bound_does_not_admit_is_not_taken_apart() {
        let masks = [[1; 32]; 4];
        let refused = |config, vector: &[u32]| {
            let made = shard(&config, b"", vector, &ReportId([0; 16]), &masks);
            matches!(made, Err(SplitError::Vector(_)))
        };
        let histogram = VdafConfig::Histogram { length: 3, chunk_length: 2 };
        for vector in [&[0, 0, 0][..], &[1, 1, 0], &[2, 0, 0], &[1, 0]] {
            assert!(refused(histogram, vector), "{vector:?}");
        }
        assert!(!refused(histogram, &[0, 0, 1]));
        let ones = VdafConfig::MultihotCountVec { length: 3, chunk_length: 2, max_weight: 2 };
        assert!(refused(ones, &[1, 1, 1]) && refused(ones, &[2, 0, 0]) && !refused(ones, &[1, 1, 0]));
        let numbers = VdafConfig::SumVec { length: 3, chunk_length: 2, max_measurement: 5 };
        assert!(refused(numbers, &[6, 0, 0]) && !refused(numbers, &[5, 5, 5]));
        let bounded = VdafConfig::L1BoundSum { length: 3, chunk_length: 2, max_measurement: 5 };
        assert!(refused(bounded, &[5, 1, 0]) && !refused(bounded, &[2, 2, 1]));
    }
}
