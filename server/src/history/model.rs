//! The model between training and publishing: by the site's own ids, so that it outlives key seeds and
//! changes of the catalogue.
//!
//! Bytes, little-endian: `"HBMD"`, `u16` version, `u32` items and their ids (`u32` length, UTF-8),
//! `f32` popularity and `f32` trend per item, `f32` evidence_k, `u32` features × (`u32` feature, `f32` weight,
//! mean, sd), `u32` list sets × (`u8` source, `u8` decay, `f32` decay value, weight, mean, sd, then per item
//! `u32` entries × (`u32` item, `f32` weight)). Version 2 adds what [`Learned`] says, version 3 its prior
//! of the linear bandit; older versions are read without.

use super::learned::Learned;
use crate::catalog::Snapshot;
use homebody_learn::{History, TrainConfig, TrainError, TrainedModel, train};
use homebody_protocol::table::{Blend, Feature, FeatureWeight, ListSetDraft, ListSource};
use homebody_protocol::{Decay, ItemKey};

const MAGIC: &[u8; 4] = b"HBMD";
const VERSION: u16 = 3;

/// A trained model. Item `i` is called `ids[i]`, and lists name it by the key `i + 1`.
#[derive(Clone, Debug)]
pub struct Model {
    /// The site's ids.
    pub ids: Vec<String>,
    /// [`Feature::Popularity`] of each item.
    pub popularity: Vec<f32>,
    /// [`Feature::Trend`] of each item.
    pub trend: Vec<f32>,
    /// How the parts of a score add up.
    pub blend: Blend,
    /// Neighbour lists, one list an item.
    pub list_sets: Vec<ListSetDraft>,
    /// Segments, intent, priors and questions.
    pub learned: Learned,
}

/// Why stored bytes are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes are not a model.
    #[error("not a model")]
    Magic,
    /// A newer release wrote it.
    #[error("model version `{0}` is newer than this release")]
    Version(u16),
    /// The bytes end early, or say something impossible.
    #[error("damaged")]
    Damaged,
}

impl Model {
    /// A model over items called `ids`, in the order they were trained in.
    pub fn new(ids: Vec<String>, trained: TrainedModel, learned: Learned) -> Self {
        let TrainedModel { list_sets, blend, popularity, trend, .. } = trained;
        Self { ids, popularity, trend, blend, list_sets, learned }
    }

    /// What holds for a catalogue before anybody did anything: content neighbours and default weights.
    ///
    /// # Errors
    /// [`TrainError`] for an empty catalogue.
    pub fn untaught(snapshot: &Snapshot) -> Result<Self, TrainError> {
        let ids = snapshot.items.iter().map(|item| item.id.clone()).collect();
        let trained =
            train(&History::default(), &snapshot.learnable(), &TrainConfig::default(), &mut |_| {})?;
        Ok(Self::new(ids, trained, Learned::default()))
    }

    /// Empties the content lists: they depend on the catalogue alone and are made anew from it at every
    /// publication. Their weights stay.
    pub fn drop_content_lists(&mut self) {
        let content = |set: &&mut ListSetDraft| set.source == ListSource::Content;
        for set in self.list_sets.iter_mut().filter(content) {
            set.lists.iter_mut().for_each(Vec::clear);
        }
    }

    /// The model as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(VERSION.to_le_bytes());
        put_len(&mut out, self.ids.len());
        for id in &self.ids {
            put_len(&mut out, id.len());
            out.extend(id.as_bytes());
        }
        put_f32s(&mut out, self.popularity.iter().chain(&self.trend).copied());
        put_f32s(&mut out, [self.blend.evidence_k]);
        put_len(&mut out, self.blend.features.len());
        for part in &self.blend.features {
            out.extend((part.feature as u32).to_le_bytes());
            put_f32s(&mut out, [part.weight, part.mean, part.sd]);
        }
        put_len(&mut out, self.list_sets.len());
        for set in &self.list_sets {
            put_list_set(&mut out, set);
        }
        self.learned.encode(&mut out);
        out
    }

    /// Reads [`Self::encode`]'s bytes.
    ///
    /// # Errors
    /// [`ModelError`] for any other bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::Magic)?;
        let mut input = Input(rest);
        let version = u16::from_le_bytes(input.take()?);
        if version > VERSION {
            return Err(ModelError::Version(version));
        }
        if version == 0 {
            return Err(ModelError::Damaged);
        }
        let ids = input.many(|input| {
            let length = input.len()?;
            let text = input.bytes(length)?;
            String::from_utf8(text.to_vec()).map_err(|_| ModelError::Damaged)
        })?;
        let popularity = input.f32s(ids.len())?;
        let trend = input.f32s(ids.len())?;
        let evidence_k = input.f32()?;
        let features = input.many(|input| {
            let feature = Feature::from_code(input.u32()?).ok_or(ModelError::Damaged)?;
            Ok(FeatureWeight { feature, weight: input.f32()?, mean: input.f32()?, sd: input.f32()? })
        })?;
        let list_sets = input.many(|input| input.list_set(ids.len()))?;
        let learned = match version {
            1 => Learned::default(),
            _ => Learned::decode(&mut input, ids.len(), version)?,
        };
        if !input.0.is_empty() {
            return Err(ModelError::Damaged);
        }
        Ok(Self { ids, popularity, trend, blend: Blend { evidence_k, features }, list_sets, learned })
    }
}

fn put_list_set(out: &mut Vec<u8>, set: &ListSetDraft) {
    let (code, value) = match set.decay {
        Decay::Positions { rate } => (0, rate),
        Decay::Days { half_life } => (1, half_life),
    };
    out.extend([set.source as u8, code]);
    put_f32s(out, [value, set.weight, set.mean, set.sd]);
    for list in &set.lists {
        put_len(out, list.len());
        for (key, weight) in list {
            out.extend(key.0.to_le_bytes());
            out.extend(weight.to_le_bytes());
        }
    }
}

/// Lengths of what fits in memory here are far below 2³².
pub(super) fn put_len(out: &mut Vec<u8>, len: usize) {
    out.extend(u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
}

pub(super) fn put_f32s(out: &mut Vec<u8>, values: impl IntoIterator<Item = f32>) {
    out.extend(values.into_iter().flat_map(f32::to_le_bytes));
}

/// What is left to read.
pub(super) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn bytes(&mut self, len: usize) -> Result<&'a [u8], ModelError> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(ModelError::Damaged)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.bytes(N)?.try_into().map_err(|_| ModelError::Damaged)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn f32(&mut self) -> Result<f32, ModelError> {
        self.take().map(f32::from_le_bytes)
    }

    pub(super) fn len(&mut self) -> Result<usize, ModelError> {
        self.u32().map(|len| len as usize)
    }

    pub(super) fn f32s(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let bytes = self.bytes(count.checked_mul(4).ok_or(ModelError::Damaged)?)?;
        let value = |chunk: &[u8]| chunk.try_into().map(f32::from_le_bytes).map_err(|_| ModelError::Damaged);
        bytes.chunks_exact(4).map(value).collect()
    }

    /// A count and as many things; a false count runs out of bytes before it costs memory.
    pub(super) fn many<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, ModelError>,
    ) -> Result<Vec<T>, ModelError> {
        let count = self.len()?;
        (0..count).map(|_| one(self)).collect()
    }

    fn list_set(&mut self, items: usize) -> Result<ListSetDraft, ModelError> {
        let [source, code] = self.take()?;
        let value = self.f32()?;
        let source = match source {
            0 => ListSource::Collaborative,
            1 => ListSource::Content,
            _ => return Err(ModelError::Damaged),
        };
        let decay = match code {
            0 => Decay::Positions { rate: value },
            1 => Decay::Days { half_life: value },
            _ => return Err(ModelError::Damaged),
        };
        let (weight, mean, sd) = (self.f32()?, self.f32()?, self.f32()?);
        let mut list = || {
            self.many(|input| {
                let key = input.u32()?;
                let known = key > 0 && key as usize <= items;
                if known { Ok((ItemKey(key), input.f32()?)) } else { Err(ModelError::Damaged) }
            })
        };
        let lists = (0..items).map(|_| list()).collect::<Result<_, _>>()?;
        Ok(ListSetDraft { source, decay, weight, mean, sd, lists })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homebody_protocol::models::LinearPrior;

    fn learned() -> Learned {
        use homebody_protocol::features::FEATURES;
        use homebody_protocol::models::{Intent, Segment, Segments};
        use homebody_protocol::table::{Facet, FacetKind};
        let facet = |kind, name: &str| Facet { kind, name: name.to_owned() };
        let (zeros, ones) = (vec![0.0; FEATURES], vec![1.0; FEATURES]);
        let segment = Segment {
            name: "buyer".to_owned(),
            share: 1.0,
            mean: [0.5; FEATURES],
            variance: [1.0; FEATURES],
        };
        Learned {
            segments: Segments { mean: zeros.clone(), sd: ones.clone(), hysteresis: 1.0, all: vec![segment] },
            intent: Intent {
                weights: ones.clone(),
                bias: -1.0,
                mean: zeros,
                sd: ones,
                slope: 0.9,
                offset: 0.1,
            },
            arms: vec![(1.0, 19.0), (2.0, 30.0)],
            usual_arm: (1.5, 20.0),
            linear: LinearPrior { mean: vec![0.1, -0.5], precision: vec![2.0, 0.5, 0.5, 1.0], noise: 0.25 },
            clusters: vec![(0.25, vec![(facet(FacetKind::Tag, "rot"), -0.5)]), (0.75, vec![])],
            questions: vec![(facet(FacetKind::Category, "Küche"), vec![0.9, 0.1])],
        }
    }

    fn model() -> Model {
        let set =
            |source, decay, lists| ListSetDraft { source, decay, weight: 0.5, mean: 0.1, sd: 2.0, lists };
        Model {
            ids: vec!["a".to_owned(), "ö".to_owned()],
            popularity: vec![1.0, 2.0],
            trend: vec![0.0, 3.5],
            blend: Blend {
                evidence_k: 2.0,
                features: vec![FeatureWeight { feature: Feature::Brand, weight: 0.3, mean: 0.0, sd: 1.0 }],
            },
            list_sets: vec![
                set(
                    ListSource::Collaborative,
                    Decay::Days { half_life: 30.0 },
                    vec![vec![(ItemKey(2), -0.25)], vec![]],
                ),
                set(
                    ListSource::Content,
                    Decay::Positions { rate: 0.9 },
                    vec![vec![], vec![(ItemKey(1), 0.5)]],
                ),
            ],
            learned: learned(),
        }
    }

    #[test]
    fn survives_its_bytes() {
        let bytes = model().encode();
        let read = Model::decode(&bytes).unwrap();
        assert_eq!(read.encode(), bytes);
        assert_eq!((read.ids, read.blend, read.learned), (model().ids, model().blend, learned()));
        assert_eq!(read.list_sets[0].lists[0], [(ItemKey(2), -0.25)]);
        assert_eq!(read.list_sets[0].decay, Decay::Days { half_life: 30.0 });
    }

    #[test]
    fn refuses_every_truncation_and_stranger() {
        let bytes = model().encode();
        for end in 4..bytes.len() {
            assert_eq!(Model::decode(&bytes[..end]).err(), Some(ModelError::Damaged), "cut at {end}");
        }
        assert_eq!(Model::decode(b"HBTB").err(), Some(ModelError::Magic));
        let mut newer = bytes.clone();
        newer[4] = 9;
        assert_eq!(Model::decode(&newer).err(), Some(ModelError::Version(9)));
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Model::decode(&longer).err(), Some(ModelError::Damaged));
    }

    #[test]
    fn older_versions_are_read_without_what_they_did_not_know() {
        let (whole, mut tail) = (model().encode(), Vec::new());
        learned().encode(&mut tail);
        let mut first = whole[..whole.len() - tail.len()].to_vec();
        first[4] = 1;
        let read = Model::decode(&first).unwrap();
        assert_eq!((read.learned, read.ids), (Learned::default(), model().ids));
        let mut section = Vec::new();
        homebody_protocol::wire::Section::write(&learned().linear, &mut section);
        let mut second = whole[..whole.len() - section.len() - 4].to_vec();
        second[4] = 2;
        let without = Learned { linear: LinearPrior::default(), ..learned() };
        assert_eq!(Model::decode(&second).unwrap().learned, without);
    }

    #[test]
    fn questions_name_only_what_is_known() {
        use homebody_protocol::table::FacetKind;
        let all = learned().questions(7, |_| true);
        assert_eq!((all.all.len(), all.shares.len(), all.tastes[0].len()), (1, 2, 1));
        assert_eq!(all.all[0].facet, FacetKind::Category.key(7, "Küche"));
        assert!(learned().questions(7, |facet| facet.kind == FacetKind::Category).tastes[0].is_empty());
        assert_eq!(learned().questions(7, |_| false), homebody_protocol::models::Questions::default());
        assert_eq!(learned().arms([Some(1), None].into_iter()).0, [(2.0, 30.0), (1.5, 20.0)]);
    }

    #[test]
    fn only_content_lists_are_dropped() {
        let mut model = model();
        model.drop_content_lists();
        assert_eq!(model.list_sets[0].lists[0].len(), 1);
        assert!(model.list_sets[1].lists.iter().all(Vec::is_empty));
    }
}
