//! Any bytes as every message between devices, aggregators and collectors: refused, or written as they were read. The first
//! byte picks the message.

use std::fmt::Debug;

use homebody_protocol::dap::*;
use homebody_protocol::split::{HalfSum, Vdaf};

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 16 {
        0 => read::<UploadRequest>(bytes),
        1 => read::<UploadErrors>(bytes),
        2 => read::<PlaintextInputShare>(bytes),
        3 => read::<HpkeConfigList>(bytes),
        4 => read::<TaskConfiguration>(bytes),
        5 => read::<CollectionJobReq>(bytes),
        6 => read::<CollectionJobResp>(bytes),
        7 => read::<AggregateShareReq>(bytes),
        8 => read::<AggregateShare>(bytes),
        9 => read::<AggregationJobContinueReq>(bytes),
        10 => read::<VdafConfig>(bytes),
        11 | 12 => {
            let dialect = if *kind % 16 == 11 { Dialect::Draft18 } else { Dialect::Transitional };
            if let Ok(request) = AggregationJobInitReq::from_bytes(bytes, dialect) {
                assert_eq!(request.to_bytes(dialect).expect("what was read can be written"), bytes);
            }
            if let Ok(answers) = AggregationJobResp::from_bytes(bytes, dialect) {
                assert_eq!(answers.to_bytes(dialect).expect("what was read can be written"), bytes);
            }
        }
        _ => shares(bytes),
    }
}

fn read<T: Encode + Decode + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(value) = T::get_decoded(bytes) {
        assert_eq!(value.get_encoded().expect("what was read can be written"), bytes);
    }
}

/// As shares and messages of a proof: an aggregator believes nobody.
fn shares(bytes: &[u8]) {
    let config = VdafConfig::Histogram { length: 4, chunk_length: 2 };
    let vdaf = Vdaf::new(&config).expect("parameters that can be");
    let (public, rest) = bytes.split_at(bytes.len().min(64));
    let (key, id) = ([7; 32], ReportId([1; 16]));
    if let Ok((state, message)) = vdaf.leader_init(&key, b"fuzz", &id, public, rest) {
        let _ = vdaf.leader_finish(b"fuzz", state, &message);
    }
    let (share, message) = rest.split_at(rest.len().min(64));
    let _ = vdaf.helper_init(&key, b"fuzz", &id, public, share, message);
    let _ = HalfSum::from_bytes(bytes, 4);
}
