//! Global Privacy Control, as browsers send it.

use axum::http::HeaderMap;

/// Whether the request carries `Sec-GPC: 1`. Whatever takes something from a visitor asks here first: with the signal
/// it answers as if it had taken it, and takes nothing.
pub(crate) fn is_on(headers: &HeaderMap) -> bool {
    headers.get_all("sec-gpc").iter().any(|value| value.as_bytes().trim_ascii() == b"1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn sends(values: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("sec-gpc", HeaderValue::from_static(value));
        }
        is_on(&headers)
    }

    #[test]
    fn only_one_is_the_signal_and_one_is_enough() {
        assert!(sends(&["1"]));
        assert!(sends(&[" 1 "]));
        assert!(sends(&["0", "1"]), "a proxy that adds its own takes nothing away");
        for none in [&[][..], &["0"], &[""], &["true"], &["11"], &["1, 0"]] {
            assert!(!sends(none), "{none:?}");
        }
    }
}
