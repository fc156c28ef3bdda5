//! Simulated visitors, to warm a model where no real history may be used. They are made up: whatever is measured
//! on them says something about this file, not about people.

use crate::items::Item;
use anyhow::{Result, bail};
use homebody_learn::bootstrap::SplitMix64;
use std::collections::BTreeMap;
use std::io::Write;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// Number of visitors.
    pub visitors: u32,
    /// The same seed gives the same file.
    pub seed: u64,
    /// No interaction is later than this, Unix seconds.
    pub end_ts: i64,
}

/// Days before the end in which visitors come.
const SPAN_DAYS: u64 = 120;
const DAY_S: i64 = 86_400;
/// Chance that a step goes on with what the visitor is after now, that it follows the last item, and (the
/// rest) that it takes what is popular.
const ON_FOCUS: f64 = 0.62;
const ON_LAST_ITEM: f64 = 0.22;
/// Chance that a visitor turns to something else after an item: tastes drift.
const DRIFT: f64 = 0.12;
/// Chance that a visit ends after an item.
const VISIT_ENDS: f64 = 0.25;
/// Popularity weight of the most popular item; the weight falls as 1 / (rank + flatness).
const TOP_WEIGHT: u64 = 1_000_000;
const FLATNESS: u64 = 12;

/// Writes a history in time order a visitor: columns `visitor,item,kind,ts`; the number of rows.
///
/// # Errors
/// When the catalogue is empty or writing fails.
pub fn simulate(items: &[Item], simulation: Simulation, out: &mut impl Write) -> Result<u64> {
    if items.is_empty() {
        bail!("the catalogue has no items to be visited");
    }
    let mut rng = SplitMix64(simulation.seed);
    let shop = Shop::new(items);
    let mut rows = 0;
    writeln!(out, "visitor,item,kind,ts")?;
    for visitor in 0..simulation.visitors {
        for step in shop.visitor(&mut rng, simulation.end_ts) {
            let item = csv_cell(&items[step.item].id);
            writeln!(out, "sim-{visitor},{item},{},{}", step.kind, step.ts)?;
            rows += 1;
        }
    }
    Ok(rows)
}

/// The catalogue with its popularity, overall and within each facet.
struct Shop {
    everything: Shelf,
    shelves: Vec<Shelf>,
    /// The shelves each item stands on.
    places: Vec<Vec<usize>>,
}

/// Items with running sums of their weights.
#[derive(Default)]
struct Shelf {
    items: Vec<(u64, usize)>,
}

struct Step {
    item: usize,
    kind: &'static str,
    ts: i64,
}

impl Shop {
    /// What stands first in the catalogue is the most popular: a list that opens with what nobody knows would
    /// make a poor demonstration.
    fn new(items: &[Item]) -> Self {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        let mut shop =
            Self { everything: Shelf::default(), shelves: Vec::new(), places: vec![Vec::new(); items.len()] };
        for (rank, item) in (0u64..).zip(0..items.len()) {
            let weight = TOP_WEIGHT / (rank + FLATNESS);
            shop.everything.put(item, weight);
            for name in shelf_names(&items[item]) {
                let next = names.len();
                let shelf = *names.entry(name).or_insert(next);
                if shelf == shop.shelves.len() {
                    shop.shelves.push(Shelf::default());
                }
                shop.shelves[shelf].put(item, weight);
                shop.places[item].push(shelf);
            }
        }
        shop
    }

    /// One visitor's life in the shop, in time order.
    fn visitor(&self, rng: &mut SplitMix64, end_ts: i64) -> Vec<Step> {
        let tastes: Vec<usize> = (0..2 + rng.below(3)).filter_map(|_| self.some_shelf(rng)).collect();
        let days_ago = (rng.unit() * SPAN_DAYS as f64) as i64;
        let mut ts = end_ts - days_ago * DAY_S - rng.below(DAY_S as usize) as i64;
        let length = 4 + rng.below(8) + rng.below(16) * rng.below(2);
        let mut focus = tastes.first().copied();
        let mut steps: Vec<Step> = Vec::with_capacity(length);
        while steps.len() < length && ts < end_ts {
            let item = self.next_item(rng, focus, steps.last().map(|step| step.item));
            if steps.iter().all(|step| step.item != item) || rng.unit() < 0.1 {
                steps.push(Step { item, kind: kind(rng), ts });
            }
            if rng.unit() < DRIFT && !tastes.is_empty() {
                focus = Some(tastes[rng.below(tastes.len())]);
            }
            let pause_s = if rng.unit() < VISIT_ENDS { DAY_S as usize * (1 + rng.below(9)) } else { 240 };
            ts += 15 + rng.below(pause_s) as i64;
        }
        steps
    }

    fn next_item(&self, rng: &mut SplitMix64, focus: Option<usize>, last: Option<usize>) -> usize {
        let draw = rng.unit();
        let beside = last.map(|last| &self.places[last]).filter(|shelves| !shelves.is_empty());
        let shelf = match (focus, beside) {
            (Some(focus), _) if draw < ON_FOCUS => &self.shelves[focus],
            (_, Some(shelves)) if draw < ON_FOCUS + ON_LAST_ITEM => {
                &self.shelves[shelves[rng.below(shelves.len())]]
            }
            _ => &self.everything,
        };
        shelf.draw(rng)
    }

    /// A shelf as likely as what stands on it: the taste of an item drawn by popularity.
    fn some_shelf(&self, rng: &mut SplitMix64) -> Option<usize> {
        let shelves = &self.places[self.everything.draw(rng)];
        shelves.get(rng.below(shelves.len())).copied()
    }
}

impl Shelf {
    fn put(&mut self, item: usize, weight: u64) {
        let before = self.items.last().map_or(0, |(sum, _)| *sum);
        self.items.push((before + weight, item));
    }

    fn draw(&self, rng: &mut SplitMix64) -> usize {
        let total = self.items.last().map_or(0, |(sum, _)| *sum);
        let at = rng.below(total as usize) as u64;
        let place = self.items.partition_point(|(sum, _)| *sum <= at);
        self.items.get(place).map_or(0, |(_, item)| *item)
    }
}

/// Facets of an item, and its decade: people do follow decades.
fn shelf_names(item: &Item) -> impl Iterator<Item = String> {
    let facets = item.facets.iter().map(|facet| format!("{}:{}", facet.kind.name(), facet.name));
    let decade = item.year.map(|year| format!("decade:{}", year.div_euclid(10)));
    facets.chain(decade)
}

fn kind(rng: &mut SplitMix64) -> &'static str {
    match rng.below(20) {
        0..=11 => "click",
        12..=15 => "view",
        16..=17 => "cart_add",
        18 => "wishlist",
        _ => "purchase",
    }
}

/// Quotes a cell that CSV would misread.
fn csv_cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homebody_protocol::table::{Facet, FacetKind};

    fn items() -> Vec<Item> {
        let item = |index: usize| Item {
            id: format!("i,{index}"),
            facets: vec![Facet { kind: FacetKind::Tag, name: format!("genre {}", index % 4) }],
            year: Some(1950 + index as i32),
            ..Item::default()
        };
        (0..60).map(item).collect()
    }

    fn file(seed: u64) -> String {
        let mut out = Vec::new();
        let simulation = Simulation { visitors: 50, seed, end_ts: 1_700_000_000 };
        simulate(&items(), simulation, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_file() {
        assert_eq!(file(1), file(1));
        assert_ne!(file(1), file(2));
        assert!(simulate(&[], Simulation { visitors: 1, seed: 1, end_ts: 0 }, &mut Vec::new()).is_err());
    }

    #[test]
    fn visitors_have_tastes_and_end_in_time() {
        let file = file(3);
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let mut genres: BTreeMap<String, BTreeMap<usize, u32>> = BTreeMap::new();
        let mut rows = 0;
        for record in reader.records() {
            let record = record.unwrap();
            assert!(record[3].parse::<i64>().unwrap() < 1_700_000_000);
            let item: usize = record[1].strip_prefix("i,").unwrap().parse().unwrap();
            *genres.entry(record[0].to_owned()).or_default().entry(item % 4).or_default() += 1;
            rows += 1;
        }
        assert!(rows > 50 * 3, "{rows} rows");
        let favourite: u32 = genres.values().filter_map(|counts| counts.values().max()).sum();
        assert!(favourite * 10 > rows * 4, "by chance a favourite genre would have little over a quarter");
    }
}
