//! Dense regions of the catalogue: DBSCAN (Ester et al. 1996) over neighbour lists.

/// What an item belongs to.
pub type Cluster = Option<u32>;

/// Groups items by density: an item with at least `min_neighbours` neighbours at cosine `cosine` or more is a core, cores
/// that are neighbours share a cluster, and what neighbours a core belongs to the first that reaches it. `None` is noise.
///
/// `neighbours` are the lists of [`crate::content::nearest`]: (row, cosine), the own row left out. A list is bounded, so
/// that an item may be in the list of another and not the other way round; one direction is enough. Clusters are numbered
/// in the order of their first core. Entries past the end are ignored.
pub fn dbscan(neighbours: &[Vec<(u32, f32)>], cosine: f32, min_neighbours: usize) -> Vec<Cluster> {
    let near = symmetric(neighbours, cosine);
    let is_core = |row: usize| near[row].len() >= min_neighbours;
    let mut clusters: Vec<Cluster> = vec![None; near.len()];
    let mut next = 0;
    for row in 0..near.len() {
        if clusters[row].is_some() || !is_core(row) {
            continue;
        }
        clusters[row] = Some(next);
        let mut open = vec![row];
        while let Some(core) = open.pop() {
            for &other in &near[core] {
                let other = other as usize;
                if clusters[other].is_none() {
                    clusters[other] = Some(next);
                    if is_core(other) {
                        open.push(other);
                    }
                }
            }
        }
        next += 1;
    }
    clusters
}

/// Neighbours in either direction, ascending.
fn symmetric(neighbours: &[Vec<(u32, f32)>], cosine: f32) -> Vec<Vec<u32>> {
    let mut near: Vec<Vec<u32>> = vec![Vec::new(); neighbours.len()];
    for (row, list) in neighbours.iter().enumerate() {
        for &(other, found) in list {
            if found >= cosine && (other as usize) < near.len() && other as usize != row {
                near[row].push(other);
                near[other as usize].push(row as u32);
            }
        }
    }
    for list in &mut near {
        list.sort_unstable();
        list.dedup();
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, slowly: cores connected by steps from core to core.
    fn cores_connected(near: &[Vec<u32>], min: usize, from: usize, to: usize) -> bool {
        let mut seen = vec![false; near.len()];
        let mut open = vec![from];
        while let Some(row) = open.pop() {
            if !std::mem::replace(&mut seen[row], true) && near[row].len() >= min {
                open.extend(near[row].iter().map(|&other| other as usize));
            }
        }
        seen[to]
    }

    proptest! {
        #[test]
        fn clusters_are_what_the_definition_says(
            pairs in prop::collection::vec((0u32..12, 0u32..12), 0..40), min in 1usize..4,
        ) {
            let mut lists = vec![Vec::new(); 12];
            for (left, right) in pairs {
                lists[left as usize].push((right, 0.9));
            }
            let found = dbscan(&lists, 0.5, min);
            let near = symmetric(&lists, 0.5);
            for row in 0..12 {
                let is_core = near[row].len() >= min;
                let beside_core = near[row].iter().any(|&other| near[other as usize].len() >= min);
                prop_assert_eq!(found[row].is_some(), is_core || beside_core);
                for other in (0..12).filter(|&other| is_core && near[other].len() >= min) {
                    prop_assert_eq!(found[row] == found[other], cores_connected(&near, min, row, other));
                }
            }
        }
    }

    #[test]
    fn far_neighbours_and_strangers_join_nothing() {
        let lists = vec![vec![(1, 0.9), (9, 1.0)], vec![(2, 0.3)], vec![]];
        assert_eq!(dbscan(&lists, 0.5, 1), [Some(0), Some(0), None]);
        assert_eq!(dbscan(&lists, 0.5, 2), [None; 3]);
        assert!(dbscan(&[], 0.5, 1).is_empty());
    }
}
