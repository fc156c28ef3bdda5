//! Which of the stored encodings a client gets.

use axum::http::HeaderValue;

/// A content coding we keep ready-made, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// Brotli (`br`).
    Brotli,
    /// gzip.
    Gzip,
    /// The plain bytes.
    Identity,
}

impl Encoding {
    /// Value of `Content-Encoding`; none for plain bytes.
    #[must_use]
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What follows the hash in an `ETag`: each encoding is a representation of its own.
    pub(crate) fn etag_suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
            Self::Identity => "",
        }
    }
}

/// Which codings a client accepts (RFC 9110 §12.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    brotli: bool,
    gzip: bool,
}

impl Accepted {
    /// Reads `Accept-Encoding`. A coding given `q=0`, or not given at all, is not accepted; among the accepted
    /// ones the client's weights are ignored and the smallest bytes win. Plain bytes are always acceptable.
    #[must_use]
    pub fn parse(header: Option<&HeaderValue>) -> Self {
        let mut accepted = Self { brotli: false, gzip: false };
        let Some(text) = header.and_then(|value| value.to_str().ok()) else { return accepted };
        let (mut brotli, mut gzip, mut any) = (None, None, false);
        for part in text.split(',') {
            let (coding, allowed) = split_weight(part);
            match coding {
                "br" => brotli = Some(allowed),
                "gzip" | "x-gzip" => gzip = Some(allowed),
                "*" => any = allowed,
                _ => {
                    if coding.eq_ignore_ascii_case("br") {
                        brotli = Some(allowed);
                    } else if coding.eq_ignore_ascii_case("gzip") {
                        gzip = Some(allowed);
                    }
                }
            }
        }
        accepted.brotli = brotli.unwrap_or(any);
        accepted.gzip = gzip.unwrap_or(any);
        accepted
    }

    /// Whether the client takes this coding.
    #[must_use]
    pub fn takes(self, encoding: Encoding) -> bool {
        match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
            Encoding::Identity => true,
        }
    }
}

/// `gzip;q=0.5` as ("gzip", true); `br;q=0` as ("br", false).
fn split_weight(part: &str) -> (&str, bool) {
    let Some((coding, parameters)) = part.split_once(';') else { return (part.trim(), true) };
    let weight = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let refused = weight.is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
    (coding.trim(), !refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &'static str) -> (bool, bool) {
        let accepted = Accepted::parse(Some(&HeaderValue::from_static(text)));
        (accepted.takes(Encoding::Brotli), accepted.takes(Encoding::Gzip))
    }

    #[test]
    fn reads_what_browsers_proxies_and_the_standard_say() {
        assert_eq!(accepts("gzip, deflate, br, zstd"), (true, true));
        assert_eq!(accepts("gzip"), (false, true));
        assert_eq!(accepts("br;q=1.0, gzip;q=0.8, *;q=0.1"), (true, true));
        assert_eq!(accepts("br;q=0, *"), (false, true));
        assert_eq!(accepts("*;q=0"), (false, false));
        assert_eq!(accepts("BR , GZip;Q=0.000"), (true, false));
        assert_eq!(accepts("identity"), (false, false));
        assert_eq!(accepts(""), (false, false));
        assert_eq!(accepts("br;q=abc,,;=,gzip;;"), (true, true));
        assert!(!Accepted::parse(None).takes(Encoding::Gzip));
        assert!(Accepted::parse(None).takes(Encoding::Identity));
    }
}
