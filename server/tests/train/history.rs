//! Where a history was imported, contributions add to it.

use std::fmt::Write as _;
use std::io::Cursor;

use homebody_protocol::derive_key;
use homebody_protocol::table::{FacetKind, ListSource};
use homebody_protocol::task::{Bound, Head, HeadKind, Measurement, Noise};
use homebody_server::history::{self, HistoryFormat, HistoryImport, Model};
use homebody_server::intake::Source;
use homebody_server::publish::{PublishOptions, publish};
use homebody_server::store::ModelState;
use homebody_server::train::Outcome;

use crate::shop::{NOW, Shop, WEEK_S};

/// Visitors of two tastes, those of the first six items and those of the rest.
fn import(shop: &Shop, now: u64) {
    let mut log = "visitor,item,ts\n".to_owned();
    for visitor in 0..240u32 {
        for step in 0..5 {
            let item = 6 * (visitor % 2) + (visitor / 2 + step * 5) % 6;
            let _ = writeln!(log, "v{visitor},item-{item},{}", 1_790_000_000 + visitor * 1_000 + step * 60);
        }
    }
    let source = Source::from_reader("log", Cursor::new(log)).unwrap();
    let options = HistoryImport { format: Some(HistoryFormat::Csv), now, ..HistoryImport::default() };
    history::import(&shop.store, source, &options, &mut |_| {}).unwrap();
    publish(&shop.store, &shop.signer, &PublishOptions { now, ..shop.options.publish.clone() }).unwrap();
}

fn waiting(shop: &Shop) -> Model {
    Model::decode(&shop.store.candidate().unwrap().unwrap().model).unwrap()
}

/// How often an item was wanted, as a model says it.
fn count(model: &Model, item: &str) -> f64 {
    let place = model.ids.iter().position(|id| id == item).unwrap();
    f64::from(model.popularity[place]).exp_m1()
}

#[test]
fn contributed_sums_add_to_imported_ones_with_weights() {
    let shop = Shop::open();
    import(&shop, NOW);
    let imported = Model::decode(&shop.store.imported_model().unwrap().unwrap().model).unwrap();
    shop.release_pairs();
    let measurement = Measurement::Popularity { head: shop.head() };
    let noise = Noise::Gaussian { milli_sigma: 20_000 };
    let counts = shop.add(&shop.task("counts", measurement, Bound::MultiHot { ones: 4 }, noise));
    let mut cells = vec![0; 12];
    (cells[3], cells[4]) = (1_000, 25);
    shop.release(&counts, 0, 2_000, cells);
    assert!(matches!(shop.step(NOW + 60), Outcome::Asked { .. }));

    let model = waiting(&shop);
    let added = count(&model, "item-3") - count(&imported, "item-3");
    assert!((added - 1_000.0).abs() < 1.0, "{added}");
    let lost = count(&model, "item-4") - count(&imported, "item-4");
    assert!(lost.abs() < 0.01, "25 are within the noise: {lost}");
    let collaborative =
        |model: &Model| model.list_sets.iter().filter(|set| set.source == ListSource::Collaborative).count();
    assert_eq!(collaborative(&model), collaborative(&imported) + 1, "the imported lists stay");
    let own = model.list_sets.last().unwrap();
    // Half of what they would count alone, and less by the share of noise in their sums.
    assert!((0.45..0.5).contains(&own.weight), "{}", own.weight);
    assert_eq!(model.ids[own.lists[0][0].0.0 as usize - 1], "item-1");
}

#[test]
fn whatever_is_made_later_starts_from_the_history_and_counts_no_sum_twice() {
    let shop = Shop::open();
    import(&shop, NOW);
    let pairs = shop.release_pairs();
    let Outcome::Asked { gate, .. } = shop.step(NOW + 60) else { panic!("a candidate") };
    let sets = waiting(&shop).list_sets.len();
    shop.release(&gate, 0, 4_000, vec![3_300, 150, 500, 50]);
    assert!(matches!(shop.step(NOW + WEEK_S), Outcome::Promoted { .. }));
    shop.release(&pairs, 1, 2_000, shop.pair_cells().iter().map(|cell| cell / 2).collect());
    assert!(matches!(shop.step(NOW + 2 * WEEK_S), Outcome::Asked { .. }));
    assert_eq!(waiting(&shop).list_sets.len(), sets, "beside the history's, not beside the last model's");
}

#[test]
fn a_history_that_is_imported_meanwhile_takes_the_place_of_what_waits() {
    let shop = Shop::open();
    shop.release_pairs();
    let Outcome::Asked { gate, model } = shop.step(NOW) else { panic!("a candidate") };
    import(&shop, NOW + 60);
    assert_eq!(shop.step(NOW + 120), Outcome::NothingNew);
    let models = shop.store.models().unwrap();
    let rejected = models.iter().find(|known| known.id == model).unwrap();
    assert_eq!(
        (rejected.state, rejected.reason.as_str()),
        (ModelState::Rejected, "a history was imported meanwhile")
    );
    assert!(shop.store.task(&gate).unwrap().unwrap().closed_at.is_some());
}

#[test]
fn below_the_head_an_item_is_as_popular_as_its_category_lets_expect() {
    let shop = Shop::open();
    let id_seed = shop.manifest().id_seed;
    let noise = || Noise::Gaussian { milli_sigma: 5_000 };
    let head = Head {
        of: HeadKind::Items,
        id_seed,
        keys: [0, 1].map(|item| derive_key(id_seed, &format!("item-{item}"))).to_vec(),
    };
    let items = Measurement::Popularity { head };
    let items = shop.add(&shop.task("items", items, Bound::MultiHot { ones: 2 }, noise()));
    shop.release(&items, 0, 2_000, vec![500, 300]);
    let keys = ["c0", "c1"].map(|name| FacetKind::Category.key(id_seed, name).0).to_vec();
    let kinds = Measurement::Popularity { head: Head { of: HeadKind::Facets, id_seed, keys } };
    let kinds = shop.add(&shop.task("kinds", kinds, Bound::MultiHot { ones: 2 }, noise()));
    shop.release(&kinds, 0, 2_000, vec![1_200, 60]);
    assert!(matches!(shop.step(NOW), Outcome::Asked { .. }));
    let model = waiting(&shop);
    assert!((count(&model, "item-0") - 500.0).abs() < 0.5);
    for (item, expected) in [("item-2", 100.0), ("item-5", 100.0), ("item-6", 10.0), ("item-11", 10.0)] {
        let real = count(&model, item);
        assert!((real - expected).abs() < 0.1, "{item}: {real}");
    }
}

#[test]
fn what_is_wanted_after_what_is_published_where_it_was_asked() {
    let shop = Shop::open();
    let measurement = Measurement::DirectedPairs { head: shop.head(), shards: 1 };
    let (pairs, _) = homebody_protocol::mechanism::Pairs::of(&measurement).unwrap();
    let mut cells = vec![0; 132];
    for (from, to, at) in pairs.all() {
        // Item k + 1 after item k, of each pair.
        cells[at.cell as usize] = if from / 2 == to / 2 { if to > from { 400 } else { 60 } } else { 10 };
    }
    let noise = Noise::Gaussian { milli_sigma: 5_000 };
    let task = shop.add(&shop.task("after", measurement, Bound::MultiHot { ones: 4 }, noise));
    shop.release(&task, 0, 2_000, cells);
    assert!(matches!(shop.step(NOW), Outcome::Asked { .. }));
    let model = waiting(&shop);
    let lists = &model.list_sets.last().unwrap().lists;
    let place = |item: usize| model.ids.iter().position(|id| *id == format!("item-{item}")).unwrap();
    let first = |item: usize| lists[place(item)][0];
    assert_eq!(
        (model.ids[first(1).0.0 as usize - 1].as_str(), model.ids[first(0).0.0 as usize - 1].as_str()),
        ("item-0", "item-1")
    );
    assert!(first(1).1 > 1.3 * first(0).1, "what comes after is told: {} {}", first(1).1, first(0).1);
}
