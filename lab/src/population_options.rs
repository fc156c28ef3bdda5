//! Options of the command that simulates a population.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use homebody_lab::evaluate::split::Task;
use homebody_lab::population::world::{Source, World};
use homebody_lab::population::{Mode, document, run, sweep};
use std::path::PathBuf;

/// What `population` takes.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Population {
    #[command(subcommand)]
    sweep: Option<What>,
    #[command(flatten)]
    behaviour: Behaviour,
    /// Devices; where there are more than visitors, several behave alike.
    #[arg(long, default_value_t = 4_000)]
    devices: usize,
    /// What a device spends on what is learned from: ε in a month, at δ 10⁻⁶.
    #[arg(long, default_value_t = 2.0)]
    epsilon: f64,
    /// How reports are added up.
    #[arg(long, value_enum, default_value = "trusted")]
    mode: Mode,
    /// Print one JSON object, and no progress.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Without a network: what sites of 1,000 to 1,000,000 visitors get at each ε in each mode.
    Sweep(Sweep),
}

/// Whose behaviour the devices have.
#[derive(Args, Clone, Debug)]
struct Behaviour {
    /// History: CSV or JSON Lines as for `evaluate`.
    #[arg(long, conflicts_with = "set")]
    history: Option<PathBuf>,
    /// Items, as for `evaluate`.
    #[arg(long, requires = "history")]
    catalogue: Option<PathBuf>,
    /// What is wanted of visitors who fill carts and buy.
    #[arg(long, value_enum, default_value_t, requires = "history")]
    task: Task,
    /// A set of `docs/ranking.md`, by its folder.
    #[arg(long)]
    set: Option<String>,
    /// Folder of the sets.
    #[arg(long, env = "HOMEBODY_DATA")]
    data: Option<PathBuf>,
    /// The catalogue is this many of the most wanted items.
    #[arg(long, default_value_t = 256)]
    items: usize,
    /// Most visitors whose lists are judged.
    #[arg(long, default_value_t = 2_000)]
    judged: usize,
    /// The same seed gives the same devices; noise is drawn anew.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// What `population sweep` takes.
#[derive(Args, Clone, Debug)]
struct Sweep {
    #[command(flatten)]
    behaviour: Behaviour,
    /// Write table and charts: a Markdown file with the two markers; charts go to the folder `ranking` beside it.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Behaviour {
    fn name(&self) -> String {
        let file = |path: &PathBuf| path.display().to_string();
        self.set.clone().or_else(|| self.history.as_ref().map(file)).unwrap_or_default()
    }

    fn world(&self) -> Result<World> {
        let source = match (&self.set, &self.history) {
            (Some(set), _) => {
                let data = self.data.as_ref().context("`--set` needs `--data` or HOMEBODY_DATA")?;
                Source::set(set, data)?
            }
            (None, Some(history)) => {
                Source { history: history.clone(), items: self.catalogue.clone(), task: self.task }
            }
            (None, None) => anyhow::bail!("name a history with `--history`, or a set with `--set`"),
        };
        World::open(&source, self.items, self.judged, self.seed)
    }
}

impl Population {
    /// Simulates; what is to be printed.
    pub(crate) fn run(&self) -> Result<String> {
        if let Some(What::Sweep(sweep)) = &self.sweep {
            return sweep.run();
        }
        let options = run::Options {
            mode: self.mode,
            devices: self.devices,
            epsilon: self.epsilon,
            seed: self.behaviour.seed,
            quiet: self.json,
        };
        let found = run::run(&self.behaviour.world()?, options)?;
        if self.json {
            return Ok(serde_json::to_string(&found)?);
        }
        Ok(format!(
            "{} devices ({} visitors, {} items), `{}`, ε {} a month: {} reports over HTTP, {}\n\
             NDCG@10 of {} lists: {:.4} at the start, {:.4} by popularity, {:.4} learned from sums, {:.4} from all rows \
             ({:.0} s)",
            found.devices,
            found.visitors,
            found.items,
            found.mode.name(),
            found.epsilon,
            found.reports,
            found.outcome,
            found.lists,
            found.start,
            found.popularity,
            found.learned,
            found.centralised,
            found.seconds
        ))
    }
}

impl Sweep {
    fn run(&self) -> Result<String> {
        let world = self.behaviour.world()?;
        let seed = self.behaviour.seed;
        let found = sweep::sweep(&world, &Mode::ALL, &sweep::VISITORS, &sweep::EPSILONS, seed)?;
        if let Some(out) = &self.out {
            let unwritten = || format!("cannot write `{}`", out.display());
            let document = std::fs::read_to_string(out).with_context(unwritten)?;
            std::fs::write(out, document::write(&document, &found, &self.behaviour.name())?)
                .with_context(unwritten)?;
            let folder = out.with_file_name("ranking");
            std::fs::create_dir_all(&folder)?;
            for (chart, svg) in document::charts(&found) {
                std::fs::write(folder.join(chart), svg).with_context(unwritten)?;
            }
        }
        Ok(match self.json {
            true => serde_json::to_string_pretty(&found)?,
            false => document::markdown(&found, &self.behaviour.name()),
        })
    }
}
