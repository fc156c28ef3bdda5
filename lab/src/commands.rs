//! Options of the commands that evaluate.

use anyhow::{Result, bail};
use clap::Args;
use homebody_lab::evaluate::split::{Protocol, Rules, Task};
use homebody_lab::evaluate::{Settings, evaluate, text};
use std::path::PathBuf;

/// What `evaluate` takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Evaluate {
    /// History: CSV or JSON Lines with `user`, `item` and `ts` (or `order`), and if known `kind`, `basket`, `qty`, `price`.
    #[arg(long)]
    history: PathBuf,
    /// Items: CSV or JSON Lines with `item`, and if known `title`, `price`, `tags` separated by `|`, `category`, `brand`.
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
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    /// Evaluates; what is to be printed.
    pub(crate) fn run(&self) -> Result<String> {
        let evaluation = evaluate(&self.settings()?)?;
        Ok(if self.json { serde_json::to_string_pretty(&evaluation)? } else { text::table(&evaluation) })
    }

    fn settings(&self) -> Result<Settings> {
        if !(0.0..=1.0).contains(&self.diversity) {
            bail!("`--diversity` is between 0 and 1, not `{}`", self.diversity);
        }
        if self.visitors == Some(0) || self.head_items == Some(0) {
            bail!("`--visitors` and `--head-items` are at least 1");
        }
        Ok(Settings {
            history: self.history.clone(),
            items: self.items.clone(),
            rules: Rules { protocol: self.protocol, task: self.task, strict: self.strict },
            visitors: self.visitors,
            diversity: self.diversity,
            seed: self.seed,
            baselines: !self.no_baselines,
            head_items: self.head_items,
        })
    }
}
