//! Data of special categories (GDPR Art. 9).

use super::super::BUILT_IN_PURPOSES;
use super::super::config::ConsentConfig;
use super::super::purpose::DataKind;
use super::Hit;

pub(super) fn special(config: &ConsentConfig) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (id, purpose) in config.purposes.iter().filter(|(_, purpose)| purpose.is_special()) {
        let path = format!("purposes.{id}.data");
        if BUILT_IN_PURPOSES.contains(&id.as_str()) {
            let message = format!("`{id}` takes data of a special category along with everything else");
            hits.push(Hit::new(path, message));
        } else if purpose.data.iter().copied().any(|kind| !DataKind::is_special(kind)) {
            let message = format!("`{id}` asks for data of a special category and for other data in one");
            hits.push(Hit::new(path, message));
        } else if purpose.explicit.is_none() {
            let message =
                format!("`{id}` uses data of a special category without a sentence of explicit consent");
            hits.push(Hit::new(path, message));
        }
    }
    hits
}
