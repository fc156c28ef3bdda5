//! The helper judges by itself: it does not believe its leader.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homebody_protocol::dap::{
    AggregateShareReq, AggregationJobInitReq, AggregationJobResp, BatchSelector, CollectionJobReq, Dialect,
    Encode as _, Interval, Message as _, Query, Report, ReportError, ReportShare, Role, VerifyInit,
    VerifyResult,
};
use homebody_protocol::split::{Vdaf, context, open_share};
use homebody_server::collect::aggregator_key;
use sha2::{Digest as _, Sha256};

use super::contributions::{Device, HOUR, now};
use super::http::{Answer, send};
use super::pair::Pair;

/// A leader that does as it likes.
struct Rogue {
    pair: Pair,
    device: Device,
    verify_key: [u8; 32],
    token: String,
}

impl Rogue {
    fn start(name: &str) -> Self {
        let pair = Pair::start(name, 20, &[]);
        let shown = pair.show();
        let key = URL_SAFE_NO_PAD.decode(shown["parts"][0]["verify_key"].as_str().unwrap()).unwrap();
        let token = format!("Bearer {}", shown["secrets"]["token"].as_str().unwrap());
        let device = pair.device();
        Self { pair, device, verify_key: key.try_into().unwrap(), token }
    }

    fn init(&self, report: &Report) -> VerifyInit {
        let key = aggregator_key(&self.pair.leader_data.path()).unwrap();
        let Report { metadata, public_share, leader_share, helper_share } = report.clone();
        let (id, wire) = (self.device.id, &self.device.wire);
        let opened =
            open_share(&key, Role::Leader, id, wire, &metadata, &public_share, &leader_share).unwrap();
        let (_, payload) = Vdaf::new(&wire.vdaf)
            .unwrap()
            .leader_init(&self.verify_key, &context(&id), &metadata.report_id, &public_share, &opened)
            .unwrap();
        let report_share = ReportShare { metadata, public_share, encrypted_share: helper_share };
        VerifyInit { report_share, payload }
    }

    fn post(&self, path: &str, media_type: &str, body: &[u8]) -> Answer {
        let headers = [("authorization", self.token.as_str()), ("content-type", media_type)];
        send(self.pair.helper_address, "POST", &self.device.path(path), &headers, body)
    }

    fn ask(&self, verify_inits: Vec<VerifyInit>) -> Answer {
        let request = AggregationJobInitReq {
            verification_key_id: 0,
            agg_param: Vec::new(),
            batch: None,
            verify_inits,
        };
        let body = request.to_bytes(Dialect::Draft18).unwrap();
        self.post("aggregation_jobs", AggregationJobInitReq::MEDIA_TYPE, &body)
    }

    /// What the helper says of each report: 0, or why not.
    fn judged(&self, verify_inits: Vec<VerifyInit>) -> Vec<u8> {
        let answer = self.ask(verify_inits);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let AggregationJobResp(responses) =
            AggregationJobResp::from_bytes(&answer.body, Dialect::Draft18).unwrap();
        let code = |result: &VerifyResult| match result {
            VerifyResult::Continue(_) => 0,
            VerifyResult::Finish => panic!("nothing is left to say before it was said"),
            VerifyResult::Reject(error) => *error as u8,
        };
        responses.iter().map(|response| code(&response.result)).collect()
    }
}

#[test]
fn each_report_is_judged_and_counted_once() {
    let rogue = Rogue::start("rogue");
    let at = rogue.pair.at();
    let seal = |cell| rogue.init(&rogue.device.seal(cell, at));
    let (first, second, third) = (seal(1), seal(2), seal(3));
    assert_eq!(rogue.judged(vec![first.clone(), second.clone()]), [0, 0]);
    // The same job again is the same answer, at the same place.
    let again = rogue.ask(vec![first.clone(), second.clone()]).timeless();
    assert_eq!(again, rogue.ask(vec![first.clone(), second.clone()]).timeless());
    let location = again.header("location").unwrap().to_owned();
    let headers = [("authorization", rogue.token.as_str())];
    assert_eq!(send(rogue.pair.helper_address, "GET", &location, &headers, b"").body, again.body);
    let step = send(rogue.pair.helper_address, "POST", &location, &headers, b"");
    assert!(step.text().contains("stepMismatch"));
    // In another job they are replays, even once the helper was told to forget the first.
    assert_eq!(send(rogue.pair.helper_address, "DELETE", &location, &headers, b"").status, 204);
    assert_eq!(rogue.judged(vec![second.clone(), third]), [ReportError::ReportReplayed as u8, 0]);
    assert_eq!(rogue.judged(vec![first.clone(), second.clone()]), [2, 2]);
    assert!(rogue.ask(vec![first.clone(), first.clone()]).text().contains("invalidMessage"), "twice in one");
    let changed = |change: &dyn Fn(&mut VerifyInit)| {
        let mut init = seal(4);
        change(&mut init);
        init
    };
    let mut weaker = rogue.device.wire.clone();
    weaker.min_batch_size = 1_000;
    let weaker = Device { wire: weaker, ..rogue.pair.device() };
    let judged = rogue.judged(vec![
        changed(&|init| init.report_share.encrypted_share.payload[9] ^= 1),
        changed(&|init| init.report_share.encrypted_share.config_id ^= 1),
        changed(&|init| init.report_share.metadata.time += 1),
        changed(&|init| init.report_share.public_share[3] ^= 1),
        changed(&|init| init.payload[9] ^= 1),
        changed(&|init| init.payload.truncate(9)),
        changed(&|init| init.payload.clone_from(&first.payload)),
    ]);
    assert_eq!(judged, [5, 5, 5, 5, 6, 8, 6]);
    // Sealed under other rules than ours: the leader cannot open it either, so it makes its message up.
    let report = weaker.seal(5, at);
    let mut init = seal(5);
    init.report_share.metadata = report.metadata;
    init.report_share.public_share = report.public_share;
    init.report_share.encrypted_share = report.helper_share;
    assert_eq!(rogue.judged(vec![init]), [5]);
    let timed = |at| rogue.init(&rogue.device.seal(6, at));
    let judged = rogue.judged(vec![timed(now() + 3 * HOUR), timed(at - 2 * HOUR), timed(at + 40 * HOUR)]);
    assert_eq!(judged, [9, 10, 7]);
}

#[test]
fn nothing_is_added_to_what_was_handed_out() {
    let rogue = Rogue::start("handed-out");
    let at = rogue.pair.at();
    let reports: Vec<Report> = (0..25).map(|cell| rogue.device.seal(cell, at)).collect();
    let inits = reports[..20].iter().map(|report| rogue.init(report)).collect();
    assert_eq!(rogue.judged(inits), [0; 20]);
    let mut checksum = [0; 32];
    for report in &reports[..20] {
        let hash = Sha256::digest(report.metadata.report_id.0);
        checksum.iter_mut().zip(hash).for_each(|(byte, hash)| *byte ^= hash);
    }
    let interval = Interval { start: at / HOUR, duration: 1 };
    let query = Query::TimeInterval(interval);
    let request = AggregateShareReq {
        collection: CollectionJobReq { query, agg_param: Vec::new(), extensions: Vec::new() },
        selector: BatchSelector::TimeInterval(interval),
        report_count: 20,
        checksum,
    };
    let body = request.get_encoded().unwrap();
    let handed = rogue.post("aggregate_shares", AggregateShareReq::MEDIA_TYPE, &body);
    assert_eq!(handed.status, 201, "{}", handed.text());
    let again = rogue.post("aggregate_shares", AggregateShareReq::MEDIA_TYPE, &body);
    assert_eq!(again.timeless(), handed.timeless(), "the same noise too");
    assert_eq!(Pair::added(&rogue.pair.helper_data), 0, "its half is wiped");
    let late = reports[20..].iter().map(|report| rogue.init(report)).collect();
    assert_eq!(rogue.judged(late), [ReportError::BatchCollected as u8; 5]);
    // Neither the rest of it nor more around it.
    for interval in [interval, Interval { start: interval.start - 1, duration: 3 }] {
        let query = Query::TimeInterval(interval);
        let collection = CollectionJobReq { query, ..request.collection.clone() };
        let selector = BatchSelector::TimeInterval(interval);
        let other = AggregateShareReq { collection, selector, report_count: 5, checksum: [0; 32] };
        let refused =
            rogue.post("aggregate_shares", AggregateShareReq::MEDIA_TYPE, &other.get_encoded().unwrap());
        assert!(refused.text().contains("batchOverlap"), "{}", refused.text());
    }
}
