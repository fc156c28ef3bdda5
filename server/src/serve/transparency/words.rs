//! Tasks in plain words: they follow from the task itself, so that a site cannot describe one as something else.

use homebody_protocol::task::{Answer, Bound, Head, HeadKind, Measurement, Metric, Mode, Noise, Task};

/// What is asked.
pub(super) fn question(measurement: &Measurement) -> String {
    use Measurement as Ask;
    match measurement {
        Ask::Popularity { head } => format!("Which of {} did you want lately?", of(head)),
        Ask::CoOccurrence { head, .. } => format!("Which two of {} did you want, both?", of(head)),
        Ask::DirectedPairs { head, .. } => format!("Which of {} did you want after which?", of(head)),
        Ask::Segments { segments } => format!("Which of {segments} kinds of visitor are you now?"),
        Ask::KMeans { centres, .. } => {
            format!("Which of {} typical visits is yours most like, and what are its numbers?", centres.len())
        }
        Ask::Mixture { shares, .. } => {
            format!(
                "How much is your visit like each of {} typical ones, and what are its numbers?",
                shares.len()
            )
        }
        Ask::SecondMoments { .. } => {
            "How often, how long and how dear are visits, and what goes with what?".to_owned()
        }
        Ask::Logistic { .. } | Ask::Intent { .. } => {
            "What do visits look like that end in a purchase?".to_owned()
        }
        Ask::Blend { .. } => "Which parts of a score spoke for what you chose?".to_owned(),
        Ask::Experiment { variants, outcomes, .. } => {
            format!("Which of {variants} variants did you see, and which of {outcomes} outcomes followed?")
        }
        Ask::Metric { variants, metric, limit, .. } => {
            let what = match metric {
                Metric::Revenue => "for how much did you buy since, and before",
                Metric::OrderValue => "in how many orders did you buy since, and for how much",
                Metric::ClickThrough => "how many items were you shown since, and how many of them followed",
                Metric::Conversion => "did you buy something since, and before",
                Metric::Return => "did you come back, and had you been here before",
                Metric::Dwell => "for how many seconds did you look at items since, and before",
                Metric::Bounce => "did you leave without a look at any item, and had you been here before",
            };
            let most = if *limit > 1 { format!(" (up to {limit})") } else { String::new() };
            format!("Which of {variants} variants did you see, and {what}?{most}")
        }
        Ask::Calibration { .. } => {
            "How likely did your device think a purchase, and was there one?".to_owned()
        }
        Ask::Diversity { .. } => "How varied is what you were shown?".to_owned(),
        Ask::Drift { .. } => {
            "Are visits still what they were? (a few of their numbers, drawn by lot)".to_owned()
        }
        Ask::Decisions {} => "Which purposes did you allow?".to_owned(),
        Ask::Gate { top, .. } => {
            format!("Would the new model, or the one in use, have had what you chose among the first {top}?")
        }
        Ask::Votes { settings, .. } => {
            format!("Which of {} settings would have put what you chose to the front?", settings.len())
        }
        Ask::Evaluation { .. } => "How far to the front does the model put what you chose?".to_owned(),
        Ask::OffPolicy { .. } => {
            "How likely would more or less chance have listed one thing you were shown, and did you open it?"
                .to_owned()
        }
    }
}

fn of(head: &Head) -> String {
    match head.of {
        HeadKind::Items => format!("the {} best-known items", head.len()),
        HeadKind::Facets => format!("{} categories, brands and topics", head.len()),
    }
}

/// The most that one report can say.
pub(super) fn bound(task: &Task) -> String {
    let length = task.length;
    match task.bound {
        Bound::OneHot => format!("Exactly one of {length} numbers is 1, all others 0"),
        Bound::MultiHot { ones } => format!("At most {ones} of {length} numbers are 1, all others 0"),
        Bound::Integers { max, l1 } => {
            format!("{length} whole numbers, each up to {max}, together up to {l1}")
        }
    }
}

/// Who could read an answer.
pub(super) fn mode(mode: &Mode) -> &'static str {
    match mode {
        Mode::Trusted { .. } => {
            "This site could read an answer in the moment in which it adds it up. It promises not to, and keeps none."
        }
        Mode::Local { .. } => {
            "Nobody can read a true answer: your device answers at random, and only sums mean anything."
        }
        Mode::Split { .. } => {
            "Two parties hold half of each answer. Neither can read it alone; together they could."
        }
    }
}

/// Stable word of how a `local` answer is drawn.
pub(super) fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::RandomisedResponse => "randomised_response",
        Answer::Hadamard => "hadamard",
    }
}

/// Where noise comes from.
pub(super) fn noise(mode: &Mode) -> String {
    let of = |noise: Noise| {
        let amount = f64::from(noise.milli()) / 1_000.0;
        match noise {
            Noise::Gaussian { .. } => {
                format!("whole numbers from a normal curve, standard deviation {amount}")
            }
            Noise::Laplace { .. } => format!("whole numbers from a Laplace curve, scale {amount}"),
        }
    };
    match mode {
        Mode::Trusted { noise } => format!("The site adds {} to each sum it releases", of(*noise)),
        Mode::Split { noise, .. } => {
            format!("Each of the two parties adds {} to its half: one that is honest is enough", of(*noise))
        }
        Mode::Local { answer: Answer::RandomisedResponse, .. } => {
            "Your device gives the true answer or another one, by lot, and repeats it while nothing changes"
                .to_owned()
        }
        Mode::Local { answer: Answer::Hadamard, .. } => {
            "Your device says one bit, true or not by lot, and repeats it while nothing changes".to_owned()
        }
    }
}

/// Seconds as people say them.
pub(super) fn duration(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let (size, name) =
        units.into_iter().find(|(size, _)| seconds.is_multiple_of(*size)).unwrap_or((1, "second"));
    match seconds / size {
        1 => format!("one {name}"),
        count => format!("{count} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_kind_of_task_is_asked_in_words() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/protocol/testdata/tasks");
        let mut questions = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let task = Task::from_json(&text).unwrap();
            let question = question(&task.measurement);
            let all = [question.clone(), bound(&task), mode(&task.mode).to_owned(), noise(&task.mode)];
            assert!(all.iter().all(|words| words.len() > 20 && !words.contains('_')), "{all:?}");
            questions.push(question);
        }
        assert!(questions.len() > 15, "{questions:?}");
    }

    #[test]
    fn durations_are_said_in_their_largest_whole_unit() {
        for (seconds, words) in [
            (604_800, "7 days"),
            (86_400, "one day"),
            (7_200, "2 hours"),
            (3_660, "61 minutes"),
            (59, "59 seconds"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }
}
