//! What contributions in two shares cost: bytes and time of a report, reports a second and core, and what a million
//! devices a day cost. One line of JSON a kind of sum.

use std::io::{self, Write as _};
use std::time::Instant;

use anyhow::{Result, anyhow};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use homebody_protocol::dap::{BatchMode, Encode as _, Report, Role, TaskConfiguration, TaskId, VdafConfig};
use homebody_protocol::split::{
    HalfSum, KeyPair, OutputShare, Recipients, Vdaf, context, open_share, seal_report,
};
use serde_json::json;

/// Reports of a slice; the fastest of all slices counts, as the machine does other things too.
const SLICE: u32 = 20;
const SLICES: u32 = 5;

const KINDS: [(&str, VdafConfig); 5] = [
    ("one of 16", VdafConfig::Histogram { length: 16, chunk_length: 4 }),
    ("one of 256", VdafConfig::Histogram { length: 256, chunk_length: 17 }),
    ("one of 1,024", VdafConfig::Histogram { length: 1_024, chunk_length: 34 }),
    ("8 of 1,024", VdafConfig::MultihotCountVec { length: 1_024, chunk_length: 34, max_weight: 8 }),
    ("256 numbers to 255", VdafConfig::SumVec { length: 256, max_measurement: 255, chunk_length: 45 }),
];

fn main() -> Result<()> {
    let mut out = io::stdout().lock();
    for (name, vdaf) in KINDS {
        writeln!(out, "{}", measure(name, vdaf)?)?;
        out.flush()?;
    }
    Ok(())
}

fn measure(name: &str, config: VdafConfig) -> Result<serde_json::Value> {
    let parties = Parties::new(config)?;
    let [mut seal_us, mut leader_us, mut helper_us] = [f64::INFINITY; 3];
    let mut bytes = 0;
    for _ in 0..SLICES {
        let started = Instant::now();
        let reports: Vec<Report> = (0..SLICE).map(|_| parties.seal()).collect::<Result<_>>()?;
        seal_us = seal_us.min(per_report(started));
        bytes = reports[0].get_encoded()?.len();
        let mut sums = [HalfSum::zero(parties.vdaf.length()), HalfSum::zero(parties.vdaf.length())];
        let (mut leader, mut helper) = (0.0, 0.0);
        for report in &reports {
            let times = parties.prove(report, &mut sums)?;
            leader += times[0];
            helper += times[1];
        }
        leader_us = leader_us.min(leader / f64::from(SLICE));
        helper_us = helper_us.min(helper / f64::from(SLICE));
    }
    let slower_us = leader_us.max(helper_us);
    Ok(json!({
        "sum": name,
        "report_bytes": bytes,
        "seal_ms": seal_us / 1e3,
        "leader_us": leader_us,
        "helper_us": helper_us,
        "reports_a_second_and_core": 1e6 / slower_us,
        "core_hours_a_million": (leader_us + helper_us) / 3_600.0,
        "gigabytes_a_million": bytes as f64 / 1e3,
    }))
}

fn per_report(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / f64::from(SLICE)
}

struct Parties {
    id: TaskId,
    task: TaskConfiguration,
    vdaf: Vdaf,
    leader: KeyPair,
    helper: KeyPair,
}

impl Parties {
    fn new(config: VdafConfig) -> Result<Self> {
        let task = TaskConfiguration {
            task_info: vec![1],
            leader_endpoint: "https://leader.example/dap/".to_owned(),
            helper_endpoint: "https://helper.example/dap/".to_owned(),
            time_precision_s: 3_600,
            min_batch_size: 500,
            batch_mode: BatchMode::TimeInterval,
            vdaf: config,
            interval: None,
        };
        let (leader, helper) = (KeyPair::derive(&[1; 32], 1), KeyPair::derive(&[2; 32], 2));
        Ok(Self { id: TaskId([3; 32]), task, vdaf: Vdaf::new(&config)?, leader, helper })
    }

    fn seal(&self) -> Result<Report> {
        let vector: Vec<u32> = (0..self.vdaf.length()).map(|cell| u32::from(cell == 7)).collect();
        let recipients = Recipients { leader: self.leader.config(), helper: self.helper.config() };
        Ok(seal_report(self.id, &self.task, &vector, 400_000, recipients, &mut UnwrapErr(SysRng))?)
    }

    /// Opens, proves and adds a report at both; microseconds of the leader and of the helper.
    fn prove(&self, report: &Report, sums: &mut [HalfSum; 2]) -> Result<[f64; 2]> {
        let (context, id, public) = (context(&self.id), report.metadata.report_id, &report.public_share);
        let open = |key, role, sealed| {
            open_share(key, role, self.id, &self.task, &report.metadata, public, sealed)
                .map_err(|error| anyhow!("{error:?}"))
        };
        let begun = Instant::now();
        let share = open(&self.leader, Role::Leader, &report.leader_share)?;
        let (state, message) = self.vdaf.leader_init(&[4; 32], &context, &id, public, &share)?;
        let leader_began = begun.elapsed();
        let begun = Instant::now();
        let share = open(&self.helper, Role::Helper, &report.helper_share)?;
        let (half, message) = self.vdaf.helper_init(&[4; 32], &context, &id, public, &share, &message)?;
        add(sums, 1, &half);
        let helper = begun.elapsed();
        let begun = Instant::now();
        let half = self.vdaf.leader_finish(&context, state, &message)?;
        add(sums, 0, &half);
        let leader = leader_began + begun.elapsed();
        Ok([leader.as_secs_f64() * 1e6, helper.as_secs_f64() * 1e6])
    }
}

fn add(sums: &mut [HalfSum; 2], aggregator: usize, half: &OutputShare) {
    sums[aggregator].add(half);
}
