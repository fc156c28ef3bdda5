//! Choosing the seed under which no two published ids share a key.

use std::collections::BTreeMap;

use homebody_protocol::derive_key;

use super::PublishError;

/// How many seeds are tried. With n ids the chance that one fails is about n²/2³³.
const SEEDS_TRIED: u32 = 64;

/// The first seed, from `current` on, that gives every id a key of its own. Keeping the current one matters:
/// another makes every device derive its keys anew.
///
/// # Errors
/// [`PublishError::NoSeed`] names two ids that collide.
pub(super) fn choose<'a>(
    ids: impl Iterator<Item = &'a str> + Clone,
    current: u32,
) -> Result<u32, PublishError> {
    choose_by(ids, current, derive_key)
}

fn choose_by<'a>(
    ids: impl Iterator<Item = &'a str> + Clone,
    current: u32,
    key: fn(u32, &str) -> u32,
) -> Result<u32, PublishError> {
    let mut last = None;
    for seed in (0..SEEDS_TRIED).map(|step| current.wrapping_add(step)) {
        let mut known: BTreeMap<u32, &str> = BTreeMap::new();
        let collision = ids.clone().find_map(|id| {
            let earlier = known.insert(key(seed, id), id)?;
            (earlier != id).then(|| (earlier.to_owned(), id.to_owned()))
        });
        match collision {
            None => return Ok(seed),
            found => last = found,
        }
    }
    let (first, second) = last.unwrap_or_default();
    Err(PublishError::NoSeed { first, second, tried: SEEDS_TRIED })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_seed_is_kept() {
        assert_eq!(choose(["a", "b", "a"].into_iter(), 7).unwrap(), 7);
    }

    #[test]
    fn a_real_collision_moves_on() {
        let id = |index: u64| format!("{:x}", index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let ids: Vec<String> = (1..300_000).map(id).collect();
        let all = || ids.iter().map(String::as_str);
        let keys: BTreeMap<u32, &str> = all().map(|id| (derive_key(0, id), id)).collect();
        let pair = all()
            .find_map(|id| Some((*keys.get(&derive_key(0, id))?, id)).filter(|(left, right)| left != right));
        let (left, right) = pair.expect("300,000 ids collide somewhere");
        let seed = choose([left, right].into_iter(), 0).unwrap();
        assert!(seed > 0);
        assert_ne!(derive_key(seed, left), derive_key(seed, right));
    }

    #[test]
    fn two_ids_that_always_collide_are_named() {
        let error = choose_by(["left", "right"].into_iter(), 0, |_, _| 1).unwrap_err();
        assert_eq!(error.code(), "id_collision");
        assert!(error.to_string().contains("`left` and `right`"), "{error}");
    }
}
