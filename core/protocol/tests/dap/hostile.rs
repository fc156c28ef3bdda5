//! Whatever the bytes are, reading ends in a message or an error.

use std::fmt::Debug;

use homebody_protocol::dap::*;
use proptest::prelude::*;

use super::messages;

/// Reads back as it was; every part of it and everything longer is refused or is another message, never a panic.
fn survives<T: Encode + Decode + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let bytes = value.get_encoded().unwrap();
    prop_assert_eq!(&T::get_decoded(&bytes).unwrap(), value);
    for end in 0..bytes.len() {
        if let Ok(other) = T::get_decoded(&bytes[..end]) {
            prop_assert_eq!(other.get_encoded().unwrap(), &bytes[..end], "what was read is what was there");
        }
    }
    let longer = [&bytes[..], &[0]].concat();
    prop_assert!(T::get_decoded(&longer).is_err());
    Ok(())
}

proptest! {
    #[test]
    fn messages_survive(
        report in messages::report(),
        task in messages::task(),
        collection in messages::collection(),
        shares in messages::share_request(),
        result in messages::result(),
    ) {
        survives(&UploadRequest(vec![report.clone(), report]))?;
        survives(&task)?;
        survives(&collection)?;
        survives(&shares)?;
        survives(&result)?;
    }

    #[test]
    fn aggregation_jobs_survive_in_both_dialects(request in messages::init(), answers in messages::answers()) {
        for dialect in [Dialect::Draft18, Dialect::Transitional] {
            let bytes = request.to_bytes(dialect).unwrap();
            prop_assert_eq!(&AggregationJobInitReq::from_bytes(&bytes, dialect).unwrap(), &request);
            for end in 0..bytes.len() {
                let _read_or_refused = AggregationJobInitReq::from_bytes(&bytes[..end], dialect);
            }
            prop_assert!(AggregationJobInitReq::from_bytes(&[&bytes[..], &[9]].concat(), dialect).is_err());
            let bytes = answers.to_bytes(dialect).unwrap();
            prop_assert_eq!(&AggregationJobResp::from_bytes(&bytes, dialect).unwrap(), &answers);
            prop_assert!(AggregationJobResp::from_bytes(&[&bytes[..], &[9]].concat(), dialect).is_err());
        }
    }

    #[test]
    fn noise_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        fn read<T: Encode + Decode>(bytes: &[u8]) -> Result<(), TestCaseError> {
            if let Ok(value) = T::get_decoded(bytes) {
                prop_assert_eq!(value.get_encoded().unwrap(), bytes);
            }
            Ok(())
        }
        read::<UploadRequest>(&bytes)?;
        read::<UploadErrors>(&bytes)?;
        read::<PlaintextInputShare>(&bytes)?;
        read::<HpkeConfigList>(&bytes)?;
        read::<TaskConfiguration>(&bytes)?;
        read::<CollectionJobReq>(&bytes)?;
        read::<CollectionJobResp>(&bytes)?;
        read::<AggregateShareReq>(&bytes)?;
        read::<AggregateShare>(&bytes)?;
        read::<AggregationJobContinueReq>(&bytes)?;
        for dialect in [Dialect::Draft18, Dialect::Transitional] {
            if let Ok(request) = AggregationJobInitReq::from_bytes(&bytes, dialect) {
                prop_assert_eq!(request.to_bytes(dialect).unwrap(), &bytes[..]);
            }
        }
    }

    #[test]
    fn intervals_that_overflow_contain_nothing_they_should_not(
        one in messages::interval(), other in messages::interval(), time in any::<u64>(),
    ) {
        let wide = |interval: Interval| {
            let start = u128::from(interval.start);
            start..start + u128::from(interval.duration)
        };
        prop_assert_eq!(one.contains(time), wide(one).contains(&u128::from(time)));
        let fits = one.end().is_some() && other.end().is_some();
        let within = wide(one).start <= wide(other).start && wide(other).end <= wide(one).end;
        prop_assert_eq!(one.includes(&other), fits && within);
    }
}

/// A length of four gigabytes in front of nothing takes no memory.
#[test]
fn lengths_are_not_believed() {
    let mut bytes = vec![7; 24];
    bytes.extend([0, 0]);
    bytes.extend([255; 4]);
    assert!(UploadRequest::get_decoded(&bytes).is_err());
    assert!(HpkeConfigList::get_decoded(&[255, 255, 1]).is_err());
}
