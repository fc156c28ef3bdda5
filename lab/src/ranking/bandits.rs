//! Off-policy estimates on the Open Bandit sample.

use crate::evaluate::markdown::{head, row};
use crate::off_policy::{self, Estimate};
use anyhow::Result;
use std::path::Path;

/// The Bernoulli-Thompson policy from the random policy's log, against its own log; empty without the sample.
pub(super) fn section(data: &Path, seed: u64) -> Result<String> {
    let mut out = String::new();
    for campaign in ["men", "women"] {
        let logs = ["random", "bts"].map(|policy| data.join("obd").join(format!("{policy}_{campaign}.csv")));
        if !logs.iter().all(|log| log.exists()) {
            continue;
        }
        if out.is_empty() {
            out += "\n## Off-policy estimates on the Open Bandit sample, clicks an impression\n\n";
            out += &head(&["policy", "from the log of", "SNIPS", "DR", "its own log"]);
        }
        for found in off_policy::compare(&logs, seed)? {
            out += &row(&[
                name(&found.target),
                name(&found.log),
                spread(found.snips),
                spread(found.doubly_robust),
                found.truth.map_or(String::new(), spread),
            ]);
        }
    }
    Ok(out)
}

fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().trim_end_matches(".csv").to_owned()
}

fn spread(of: Estimate) -> String {
    format!("{:.5} [{:.5}, {:.5}]", of.value, of.low, of.high)
}
