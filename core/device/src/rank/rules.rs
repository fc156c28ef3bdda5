//! Stages: the site's own rules.
//!
//! [`filter`] judges every candidate once and notes what the later stages need. Rules that cannot hold on this page, or
//! for this visitor, are left out before any candidate is looked at.
//!
//! What is never inlined here and in the other stages is loaded by browsers for pools that need it: see `ENTRANCES` in
//! xtask/src/annex.rs. The stage itself decides whether there is anything to do.

use homebody_protocol::FacetKey;
use homebody_protocol::rules::{
    Action, EVER, ItemFacts, MAX_LIFT, Rule, SeenFacts, VisitorFacts, matches, verdict,
};

use super::candidates::{Ruled, Scored};
use super::{Context, RULE, Source, blend};
use crate::intent;

/// Drops what the rules exclude and notes boosts and pins.
pub(super) fn filter(scored: &mut Vec<Scored>, context: &Context<'_>) {
    if !context.pool.extras().rules.0.is_empty() {
        judge(scored, context, true);
    }
}

/// Drops what the rules exclude now from a page that was listed before. What the visitor did with an item since is not
/// asked: being shown and opened changes the next list, not this one.
pub(super) fn filter_listed(scored: &mut Vec<Scored>, context: &Context<'_>) {
    if !context.pool.extras().rules.0.is_empty() {
        judge(scored, context, false);
    }
}

/// Boosts and buries; then each pinning rule takes the best candidate that no earlier one took.
pub(super) fn boost(scored: &mut [Scored], context: &Context<'_>) {
    if is_ruled(scored) {
        lift(scored, context);
    }
}

/// Puts pinned items in their places; of two for the same place the later rule's comes right behind. Where too few
/// others stand before a place they come at the end.
pub(super) fn pin(scored: &mut [Scored], context: &Context<'_>) {
    if is_ruled(scored) {
        put(scored, context);
    }
}

/// The rules in a neutral list. Its score is the place: a boost of 1 moves an item by one standard deviation of the
/// places, three tenths of the list.
pub(super) fn arrange_neutral(scored: &mut Vec<Scored>, context: &Context<'_>) {
    filter(scored, context);
    if is_ruled(scored) {
        arrange(scored, context);
    }
}

#[inline(never)]
fn arrange(scored: &mut Vec<Scored>, context: &Context<'_>) {
    for (place, candidate) in scored.iter_mut().enumerate() {
        candidate.score = -(place as f32);
    }
    boost(scored, context);
    blend::keep_best(scored, context);
    pin(scored, context);
    for candidate in scored {
        candidate.score = 0.0;
    }
}

#[inline(never)]
fn judge(scored: &mut Vec<Scored>, context: &Context<'_>, is_new: bool) {
    let visitor = visitor(context);
    let mut rules = applicable(context, &visitor);
    if !is_new {
        rules.retain(|one| !one.rule.is_about_seen());
    }
    if rules.is_empty() {
        return;
    }
    let asks = rules.iter().any(|one| one.rule.is_about_seen());
    let sources = context.sources().iter();
    let seen: Vec<_> = if asks { sources.map(|&source| seen(context, source)).collect() } else { Vec::new() };
    let mut facets = Vec::new();
    scored.retain_mut(|candidate| {
        let mut item = facts(candidate, context, &mut facets);
        if let Some(rows) = seen.get(candidate.source as usize) {
            item.seen = rows[candidate.row];
        }
        let mut ruled = Ruled::default();
        let mut strongest = 0.0;
        let hold = rules.iter().filter(|one| matches(one.rule, &item, &context.request.page, &visitor));
        for one in hold {
            match one.rule.action {
                Action::Exclude => return false,
                Action::Lift(lift) => {
                    ruled.lift += lift;
                    if lift > strongest {
                        (strongest, ruled.number) = (lift, one.number);
                    }
                }
                Action::Pin(_) => ruled.pins |= one.pin,
            }
        }
        ruled.lift = ruled.lift.clamp(-MAX_LIFT, MAX_LIFT);
        candidate.ruled = ruled;
        true
    });
}

#[inline(never)]
fn lift(scored: &mut [Scored], context: &Context<'_>) {
    let spread = blend::spread(scored);
    for candidate in scored.iter_mut() {
        blend::add(candidate, RULE, candidate.ruled.lift * spread);
    }
    let numbered = (1..).zip(&context.pool.extras().rules.0);
    let pins = numbered.filter_map(|(number, rule)| match rule.action {
        Action::Pin(place) => Some((place, number)),
        _ => None,
    });
    // What was pinned on a page before is served; nothing else takes its place on this one.
    let due = (0u16..).zip(pins).filter(|(_, (place, _))| usize::from(*place) > context.served);
    for (turn, (place, number)) in due {
        let is_free =
            |candidate: &&mut Scored| candidate.ruled.pinned == 0 && candidate.ruled.pins >> turn & 1 == 1;
        if let Some(best) = scored.iter_mut().filter(is_free).reduce(better) {
            best.ruled.pinned = u16::from(place) << 8 | turn;
            best.ruled.number = number;
        }
    }
}

#[inline(never)]
fn put(scored: &mut [Scored], context: &Context<'_>) {
    let count = scored.iter().filter(|candidate| candidate.ruled.pinned != 0).count();
    let end = scored.len().saturating_sub(1);
    // All of them to the end first, so that placing one never moves another.
    for _ in 0..count {
        if let Some(from) = scored.iter().position(|candidate| candidate.ruled.pinned != 0) {
            carry(scored, from, end);
        }
    }
    let (mut last, mut free) = (0, 0);
    for _ in 0..count {
        let waiting = scored.iter().enumerate().filter(|(_, candidate)| candidate.ruled.pinned > last);
        let Some((from, next)) = waiting.min_by_key(|(_, candidate)| candidate.ruled.pinned) else { return };
        last = next.ruled.pinned;
        let to = usize::from(last >> 8).saturating_sub(1 + context.served).max(free).min(from);
        carry(scored, from, to);
        free = to + 1;
    }
}

/// The earlier one of equals.
fn better<'a>(best: &'a mut Scored, other: &'a mut Scored) -> &'a mut Scored {
    if other.score > best.score { other } else { best }
}

fn is_ruled(scored: &[Scored]) -> bool {
    scored.iter().any(|candidate| candidate.ruled != Ruled::default())
}

/// A rule that may hold for some candidate.
struct Applicable<'a> {
    rule: &'a Rule,
    /// Its place among the pool's rules, from 1.
    number: u16,
    /// Its bit, if it pins.
    pin: u32,
}

/// The rules that may hold for some candidate.
fn applicable<'a>(context: &Context<'a>, visitor: &VisitorFacts) -> Vec<Applicable<'a>> {
    let mut next_pin = 1u32;
    let mut rules = Vec::new();
    for (number, rule) in (1..).zip(&context.pool.extras().rules.0) {
        let pin = next_pin;
        if let Action::Pin(_) = rule.action {
            next_pin = next_pin.wrapping_shl(1);
        }
        let may_ask = context.profile.is_some() || !rule.is_personal();
        if may_ask && verdict(rule, None, &context.request.page, visitor) != Some(false) {
            rules.push(Applicable { rule, number, pin });
        }
    }
    rules
}

fn visitor(context: &Context<'_>) -> VisitorFacts {
    let Some(profile) = context.profile else { return VisitorFacts::default() };
    let extras = context.pool.extras();
    let segment = profile.segment.and_then(|place| extras.segments.all.get(usize::from(place)));
    VisitorFacts {
        segment: segment.map_or(0, |segment| VisitorFacts::segment_key(&segment.name)),
        intent: intent::of(profile, extras, context.request.now_ms),
        sessions: profile.sessions(),
        cart_items: profile.cart().items,
    }
}

fn facts<'a>(candidate: &Scored, context: &Context<'_>, facets: &'a mut Vec<FacetKey>) -> ItemFacts<'a> {
    let (table, row) = (context.table(candidate.source), candidate.row);
    facets.clear();
    facets.extend(table.facets(row).map(|facet| table.facet_key(facet)));
    let now_s = context.request.now_ms / 1_000;
    let age_s = |added_at| now_s.saturating_sub(u64::from(added_at)).min(u64::from(u32::MAX)) as u32;
    ItemFacts {
        key: Some(candidate.key),
        facets,
        price: table.price(row),
        age_s: table.added_at(row).map(age_s),
        in_stock: !table.flags(row).out_of_stock(),
        place: row as u32,
        rebuyable: table.flags(row).rebuyable(),
        seen: SeenFacts::default(),
    }
}

/// What the visitor did with the item of each row of a table. Of what was consumed so long ago that only a key is left
/// nothing else is known: it was opened at some time, and bought.
fn seen(context: &Context<'_>, source: Source) -> Vec<SeenFacts> {
    let table = context.table(source);
    let mut rows = vec![SeenFacts::default(); table.rows()];
    let Some(profile) = context.profile else { return rows };
    for row in profile.older().iter().filter_map(|&key| table.row_of(key)) {
        (rows[row].opened_s, rows[row].bought) = (Some(EVER), true);
    }
    for item in profile.items() {
        let Some(row) = table.row_of(item.key) else { continue };
        let seen = &mut rows[row];
        if item.is_opened() {
            let opened_s = context.request.now_ms.saturating_sub(item.last_at_ms) / 1_000;
            seen.opened_s = Some(opened_s.min(u64::from(EVER)) as u32);
        }
        seen.shown = item.shown.into();
        seen.bought |= item.is_bought();
        seen.in_cart = item.is_in_cart();
    }
    rows
}

/// Moves one candidate and shifts those between.
fn carry(scored: &mut [Scored], mut from: usize, to: usize) {
    while from < to {
        scored.swap(from, from + 1);
        from += 1;
    }
    while from > to {
        scored.swap(from, from - 1);
        from -= 1;
    }
}
