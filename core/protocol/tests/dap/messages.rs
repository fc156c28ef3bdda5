//! Messages of any content, made by proptest.

use homebody_protocol::dap::*;
use proptest::collection::vec;
use proptest::prelude::*;

pub(crate) fn bytes(least: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), least..40)
}

pub(crate) fn extensions() -> impl Strategy<Value = Vec<Extension>> {
    vec((any::<u16>(), bytes(0)).prop_map(|(kind, data)| Extension { kind, data }), 0..4)
}

pub(crate) fn sealed() -> impl Strategy<Value = HpkeCiphertext> {
    (any::<u8>(), bytes(1), bytes(1)).prop_map(|(config_id, enc, payload)| HpkeCiphertext {
        config_id,
        enc,
        payload,
    })
}

pub(crate) fn metadata() -> impl Strategy<Value = ReportMetadata> {
    (any::<[u8; 16]>(), any::<u64>(), extensions()).prop_map(|(id, time, public_extensions)| ReportMetadata {
        report_id: ReportId(id),
        time,
        public_extensions,
    })
}

pub(crate) fn report() -> impl Strategy<Value = Report> {
    (metadata(), bytes(0), sealed(), sealed()).prop_map(
        |(metadata, public_share, leader_share, helper_share)| Report {
            metadata,
            public_share,
            leader_share,
            helper_share,
        },
    )
}

pub(crate) fn interval() -> impl Strategy<Value = Interval> {
    (any::<u64>(), any::<u64>()).prop_map(|(start, duration)| Interval { start, duration })
}

pub(crate) fn task() -> impl Strategy<Value = TaskConfiguration> {
    let vdaf = prop_oneof![
        (any::<u32>(), any::<u32>())
            .prop_map(|(length, chunk_length)| VdafConfig::Histogram { length, chunk_length }),
        (any::<u32>(), any::<u64>(), any::<u32>()).prop_map(|(length, max_measurement, chunk_length)| {
            VdafConfig::SumVec { length, max_measurement, chunk_length }
        }),
        (any::<u32>(), any::<u64>(), any::<u32>()).prop_map(|(length, max_weight, chunk_length)| {
            VdafConfig::MultihotCountVec { length, chunk_length, max_weight }
        }),
        (any::<u32>(), any::<u64>(), any::<u32>()).prop_map(|(length, max_measurement, chunk_length)| {
            VdafConfig::L1BoundSum { length, max_measurement, chunk_length }
        }),
    ];
    let mode = prop_oneof![Just(BatchMode::TimeInterval), Just(BatchMode::LeaderSelected)];
    (
        bytes(1),
        "[ -~]{1,30}",
        "[ -~]{1,30}",
        1_u64..,
        any::<u64>(),
        mode,
        vdaf,
        proptest::option::of(interval()),
    )
        .prop_map(
            |(task_info, leader, helper, time_precision_s, min_batch_size, batch_mode, vdaf, interval)| {
                TaskConfiguration {
                    task_info,
                    leader_endpoint: leader,
                    helper_endpoint: helper,
                    time_precision_s,
                    min_batch_size,
                    batch_mode,
                    vdaf,
                    interval,
                }
            },
        )
}

pub(crate) fn init() -> impl Strategy<Value = AggregationJobInitReq> {
    let verify = (metadata(), bytes(0), sealed(), bytes(1)).prop_map(
        |(metadata, public_share, encrypted_share, payload)| VerifyInit {
            report_share: ReportShare { metadata, public_share, encrypted_share },
            payload,
        },
    );
    let batch = proptest::option::of(any::<[u8; 32]>().prop_map(BatchId));
    (any::<u8>(), bytes(0), batch, vec(verify, 0..4)).prop_map(
        |(verification_key_id, agg_param, batch, verify_inits)| AggregationJobInitReq {
            verification_key_id,
            agg_param,
            batch,
            verify_inits,
        },
    )
}

pub(crate) fn answers() -> impl Strategy<Value = AggregationJobResp> {
    let result = prop_oneof![
        bytes(1).prop_map(VerifyResult::Continue),
        Just(VerifyResult::Finish),
        (0..11_usize).prop_map(|at| VerifyResult::Reject(ReportError::ALL[at])),
    ];
    let answer =
        (any::<[u8; 16]>(), result).prop_map(|(id, result)| VerifyResp { report_id: ReportId(id), result });
    vec(answer, 0..5).prop_map(AggregationJobResp)
}

pub(crate) fn collection() -> impl Strategy<Value = CollectionJobReq> {
    let query = prop_oneof![interval().prop_map(Query::TimeInterval), Just(Query::LeaderSelected)];
    (query, bytes(0), extensions()).prop_map(|(query, agg_param, extensions)| CollectionJobReq {
        query,
        agg_param,
        extensions,
    })
}

pub(crate) fn share_request() -> impl Strategy<Value = AggregateShareReq> {
    let selector = prop_oneof![
        interval().prop_map(BatchSelector::TimeInterval),
        any::<[u8; 32]>().prop_map(|id| BatchSelector::LeaderSelected(BatchId(id))),
    ];
    (collection(), selector, any::<u64>(), any::<[u8; 32]>()).prop_map(
        |(collection, selector, report_count, checksum)| AggregateShareReq {
            collection,
            selector,
            report_count,
            checksum,
        },
    )
}

pub(crate) fn result() -> impl Strategy<Value = CollectionJobResp> {
    (any::<u64>(), interval(), sealed(), sealed()).prop_map(
        |(report_count, interval, leader_share, helper_share)| CollectionJobResp {
            report_count,
            interval,
            leader_share,
            helper_share,
        },
    )
}
