//! Options of the commands that evaluate.

use anyhow::{Context, Result, bail};
use clap::Args;
use homebody_lab::evaluate::split::{Protocol, Rules, Task};
use homebody_lab::evaluate::{Settings, judge, markdown, prepare, studies, text};
use homebody_lab::{off_policy, ranking};
use std::path::{Path, PathBuf};

/// What `evaluate` takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Evaluate {
    /// History: CSV or JSON Lines with `user`, `item` and `ts` (or `order`), and if known `kind`, `basket`, `qty`, `price`.
    #[arg(long)]
    history: PathBuf,
    /// Items: CSV or JSON Lines with `item`, and if known `title`, `price`, `tags` separated by `|`, `category`, `brand`;
    /// or `.dat`, bags of words in the LDA-C format.
    #[arg(long)]
    items: Option<PathBuf>,
    /// How the history is cut.
    #[arg(long, value_enum)]
    protocol: Protocol,
    /// What is wanted of visitors who fill carts and buy.
    #[arg(long, value_enum, default_value_t)]
    task: Task,
    /// With `--protocol llo`: learn without the second-last item too, as published tables do.
    #[arg(long)]
    strict: bool,
    /// Draw the order of each visitor's rows by the seed: for a file whose order says nothing and that has no times.
    #[arg(long)]
    shuffle: bool,
    /// Judge this many visitors, drawn by the seed.
    #[arg(long)]
    visitors: Option<usize>,
    /// λ of the lists' diversity, 0 to 1; 1 ranks by score alone.
    #[arg(long, default_value_t = 1.0)]
    diversity: f32,
    /// The same seed gives the same figures.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Judge our model alone.
    #[arg(long)]
    no_baselines: bool,
    /// Most popular items that item-item sums are kept for; memory grows with the square, time with the cube.
    #[arg(long)]
    head_items: Option<usize>,
    /// Folder for a Markdown report with charts: pools, what each part brings, trade-offs.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Make the studies of `--out` without a folder: `--json` prints them as `studies`.
    #[arg(long, requires = "json")]
    studies: bool,
    /// Most visitors that the studies are made with.
    #[arg(long, default_value_t = 500)]
    study_visitors: usize,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    /// Evaluates; what is to be printed.
    pub(crate) fn run(&self) -> Result<String> {
        let settings = self.settings()?;
        let prepared = prepare(&settings)?;
        let mut evaluation = judge(&settings, &prepared)?;
        if self.studies || self.out.is_some() {
            evaluation.studies = Some(studies::studies(&prepared, self.study_visitors, self.seed)?);
        }
        if let Some(folder) = &self.out {
            markdown::write(folder, &evaluation)?;
        }
        Ok(if self.json { serde_json::to_string_pretty(&evaluation)? } else { text::table(&evaluation) })
    }

    fn settings(&self) -> Result<Settings> {
        if !(0.0..=1.0).contains(&self.diversity) {
            bail!("`--diversity` is between 0 and 1, not `{}`", self.diversity);
        }
        if self.visitors == Some(0) || self.study_visitors == 0 || self.head_items == Some(0) {
            bail!("`--visitors`, `--study-visitors` and `--head-items` are at least 1");
        }
        Ok(Settings {
            history: self.history.clone(),
            items: self.items.clone(),
            shuffle: self.shuffle,
            rules: Rules { protocol: self.protocol, task: self.task, strict: self.strict },
            visitors: self.visitors,
            diversity: self.diversity,
            seed: self.seed,
            baselines: !self.no_baselines,
            head_items: self.head_items,
        })
    }
}

/// What `off-policy` takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct OffPolicy {
    /// Logs: CSV or JSON Lines with `item_id`, `click`, `propensity_score` and if known `position`. From each log the
    /// policies of all others are estimated; from a single one the uniform policy.
    #[arg(long, num_args = 1.., required = true)]
    log: Vec<PathBuf>,
    /// The same seed gives the same intervals.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl OffPolicy {
    /// Estimates; what is to be printed.
    pub(crate) fn run(&self) -> Result<String> {
        let found = off_policy::compare(&self.log, self.seed)?;
        if self.json {
            return Ok(serde_json::to_string_pretty(&found)?);
        }
        let mut rows = vec![
            ["policy of", "from the log", "logged there", "IPS", "SNIPS", "DM", "DR", "truth"]
                .map(str::to_owned),
        ];
        let spread = |of: off_policy::Estimate| format!("{:.5} [{:.5}, {:.5}]", of.value, of.low, of.high);
        for one in &found {
            rows.push([
                one.target.clone(),
                one.log.clone(),
                spread(one.logged),
                spread(one.ips),
                spread(one.snips),
                spread(one.direct),
                spread(one.doubly_robust),
                one.truth.map_or("unknown".to_owned(), spread),
            ]);
        }
        Ok(text::aligned(&rows).join("\n"))
    }
}

/// What `report` takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Report {
    /// Folder of the sets.
    #[arg(long)]
    data: PathBuf,
    /// Markdown file to write.
    #[arg(long)]
    out: PathBuf,
    /// Sets to measure (repeatable); all that are there without one.
    #[arg(long)]
    only: Vec<String>,
    /// The same seed gives the same figures.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Most visitors that each set's studies (ablation, pools, trade-offs) are made with; 0 leaves them out.
    #[arg(long, default_value_t = 500)]
    study_visitors: usize,
}

impl Report {
    /// Measures and writes; what is to be printed. Charts go to a folder named as the file is without its extension.
    pub(crate) fn run(&self) -> Result<String> {
        let folder = self.out.with_extension("");
        let options = ranking::Options {
            data: &self.data,
            only: &self.only,
            seed: self.seed,
            study_visitors: self.study_visitors,
            charts: &folder.file_name().unwrap_or_default().to_string_lossy(),
        };
        let write = |found: &ranking::Report| {
            write(found, &self.out, &folder).with_context(|| format!("cannot write `{}`", self.out.display()))
        };
        let found = ranking::report(&options, &mut |found| write(found))?;
        Ok(format!("{}\n-> {}, {} charts", found.markdown, self.out.display(), found.charts.len()))
    }
}

fn write(found: &ranking::Report, file: &Path, folder: &Path) -> Result<()> {
    std::fs::write(file, &found.markdown)?;
    if !found.charts.is_empty() {
        std::fs::create_dir_all(folder)?;
    }
    for (chart, svg) in &found.charts {
        std::fs::write(folder.join(chart), svg)?;
    }
    Ok(())
}
