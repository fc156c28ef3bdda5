//! Prio3: halves of vectors, and the proof that the whole is one that the task admits.

use prio::codec::{Decode, Encode, ParameterizedDecode};
use prio::field::Field128;
use prio::topology::ping_pong::{PingPongMessage, PingPongState, PingPongTopology};
use prio::vdaf::prio3::{Prio3, Prio3InputShare, Prio3PublicShare, Prio3VerifyState};
use prio::vdaf::xof::XofTurboShake128;

use super::SplitError;
use super::circuit::Circuit;
use super::error::told;
use crate::dap::{ReportId, VdafConfig};

/// Leader and helper.
const AGGREGATORS: u8 = 2;

/// One is enough in a field of 128 bits.
const PROOFS: u8 = 1;

/// A function that is summed over shares.
#[derive(Clone, Debug)]
pub struct Vdaf(Prio3<Circuit, XofTurboShake128, 32>);

/// What a leader keeps of a report until the helper has answered.
#[derive(Clone, Debug)]
pub struct LeaderState(Prio3VerifyState<Field128, 32>);

/// One aggregator's half of a vector that was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputShare(pub(super) Vec<Field128>);

impl Vdaf {
    /// The function of a task.
    ///
    /// # Errors
    /// [`SplitError::Task`] for parameters that cannot be.
    pub fn new(config: &VdafConfig) -> Result<Self, SplitError> {
        let circuit = Circuit::new(config)?;
        let vdaf = Prio3::new(AGGREGATORS, PROOFS, circuit.code(), circuit);
        vdaf.map(Self).map_err(|error| SplitError::Task(told(&error)))
    }

    /// Cells of the vectors and of their sum.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.output_len()
    }

    /// The leader's first step with a report: what it keeps, and the message to the helper.
    ///
    /// # Errors
    /// [`SplitError::Malformed`] for shares that are none, [`SplitError::Proof`] for a proof that cannot hold.
    pub fn leader_init(
        &self,
        verify_key: &[u8; 32],
        context: &[u8],
        report: &ReportId,
        public_share: &[u8],
        share: &[u8],
    ) -> Result<(LeaderState, Vec<u8>), SplitError> {
        let (public, input) = self.shares(public_share, share, 0)?;
        let begun = self.0.leader_initialized(verify_key, context, &(), &report.0, &public, &input);
        let begun = begun.map_err(unproved)?;
        Ok((LeaderState(begun.verifier_state), begun.message.get_encoded().map_err(malformed)?))
    }

    /// The helper's only step: its half of the vector, and the message to the leader.
    ///
    /// # Errors
    /// As for [`Self::leader_init`].
    pub fn helper_init(
        &self,
        verify_key: &[u8; 32],
        context: &[u8],
        report: &ReportId,
        public_share: &[u8],
        share: &[u8],
        message: &[u8],
    ) -> Result<(OutputShare, Vec<u8>), SplitError> {
        let message = PingPongMessage::get_decoded(message).map_err(malformed)?;
        let (public, input) = self.shares(public_share, share, 1)?;
        let begun = self.0.helper_initialized(verify_key, context, &(), &report.0, &public, &input, &message);
        match begun.and_then(|begun| begun.evaluate(context, &self.0)).map_err(unproved)? {
            PingPongState::FinishedWithOutbound { output_share, message } => {
                Ok((OutputShare(output_share.as_ref().to_vec()), message.get_encoded().map_err(malformed)?))
            }
            _ => Err(SplitError::Proof("it takes more rounds than sums do".to_owned())),
        }
    }

    /// The leader's last step: its half of the vector, now that the helper has agreed.
    ///
    /// # Errors
    /// As for [`Self::leader_init`].
    pub fn leader_finish(
        &self,
        context: &[u8],
        state: LeaderState,
        message: &[u8],
    ) -> Result<OutputShare, SplitError> {
        let message = PingPongMessage::get_decoded(message).map_err(malformed)?;
        let went_on = self.0.leader_continued(context, &(), state.0, &message);
        match went_on.and_then(|begun| begun.evaluate(context, &self.0)).map_err(unproved)? {
            PingPongState::Finished { output_share } => Ok(OutputShare(output_share.as_ref().to_vec())),
            _ => Err(SplitError::Proof("it takes more rounds than sums do".to_owned())),
        }
    }

    fn shares(&self, public: &[u8], share: &[u8], aggregator: usize) -> Result<Shares, SplitError> {
        let public = Prio3PublicShare::get_decoded_with_param(&self.0, public).map_err(malformed)?;
        let share = Prio3InputShare::get_decoded_with_param(&(&self.0, aggregator), share);
        Ok((public, share.map_err(malformed)?))
    }
}

type Shares = (Prio3PublicShare<32>, Prio3InputShare<Field128, 32>);

pub(super) fn malformed(error: prio::codec::CodecError) -> SplitError {
    SplitError::Malformed(told(&error))
}

fn unproved(error: prio::topology::ping_pong::PingPongError) -> SplitError {
    SplitError::Proof(told(&error))
}
