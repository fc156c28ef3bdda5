//! The table of all rules.

use super::super::config::ConsentConfig;
use super::{Hit, LintRule, Severity};
use super::{
    buttons, experiment, information, limits, negatives, regions, special, theme, translated, words,
};

/// A rule about fields that the form does not have; [`super::dark`] and [`super::recover`] find them.
fn elsewhere(_: &ConsentConfig) -> Vec<Hit> {
    Vec::new()
}

const fn error(
    code: &'static str,
    finds: &'static str,
    fix: &'static str,
    find: fn(&ConsentConfig) -> Vec<Hit>,
) -> LintRule {
    LintRule { code, severity: Severity::Error, finds, fix, find }
}

/// All rules, in the order of the documentation.
pub(super) static RULES: [LintRule; 27] = [
    error(
        "consent_syntax",
        "not JSON, or a value of the wrong type",
        "docs/consent-config.md shows every field",
        elsewhere,
    ),
    error(
        "consent_unknown_field",
        "a field that the form does not have",
        "check the spelling, or take it out",
        elsewhere,
    ),
    error(
        "consent_duplicate_key",
        "a field that stands twice in one object",
        "keep one of the two",
        elsewhere,
    ),
    error(
        "consent_range",
        "a value outside its range",
        "docs/consent-config.md shows every range",
        elsewhere,
    ),
    error(
        "consent_reference",
        "a name of something that the file does not have",
        "add it, or correct the name",
        elsewhere,
    ),
    error(
        "consent_no_reject",
        "no way to say no on the first layer",
        "put `reject` into `ask.buttons`, beside `accept`, and give it words",
        buttons::no_reject,
    ),
    error(
        "consent_button_order",
        "accept and reject not side by side at the front",
        "begin `ask.buttons` with `accept` and `reject`, in either order",
        buttons::order,
    ),
    error(
        "consent_button_unequal",
        "accept and reject of different looks",
        "style both at once, by `theme.button` and the colours `button`, `buttonText` and `buttonBorder`",
        elsewhere,
    ),
    error(
        "consent_button_hidden",
        "buttons that can hardly be seen",
        "letters of 14 px or more; a button or border with a contrast of 3:1 to the surface; no style sheets",
        theme::hidden,
    ),
    error(
        "consent_contrast",
        "words with a contrast below 4.5:1",
        "take a darker or a lighter colour until the contrast is 4.5:1",
        theme::contrast,
    ),
    error(
        "consent_preticked",
        "a purpose that is on before anybody said yes",
        "take it out: what is asked begins switched off, everywhere",
        elsewhere,
    ),
    error(
        "consent_reask_too_soon",
        "a refusal asked again within six months",
        "set `ask.reaskAfterRefusalDays` to 180 or more",
        limits::reask,
    ),
    error(
        "consent_expiry_too_long",
        "a yes that lasts more than thirteen months",
        "set `ask.expireAfterDays` to 365",
        limits::expiry,
    ),
    LintRule {
        code: "consent_expiry_long",
        severity: Severity::Warning,
        finds: "a yes that lasts more than a year",
        fix: "set `ask.expireAfterDays` to 365",
        find: limits::long_expiry,
    },
    error(
        "consent_notice_in_opt_in",
        "`notice` where the law asks for consent first",
        "set the mode to `ask`, or put an entry for the region before this one",
        regions::notice_in_opt_in,
    ),
    error(
        "consent_no_controller",
        "nobody named as responsible",
        "set `controller.name`",
        information::controller,
    ),
    error("consent_no_contact", "no address to write to", "set `controller.contact`", information::contact),
    error("consent_no_policy", "no privacy policy", "set `controller.policyUrl`", information::policy),
    error(
        "consent_no_authority",
        "no authority for complaints",
        "set `controller.authority`",
        information::authority,
    ),
    error(
        "consent_no_rights",
        "rights of visitors that the notice does not name",
        "list all eight in `rights`",
        information::rights,
    ),
    error(
        "consent_no_purposes",
        "nothing to ask for",
        "name at least one purpose, such as `personalize`",
        information::purposes,
    ),
    error(
        "consent_no_retention",
        "a purpose that does not say how long it keeps data",
        "set `retentionDays`; 0 only where nothing is kept",
        information::retention,
    ),
    error(
        "consent_special_category",
        "data of a special category without consent that is explicit",
        "give it a purpose of its own, with the sentence of consent under the key in `explicit`",
        special::special,
    ),
    error(
        "consent_untranslated",
        "a text that a language lacks",
        "add it under `texts`, or take the language out of `languages.available`",
        translated::untranslated,
    ),
    error(
        "consent_first_layer_long",
        "a first layer of more than 60 words",
        "move what is more than 60 words to the policy",
        words::first_layer,
    ),
    error(
        "consent_double_negative",
        "a double negative",
        "say what happens when somebody says yes",
        negatives::double,
    ),
    error(
        "consent_experiment_differs",
        "arms that differ in more than title, body and position",
        "leave `banner.title`, `banner.body` and `position`, and take the rest out",
        experiment::differs,
    ),
];
