//! The one greedy loop: who gets the next place.

use super::super::Context;
use super::super::candidates::Scored;
use super::calibration::Calibration;
use super::shelf::Shelf;
use super::signature::Signature;
use super::{BREADTH, is_capped, quotas, serendipity};

/// Who got a place.
pub(super) struct Choice {
    pub(super) index: usize,
    /// By how much a better score stood behind because the place is kept for what is not known; else 0.
    pub(super) lift: f32,
}

/// A candidate on its way to a place.
struct Rival {
    /// `λ · relevance`
    attraction: f32,
    signature: Signature,
    is_novel: bool,
    is_placed: bool,
    /// Largest similarity to the first `compared` that are on the page.
    nearest: f32,
    compared: usize,
    /// What it violated when it was last looked at; it never violates less on the same page.
    violation: f32,
}

/// How good a choice is: the smaller violation, then the larger value.
#[derive(Clone, Copy)]
struct Merit {
    violation: f32,
    value: f32,
}

impl Merit {
    fn beats(self, other: Self) -> bool {
        self.violation < other.violation || (self.violation == other.violation && self.value > other.value)
    }
}

/// Fills `places`, page by page.
pub(super) fn order(scored: &[Scored], context: &Context<'_>, places: usize) -> Vec<Choice> {
    let mut race = Race::new(scored, context);
    let page = context.request.limit;
    let mut order = Vec::with_capacity(places);
    for place in 0..places {
        let on_page = place % page;
        let window =
            if race.is_capped { usize::MAX } else { (place - on_page + page).saturating_mul(BREADTH) };
        if on_page == 0 {
            race.begin_page();
        }
        order.push(race.choose(window, (page - on_page).min(places - place)));
    }
    order
}

struct Race<'a> {
    scored: &'a [Scored],
    context: &'a Context<'a>,
    is_capped: bool,
    rivals: Vec<Rival>,
    /// The items of the page.
    page: Vec<Signature>,
    novel: usize,
    /// Empty without caps.
    shelf: Shelf,
    calibration: Option<Calibration>,
}

impl<'a> Race<'a> {
    fn new(scored: &'a [Scored], context: &'a Context<'a>) -> Self {
        let is_capped = is_capped(&context.policy);
        let shelf = if is_capped { Shelf::new(context) } else { Shelf::default() };
        let follows = context.policy.calibration > 0.0;
        let calibration = if follows { Calibration::new(&shelf, context) } else { None };
        let rivals = rivals(scored, context);
        Self { scored, context, is_capped, rivals, page: Vec::new(), novel: 0, shelf, calibration }
    }

    fn begin_page(&mut self) {
        self.page.clear();
        self.novel = 0;
        self.shelf.counts.fill(0);
        if let Some(calibration) = &mut self.calibration {
            calibration.begin_page();
        }
        for rival in &mut self.rivals {
            (rival.nearest, rival.compared, rival.violation) = (0.0, 0, 0.0);
        }
    }

    /// Fills the next place of the page, of which `left` are left with this one, from the first `window` rivals.
    fn choose(&mut self, window: usize, left: usize) -> Choice {
        let first = self.rivals.iter().position(|rival| !rival.is_placed).unwrap_or(0);
        let is_due = !self.page.is_empty()
            && serendipity::is_due(self.context.policy.serendipity_slots, self.novel, left);
        let index = if self.page.is_empty() { first } else { self.best(first, window, is_due) };
        let rival = &mut self.rivals[index];
        rival.is_placed = true;
        self.novel += usize::from(rival.is_novel);
        self.page.push(rival.signature);
        if self.is_capped {
            self.shelf.place(&self.scored[index], self.context);
        }
        if let Some(calibration) = &mut self.calibration {
            calibration.place(&self.scored[index], &self.shelf, self.context);
        }
        let lift =
            if is_due && rival.is_novel { self.scored[first].score - self.scored[index].score } else { 0.0 };
        Choice { index, lift }
    }

    /// The best rival from `first` on; the earlier of equals.
    ///
    /// On a page similarity and violations only grow, and no rival gains more than the largest gain, so one that loses
    /// by what was found so far need not be looked at anew: most never are.
    fn best(&mut self, first: usize, window: usize, is_due: bool) -> usize {
        let listed = self.page.len();
        let largest = self.calibration.as_mut().map_or(0.0, |calibration| calibration.prepare(listed));
        let mut best = first;
        let mut merit = Merit { violation: f32::INFINITY, value: f32::NEG_INFINITY };
        for index in first..window.min(self.rivals.len()) {
            let rival = &self.rivals[index];
            if rival.is_placed {
                continue;
            }
            let owed = if is_due && !rival.is_novel { 1.0 } else { 0.0 };
            if self.merit(rival, largest, owed).beats(merit) {
                self.look_at(index);
                let anew = self.merit(&self.rivals[index], self.gain(index), owed);
                if anew.beats(merit) {
                    (best, merit) = (index, anew);
                }
            }
        }
        best
    }

    fn merit(&self, rival: &Rival, gain: f32, owed: f32) -> Merit {
        let policy = &self.context.policy;
        let relevant = rival.attraction - (1.0 - policy.diversity) * rival.nearest;
        Merit {
            violation: rival.violation + owed,
            value: (1.0 - policy.calibration) * relevant + policy.calibration * gain,
        }
    }

    fn gain(&self, index: usize) -> f32 {
        let gain =
            |calibration: &Calibration| calibration.gain(&self.scored[index], &self.shelf, self.context);
        self.calibration.as_ref().map_or(0.0, gain)
    }

    /// Brings a rival up to date with the page.
    fn look_at(&mut self, index: usize) {
        let rival = &mut self.rivals[index];
        for other in &self.page[rival.compared..] {
            let similarity = other.similarity(rival.signature);
            // Not `f32::max`: WebAssembly has none that treats NaN like Rust, so it becomes a call.
            if similarity > rival.nearest {
                rival.nearest = similarity;
            }
        }
        rival.compared = self.page.len();
        if self.is_capped {
            let too_alike = rival.nearest - self.context.policy.max_similarity;
            rival.violation = quotas::excess(&self.scored[index], &self.shelf, self.context);
            rival.violation += if too_alike > 0.0 { too_alike } else { 0.0 };
        }
    }
}

fn rivals(scored: &[Scored], context: &Context<'_>) -> Vec<Rival> {
    // The first page's reach is the scale, so that a longer reach changes nothing.
    let reach = context.request.limit.saturating_mul(BREADTH).min(scored.len());
    let best = scored.first().map_or(0.0, |candidate| candidate.score);
    let worst = scored[..reach].last().map_or(0.0, |candidate| candidate.score);
    let span = if best > worst { best - worst } else { 1.0 };
    let keeps_places = context.policy.serendipity_slots > 0;
    let rival = |candidate: &Scored| Rival {
        attraction: context.policy.diversity * ((candidate.score - worst) / span),
        signature: Signature::of(candidate, context),
        is_novel: keeps_places && serendipity::is_novel(candidate, context),
        is_placed: false,
        nearest: 0.0,
        compared: 0,
        violation: 0.0,
    };
    scored.iter().map(rival).collect()
}
