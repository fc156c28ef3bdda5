//! The languages the npm package brings texts in.

/// The languages that the npm package brings texts in; for any other one a file has to have them all. A form of a
/// language stands before the language.
pub const BUILT_IN_LANGUAGES: [&str; 32] = [
    "en", "ar", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "he", "hr", "hu", "is", "it",
    "ja", "lt", "lv", "mt", "nb", "nl", "pl", "pt-BR", "pt", "ro", "sk", "sl", "sv", "tr", "zh",
];

/// The texts of a notice that do not depend on what is asked; besides them there are two for every purpose of
/// Homebody's own and one for every kind of data.
pub const NOTICE_KEYS: [&str; 40] = [
    "banner.label",
    "banner.title",
    "banner.body",
    "banner.accept",
    "banner.reject",
    "banner.preferences",
    "banner.later",
    "banner.policy",
    "notice.title",
    "notice.body",
    "notice.ok",
    "notice.object",
    "preferences.title",
    "preferences.lead",
    "preferences.save",
    "preferences.accept",
    "preferences.reject",
    "preferences.close",
    "preferences.details",
    "info.controller",
    "info.retention",
    "info.retention_none",
    "info.recipients",
    "info.recipients_none",
    "info.data",
    "info.rights",
    "info.authority",
    "info.withdraw",
    "right.access",
    "right.rectification",
    "right.erasure",
    "right.restriction",
    "right.portability",
    "right.objection",
    "right.withdrawal",
    "right.complaint",
    "signal.gpc",
    "signal.gpc_despite",
    "link.settings",
    "link.choices",
];

/// Other tags of a language: Norwegian by its general name and in the other written form, Hebrew by its old code.
const OTHER_NAMES: [(&str, &str); 3] = [("no", "nb"), ("nn", "nb"), ("iw", "he")];

/// The language whose built-in texts somebody with this BCP 47 tag is shown; none where a file has to have them all.
/// `languageOf` of the npm package decides alike.
pub fn built_in_language(tag: &str) -> Option<&'static str> {
    let tag = tag.to_lowercase().replace('_', "-");
    let (main, rest) = tag.split_once('-').unwrap_or((&tag, ""));
    let main = OTHER_NAMES.iter().find(|(other, _)| *other == main).map_or(main, |(_, name)| name);
    let wanted = format!("{main}-{rest}-");
    BUILT_IN_LANGUAGES
        .into_iter()
        .find(|language| wanted.starts_with(&format!("{}-", language.to_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_language_have_its_texts_and_others_have_none() {
        for (tag, language) in [
            ("en-GB", "en"),
            ("DE-at", "de"),
            ("de_CH", "de"),
            ("pt-BR", "pt-BR"),
            ("pt-br", "pt-BR"),
            ("pt-PT", "pt"),
            ("pt", "pt"),
            ("no", "nb"),
            ("nn-NO", "nb"),
            ("iw", "he"),
            ("zh-Hant-TW", "zh"),
        ] {
            assert_eq!(built_in_language(tag), Some(language), "{tag}");
        }
        for tag in ["", "e", "enm", "fil", "ko", "-de"] {
            assert_eq!(built_in_language(tag), None, "{tag}");
        }
    }
}
