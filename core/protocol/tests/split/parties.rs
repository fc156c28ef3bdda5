//! A device, a leader, a helper and a collector.

use homebody_protocol::dap::*;
use homebody_protocol::split::*;
use rand_core::{Infallible, TryCryptoRng, TryRng};

/// Numbers that look random and repeat with their seed.
pub(crate) struct Dice(pub(crate) u64);

impl TryRng for Dice {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| (number >> 32) as u32)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl TryCryptoRng for Dice {}

pub(crate) const ID: TaskId = TaskId([9; 32]);

pub(crate) fn task(vdaf: VdafConfig) -> TaskConfiguration {
    TaskConfiguration {
        task_info: b"test".to_vec(),
        leader_endpoint: "https://leader.example/dap/".to_owned(),
        helper_endpoint: "https://helper.example/dap/".to_owned(),
        time_precision_s: 3600,
        min_batch_size: 500,
        batch_mode: BatchMode::TimeInterval,
        vdaf,
        interval: None,
    }
}

pub(crate) struct Parties {
    pub(crate) task: TaskConfiguration,
    pub(crate) vdaf: Vdaf,
    pub(crate) leader: KeyPair,
    pub(crate) helper: KeyPair,
    pub(crate) dice: Dice,
    verify_key: [u8; 32],
}

impl Parties {
    pub(crate) fn of(vdaf: VdafConfig) -> Self {
        Self {
            task: task(vdaf),
            vdaf: Vdaf::new(&vdaf).unwrap(),
            leader: KeyPair::derive(&[1; 32], 1),
            helper: KeyPair::derive(&[2; 32], 2),
            dice: Dice(7),
            verify_key: [3; 32],
        }
    }

    pub(crate) fn seal(&mut self, vector: &[u32]) -> Result<Report, SplitError> {
        let recipients = Recipients { leader: self.leader.config(), helper: self.helper.config() };
        seal_report(ID, &self.task, vector, 400_000, recipients, &mut self.dice)
    }

    pub(crate) fn leader_opens(&self, report: &Report) -> Result<Vec<u8>, ReportError> {
        let Report { metadata, public_share, leader_share, .. } = report;
        open_share(&self.leader, Role::Leader, ID, &self.task, metadata, public_share, leader_share)
    }

    pub(crate) fn helper_opens(&self, report: &Report) -> Result<Vec<u8>, ReportError> {
        let Report { metadata, public_share, helper_share, .. } = report;
        open_share(&self.helper, Role::Helper, ID, &self.task, metadata, public_share, helper_share)
    }

    /// Both halves of a report, proved by both.
    pub(crate) fn prove(&self, report: &Report) -> Result<[OutputShare; 2], SplitError> {
        let shut = |error| SplitError::Proof(format!("{error:?}"));
        let (leader, helper) =
            (self.leader_opens(report).map_err(shut)?, self.helper_opens(report).map_err(shut)?);
        let (context, id, public) = (context(&ID), &report.metadata.report_id, &report.public_share);
        let (state, first) = self.vdaf.leader_init(&self.verify_key, &context, id, public, &leader)?;
        let (helper, second) =
            self.vdaf.helper_init(&self.verify_key, &context, id, public, &helper, &first)?;
        Ok([self.vdaf.leader_finish(&context, state, &second)?, helper])
    }
}
