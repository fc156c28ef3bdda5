//! What travels with a pool besides its rows: the small models, for the rows it has.

use homebody_protocol::Extras;
use homebody_protocol::models::Duplicates;
use homebody_protocol::table::{Facet, TableKind};

use super::scores::Scores;
use super::tables::Plan;
use crate::catalog::Snapshot;

/// The models of a table. Priors and duplicates belong to rows, so every table has its own; models of visitors travel
/// with the pools alone, where devices look for them.
pub(super) fn models(plan: &Plan, snapshot: &Snapshot, scores: &Scores, id_seed: u32) -> Extras {
    let learned = &scores.learned;
    let rows = Extras {
        arms: learned.arms(plan.rows.iter().map(|&row| scores.places[row])),
        duplicates: duplicates(plan, scores),
        ..Extras::default()
    };
    if plan.kind == TableKind::Catalogue {
        return rows;
    }
    let known = |facet: &Facet| snapshot.facets.binary_search(facet).is_ok();
    Extras {
        segments: learned.segments.clone(),
        intent: learned.intent.clone(),
        linear: learned.linear.clone(),
        questions: learned.questions(id_seed, known),
        ..rows
    }
}

fn duplicates(plan: &Plan, scores: &Scores) -> Duplicates {
    let group = |&row: &usize| scores.duplicates.get(row).copied().unwrap_or(0);
    let groups: Vec<u32> = plan.rows.iter().map(group).collect();
    Duplicates(if groups.iter().any(|&group| group > 0) { groups } else { Vec::new() })
}
