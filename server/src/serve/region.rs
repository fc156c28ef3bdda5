//! Where a visitor is, as the edge in front of us says. Nothing of it is kept.

use axum::http::HeaderMap;
use homebody_protocol::consent::region_code;

use crate::config::ConsentServeConfig;

/// The ISO 3166 code from the headers that the configuration names; empty, which devices take for the strictest law,
/// when there is none or it has not the form.
pub(crate) fn of(config: &ConsentServeConfig, headers: &HeaderMap) -> String {
    region_code(
        value(config.region_header.as_deref(), headers),
        value(config.subdivision_header.as_deref(), headers),
    )
}

/// The one value of a header. Of several nobody knows which one the edge has written.
fn value<'a>(name: Option<&str>, headers: &'a HeaderMap) -> &'a str {
    let Some(name) = name else { return "" };
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default().trim(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn region(sent: &[(&'static str, &'static str)]) -> String {
        let config = ConsentServeConfig {
            region_header: Some("X-Country".to_owned()),
            subdivision_header: Some("X-Part".to_owned()),
            ..ConsentServeConfig::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        of(&config, &headers)
    }

    #[test]
    fn country_and_part_come_from_the_named_headers() {
        assert_eq!(region(&[("x-country", "US"), ("x-part", "CA")]), "US-CA");
        assert_eq!(region(&[("x-country", " DE ")]), "DE");
        assert_eq!(region(&[("x-part", "CA"), ("x-other", "DE")]), "");
    }

    #[test]
    fn what_is_doubtful_is_unknown() {
        assert_eq!(region(&[("x-country", "US"), ("x-country", "DE")]), "");
        assert_eq!(region(&[("x-country", "usa"), ("x-part", "CA")]), "");
        let headers =
            HeaderMap::from_iter([(HeaderName::from_static("x-country"), HeaderValue::from_static("DE"))]);
        assert_eq!(of(&ConsentServeConfig::default(), &headers), "", "no header is read that was not named");
    }
}
