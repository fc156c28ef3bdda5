//! What is proved of a vector: one type over the library's circuits, so that the proof system is compiled once. In the
//! browser four copies of it would weigh as much as everything else that splits.

use prio::field::Field128;
use prio::flp::gadgets::{Mul, ParallelSum};
use prio::flp::types::{Histogram, L1BoundSum, MultihotCountVec, SumVec};
use prio::flp::{Flp, FlpError, Gadget, Type};

use super::SplitError;
use super::error::told;
use crate::dap::VdafConfig;

type Sum = ParallelSum<Field128, Mul>;
type Gadgets = Vec<Box<dyn Gadget<Field128>>>;

/// The circuit of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Circuit {
    SumVec(SumVec<Field128, Sum>),
    Histogram(Histogram<Field128, Sum>),
    MultihotCountVec(MultihotCountVec<Field128, Sum>),
    L1BoundSum(L1BoundSum<Field128, Sum>),
}

/// Does the same with whichever circuit it is.
macro_rules! with {
    ($of:expr, $circuit:ident => $body:expr) => {
        match $of {
            Circuit::SumVec($circuit) => $body,
            Circuit::Histogram($circuit) => $body,
            Circuit::MultihotCountVec($circuit) => $body,
            Circuit::L1BoundSum($circuit) => $body,
        }
    };
}

impl Circuit {
    /// The circuit of these parameters.
    pub(super) fn new(config: &VdafConfig) -> Result<Self, SplitError> {
        let of = |length: u32, chunk: u32| (length as usize, chunk as usize);
        let made = match *config {
            VdafConfig::SumVec { length, max_measurement, chunk_length } => {
                let (length, chunk) = of(length, chunk_length);
                SumVec::new(max_measurement.into(), length, chunk).map(Self::SumVec)
            }
            VdafConfig::Histogram { length, chunk_length } => {
                let (length, chunk) = of(length, chunk_length);
                Histogram::new(length, chunk).map(Self::Histogram)
            }
            VdafConfig::MultihotCountVec { length, chunk_length, max_weight } => {
                let (length, chunk) = of(length, chunk_length);
                let weight = usize::try_from(max_weight).unwrap_or(usize::MAX);
                MultihotCountVec::new(length, weight, chunk).map(Self::MultihotCountVec)
            }
            VdafConfig::L1BoundSum { length, max_measurement, chunk_length } => {
                let (length, chunk) = of(length, chunk_length);
                L1BoundSum::new(max_measurement.into(), length, chunk).map(Self::L1BoundSum)
            }
        };
        made.map_err(|error| SplitError::Task(told(&error)))
    }

    /// Its number in the registry of VDAFs.
    pub(super) fn code(&self) -> u32 {
        match self {
            Self::SumVec(_) => VdafConfig::SUM_VEC,
            Self::Histogram(_) => VdafConfig::HISTOGRAM,
            Self::MultihotCountVec(_) => VdafConfig::MULTIHOT_COUNT_VEC,
            Self::L1BoundSum(_) => VdafConfig::L1_BOUND_SUM,
        }
    }
}

impl Flp for Circuit {
    type Field = Field128;

    fn gadget(&self) -> Gadgets {
        with!(self, circuit => circuit.gadget())
    }

    fn num_gadgets(&self) -> usize {
        with!(self, circuit => circuit.num_gadgets())
    }

    fn valid(
        &self,
        gadgets: &mut Gadgets,
        input: &[Field128],
        joint_rand: &[Field128],
        num_shares: usize,
    ) -> Result<Vec<Field128>, FlpError> {
        with!(self, circuit => circuit.valid(gadgets, input, joint_rand, num_shares))
    }

    fn input_len(&self) -> usize {
        with!(self, circuit => circuit.input_len())
    }

    fn proof_len(&self) -> usize {
        with!(self, circuit => circuit.proof_len())
    }

    fn verifier_len(&self) -> usize {
        with!(self, circuit => circuit.verifier_len())
    }

    fn joint_rand_len(&self) -> usize {
        with!(self, circuit => circuit.joint_rand_len())
    }

    fn eval_output_len(&self) -> usize {
        with!(self, circuit => circuit.eval_output_len())
    }

    fn prove_rand_len(&self) -> usize {
        with!(self, circuit => circuit.prove_rand_len())
    }
}

impl Type for Circuit {
    /// As the device has it, whatever the circuit.
    type Measurement = Vec<u32>;
    type AggregateResult = Vec<u128>;

    /// Of a vector that [`super::shard`] has held to the bound.
    fn encode_measurement(&self, vector: &Vec<u32>) -> Result<Vec<Field128>, FlpError> {
        let numbers = || vector.iter().map(|&value| u128::from(value)).collect();
        match self {
            Self::SumVec(circuit) => circuit.encode_measurement(&numbers()),
            Self::L1BoundSum(circuit) => circuit.encode_measurement(&numbers()),
            Self::Histogram(circuit) => {
                let set = vector.iter().position(|value| *value != 0);
                circuit.encode_measurement(&set.ok_or_else(|| FlpError::Encode(String::new()))?)
            }
            Self::MultihotCountVec(circuit) => {
                circuit.encode_measurement(&vector.iter().map(|value| *value != 0).collect())
            }
        }
    }

    fn truncate(&self, input: Vec<Field128>) -> Result<Vec<Field128>, FlpError> {
        with!(self, circuit => circuit.truncate(input))
    }

    fn decode_result(&self, data: &[Field128], reports: usize) -> Result<Vec<u128>, FlpError> {
        with!(self, circuit => circuit.decode_result(data, reports))
    }

    fn output_len(&self) -> usize {
        with!(self, circuit => circuit.output_len())
    }
}
