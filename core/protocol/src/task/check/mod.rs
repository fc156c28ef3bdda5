//! Values within their ranges, and fields that fit each other.

/// What an error says besides its code, made only where somebody reads it: browser modules tell codes, and text and what
/// puts it together is a tenth of what contributing weighs there.
macro_rules! told {
    ($($text:tt)*) => {
        if cfg!(target_arch = "wasm32") { String::new() } else { format!($($text)*) }
    };
}

mod measurement;

use super::shape::count;
use super::{Aggregators, Bound, FORMAT, Measurement, Mode, TIME_PRECISION_S, Task, TaskError};

const DAY_S: u32 = 86_400;
const IDS: &str = "1 to 64 of `a-z`, `0-9` and `-`";

type Checked = Result<(), TaskError>;

impl Task {
    /// Everything that [`Task::from_json`] promises besides the form; for tasks that were built, not read.
    ///
    /// # Errors
    /// [`TaskError::Range`] or [`TaskError::Mismatch`] with the field.
    pub fn check(&self) -> Checked {
        range(self.format == FORMAT, "format", "1")?;
        range((1..=200).contains(&self.site.chars().count()), "site", "1 to 200 characters")?;
        range(is_id(&self.name), "name", IDS)?;
        range(self.description.chars().count() <= 500, "description", "at most 500 characters")?;
        measurement::check(&self.measurement)?;
        self.fits()?;
        mode(&self.mode)?;
        self.times()?;
        range(
            (1..=10_000_000).contains(&self.min_batch_size),
            "min_batch_size",
            "1 to 10,000,000; devices want at least 100",
        )?;
        let least = self.least_micro_rho();
        fit(self.micro_rho >= least, "micro_rho", || told!("one report costs at least {least}"))
    }

    /// Measurement, bound, length and mode together.
    fn fits(&self) -> Checked {
        self.bound_fits()?;
        let length = self.measurement.length(&self.bound);
        fit(self.length == length, "length", || told!("measurement and bound make {length} cells"))?;
        range((2..=65_536).contains(&length), "length", "2 to 65,536; devices send at most 1,024")?;
        let is_one_hot = self.bound == Bound::OneHot;
        fit(is_one_hot || !matches!(self.mode, Mode::Local { .. }), "mode", || {
            "`local` answers are about one cell; take the bound `one_hot`, or another mode".to_owned()
        })
    }

    fn bound_fits(&self) -> Checked {
        use Measurement as M;
        let bound = self.bound;
        if let Some(expected) = self.measurement.integers() {
            return fit(bound == expected, "bound", || told!("this measurement has the bound {expected:?}"));
        }
        if let Bound::MultiHot { ones } = bound {
            range((1..=64).contains(&ones), "bound.multi_hot.ones", "1 to 64; devices send at most 8")?;
        }
        let is_many = matches!(bound, Bound::MultiHot { .. });
        let (fits, wanted) = match &self.measurement {
            M::Popularity { .. } | M::Votes { .. } => {
                (is_many || bound == Bound::OneHot, "`one_hot` or `multi_hot`")
            }
            M::CoOccurrence { .. } | M::DirectedPairs { .. } | M::Drift { .. } => (is_many, "`multi_hot`"),
            // The outcome takes one of the ones.
            M::Intent { .. } => {
                (matches!(bound, Bound::MultiHot { ones } if ones >= 2), "`multi_hot` of 2 ones or more")
            }
            _ => (bound == Bound::OneHot, "`one_hot`"),
        };
        fit(fits, "bound", || told!("this measurement has the bound {wanted}"))
    }

    fn times(&self) -> Checked {
        range(self.time_precision_s == TIME_PRECISION_S, "time_precision_s", "3600")?;
        let is_window = self.window_s.is_multiple_of(TIME_PRECISION_S);
        range(
            is_window && (1..=31 * DAY_S).contains(&self.window_s),
            "window_s",
            "whole hours, at most 31 days",
        )?;
        range(self.starts_at.is_multiple_of(TIME_PRECISION_S), "starts_at", "a whole hour")?;
        let length_s = self.ends_at.saturating_sub(self.starts_at);
        let is_whole = length_s > 0 && length_s.is_multiple_of(self.window_s);
        fit(is_whole, "ends_at", || "between `starts_at` and it must lie whole windows".to_owned())?;
        range(length_s <= 366 * DAY_S, "ends_at", "at most 366 days after `starts_at`")
    }
}

fn mode(mode: &Mode) -> Checked {
    match mode {
        Mode::Local { micro_epsilon, .. } => range(
            (1_000..=20_000_000).contains(micro_epsilon),
            "mode.local.micro_epsilon",
            "1,000 to 20,000,000 (ε .001 to 20); devices answer up to 4,000,000",
        ),
        Mode::Trusted { noise } => {
            range(noise.milli() >= 100, "mode.trusted.noise", "100 or more (σ or b of .1)")
        }
        Mode::Split { noise, aggregators } => {
            range(noise.milli() >= 100, "mode.split.noise", "100 or more (σ or b of .1)")?;
            addresses(aggregators)
        }
    }
}

fn addresses(aggregators: &Aggregators) -> Checked {
    let Aggregators { leader, helper, helper_operator } = aggregators;
    for (address, field) in [(leader, "leader"), (helper, "helper")] {
        let is_sound =
            origin(address).is_some() && address.ends_with('/') && count(address.as_bytes()) <= 200;
        let path = told!("mode.split.aggregators.{field}");
        range(is_sound, &path, "`https://…/`, or `http://` at a loopback address; at most 200 bytes")?;
    }
    fit(origin(leader) != origin(helper), "mode.split.aggregators.helper", || {
        "two aggregators at one origin protect nobody".to_owned()
    })?;
    let is_named = (1..=200).contains(&helper_operator.chars().count());
    range(is_named, "mode.split.aggregators.helper_operator", "1 to 200 characters")
}

/// Scheme, host and port of an address that is safe to post to.
fn origin(address: &str) -> Option<&str> {
    let schemes = ["https://", "http://"];
    let (scheme, rest) = schemes.iter().find_map(|scheme| Some((*scheme, address.strip_prefix(scheme)?)))?;
    let end = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
    let (host, _) = rest.split_at(end);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let is_local = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    let is_safe = scheme == "https://" || is_local;
    let is_host = !host.is_empty()
        && host.bytes().all(is_plain)
        && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'?' && byte != b'#');
    (is_safe && is_host).then(|| address.split_at(scheme.len() + host.len()).0)
}

fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

fn range(holds: bool, path: &str, allowed: &str) -> Checked {
    let refusal = || TaskError::Range { path: told!("{path}"), allowed: told!("{allowed}") };
    holds.then_some(()).ok_or_else(refusal)
}

fn fit(holds: bool, path: &str, reason: impl FnOnce() -> String) -> Checked {
    let reason = || if cfg!(target_arch = "wasm32") { String::new() } else { reason() };
    holds.then_some(()).ok_or_else(|| TaskError::Mismatch { path: told!("{path}"), reason: reason() })
}
