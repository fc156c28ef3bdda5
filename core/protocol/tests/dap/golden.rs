//! Bytes laid out by hand, field by field, from the draft's definitions. What Janus (4ab28a3) writes for the same values
//! in its own tests is the same; where its aggregation jobs differ, both forms stand here.

use std::fmt::Debug;

use homebody_protocol::dap::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap() as u8;
    digits.chunks(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
}

fn same<T: Encode + Decode + PartialEq + Debug>(value: &T, fields: &[&str]) {
    let bytes = hex(&fields.concat());
    assert_eq!(value.get_encoded().unwrap(), bytes);
    assert_eq!(&T::get_decoded(&bytes).unwrap(), value);
}

const ID: [u8; 16] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

fn sealed(config_id: u8, enc: &str, payload: &str) -> HpkeCiphertext {
    HpkeCiphertext { config_id, enc: enc.into(), payload: payload.into() }
}

fn metadata() -> ReportMetadata {
    let public_extensions = vec![Extension { kind: 0, data: b"0123".to_vec() }];
    ReportMetadata { report_id: ReportId(ID), time: 54321, public_extensions }
}

const METADATA: &str = "0102030405060708090a0b0c0d0e0f10 000000000000d431 0008 0000 0004 30313233";

fn task() -> TaskConfiguration {
    TaskConfiguration {
        task_info: b"foobar".to_vec(),
        leader_endpoint: "https://example.com/".to_owned(),
        helper_endpoint: "https://another.example.com/".to_owned(),
        time_precision_s: 3600,
        min_batch_size: 10_000,
        batch_mode: BatchMode::TimeInterval,
        vdaf: VdafConfig::Histogram { length: 256, chunk_length: 18 },
        interval: Some(Interval { start: 277, duration: 28 }),
    }
}

const TASK: &str = "06 666f6f626172 \
    0014 68747470733a2f2f6578616d706c652e636f6d2f \
    001c 68747470733a2f2f616e6f746865722e6578616d706c652e636f6d2f \
    0000000000000e10 0000000000002710 01 0000 \
    00000004 0008 00000100 00000012 \
    0014 0001 0010 0000000000000115 000000000000001c";

#[test]
fn tasks() {
    same(&task(), &[TASK]);
    let mut other = task();
    other.batch_mode = BatchMode::LeaderSelected;
    other.interval = None;
    other.vdaf = VdafConfig::SumVec { length: 8, max_measurement: 255, chunk_length: 12 };
    let head = &TASK[..TASK.find(" 01 0000 00000004").unwrap()];
    same(&other, &[head, "02 0000 00000003 0010 00000008 00000000000000ff 0000000c 0000"]);
    other.vdaf = VdafConfig::MultihotCountVec { length: 8, chunk_length: 3, max_weight: 2 };
    same(&other, &[head, "02 0000 00000005 0010 00000008 00000003 0000000000000002 0000"]);
}

#[test]
fn keys() {
    let config = HpkeConfig { id: 23, kem: 0x20, kdf: 1, aead: 1, public_key: b"0123456789abcdef".to_vec() };
    let bytes = "17 0020 0001 0001 0010 30313233343536373839616263646566";
    same(&config, &[bytes]);
    let list =
        HpkeConfigList(vec![config.clone(), HpkeConfig { id: 12, kem: 0x10, kdf: 3, aead: 2, ..config }]);
    same(&list, &["0032", bytes, "0c 0010 0003 0002 0010 30313233343536373839616263646566"]);
    assert!(HpkeConfigList::get_decoded(&hex("0000")).is_err(), "never empty");
    assert!(HpkeConfigList::get_decoded(&hex(&["0032", bytes, bytes].concat())).is_err(), "ids differ");
}

#[test]
fn uploads() {
    let report = Report {
        metadata: metadata(),
        public_share: b"3210".to_vec(),
        leader_share: sealed(42, "012345", "543210"),
        helper_share: sealed(13, "abce", "abfd"),
    };
    let bytes = "00000004 33323130 \
        2a 0006 303132333435 00000006 353433323130 \
        0d 0004 61626365 00000004 61626664";
    same(&report, &[METADATA, bytes]);
    let request = UploadRequest(vec![report.clone(), report]);
    same(&request, &[METADATA, bytes, METADATA, bytes]);
    same(&UploadRequest::default(), &[""]);
    let failed = |error| ReportUploadStatus { report_id: ReportId(ID), error };
    let errors = UploadErrors(vec![failed(ReportError::TaskExpired), failed(ReportError::HpkeDecryptError)]);
    same(&errors, &["0102030405060708090a0b0c0d0e0f1007", "0102030405060708090a0b0c0d0e0f1005"]);
    let share = PlaintextInputShare {
        private_extensions: vec![Extension { kind: 0xff00, data: b"0123".to_vec() }],
        payload: b"4567".to_vec(),
    };
    same(&share, &["0008 ff00 0004 30313233", "00000004 34353637"]);
}

#[test]
fn associated_data() {
    let (metadata, task) = (metadata(), task());
    let aad =
        InputShareAad { task_id: TaskId([12; 32]), task: &task, metadata: &metadata, public_share: b"0123" };
    let id = "0c".repeat(32);
    assert_eq!(aad.get_encoded().unwrap(), hex(&[&id, TASK, METADATA, "00000004 30313233"].concat()));
    let collection = CollectionJobReq {
        query: Query::TimeInterval(Interval { start: 54321, duration: 12345 }),
        agg_param: vec![0, 1, 2, 3],
        extensions: Vec::new(),
    };
    let aad = AggregateShareAad { task_id: TaskId([12; 32]), task: &task, collection: &collection };
    let request = "01 0010 000000000000d431 0000000000003039 00000004 00010203 0000";
    assert_eq!(aad.get_encoded().unwrap(), hex(&[&id, TASK, request].concat()));
}

fn init(batch: Option<BatchId>) -> AggregationJobInitReq {
    let report_share = ReportShare {
        metadata: metadata(),
        public_share: b"0123".to_vec(),
        encrypted_share: sealed(13, "abce", "abfd"),
    };
    let payload = hex("00 00000006 303132333435");
    AggregationJobInitReq {
        verification_key_id: 7,
        agg_param: b"012345".to_vec(),
        batch,
        verify_inits: vec![VerifyInit { report_share, payload }],
    }
}

const VERIFY_INIT: &str = "00000004 30313233 0d 0004 61626365 00000004 61626664 \
    0000000b 00 00000006 303132333435";

#[test]
fn aggregation_jobs_as_published() {
    let batch = "02".repeat(32);
    let param = "07 00000006 303132333435";
    for (batch, extensions) in
        [(None, "0000".to_owned()), (Some(BatchId([2; 32])), format!("0024 0001 0020 {batch}"))]
    {
        let bytes = hex(&[param, &extensions, METADATA, VERIFY_INIT].concat());
        let request = init(batch);
        assert_eq!(request.to_bytes(Dialect::Draft18).unwrap(), bytes);
        assert_eq!(AggregationJobInitReq::from_bytes(&bytes, Dialect::Draft18).unwrap(), request);
    }
    let unknown = hex(&[param, "0008 0007 0000 0009 0000", METADATA, VERIFY_INIT].concat());
    let refused = AggregationJobInitReq::from_bytes(&unknown, Dialect::Draft18).unwrap_err();
    assert!(matches!(refused, InitError::Unsupported(codes) if codes == [7, 9]));
}

#[test]
fn aggregation_jobs_of_a_transitional_peer() {
    let len = hex(&[METADATA, VERIFY_INIT].concat()).len();
    let len = format!("{len:08x}");
    let param = "07 00000006 303132333435";
    let batch = "02".repeat(32);
    for (batch, selector) in
        [(None, "01 0000".to_owned()), (Some(BatchId([2; 32])), format!("02 0020 {batch}"))]
    {
        let bytes = hex(&[param, &selector, &len, METADATA, VERIFY_INIT].concat());
        let request = init(batch);
        assert_eq!(request.to_bytes(Dialect::Transitional).unwrap(), bytes);
        assert_eq!(AggregationJobInitReq::from_bytes(&bytes, Dialect::Transitional).unwrap(), request);
        assert!(AggregationJobInitReq::from_bytes(&bytes, Dialect::Draft18).is_err());
    }
}

#[test]
fn answers_about_reports() {
    let answer = |result| VerifyResp { report_id: ReportId(ID), result };
    let answers = AggregationJobResp(vec![
        answer(VerifyResult::Continue(hex("02 00000002 3031"))),
        answer(VerifyResult::Finish),
        answer(VerifyResult::Reject(ReportError::VdafVerifyError)),
    ]);
    let id = "0102030405060708090a0b0c0d0e0f10";
    let bytes = hex(&[id, "00 00000007 02 00000002 3031", id, "01", id, "02 06"].concat());
    assert_eq!(answers.to_bytes(Dialect::Draft18).unwrap(), bytes);
    assert_eq!(AggregationJobResp::from_bytes(&bytes, Dialect::Draft18).unwrap(), answers);
    let prefixed = [&(bytes.len() as u32).to_be_bytes()[..], &bytes].concat();
    assert_eq!(answers.to_bytes(Dialect::Transitional).unwrap(), prefixed);
    assert_eq!(AggregationJobResp::from_bytes(&prefixed, Dialect::Transitional).unwrap(), answers);
    let go_on = VerifyContinue { report_id: ReportId(ID), payload: b"01".to_vec() };
    let request = AggregationJobContinueReq { step: 42405, verify_continues: vec![go_on] };
    same(&request, &["a5a5", id, "00000002 3031"]);
}

#[test]
fn collections() {
    let query = Query::TimeInterval(Interval { start: 48913, duration: 44721 });
    let request = CollectionJobReq { query, agg_param: b"012345".to_vec(), extensions: Vec::new() };
    let bytes = "01 0010 000000000000bf11 000000000000aeb1 00000006 303132333435 0000";
    same(&request, &[bytes]);
    let next = CollectionJobReq {
        query: Query::LeaderSelected,
        agg_param: Vec::new(),
        // Out of order on purpose: the helper rebuilds associated data from what it read.
        extensions: vec![
            Extension { kind: 2, data: Vec::new() },
            Extension { kind: 1, data: b"ext".to_vec() },
        ],
    };
    same(&next, &["02 0000 00000000 000b 0002 0000 0001 0003 657874"]);
    let shares = AggregateShareReq {
        collection: request.clone(),
        selector: BatchSelector::TimeInterval(Interval { start: 48913, duration: 44721 }),
        report_count: 8725,
        checksum: [255; 32],
    };
    let checksum = "ff".repeat(32);
    same(&shares, &[bytes, "01 0010 000000000000bf11 000000000000aeb1 0000000000002215", &checksum]);
    let chosen = AggregateShareReq {
        collection: next,
        selector: BatchSelector::LeaderSelected(BatchId([7; 32])),
        report_count: 439,
        checksum: [0; 32],
    };
    let (batch, zeros) = ("07".repeat(32), "00".repeat(32));
    same(
        &chosen,
        &["02 0000 00000000 000b 0002 0000 0001 0003 657874 02 0020", &batch, "00000000000001b7", &zeros],
    );
    same(&AggregateShare(sealed(10, "0123", "4567")), &["0a 0004 30313233 00000004 34353637"]);
    let result = CollectionJobResp {
        report_count: 23,
        interval: Interval { start: 54321, duration: 12345 },
        leader_share: sealed(10, "0123", "4567"),
        helper_share: sealed(12, "01234", "567"),
    };
    same(
        &result,
        &[
            "0000000000000017 000000000000d431 0000000000003039",
            "0a 0004 30313233 00000004 34353637 0c 0005 3031323334 00000003 353637",
        ],
    );
}

#[test]
fn codes_and_names() {
    for (at, error) in ReportError::ALL.into_iter().enumerate() {
        same(&error, &[&format!("{:02x}", at + 1)]);
    }
    assert!(ReportError::get_decoded(&[0]).is_err() && ReportError::get_decoded(&[12]).is_err());
    for problem in Problem::ALL {
        assert_eq!(Problem::of_uri(problem.uri()), Some(problem));
    }
    assert_eq!(Problem::BatchInvalid.uri(), "urn:ietf:params:ppm:dap:error:batchInvalid");
    assert_eq!(UploadRequest::MEDIA_TYPE, "application/ppm-dap;message=upload-req");
    assert_eq!(CollectionJobResp::MEDIA_TYPE, "application/ppm-dap;message=collection-job-resp");
}
