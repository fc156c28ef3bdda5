//! A task about a head of items or facets, made from what its report may cost.

use crate::accounting::{MICRO, gaussian_micro_rho, pure_micro_rho};

use super::{
    Aggregators, Answer, Bound, FORMAT, Head, MAX_CELLS, Measurement, Mode, Noise, TIME_PRECISION_S, Task,
    TaskError, TaskPurpose,
};

/// Pairs of one report: as many as `trusted` reports tell, and a shard's share under `split`.
const TRUSTED_PAIRS: u32 = 64;
const SPLIT_PAIRS: u32 = 4;
/// Items of a report of counts.
const TRUSTED_ITEMS: u32 = 16;
const SPLIT_ITEMS: u32 = 8;
/// Noise below this is none, and no task.
const LEAST_MILLI_SIGMA: f64 = 100.0;

/// What is asked about a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadQuestion {
    /// Which of it was wanted: [`Measurement::Popularity`].
    Wanted,
    /// Which two of it: [`Measurement::CoOccurrence`].
    Together,
    /// Which after which: [`Measurement::DirectedPairs`].
    After,
}

/// How reports are summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Summing {
    /// [`Mode::Trusted`].
    Trusted,
    /// [`Mode::Local`]: for [`HeadQuestion::Wanted`] alone, of 63 at the most.
    Local,
    /// [`Mode::Split`].
    Split(Aggregators),
}

/// A task about a head, before its noise and its price are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadDraft {
    /// The site.
    pub site: String,
    /// Short name of the task.
    pub name: String,
    /// Why, in words for the visitor.
    pub description: String,
    /// What is asked.
    pub question: HeadQuestion,
    /// About what.
    pub head: Head,
    /// How reports are summed.
    pub summing: Summing,
    /// What a report may cost under central noise, millionths of ρ.
    pub micro_rho: u64,
    /// ε of a `local` answer, millionths.
    pub micro_epsilon: u32,
    /// Seconds in which a device answers once.
    pub window_s: u32,
    /// Windows.
    pub windows: u32,
    /// Reports without which no sum is released.
    pub min_batch_size: u32,
    /// Unix seconds, a whole hour.
    pub starts_at: u32,
}

impl HeadDraft {
    /// The task with the least noise that the price affords.
    ///
    /// # Errors
    /// [`TaskError`] where no task can be that way, with the field that would have to change.
    pub fn task(self) -> Result<Task, TaskError> {
        let (bound, mode, micro_rho) = self.priced();
        let measurement = self.measurement();
        let task = Task {
            format: FORMAT,
            site: self.site,
            name: self.name,
            description: self.description,
            purpose: TaskPurpose::Contribute,
            length: measurement.length(&bound),
            measurement,
            bound,
            mode,
            micro_rho,
            window_s: self.window_s,
            time_precision_s: TIME_PRECISION_S,
            min_batch_size: self.min_batch_size,
            starts_at: self.starts_at,
            ends_at: self.starts_at.saturating_add(self.windows.saturating_mul(self.window_s)),
        };
        task.check()?;
        Ok(task)
    }

    fn priced(&self) -> (Bound, Mode, u32) {
        let aggregators = match &self.summing {
            Summing::Local => {
                let micro_epsilon = self.micro_epsilon;
                let mode = Mode::Local { answer: Answer::Hadamard, micro_epsilon };
                return (Bound::OneHot, mode, pure_micro_rho(micro_epsilon));
            }
            Summing::Trusted => None,
            Summing::Split(aggregators) => Some(aggregators.clone()),
        };
        let ones = self.ones();
        // ρ = Δ² / (2 σ²) with Δ² = ones.
        let rho = self.micro_rho as f64 / MICRO as f64;
        let milli_sigma = (libm::sqrt(f64::from(ones) / (2.0 * rho)) * 1_000.0).ceil().max(LEAST_MILLI_SIGMA);
        let milli_sigma = milli_sigma as u32;
        let noise = Noise::Gaussian { milli_sigma };
        let mode = match aggregators {
            Some(aggregators) => Mode::Split { noise, aggregators },
            None => Mode::Trusted { noise },
        };
        (Bound::MultiHot { ones }, mode, gaussian_micro_rho(u64::from(ones), milli_sigma))
    }

    fn ones(&self) -> u32 {
        let is_split = matches!(self.summing, Summing::Split(_));
        let most = match (self.question, is_split) {
            (HeadQuestion::Wanted, true) => SPLIT_ITEMS,
            (HeadQuestion::Wanted, false) => TRUSTED_ITEMS,
            (_, true) => SPLIT_PAIRS,
            (_, false) => TRUSTED_PAIRS,
        };
        most.min(self.cells())
    }

    /// Cells of all parts together.
    fn cells(&self) -> u32 {
        match self.question {
            HeadQuestion::Wanted => self.head.len(),
            HeadQuestion::Together => self.head.pairs(),
            HeadQuestion::After => self.head.pairs().saturating_mul(2),
        }
    }

    fn measurement(&self) -> Measurement {
        let head = self.head.clone();
        let shards = match self.summing {
            Summing::Split(_) => self.cells().div_ceil(MAX_CELLS),
            _ => 1,
        };
        match self.question {
            HeadQuestion::Wanted => Measurement::Popularity { head },
            HeadQuestion::Together => Measurement::CoOccurrence { head, shards },
            HeadQuestion::After => Measurement::DirectedPairs { head, shards },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounting::{epsilon, micro_rho_of};
    use crate::task::{HeadKind, LocalLimits};

    fn draft(question: HeadQuestion, summing: Summing, items: u32) -> HeadDraft {
        HeadDraft {
            site: "shop.example".to_owned(),
            name: "head".to_owned(),
            description: "Which things are wanted.".to_owned(),
            question,
            head: Head { of: HeadKind::Items, id_seed: 7, keys: (1..=items).collect() },
            summing,
            micro_rho: micro_rho_of(1.0, 1e-6),
            micro_epsilon: 1_000_000,
            window_s: 28 * 86_400,
            windows: 6,
            min_batch_size: 500,
            starts_at: 1_795_392_000,
        }
    }

    fn split() -> Summing {
        Summing::Split(Aggregators {
            leader: "https://shop.example/dap/".to_owned(),
            helper: "https://sums.partner.example/dap/".to_owned(),
            helper_operator: "Partner".to_owned(),
        })
    }

    #[test]
    fn every_draft_is_a_task_that_devices_answer_at_the_price_that_was_named() {
        use HeadQuestion::{After, Together, Wanted};
        let drafts = [
            (Wanted, Summing::Trusted, 1_000),
            (Wanted, split(), 1_000),
            (Wanted, Summing::Local, 63),
            (Together, Summing::Trusted, 256),
            (Together, split(), 256),
            (After, Summing::Trusted, 256),
            (After, split(), 128),
            (Together, Summing::Trusted, 3),
        ];
        for (question, summing, items) in drafts {
            let task = draft(question, summing.clone(), items).task().unwrap();
            assert_eq!(LocalLimits::default().refuses(&task), None, "{question:?} {summing:?}");
            if summing != Summing::Local {
                let spent = epsilon(task.micro_rho.into(), 1e-6);
                assert!(spent <= 1.0 && spent > 0.995, "{question:?} {summing:?}: {spent}");
            }
        }
    }

    #[test]
    fn what_no_task_can_ask_is_refused_by_its_field() {
        let local = draft(HeadQuestion::Together, Summing::Local, 8).task();
        assert!(local.is_err(), "{local:?}");
        let long = draft(HeadQuestion::Wanted, Summing::Local, 64).task().unwrap();
        assert!(LocalLimits::default().refuses(&long).is_some(), "one cell is for who wants none");
        assert!(draft(HeadQuestion::Wanted, Summing::Trusted, 0).task().is_err());
    }
}
