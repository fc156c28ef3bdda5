//! The dark-pattern lint: what may not be published, with its line.
//!
//! Every rule is an entry of [`RULES`] with a stable code, a severity, and what to do about it. Most look at the
//! configuration; the rules of [`dark`] look at fields that the form does not have, because the form cannot say what
//! they ask for. A field that is refused is taken out and the rest is judged on, so that one run shows everything.

mod buttons;
mod dark;
mod experiment;
mod information;
mod limits;
mod negatives;
mod recover;
mod regions;
mod rules;
mod special;
mod theme;
mod translated;
mod words;

use core::fmt;

use super::config::ConsentConfig;
use super::places::Places;

use rules::RULES;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file may not be published.
    Error,
    /// It may; somebody should look at it.
    Warning,
}

/// One rule.
pub struct LintRule {
    /// Stable code for programs and documentation.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it finds.
    pub finds: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    find: fn(&ConsentConfig) -> Vec<Hit>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Code of the rule.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The place in the file, such as `ask.buttons`; empty when it is the whole of it.
    pub path: String,
    /// Its line, from 1.
    pub line: u32,
    /// Its column, from 1, in characters.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

impl fmt::Display for Finding {
    /// `line:column code message — fix`; a warning says so before its code.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.severity == Severity::Warning { "warning " } else { "" };
        let Self { line, column, code, message, fix, .. } = self;
        write!(formatter, "{line}:{column} {kind}{code} {message} — {fix}")
    }
}

/// A place and what is wrong there.
#[derive(Debug)]
struct Hit {
    path: String,
    message: String,
}

impl Hit {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// All rules, in the order of the documentation.
pub fn rules() -> &'static [LintRule] {
    &RULES
}

/// Judges the text of a configuration. Errors come first, then warnings, each in the order of the file; a text without
/// errors may be published.
pub fn lint(text: &str) -> Vec<Finding> {
    // A parser first: it bounds the depth, which `Places` relies on.
    let tree = match serde_json::from_str(text) {
        Ok(tree) => tree,
        Err(error) => return vec![recover::broken(&error)],
    };
    let places = Places::of(text);
    let read = recover::read(tree, &places);
    let judged = judge(read.config.as_ref(), &read.taken_out);
    let hits = read.hits.into_iter().chain(judged);
    let mut found: Vec<Finding> = hits.map(|(code, hit)| locate(code, hit, &places, text)).collect();
    found.sort_by(|one, two| {
        let order = |finding: &Finding| (finding.severity, finding.line, finding.column, finding.code);
        order(one).cmp(&order(two))
    });
    found
}

/// What the rules say, but for what is said of fields that were taken out.
fn judge(config: Option<&ConsentConfig>, taken_out: &[String]) -> Vec<(&'static str, Hit)> {
    let Some(config) = config else { return Vec::new() };
    let ranges = config.problems().into_iter().map(|problem| {
        let message = problem.to_string();
        (problem.code(), Hit::new(problem.path(), message))
    });
    let judged = RULES.iter().flat_map(|rule| (rule.find)(config).into_iter().map(|hit| (rule.code, hit)));
    let is_left = |hit: &Hit| !taken_out.iter().any(|gone| is_within(&hit.path, gone));
    ranges.chain(judged).filter(|(_, hit)| is_left(hit)).collect()
}

/// Whether the first path is the second or inside it.
fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn locate(code: &'static str, hit: Hit, places: &Places, text: &str) -> Finding {
    let (line, column) = places.find(text, &hit.path);
    let rule = RULES.iter().find(|rule| rule.code == code);
    let (severity, fix) = rule.map_or((Severity::Error, ""), |rule| (rule.severity, rule.fix));
    Finding { code, severity, path: hit.path, line, column, message: hit.message, fix }
}
