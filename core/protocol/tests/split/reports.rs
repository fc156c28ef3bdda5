//! Sums of many reports are exact; what was tampered with is not counted.

use homebody_protocol::dap::*;
use homebody_protocol::split::*;

use super::parties::{Dice, ID, Parties, task};

const HISTOGRAM: VdafConfig = VdafConfig::Histogram { length: 16, chunk_length: 4 };

fn one_hot(length: usize, cell: usize) -> Vec<u32> {
    (0..length).map(|at| u32::from(at == cell)).collect()
}

fn sum_of(parties: &mut Parties, vectors: &[Vec<u32>]) -> [HalfSum; 2] {
    let length = parties.vdaf.length();
    let mut halves = [HalfSum::zero(length), HalfSum::zero(length)];
    for vector in vectors {
        let report = parties.seal(vector).unwrap();
        let proved = parties.prove(&report).unwrap();
        halves.iter_mut().zip(&proved).for_each(|(half, share)| half.add(share));
    }
    halves
}

fn totals(vectors: &[Vec<u32>]) -> Vec<i64> {
    let cell = |at: usize| vectors.iter().map(|vector| i64::from(vector[at])).sum();
    (0..vectors[0].len()).map(cell).collect()
}

#[test]
fn sums_are_exact() {
    let kinds = [
        (HISTOGRAM, (0..300).map(|at| one_hot(16, at * at % 16)).collect::<Vec<_>>()),
        (
            VdafConfig::MultihotCountVec { length: 16, chunk_length: 4, max_weight: 3 },
            (0..100).map(|at| (0..16).map(|cell| u32::from((at + cell) % 6 == 0)).collect()).collect(),
        ),
        (
            VdafConfig::SumVec { length: 5, max_measurement: 255, chunk_length: 6 },
            (0..100).map(|at| (0..5).map(|cell| (at * 31 + cell * 17) % 256).collect()).collect(),
        ),
        (
            VdafConfig::L1BoundSum { length: 5, max_measurement: 10, chunk_length: 4 },
            (0..100).map(|at| (0..5).map(|cell| (at + cell) % 3).collect()).collect(),
        ),
    ];
    for (vdaf, vectors) in kinds {
        let mut parties = Parties::of(vdaf);
        let [leader, helper] = sum_of(&mut parties, &vectors);
        let read = HalfSum::from_bytes(&leader.to_bytes().unwrap(), leader.length()).unwrap();
        assert_eq!(unshard(&read, &helper).unwrap(), totals(&vectors), "{vdaf:?}");
    }
}

#[test]
fn halves_of_sums_travel_sealed_and_take_noise_of_either_sign() {
    let mut parties = Parties::of(HISTOGRAM);
    let [mut leader, mut helper] = sum_of(&mut parties, &[one_hot(16, 3), one_hot(16, 3)]);
    leader.add_noise(&[-5, 7, 0, 1]);
    helper.add_noise(&[2]);
    let collector = KeyPair::derive(&[4; 32], 77);
    let query = Query::TimeInterval(Interval { start: 400_000, duration: 24 });
    let collection = CollectionJobReq { query, agg_param: Vec::new(), extensions: Vec::new() };
    let task = &parties.task;
    let aad = AggregateShareAad { task_id: ID, task, collection: &collection };
    let sealed = seal_aggregate(collector.config(), Role::Helper, &aad, &helper, &mut Dice(1)).unwrap();
    let opened = open_aggregate(&collector, Role::Helper, ID, task, &collection, &sealed).unwrap();
    let sum = unshard(&leader, &opened).unwrap();
    assert_eq!(sum[..5], [-3, 7, 0, 3, 0]);
    let shut = |role, id, task: &TaskConfiguration, collection: &CollectionJobReq| {
        open_aggregate(&collector, role, id, task, collection, &sealed).unwrap_err()
    };
    assert_eq!(shut(Role::Leader, ID, task, &collection), SplitError::Sealed(77));
    assert_eq!(shut(Role::Helper, TaskId([8; 32]), task, &collection), SplitError::Sealed(77));
    let weaker = TaskConfiguration { min_batch_size: 20, ..task.clone() };
    assert_eq!(shut(Role::Helper, ID, &weaker, &collection), SplitError::Sealed(77));
    let other = Query::TimeInterval(Interval { start: 400_000, duration: 23 });
    let other = CollectionJobReq { query: other, ..collection.clone() };
    assert_eq!(shut(Role::Helper, ID, task, &other), SplitError::Sealed(77));
}

/// An operator who runs weaker rules than those a device was told cannot read its report.
#[test]
fn a_share_opens_under_the_rules_of_the_device_alone() {
    let mut parties = Parties::of(HISTOGRAM);
    let report = parties.seal(&one_hot(16, 3)).unwrap();
    let loosenings: [fn(&mut TaskConfiguration); 6] = [
        |task| task.min_batch_size = 20,
        |task| task.time_precision_s = 1,
        |task| task.helper_endpoint = task.leader_endpoint.clone(),
        |task| task.task_info = b"other".to_vec(),
        |task| task.batch_mode = BatchMode::LeaderSelected,
        |task| task.interval = Some(Interval { start: 0, duration: u64::MAX }),
    ];
    for loosen in loosenings {
        let mut others = Parties::of(HISTOGRAM);
        loosen(&mut others.task);
        assert_eq!(others.leader_opens(&report), Err(ReportError::HpkeDecryptError));
        assert_eq!(others.helper_opens(&report), Err(ReportError::HpkeDecryptError));
    }
    parties.prove(&report).unwrap();
}

#[test]
fn tampered_reports_are_not_counted() {
    let mut parties = Parties::of(HISTOGRAM);
    let honest = parties.seal(&one_hot(16, 3)).unwrap();
    let tamperings: [fn(&mut Report); 9] = [
        |report| report.metadata.report_id.0[0] ^= 1,
        |report| report.metadata.time += 1,
        |report| report.metadata.public_extensions.push(Extension { kind: 1, data: Vec::new() }),
        |report| report.public_share[5] ^= 1,
        |report| report.leader_share.payload[40] ^= 1,
        |report| report.helper_share.payload[40] ^= 1,
        |report| report.helper_share.enc[0] ^= 1,
        |report| report.helper_share.enc.truncate(31),
        |report| std::mem::swap(&mut report.leader_share, &mut report.helper_share),
    ];
    for tamper in tamperings {
        let mut report = honest.clone();
        tamper(&mut report);
        assert!(parties.prove(&report).is_err());
    }
    parties.prove(&honest).unwrap();
}

/// Shares of two sound reports, sealed anew by somebody who knows the keys: each opens, and together they prove nothing.
#[test]
fn a_poisoned_report_is_refused_by_its_proof() {
    let mut parties = Parties::of(HISTOGRAM);
    let (one, other) = (parties.seal(&one_hot(16, 3)).unwrap(), parties.seal(&one_hot(16, 5)).unwrap());
    let (leader, helper) = (parties.leader_opens(&one).unwrap(), parties.helper_opens(&other).unwrap());
    let (context, id) = (context(&ID), one.metadata.report_id);
    let (_, first) = parties.vdaf.leader_init(&[3; 32], &context, &id, &one.public_share, &leader).unwrap();
    let refused = parties.vdaf.helper_init(&[3; 32], &context, &id, &one.public_share, &helper, &first);
    assert_eq!(refused.unwrap_err().code(), "split_proof");
    // A thousand votes for one cell: the leader's half raised by a thousand.
    let mut share = parties.leader_opens(&one).unwrap();
    share[0] = share[0].wrapping_add(1);
    let helper = parties.helper_opens(&one).unwrap();
    let (_, first) = parties.vdaf.leader_init(&[3; 32], &context, &id, &one.public_share, &share).unwrap();
    let refused = parties.vdaf.helper_init(&[3; 32], &context, &id, &one.public_share, &helper, &first);
    assert_eq!(refused.unwrap_err().code(), "split_proof");
}

#[test]
fn what_is_no_share_and_no_message_is_told_apart_from_a_broken_proof() {
    let mut parties = Parties::of(HISTOGRAM);
    let report = parties.seal(&one_hot(16, 3)).unwrap();
    let (context, id, public) = (context(&ID), report.metadata.report_id, &report.public_share);
    let leader = parties.leader_opens(&report).unwrap();
    let helper = parties.helper_opens(&report).unwrap();
    let vdaf = &parties.vdaf;
    for bad in [&[][..], &leader[1..], &[255; 40]] {
        assert_eq!(
            vdaf.leader_init(&[3; 32], &context, &id, public, bad).unwrap_err().code(),
            "split_malformed"
        );
    }
    let (state, first) = vdaf.leader_init(&[3; 32], &context, &id, public, &leader).unwrap();
    for bad in [&[][..], &first[1..], b"\x02\0\0\0\0"] {
        assert!(vdaf.helper_init(&[3; 32], &context, &id, public, &helper, bad).is_err());
        assert!(vdaf.leader_finish(&context, state.clone(), bad).is_err());
    }
    assert!(vdaf.helper_init(&[3; 32], &context, &id, &[], &helper, &first).is_err());
    assert!(HalfSum::from_bytes(&[255; 16], 1).is_err(), "no element of the field");
    assert!(HalfSum::from_bytes(&[0; 15], 1).is_err());
    assert!(HalfSum::from_bytes(&[0; 16], usize::MAX).is_err());
    assert!(unshard(&HalfSum::zero(2), &HalfSum::zero(3)).is_err());
}

#[test]
fn a_device_seals_only_what_the_task_admits() {
    let refused = |vdaf, vector: &[u32]| Parties::of(vdaf).seal(vector).unwrap_err().code();
    for bad in
        [vec![0; 16], vec![1; 16], one_hot(15, 3), one_hot(16, 3).iter().map(|cell| cell * 2).collect()]
    {
        assert_eq!(refused(HISTOGRAM, &bad), "split_vector");
    }
    let many = VdafConfig::MultihotCountVec { length: 4, chunk_length: 2, max_weight: 2 };
    assert_eq!(refused(many, &[1, 1, 1, 0]), "split_vector");
    assert_eq!(refused(many, &[2, 0, 0, 0]), "split_vector");
    let sum = VdafConfig::SumVec { length: 2, max_measurement: 7, chunk_length: 2 };
    assert_eq!(refused(sum, &[8, 0]), "split_vector");
    let bounded = VdafConfig::L1BoundSum { length: 2, max_measurement: 7, chunk_length: 2 };
    assert_eq!(refused(bounded, &[4, 4]), "split_vector");
    let none = VdafConfig::Histogram { length: 0, chunk_length: 0 };
    assert_eq!(Vdaf::new(&none).unwrap_err().code(), "split_task");
    let mut parties = Parties::of(HISTOGRAM);
    let mut key = parties.helper.config().clone();
    key.aead = 3;
    let recipients = Recipients { leader: parties.leader.config(), helper: &key };
    let sealed = seal_report(ID, &task(HISTOGRAM), &one_hot(16, 1), 1, recipients, &mut parties.dice);
    assert_eq!(sealed.unwrap_err().code(), "split_key");
}

/// What a visitor uploads.
#[test]
fn a_report_of_1024_cells_is_below_20_kilobytes() {
    let chunk_length = 32;
    let mut parties = Parties::of(VdafConfig::Histogram { length: 1024, chunk_length });
    let bytes = parties.seal(&one_hot(1024, 1000)).unwrap().get_encoded().unwrap().len();
    assert!(bytes <= 20_000, "{bytes}");
    let mut parties = Parties::of(VdafConfig::MultihotCountVec { length: 1024, chunk_length, max_weight: 8 });
    let bytes = parties.seal(&one_hot(1024, 1000)).unwrap().get_encoded().unwrap().len();
    assert!(bytes <= 20_000, "{bytes}");
}

#[test]
fn keys_are_those_of_their_seed() {
    let (one, other) = (KeyPair::derive(&[1; 32], 5), KeyPair::derive(&[1; 32], 6));
    assert_eq!(one.config().public_key, other.config().public_key);
    assert_ne!(one.config().public_key, KeyPair::derive(&[2; 32], 5).config().public_key);
    assert!(one.config().is_supported());
    assert!(!format!("{one:?}").contains("private"));
    // RFC 9180, appendix A.1.1: skRm and pkRm.
    let private = hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
    let pair = KeyPair::from_private(&private, 1).unwrap();
    let public = hex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
    assert_eq!(pair.config().public_key, public);
    let seed = hex("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037");
    assert_eq!(KeyPair::derive(&seed, 1).config().public_key, public);
}

fn hex(text: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}
