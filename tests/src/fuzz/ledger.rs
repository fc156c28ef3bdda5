//! Any bytes as a ledger: refused, or a ledger that survives its codec and forgets nothing that was spent.

use homebody_device::contribute::{Account, Ledger, Witness};
use homebody_protocol::task::checksum;

/// Fails if these bytes are handled wrongly.
pub fn run(bytes: &[u8]) {
    // Without the right checksum nothing behind it would ever be reached.
    let sealed = [bytes, &checksum(bytes)].concat();
    for bytes in [bytes, &sealed] {
        let Ok(ledger) = Ledger::open(Some(bytes), None, [0; 32]) else { continue };
        let encoded = ledger.encode();
        let again =
            Ledger::open(Some(&encoded), Some(ledger.witness()), [0; 32]).expect("own bytes are readable");
        assert_eq!(again.encode(), encoded);
        for now_s in [0, 1_800_000_000, u64::MAX] {
            let _ = (again.view(now_s), again.standing(Account::Released, now_s), again.reports_today(now_s));
        }
        let Witness(known) = ledger.witness();
        if let Some(more) = known.checked_add(1) {
            assert!(
                Ledger::open(Some(&encoded), Some(Witness(more)), [0; 32]).is_err(),
                "an older one was put back"
            );
        }
    }
}
