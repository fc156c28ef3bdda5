//! The questionnaire for newcomers: which question to ask next, and what an answer means.
//!
//! Visitors are of one of a few hidden clusters. Each question has, for every cluster, the probability of a yes; the
//! device keeps the posterior over clusters, asks the question with the highest expected information gain, and turns
//! the final posterior into tastes. Answers never leave the device.

use crate::ids::FacetKey;
use crate::wire::{Reader, Section, put_count, put_f32s, put_text};

/// Most questions.
pub const MAX_QUESTIONS: usize = 64;
/// Most clusters.
pub const MAX_CLUSTERS: usize = 16;
/// Most tastes of one cluster.
pub const MAX_TASTES: usize = 32;

/// What a visitor answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Answer {
    /// Likes it.
    Yes = 1,
    /// Does not.
    No = 2,
    /// Would rather not say: changes nothing, and the question is not asked again.
    Skip = 3,
}

/// One question: "do you like this?"
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is asked about, in the site's words.
    pub text: String,
    /// The facet it is about.
    pub facet: FacetKey,
    /// Probability of a yes in each cluster, in (0, 1).
    pub yes: Vec<f32>,
}

/// The questionnaire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questions {
    /// Share of each cluster among visitors, > 0, sum 1.
    pub shares: Vec<f32>,
    /// For each cluster, facets and how much it likes them, −1 to 1.
    pub tastes: Vec<Vec<(FacetKey, f32)>>,
    /// The questions, most informative first.
    pub all: Vec<Question>,
}

impl Section for Questions {
    const TAG: &'static str = "QUES";

    fn write(&self, out: &mut Vec<u8>) {
        put_count(out, self.shares.len());
        put_count(out, self.all.len());
        put_f32s(out, &self.shares);
        for tastes in &self.tastes {
            put_count(out, tastes.len());
            for (facet, taste) in tastes {
                out.extend(facet.0.to_le_bytes());
                put_f32s(out, &[*taste]);
            }
        }
        for question in &self.all {
            out.extend(question.facet.0.to_le_bytes());
            put_f32s(out, &question.yes);
            put_text(out, &question.text);
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let clusters = input.count(MAX_CLUSTERS);
        let questions = input.count(MAX_QUESTIONS);
        Self {
            shares: input.f32s(clusters, Reader::positive),
            tastes: (0..clusters).map(|_| tastes(input)).collect(),
            all: (0..questions).map(|_| question(input, clusters)).collect(),
        }
    }
}

fn tastes(input: &mut Reader<'_>) -> Vec<(FacetKey, f32)> {
    let count = input.count(MAX_TASTES);
    (0..count).map(|_| (FacetKey(input.u32()), input.f32())).collect()
}

fn question(input: &mut Reader<'_>, clusters: usize) -> Question {
    let facet = FacetKey(input.u32());
    let yes = input.f32s(clusters, Reader::positive);
    input.ensure(yes.iter().all(|&yes| yes < 1.0));
    Question { facet, yes, text: input.text() }
}
