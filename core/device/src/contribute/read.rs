//! Tasks on the device: from the document that the page made of the signed JSON.
//!
//! The JSON reader that servers use weighs more than everything else in the module together; the page has one anyway.
//! What is read is held to the very same [`Task::check`], and like there nothing may stand in a task that is not known.

use homebody_protocol::task::{
    Aggregators, Answer, Bound, Edges, Head, HeadKind, Measurement, Mode, Noise, Scale, Setting, Task,
    TaskError, TaskPurpose,
};
#[cfg(feature = "contribute")]
use homebody_protocol::task::{Metric, Weights};

use crate::care::document::Value;

/// Reads a task; `js/src/document.ts` writes what is read here.
///
/// # Errors
/// [`TaskError`] as for [`Task::from_json`]; the place of a value of the wrong form is not told.
pub fn read_task(document: &[u8]) -> Result<Task, TaskError> {
    let value = Value::of_bytes(document).ok();
    let task = value.and_then(|value| Task::read(&value));
    let task = task.ok_or(TaskError::Syntax { path: String::new(), message: String::new() })?;
    task.check()?;
    Ok(task)
}

/// What stands in a task.
trait Read: Sized {
    fn read(value: &Value<'_>) -> Option<Self>;
}

/// The members of a map. All have to be read.
struct Fields<'v, 'a> {
    members: &'v [Value<'a>],
    read: usize,
}

impl<'v, 'a> Fields<'v, 'a> {
    fn of(value: &'v Value<'a>) -> Option<Self> {
        let Value::Map(members) = value else { return None };
        Some(Self { members, read: 0 })
    }

    fn get<T: Read>(&mut self, name: &str) -> Option<T> {
        let value = self.members.chunks_exact(2).find(|member| is_text(&member[0], name))?;
        self.read += 2;
        T::read(&value[1])
    }

    /// The value, if nothing else stands there.
    fn whole<T>(&self, value: T) -> Option<T> {
        (self.read == self.members.len()).then_some(value)
    }
}

fn is_text(value: &Value<'_>, text: &str) -> bool {
    matches!(value, Value::Text(found) if *found == text)
}

/// A word that stands for a kind, and what belongs to it.
fn kind<'v, 'a>(value: &'v Value<'a>) -> Option<(&'a str, Fields<'v, 'a>)> {
    match value {
        Value::Text(word) => Some((word, Fields { members: &[], read: 0 })),
        Value::Map(members) => match members.as_slice() {
            [Value::Text(word), fields] => Some((word, Fields::of(fields)?)),
            _ => None,
        },
        _ => None,
    }
}

/// Reads a struct, or one kind of an enum, of these fields.
macro_rules! whole {
    ($from:ident, $($path:ident)::+ { $($field:ident),* }) => {{
        $(let $field = $from.get(stringify!($field))?;)*
        $from.whole($($path)::+ { $($field),* })
    }};
}

impl Read for u32 {
    fn read(value: &Value<'_>) -> Option<Self> {
        value.whole(Self::MAX).ok()
    }
}

impl Read for f32 {
    fn read(value: &Value<'_>) -> Option<Self> {
        let Value::Number(number) = value else { return None };
        Some(*number as f32)
    }
}

impl Read for String {
    fn read(value: &Value<'_>) -> Option<Self> {
        let Value::Text(text) = value else { return None };
        Some((*text).to_owned())
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value<'_>) -> Option<Self> {
        let Value::List(values) = value else { return None };
        values.iter().map(T::read).collect()
    }
}

impl Read for Task {
    fn read(value: &Value<'_>) -> Option<Self> {
        let mut all = Fields::of(value)?;
        whole!(
            all,
            Task {
                format,
                site,
                name,
                description,
                purpose,
                measurement,
                length,
                bound,
                mode,
                micro_rho,
                window_s,
                time_precision_s,
                min_batch_size,
                starts_at,
                ends_at
            }
        )
    }
}

impl Read for TaskPurpose {
    fn read(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text("contribute") => Some(Self::Contribute),
            Value::Text("measure") => Some(Self::Measure),
            _ => None,
        }
    }
}

impl Read for Bound {
    fn read(value: &Value<'_>) -> Option<Self> {
        let (word, mut all) = kind(value)?;
        match word {
            "one_hot" => all.whole(Self::OneHot),
            "multi_hot" => whole!(all, Bound::MultiHot { ones }),
            "integers" => whole!(all, Bound::Integers { max, l1 }),
            _ => None,
        }
    }
}

impl Read for Mode {
    fn read(value: &Value<'_>) -> Option<Self> {
        let (word, mut all) = kind(value)?;
        match word {
            "trusted" => whole!(all, Mode::Trusted { noise }),
            "local" => whole!(all, Mode::Local { answer, micro_epsilon }),
            "split" => whole!(all, Mode::Split { noise, aggregators }),
            _ => None,
        }
    }
}

impl Read for Noise {
    fn read(value: &Value<'_>) -> Option<Self> {
        let (word, mut all) = kind(value)?;
        match word {
            "gaussian" => whole!(all, Noise::Gaussian { milli_sigma }),
            "laplace" => whole!(all, Noise::Laplace { milli_scale }),
            _ => None,
        }
    }
}

impl Read for Answer {
    fn read(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text("randomised_response") => Some(Self::RandomisedResponse),
            Value::Text("hadamard") => Some(Self::Hadamard),
            _ => None,
        }
    }
}

impl Read for Aggregators {
    fn read(value: &Value<'_>) -> Option<Self> {
        let mut all = Fields::of(value)?;
        whole!(all, Aggregators { leader, helper, helper_operator })
    }
}

impl Read for Measurement {
    fn read(value: &Value<'_>) -> Option<Self> {
        use Measurement as M;
        let (word, mut all) = kind(value)?;
        match word {
            "popularity" => whole!(all, M::Popularity { head }),
            "co_occurrence" => whole!(all, M::CoOccurrence { head, shards }),
            "directed_pairs" => whole!(all, M::DirectedPairs { head, shards }),
            "segments" => whole!(all, M::Segments { segments }),
            "k_means" => whole!(all, M::KMeans { scale, centres, levels }),
            "mixture" => whole!(all, M::Mixture { scale, shares, means, variances, levels }),
            "second_moments" => whole!(all, M::SecondMoments { scale, levels }),
            "logistic" => whole!(all, M::Logistic { scale, weights, levels }),
            "intent" => whole!(all, M::Intent { edges }),
            "blend" => whole!(all, M::Blend { model, weights, levels }),
            "experiment" => whole!(all, M::Experiment { experiment, variants, outcomes }),
            #[cfg(feature = "contribute")]
            "metric" => whole!(all, M::Metric { experiment, variants, metric, limit, levels }),
            "calibration" => whole!(all, M::Calibration { bins }),
            "diversity" => whole!(all, M::Diversity { bins }),
            "drift" => whole!(all, M::Drift { edges }),
            "decisions" => all.whole(M::Decisions {}),
            "gate" => whole!(all, M::Gate { champion, candidate, top }),
            "votes" => whole!(all, M::Votes { model, settings, top }),
            "evaluation" => whole!(all, M::Evaluation { model, ranks }),
            #[cfg(feature = "contribute")]
            "off_policy" => whole!(all, M::OffPolicy { strength, weights }),
            _ => None,
        }
    }
}

#[cfg(feature = "contribute")]
impl Read for Metric {
    fn read(value: &Value<'_>) -> Option<Self> {
        let names = ["revenue", "order_value", "click_through", "conversion", "return", "dwell", "bounce"];
        let named = names.into_iter().zip(Self::ALL).find(|(name, _)| is_text(value, name))?;
        Some(named.1)
    }
}

#[cfg(feature = "contribute")]
impl Read for Weights {
    fn read(value: &Value<'_>) -> Option<Self> {
        let mut all = Fields::of(value)?;
        whole!(all, Weights { most, levels })
    }
}

impl Read for Head {
    fn read(value: &Value<'_>) -> Option<Self> {
        let mut all = Fields::of(value)?;
        whole!(all, Head { of, id_seed, keys })
    }
}

impl Read for HeadKind {
    fn read(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text("items") => Some(Self::Items),
            Value::Text("facets") => Some(Self::Facets),
            _ => None,
        }
    }
}

impl Read for Scale {
    fn read(value: &Value<'_>) -> Option<Self> {
        let mut all = Fields::of(value)?;
        whole!(all, Scale { mean, sd, limit })
    }
}

impl Read for Edges {
    fn read(value: &Value<'_>) -> Option<Self> {
        Vec::read(value).map(Self)
    }
}

impl Read for Setting {
    fn read(value: &Value<'_>) -> Option<Self> {
        let mut all = Fields::of(value)?;
        whole!(all, Setting { alpha, diversity, calibration })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::document::{Tag, Writer};
    use serde_json::Value as Json;

    const GOLDEN: [&str; 21] = [
        include_str!("../../../protocol/testdata/tasks/head-pairs.json"),
        include_str!("../../../protocol/testdata/tasks/after.json"),
        include_str!("../../../protocol/testdata/tasks/popularity.json"),
        include_str!("../../../protocol/testdata/tasks/categories.json"),
        include_str!("../../../protocol/testdata/tasks/segments.json"),
        include_str!("../../../protocol/testdata/tasks/k-means.json"),
        include_str!("../../../protocol/testdata/tasks/mixture.json"),
        include_str!("../../../protocol/testdata/tasks/moments.json"),
        include_str!("../../../protocol/testdata/tasks/purchase.json"),
        include_str!("../../../protocol/testdata/tasks/intent.json"),
        include_str!("../../../protocol/testdata/tasks/blend.json"),
        include_str!("../../../protocol/testdata/tasks/checkout-ab.json"),
        include_str!("../../../protocol/testdata/tasks/revenue-ab.json"),
        include_str!("../../../protocol/testdata/tasks/calibration.json"),
        include_str!("../../../protocol/testdata/tasks/diversity.json"),
        include_str!("../../../protocol/testdata/tasks/drift.json"),
        include_str!("../../../protocol/testdata/tasks/decisions.json"),
        include_str!("../../../protocol/testdata/tasks/gate.json"),
        include_str!("../../../protocol/testdata/tasks/votes.json"),
        include_str!("../../../protocol/testdata/tasks/evaluation.json"),
        include_str!("../../../protocol/testdata/tasks/off-policy.json"),
    ];

    /// As the page does it.
    fn write(out: &mut Writer, value: &Json) {
        match value {
            Json::Null => out.tag(Tag::Null),
            Json::Bool(flag) => out.tag(if *flag { Tag::True } else { Tag::False }),
            Json::Number(number) => out.number(number.as_f64().unwrap()),
            Json::String(text) => out.text(text),
            Json::Array(values) => {
                out.tag(Tag::List);
                values.iter().for_each(|value| write(out, value));
                out.tag(Tag::End);
            }
            Json::Object(members) => {
                out.tag(Tag::Map);
                for (name, value) in members {
                    out.text(name);
                    write(out, value);
                }
                out.tag(Tag::End);
            }
        }
    }

    fn read(json: &Json) -> Result<Task, TaskError> {
        let mut out = Writer::default();
        write(&mut out, json);
        read_task(&out.into_bytes())
    }

    #[test]
    fn every_task_is_read_as_the_server_reads_it() {
        for text in GOLDEN {
            let json: Json = serde_json::from_str(text).unwrap();
            assert_eq!(read(&json), Ok(Task::from_json(text).unwrap()));
        }
    }

    #[test]
    fn what_is_missing_too_much_or_another_thing_is_refused() {
        for text in GOLDEN {
            let json: Json = serde_json::from_str(text).unwrap();
            for name in json.as_object().unwrap().keys() {
                let mut changed = json.clone();
                changed[name] = Json::Null;
                assert_eq!(read(&changed).map_err(|error| error.code()), Err("task_syntax"), "{name}");
                changed.as_object_mut().unwrap().remove(name);
                assert_eq!(read(&changed).map_err(|error| error.code()), Err("task_syntax"), "{name}");
            }
            let mut more = json.clone();
            more["more"] = Json::from(1);
            assert_eq!(read(&more).map_err(|error| error.code()), Err("task_syntax"));
            let mut dearer = json;
            dearer["micro_rho"] = Json::from(1);
            assert_eq!(
                read(&dearer).map_err(|error| error.code()),
                Err("task_mismatch"),
                "it is checked, too"
            );
        }
        assert_eq!(read_task(&[]).map_err(|error| error.code()), Err("task_syntax"));
    }
}
