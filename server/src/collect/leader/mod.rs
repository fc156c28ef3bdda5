//! The leader: takes sealed reports, proves them together with the helper, and answers collectors.

mod aggregate;
mod collect;
mod upload;

pub use aggregate::run_next as aggregate_next;
pub use collect::{ask as ask_collection, interval_query, run_next as collect_next};
pub use upload::check as check_upload;

/// Seconds until the next try: doubled with every try in vain, an hour at the most.
fn backoff_s(attempts: u32) -> u64 {
    const LONGEST_S: u64 = 3_600;
    1_u64.checked_shl(attempts.min(20)).unwrap_or(LONGEST_S).min(LONGEST_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_ever_rarer_and_never_end() {
        let waits: Vec<u64> = [0, 1, 2, 5, 11, 12, 63, u32::MAX].into_iter().map(backoff_s).collect();
        assert_eq!(waits, [1, 2, 4, 32, 2_048, 3_600, 3_600, 3_600]);
    }
}
