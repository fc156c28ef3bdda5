//! What was learned besides the ranking, by the site's own names: facets are written out, because their keys change with
//! the key seed and their numbers with the catalogue.
//!
//! Bytes, little-endian: segments and intent as the sections of a table, each with its `u32` length in front (0 = none);
//! two `f32` of the usual arm, `u32` arms × two `f32`; `u32` clusters × (`f32` share, `u32` tastes × (facet, `f32`)),
//! `u32` questions × (facet, `f32` per cluster); the prior of the linear bandit as a section. A facet is `u8` kind, `u32` length, UTF-8.

use homebody_learn::extras;
use homebody_protocol::models::{ArmPriors, Intent, LinearPrior, Question, Questions, Segments};
use homebody_protocol::table::{Facet, FacetKind};
use homebody_protocol::wire::{Section, decode};

use super::model::{Input, ModelError, put_f32s, put_len};

/// The small models of a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned {
    /// Visitor segments.
    pub segments: Segments,
    /// Purchase intent.
    pub intent: Intent,
    /// Beta prior of each of the model's items; empty without priors.
    pub arms: Vec<(f32, f32)>,
    /// Beta prior of an item that came later.
    pub usual_arm: (f32, f32),
    /// Prior of the linear bandit; default without one.
    pub linear: LinearPrior,
    /// Share of each cluster of visitors and its tastes.
    pub clusters: Vec<(f32, Vec<(Facet, f32)>)>,
    /// Facets to ask about with the probability of a yes in each cluster.
    pub questions: Vec<(Facet, Vec<f32>)>,
}

impl Learned {
    /// Names the facets of what was learned over a catalogue with these.
    pub fn new(learned: extras::Learned, facets: &[Facet]) -> Self {
        let extras::Learned { segments, intent, arms, linear, questions, .. } = learned;
        let narrow = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect::<Vec<f32>>();
        let named = |(facet, taste): (usize, f64)| Some((facets.get(facet)?.clone(), taste as f32));
        let tastes =
            questions.tastes.into_iter().map(|tastes| tastes.into_iter().filter_map(named).collect());
        let asked = |(facet, yes): (usize, Vec<f64>)| Some((facets.get(facet)?.clone(), narrow(yes)));
        Self {
            segments,
            intent,
            arms: arms.items,
            usual_arm: arms.usual,
            linear,
            clusters: narrow(questions.shares).into_iter().zip(tastes).collect(),
            questions: questions.questions.into_iter().filter_map(asked).collect(),
        }
    }

    /// The questionnaire under a key seed; facets that `known` refuses (they have left the catalogue, or the site calls
    /// them sensitive now) are neither asked about nor a taste.
    pub fn questions(&self, id_seed: u32, known: impl Fn(&Facet) -> bool) -> Questions {
        let key = |facet: &Facet| facet.kind.key(id_seed, &facet.name);
        let taste = |(facet, taste): &(Facet, f32)| known(facet).then(|| (key(facet), *taste));
        let question = |(facet, yes): &(Facet, Vec<f32>)| {
            known(facet).then(|| Question { text: facet.name.clone(), facet: key(facet), yes: yes.clone() })
        };
        let all: Vec<Question> = self.questions.iter().filter_map(question).collect();
        if all.is_empty() {
            return Questions::default();
        }
        Questions {
            shares: self.clusters.iter().map(|(share, _)| *share).collect(),
            tastes: self
                .clusters
                .iter()
                .map(|(_, tastes)| tastes.iter().filter_map(taste).collect())
                .collect(),
            all,
        }
    }

    /// The priors of a table's rows, each given by its item's place in the model; empty without priors.
    pub fn arms(&self, places: impl Iterator<Item = Option<usize>>) -> ArmPriors {
        if self.arms.is_empty() {
            return ArmPriors::default();
        }
        ArmPriors(places.map(|place| place.map_or(self.usual_arm, |place| self.arms[place])).collect())
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        put_section(out, &self.segments);
        put_section(out, &self.intent);
        put_f32s(out, [self.usual_arm.0, self.usual_arm.1]);
        put_len(out, self.arms.len());
        self.arms.iter().for_each(|arm| put_f32s(out, [arm.0, arm.1]));
        put_len(out, self.clusters.len());
        for (share, tastes) in &self.clusters {
            put_f32s(out, [*share]);
            put_len(out, tastes.len());
            for (facet, taste) in tastes {
                put_facet(out, facet);
                put_f32s(out, [*taste]);
            }
        }
        put_len(out, self.questions.len());
        for (facet, yes) in &self.questions {
            put_facet(out, facet);
            put_f32s(out, yes.iter().copied());
        }
        put_section(out, &self.linear);
    }

    /// Reads what [`Self::encode`] of a model version wrote for `items` items; version 2 knew no prior of the linear bandit.
    pub(super) fn decode(input: &mut Input<'_>, items: usize, version: u16) -> Result<Self, ModelError> {
        let (segments, intent) = (section(input)?, section(input)?);
        let usual_arm = (input.f32()?, input.f32()?);
        let arms = input.many(|input| Ok((input.f32()?, input.f32()?)))?;
        let clusters = input.many(|input| {
            let share = input.f32()?;
            Ok((share, input.many(|input| Ok((facet(input)?, input.f32()?)))?))
        })?;
        let questions = input.many(|input| Ok((facet(input)?, input.f32s(clusters.len())?)))?;
        let linear = if version == 2 { LinearPrior::default() } else { section(input)? };
        if !arms.is_empty() && arms.len() != items {
            return Err(ModelError::Damaged);
        }
        Ok(Self { segments, intent, arms, usual_arm, linear, clusters, questions })
    }
}

fn put_section<S: Section>(out: &mut Vec<u8>, section: &S) {
    let mut bytes = Vec::new();
    if *section != S::default() {
        section.write(&mut bytes);
    }
    put_len(out, bytes.len());
    out.extend(bytes);
}

fn section<S: Section>(input: &mut Input<'_>) -> Result<S, ModelError> {
    let length = input.len()?;
    let bytes = input.bytes(length)?;
    if bytes.is_empty() {
        return Ok(S::default());
    }
    decode(bytes).ok_or(ModelError::Damaged)
}

fn put_facet(out: &mut Vec<u8>, facet: &Facet) {
    out.push(facet.kind as u8);
    put_len(out, facet.name.len());
    out.extend(facet.name.as_bytes());
}

fn facet(input: &mut Input<'_>) -> Result<Facet, ModelError> {
    let [kind] = input.take()?;
    let kind = FacetKind::from_code(kind).ok_or(ModelError::Damaged)?;
    let length = input.len()?;
    let name = String::from_utf8(input.bytes(length)?.to_vec()).map_err(|_| ModelError::Damaged)?;
    Ok(Facet { kind, name })
}
