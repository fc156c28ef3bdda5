//! Arms of an experiment on words may differ in words.

use super::super::config::ConsentConfig;
use super::Hit;

/// The texts an arm may have of its own.
const ALLOWED: [&str; 2] = ["banner.title", "banner.body"];

pub(super) fn differs(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (index, arm) in config.experiment.iter().flat_map(|experiment| experiment.arms.iter().enumerate()) {
        for (language, texts) in &arm.texts {
            for key in texts.keys().filter(|key| !ALLOWED.contains(&key.as_str())) {
                let path = format!("experiment.arms[{index}].texts.{language}.{key}");
                hits.push(Hit::new(path, format!("arm `{}` has `{key}` of its own", arm.id)));
            }
        }
    }
    hits
}
