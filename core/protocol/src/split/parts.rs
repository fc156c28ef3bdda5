//! A report before it is sealed: for devices whose seals are made by somebody else, such as the browser.

use super::SplitError;
use super::prio3::malformed;
use super::report::{context, input_info};
use super::shard::{Masks, shard};
use crate::dap::{
    Encode, InputShareAad, PlaintextInputShare, ReportId, ReportMetadata, Role, TaskConfiguration, TaskId,
};

/// A report without its two seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    /// The report's name and time.
    pub metadata: ReportMetadata,
    /// What both aggregators see.
    pub public_share: Vec<u8>,
    /// What both seals are bound to.
    pub aad: Vec<u8>,
    /// The leader's share, then the helper's.
    pub shares: [UnsealedShare; 2],
}

/// What is sealed to one aggregator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsealedShare {
    /// What the seal is for.
    pub info: Vec<u8>,
    /// The message.
    pub plaintext: Vec<u8>,
}

/// What [`super::seal_report`] would seal, under a report's name that the caller drew, 16 random bytes, and with masks
/// that it drew.
///
/// # Errors
/// [`SplitError::Vector`] when the task does not admit the vector.
pub fn unsealed(
    task_id: TaskId,
    task: &TaskConfiguration,
    vector: &[u32],
    time: u64,
    report_id: ReportId,
    masks: &Masks,
) -> Result<Unsealed, SplitError> {
    let metadata = ReportMetadata { report_id, time, public_extensions: Vec::new() };
    let shards = shard(&task.vdaf, &context(&task_id), vector, &report_id, masks)?;
    let aad = InputShareAad { task_id, task, metadata: &metadata, public_share: &shards.public };
    let aad = aad.get_encoded().map_err(malformed)?;
    let share = |role, payload| {
        let share = PlaintextInputShare { private_extensions: Vec::new(), payload };
        Ok(UnsealedShare { info: input_info(role), plaintext: share.get_encoded().map_err(malformed)? })
    };
    let shares = [share(Role::Leader, shards.leader)?, share(Role::Helper, shards.helper)?];
    Ok(Unsealed { metadata, public_share: shards.public, aad, shares })
}

impl Unsealed {
    /// The beginning of the report on the wire: what follows are the leader's seal and the helper's
    /// ([`crate::dap::HpkeCiphertext`]).
    ///
    /// # Errors
    /// None that what [`unsealed`] made can have.
    pub fn head(&self) -> Result<Vec<u8>, SplitError> {
        let mut bytes = self.metadata.get_encoded().map_err(malformed)?;
        let length = u32::try_from(self.public_share.len()).unwrap_or(u32::MAX);
        length.encode(&mut bytes).map_err(malformed)?;
        bytes.extend(&self.public_share);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::seal::seal;
    use super::super::{KeyPair, Vdaf, open_share};
    use super::*;
    use crate::dap::{BatchMode, Decode, Report, VdafConfig};
    use rand_core::{TryCryptoRng, TryRng};

    /// Counts; seals in tests need no secrets.
    struct Counter(u8);

    impl TryRng for Counter {
        type Error = core::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            self.0 = self.0.wrapping_add(1);
            Ok(self.0.into())
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            self.try_next_u32().map(u64::from)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.iter_mut().for_each(|byte| {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            });
            Ok(())
        }
    }

    impl TryCryptoRng for Counter {}

    #[test]
    fn what_is_sealed_elsewhere_is_a_report_that_both_aggregators_open() {
        let task = TaskConfiguration {
            task_info: vec![7; 32],
            leader_endpoint: "https://leader.example/".to_owned(),
            helper_endpoint: "https://helper.example/".to_owned(),
            time_precision_s: 3_600,
            min_batch_size: 100,
            batch_mode: BatchMode::TimeInterval,
            vdaf: VdafConfig::Histogram { length: 4, chunk_length: 2 },
            interval: None,
        };
        let (id, name) = (TaskId([3; 32]), ReportId([4; 16]));
        let parts =
            unsealed(id, &task, &[0, 0, 1, 0], 490_000, name, &[[5; 32], [6; 32], [7; 32], [8; 32]]).unwrap();
        let keys = [KeyPair::derive(&[1; 32], 1), KeyPair::derive(&[2; 32], 2)];
        let mut bytes = parts.head().unwrap();
        for (key, share) in keys.iter().zip(&parts.shares) {
            // As the page does it: the key's number and two values behind their lengths.
            let sealed =
                seal(key.config(), &share.info, &parts.aad, &share.plaintext, &mut Counter(0)).unwrap();
            bytes.push(sealed.config_id);
            bytes.extend((sealed.enc.len() as u16).to_be_bytes());
            bytes.extend(&sealed.enc);
            bytes.extend((sealed.payload.len() as u32).to_be_bytes());
            bytes.extend(&sealed.payload);
        }
        let report = Report::get_decoded(&bytes).unwrap();
        assert_eq!(report.get_encoded().unwrap(), bytes);
        let vdaf = Vdaf::new(&task.vdaf).unwrap();
        let open = |key: &KeyPair, role, sealed| {
            open_share(key, role, id, &task, &report.metadata, &report.public_share, sealed).unwrap()
        };
        let leader = open(&keys[0], Role::Leader, &report.leader_share);
        let helper = open(&keys[1], Role::Helper, &report.helper_share);
        let about = context(&id);
        let (state, message) =
            vdaf.leader_init(&[9; 32], &about, &name, &report.public_share, &leader).unwrap();
        let (_, message) =
            vdaf.helper_init(&[9; 32], &about, &name, &report.public_share, &helper, &message).unwrap();
        vdaf.leader_finish(&about, state, &message).unwrap();
    }
}
