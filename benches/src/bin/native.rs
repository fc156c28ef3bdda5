//! `native FOLDER`: ranks without a browser, a slice at a time, so that a run can take turns with others.
//!
//! Each line of standard input asks for something of a case, each line of output answers in JSON:
//! `list CASE` with the ids of the list, `time CASE BATCH SAMPLES` with microseconds a call, one number a
//! sample of `BATCH` calls.

use std::hint::black_box;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use homebody_benches::scenario::Scenario;
use homebody_device::{Device, RankRequest};
use serde_json::{Value, json};

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).context("usage: native FOLDER")?;
    let contestants = contestants(&folder)?;
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&contestants, &line?)?)?;
        out.flush()?;
    }
    Ok(())
}

struct Contestant {
    device: Device,
    request: RankRequest<'static>,
}

fn contestants(folder: &Path) -> Result<Vec<Contestant>> {
    let scenario = Scenario::read(folder)?;
    // The stages come after the cases.
    scenario
        .cases
        .iter()
        .chain(&scenario.stages)
        .map(|case| {
            Ok(Contestant { device: scenario.device(case, folder)?, request: scenario.request(case) })
        })
        .collect()
}

fn answer(contestants: &[Contestant], line: &str) -> Result<Value> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let contestant = |case: &str| contestants.get(case.parse::<usize>().ok()?);
    match words[..] {
        ["list", case] => Ok(json!(contestant(case).context("no such case")?.list())),
        ["time", case, batch, samples] => {
            let contestant = contestant(case).context("no such case")?;
            let (batch, samples): (u32, u32) = (batch.parse()?, samples.parse()?);
            Ok(json!((0..samples).map(|_| contestant.time_us(batch)).collect::<Vec<f64>>()))
        }
        _ => bail!("unknown request `{line}`"),
    }
}

impl Contestant {
    fn list(&self) -> Vec<&str> {
        let ranked = self.device.rank(&self.request);
        ranked.iter().filter_map(|ranked| self.device.id_of(ranked.key)).collect()
    }

    /// Microseconds a call, over a batch.
    fn time_us(&self, batch: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..batch {
            black_box(self.device.rank(black_box(&self.request)));
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(batch)
    }
}
