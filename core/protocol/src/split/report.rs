//! From vector to report on the device, from report to share at the aggregator, from half to sum at the collector.

use rand_core::CryptoRng;

use super::parts::{Unsealed, unsealed};
use super::prio3::malformed;
use super::seal::seal;
use super::shard::Masks;
use super::{HalfSum, KeyPair, SplitError};
use crate::dap::{
    AggregateShareAad, CollectionJobReq, Decode, Encode, HpkeCiphertext, HpkeConfig, InputShareAad,
    PlaintextInputShare, Report, ReportError, ReportId, ReportMetadata, Role, TaskConfiguration, TaskId,
    VERSION,
};

/// Keys of the two aggregators.
#[derive(Clone, Copy, Debug)]
pub struct Recipients<'a> {
    /// The leader's.
    pub leader: &'a HpkeConfig,
    /// The helper's.
    pub helper: &'a HpkeConfig,
}

/// What separates the proofs of a task from every other's.
#[must_use]
pub fn context(task_id: &TaskId) -> Vec<u8> {
    [VERSION.as_bytes(), &task_id.0].concat()
}

/// Makes a report of a vector: proved, in two halves, each sealed to one aggregator together with the task's rules.
/// `time` counts the task's units since 1970. `rng` draws the report's name, the masks of the halves and the seals.
///
/// # Errors
/// [`SplitError::Vector`] when the task does not admit the vector, [`SplitError::Key`] for keys that cannot be sealed to.
pub fn seal_report(
    task_id: TaskId,
    task: &TaskConfiguration,
    vector: &[u32],
    time: u64,
    recipients: Recipients<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Report, SplitError> {
    let mut report_id = ReportId([0; 16]);
    rng.fill_bytes(&mut report_id.0);
    let mut masks: Masks = [[0; 32]; 4];
    masks.iter_mut().for_each(|mask| rng.fill_bytes(mask));
    let Unsealed { metadata, public_share, aad, shares: [leader, helper] } =
        unsealed(task_id, task, vector, time, report_id, &masks)?;
    let leader_share = seal(recipients.leader, &leader.info, &aad, &leader.plaintext, rng)?;
    let helper_share = seal(recipients.helper, &helper.info, &aad, &helper.plaintext, rng)?;
    Ok(Report { metadata, public_share, leader_share, helper_share })
}

/// Opens an aggregator's share of a report. `role` is the aggregator's own.
///
/// # Errors
/// [`ReportError::HpkeDecryptError`] for another key or when it does not open under the task's rules,
/// [`ReportError::InvalidMessage`] for extensions of any kind, as none is known.
pub fn open_share(
    key: &KeyPair,
    role: Role,
    task_id: TaskId,
    task: &TaskConfiguration,
    metadata: &ReportMetadata,
    public_share: &[u8],
    sealed: &HpkeCiphertext,
) -> Result<Vec<u8>, ReportError> {
    if sealed.config_id != key.config().id {
        return Err(ReportError::HpkeDecryptError);
    }
    let aad = InputShareAad { task_id, task, metadata, public_share };
    let aad = aad.get_encoded().map_err(|_| ReportError::InvalidMessage)?;
    let opened = key.open(&input_info(role), &aad, sealed).map_err(|_| ReportError::HpkeDecryptError)?;
    let share = PlaintextInputShare::get_decoded(&opened).map_err(|_| ReportError::InvalidMessage)?;
    match share.private_extensions.is_empty() && metadata.public_extensions.is_empty() {
        true => Ok(share.payload),
        false => Err(ReportError::InvalidMessage),
    }
}

/// Seals an aggregator's half of a sum to whoever collects it.
///
/// # Errors
/// [`SplitError::Key`] for a key that cannot be sealed to.
pub fn seal_aggregate(
    collector: &HpkeConfig,
    role: Role,
    aad: &AggregateShareAad<'_>,
    share: &HalfSum,
    rng: &mut impl CryptoRng,
) -> Result<HpkeCiphertext, SplitError> {
    let aad = aad.get_encoded().map_err(malformed)?;
    seal(collector, &aggregate_info(role), &aad, &share.to_bytes()?, rng)
}

/// Opens an aggregator's half of a sum. `role` is the aggregator's.
///
/// # Errors
/// [`SplitError::Sealed`] when it does not open under the task's rules and this request, [`SplitError::Malformed`] when
/// it is no half of a sum of the task's length.
pub fn open_aggregate(
    key: &KeyPair,
    role: Role,
    task_id: TaskId,
    task: &TaskConfiguration,
    collection: &CollectionJobReq,
    sealed: &HpkeCiphertext,
) -> Result<HalfSum, SplitError> {
    let aad = AggregateShareAad { task_id, task, collection }.get_encoded().map_err(malformed)?;
    let opened = key.open(&aggregate_info(role), &aad, sealed)?;
    HalfSum::from_bytes(&opened, task.vdaf.length() as usize)
}

pub(super) fn input_info(recipient: Role) -> Vec<u8> {
    [VERSION.as_bytes(), b" input share", &[Role::Client as u8, recipient as u8]].concat()
}

fn aggregate_info(sender: Role) -> Vec<u8> {
    [VERSION.as_bytes(), b" aggregate share", &[sender as u8, Role::Collector as u8]].concat()
}
