//! Evaluation of any site's history: split, learn, rank with the real device, compare.

pub mod ablation;
pub mod coverage;
pub mod intervals;
pub mod markdown;
pub mod metrics;
pub mod model;
pub mod ours;
pub mod plot;
pub mod pools;
pub mod report;
pub mod split;
mod stages;
pub mod studies;
pub mod text;

use crate::baselines;
use crate::dataset::Dataset;
use anyhow::{Context, Result};
use homebody_learn::{TrainConfig, TrainedModel};
use indicatif::{ProgressBar, ProgressStyle};
use metrics::Values;
use model::Model;
use ours::{Keyed, Ours};
use report::{Asked, Chosen, Counts, Evaluation, Figures, ListSet, ModelReport};
use split::{Protocol, Rules, Split, Task};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

/// What to evaluate, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The history file.
    pub history: PathBuf,
    /// The items file.
    pub items: Option<PathBuf>,
    /// Whether the order of each visitor's rows means nothing and is drawn by the seed.
    pub shuffle: bool,
    /// How the history is cut.
    pub rules: Rules,
    /// Most visitors judged; all of them without a number.
    pub visitors: Option<usize>,
    /// λ of the lists' diversity; 1 is by score alone.
    pub diversity: f32,
    /// Seed of samples and intervals.
    pub seed: u64,
    /// Whether the baselines are judged too.
    pub baselines: bool,
    /// Most popular items that item-item sums are kept for; `None` leaves it to the learner.
    pub head_items: Option<usize>,
}

/// Everything of an evaluation that further studies start from.
#[derive(Debug)]
pub struct Prepared {
    /// The files.
    pub data: Dataset,
    /// The cut.
    pub split: Split,
    /// The catalogue with keys.
    pub keyed: Keyed,
    /// The trained model.
    pub trained: TrainedModel,
    /// The model on its device.
    pub ours: Ours,
    /// Seconds it took to train.
    pub train_seconds: f64,
}

/// A model's lists, judged.
struct Judged {
    report: ModelReport,
    lists: Vec<Vec<u32>>,
    values: Vec<Values>,
}

/// Reads, cuts and trains.
///
/// # Errors
/// When the files cannot be understood, the protocol does not fit them, or training fails.
pub fn prepare(settings: &Settings) -> Result<Prepared> {
    let bar = spinner("reading");
    let mut data = Dataset::read(&settings.history, settings.items.as_deref())?;
    if settings.shuffle {
        data.shuffle(settings.seed).with_context(|| format!("in `{}`", settings.history.display()))?;
    }
    let mut split = split::split(&data, settings.rules)
        .with_context(|| format!("in `{}`", settings.history.display()))?;
    if let Some(visitors) = settings.visitors {
        split.sample(visitors, settings.seed);
    }
    let keyed = Keyed::new(&data.items)?;
    let start = Instant::now();
    let protocol = settings.rules.protocol;
    let mut config = TrainConfig { seed: settings.seed, ..TrainConfig::default() };
    config.head_items = settings.head_items.unwrap_or(config.head_items);
    let trained = ours::learn(&split, &keyed, protocol, config, &mut |progress| {
        bar.set_message(format!("{} {}/{}", progress.stage, progress.done, progress.total));
        bar.tick();
    })?;
    let train_seconds = start.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let mut policy = ours::policy(protocol, settings.rules.task);
    policy.diversity = settings.diversity;
    let ours = Ours::new(&data, &keyed, &trained, protocol == Protocol::Session, policy)?;
    Ok(Prepared { data, split, keyed, trained, ours, train_seconds })
}

/// Evaluates our model and, if asked, the baselines.
///
/// # Errors
/// As [`prepare`].
pub fn evaluate(settings: &Settings) -> Result<Evaluation> {
    judge(settings, &prepare(settings)?)
}

/// Judges what was prepared.
///
/// # Errors
/// When a model cannot be loaded.
pub fn judge(settings: &Settings, prepared: &Prepared) -> Result<Evaluation> {
    let mut judged = vec![judge_model(prepared, &prepared.ours, prepared.train_seconds)?];
    if settings.baselines {
        for fit in baselines::ALL {
            let (bar, start) = (spinner("fitting baselines"), Instant::now());
            let model = fit(prepared, settings)?;
            bar.finish_and_clear();
            judged.push(judge_model(prepared, model.as_ref(), start.elapsed().as_secs_f64())?);
        }
    }
    let values: Vec<Vec<Values>> =
        judged.iter_mut().map(|judged| std::mem::take(&mut judged.values)).collect();
    let lists: Vec<Vec<Vec<u32>>> =
        judged.iter_mut().map(|judged| std::mem::take(&mut judged.lists)).collect();
    let intervals = intervals::intervals(&prepared.split.cases, &values, settings.seed);
    let covered = coverage::spreads(&prepared.split.cases, &lists, prepared.data.items.len(), settings.seed);
    let mut models: Vec<ModelReport> = judged.into_iter().map(|judged| judged.report).collect();
    for ((report, values), intervals) in models.iter_mut().zip(&values).zip(&intervals) {
        report.set_means(&intervals::means(values), intervals);
    }
    for (model, (report, covered)) in models.iter_mut().zip(covered).enumerate() {
        report.set_coverage(&covered, model > 0);
    }
    Ok(Evaluation {
        settings: asked(settings),
        seed: settings.seed,
        counts: counts(prepared),
        ours: models[0].figures,
        chosen: chosen(&prepared.trained),
        models,
        notes: prepared.data.notes.clone(),
        studies: None,
    })
}

/// The metrics of every case under a model.
///
/// # Errors
/// When the model cannot be loaded.
pub fn values(model: &dyn Model, split: &Split) -> Result<(Vec<Vec<u32>>, Vec<Values>)> {
    let bar = ProgressBar::new(split.cases.len() as u64);
    let style = ProgressStyle::with_template("{msg:20} {wide_bar} {pos}/{len} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(model.name());
    let lists = model::lists(model, split, &|done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    let values = lists.iter().zip(&split.cases).map(|(list, case)| metrics::of_list(list, &case.wanted));
    let values = values.collect();
    Ok((lists, values))
}

fn judge_model(prepared: &Prepared, model: &dyn Model, train_seconds: f64) -> Result<Judged> {
    let start = Instant::now();
    let (lists, values) = values(model, &prepared.split)?;
    let rank_seconds = start.elapsed().as_secs_f64();
    let items = prepared.data.items.len();
    let facets: Vec<Vec<u16>> =
        prepared.keyed.catalogue.items.iter().map(|item| item.facets.clone()).collect();
    let touched = baselines::touched_by(&prepared.split.train, items);
    let learned_from = prepared.split.train.chunk_by(|left, right| left.visitor == right.visitor).count();
    let figures = Figures {
        coverage_at_10: metrics::coverage(&lists, items, 10),
        bytes_per_candidate: model.bytes_per_candidate(),
        ..Figures::default()
    };
    let report = ModelReport {
        name: model.name().to_owned(),
        figures,
        map_at_10: 0.0,
        hit_at_10: 0.0,
        precision_at_10: 0.0,
        gini_at_10: metrics::gini(&lists, items, 10),
        ild_at_10: metrics::intra_list_diversity(&lists, &facets, 10),
        novelty_at_10: metrics::novelty(&lists, &touched, learned_from, 10),
        train_seconds,
        rank_seconds,
        intervals: BTreeMap::new(),
        difference: BTreeMap::new(),
    };
    Ok(Judged { report, lists, values })
}

fn asked(settings: &Settings) -> Asked {
    Asked {
        history: settings.history.display().to_string(),
        items: settings.items.as_ref().map(|path| path.display().to_string()),
        protocol: settings.rules.protocol,
        task: settings.rules.task,
        strict: settings.rules.strict,
        shuffle: settings.shuffle,
        visitors: settings.visitors,
        diversity: settings.diversity,
    }
}

fn counts(prepared: &Prepared) -> Counts {
    Counts {
        visitors: prepared.data.visitors.len(),
        items: prepared.data.items.len(),
        rows: prepared.data.events.len(),
        train_rows: prepared.split.train.len(),
        test_visitors: prepared.split.visitors(),
        lists: prepared.split.cases.len(),
        wanted: prepared.split.cases.iter().map(|case| case.wanted.len()).sum(),
    }
}

fn chosen(model: &TrainedModel) -> Chosen {
    let set = |set: &homebody_protocol::table::ListSetDraft| ListSet {
        source: format!("{:?}", set.source).to_lowercase(),
        decay: format!("{:?}", set.decay),
        weight: set.weight,
        length: set.lists.iter().map(Vec::len).max().unwrap_or(0),
    };
    let features = model.blend.features.iter();
    Chosen {
        list_sets: model.list_sets.iter().map(set).collect(),
        features: features
            .map(|feature| (format!("{:?}", feature.feature).to_lowercase(), feature.weight))
            .collect(),
        evidence_k: model.blend.evidence_k,
        validation_ndcg_at_10: model.metrics.map(|metrics| f64::from(metrics.chosen.ndcg)),
    }
}

/// A line on stderr that moves; nothing where that is no terminal.
fn spinner(message: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_message(message);
    bar
}

/// The default settings of a protocol.
pub fn defaults(protocol: Protocol) -> Rules {
    Rules { protocol, task: Task::default(), strict: false }
}
