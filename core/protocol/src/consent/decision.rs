//! What a page may tell of a decision: enough to count it, nothing to tell two visitors apart.

use serde::{Deserialize, Serialize};

/// The largest decision in bytes; there is no room for anything besides its fields.
pub const MAX_DECISION_BYTES: usize = 512;

/// The body of `POST /v1/decisions`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentDecision"))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The notice that was shown: `notice` of `GET /v1/consent.json`.
    pub notice: String,
    /// The language it was shown in, one of the file's.
    pub language: String,
    /// The arm of the experiment that was drawn for the page; absent when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub variant: Option<String>,
    /// What was done.
    pub action: DecisionAction,
}

/// What somebody did with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export, rename = "ConsentAction"))]
#[serde(rename_all = "kebab-case")]
pub enum DecisionAction {
    /// Yes to everything that was asked.
    Accept,
    /// Yes to some of it.
    Partial,
    /// No to everything.
    Refuse,
    /// Not now.
    Later,
    /// A yes was taken back.
    Withdraw,
    /// A notice was shown where no yes is needed.
    Noticed,
    /// Somebody objected to what needs no yes.
    Object,
}

impl DecisionAction {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Accept, Self::Partial, Self::Refuse, Self::Later, Self::Withdraw, Self::Noticed, Self::Object];

    /// Its word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Partial => "partial",
            Self::Refuse => "refuse",
            Self::Later => "later",
            Self::Withdraw => "withdraw",
            Self::Noticed => "noticed",
            Self::Object => "object",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_wire() {
        for action in DecisionAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.word());
        }
    }

    #[test]
    fn nothing_fits_in_besides_its_fields() {
        let text = r#"{"notice":"n","language":"de","action":"accept","visitor":"7"}"#;
        assert!(serde_json::from_str::<Decision>(text).is_err());
    }

    #[test]
    fn the_longest_decision_fits() {
        // A hash, a tag of language, the longest name of an arm.
        let (notice, language, variant) = ("f".repeat(64), "x".repeat(35), Some("a".repeat(64)));
        let longest = Decision { notice, language, variant, action: DecisionAction::Withdraw };
        assert!(serde_json::to_string_pretty(&longest).unwrap().len() < MAX_DECISION_BYTES);
    }
}
