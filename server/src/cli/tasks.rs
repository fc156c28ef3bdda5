//! Arguments of `tasks` and `batches`; `collect.rs` beside it does what they say.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What devices are asked to contribute to.
#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// Write a task about what is published, to read and then to `add`: devices name items by keys, and it finds them.
    Draft(TaskDraftArgs),
    /// Sign a task with the site's key and offer it.
    Add(TaskAddArgs),
    /// List the tasks there are.
    List,
    /// Show a task with all that another implementation must be told: secret.
    Show(TaskArgs),
    /// Ask nobody any more.
    Close(TaskArgs),
    /// Write what the helper of a `split` task needs: secret.
    Invite(TaskArgs),
    /// Become the helper of a `split` task elsewhere.
    Join(InvitationArgs),
    /// Announce another key to devices; the one before opens what it is sealed to for another month.
    RotateKey,
}

/// Sums of what devices contributed.
#[derive(Debug, Subcommand)]
pub enum BatchesCommand {
    /// List batches and releases.
    List,
    /// Release sums with their noise: all that are due, or one.
    Release(ReleaseArgs),
}

/// Options of `tasks draft`.
#[derive(Debug, Args)]
pub struct TaskDraftArgs {
    /// What devices are asked.
    #[arg(value_enum)]
    pub question: QuestionArg,
    /// Who may see what. `local` is for `items` and `categories`, of 63 at the most.
    #[arg(long, value_enum, default_value_t = ModeArg::Trusted)]
    pub mode: ModeArg,
    /// ε of one report at δ 10⁻⁶, one report in four weeks. Devices spend no more than about 2 in 30 days on all tasks together.
    #[arg(long, default_value_t = 1.0, value_name = "NUMBER", value_parser = epsilon)]
    pub epsilon: f64,
    /// The so many most wanted ones.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(2..=1024))]
    pub most: u32,
    /// How often it is asked: windows of four weeks.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=26))]
    pub windows: u32,
    /// Reports without which no sum is released.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(100..))]
    pub min_batch_size: u32,
    /// `split`: address of this server's aggregator, such as `https://shop.example/dap/`.
    #[arg(long, value_name = "URL", required_if_eq("mode", "split"))]
    pub leader: Option<String>,
    /// `split`: address of the other aggregator.
    #[arg(long, value_name = "URL", required_if_eq("mode", "split"))]
    pub helper: Option<String>,
    /// `split`: who runs it, in words for the visitor.
    #[arg(long, value_name = "WORDS", required_if_eq("mode", "split"))]
    pub helper_operator: Option<String>,
}

/// What `tasks draft` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum QuestionArg {
    /// Which items were wanted.
    Items,
    /// Which two of them.
    Pairs,
    /// Which after which.
    After,
    /// Which categories were wanted.
    Categories,
}

/// A mode of summing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// One operator adds reports up.
    Trusted,
    /// Devices answer at random.
    Local,
    /// Two aggregators, neither of which can read a report.
    Split,
}

fn epsilon(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(epsilon) if epsilon > 0.0 && epsilon <= 10.0 => Ok(epsilon),
        _ => Err("a number above 0, and 10 at the most".to_owned()),
    }
}

/// Options of `tasks add`.
#[derive(Debug, Args)]
pub struct TaskAddArgs {
    /// The task (JSON), `-` for standard input.
    pub file: PathBuf,
    /// Public key of a collector elsewhere (an encoded HPKE configuration in URL-safe base64); else this server collects.
    #[arg(long, value_name = "BASE64")]
    pub collector: Option<String>,
    /// Where the helper is reached, when not at the address in the task, such as a proxy that speaks TLS to it.
    #[arg(long, value_name = "URL")]
    pub helper_url: Option<String>,
    /// The helper takes aggregation jobs in the form before draft 18 (Janus in August 2026).
    #[arg(long)]
    pub transitional: bool,
}

/// A task by its id.
#[derive(Debug, Args)]
pub struct TaskArgs {
    /// 64 hexadecimal digits, as `tasks list` shows them.
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Options of `tasks join`.
#[derive(Debug, Args)]
pub struct InvitationArgs {
    /// What `tasks invite` wrote, `-` for standard input.
    pub file: PathBuf,
}

/// Options of `batches release`.
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// The task's id; without it all that is due is released.
    #[arg(long, value_name = "ID", requires = "window")]
    pub task: Option<String>,
    /// The part, from 0.
    #[arg(long, default_value_t = 0)]
    pub part: u32,
    /// The task's window, from 0.
    #[arg(long, default_value_t = 0)]
    pub window: u32,
}
