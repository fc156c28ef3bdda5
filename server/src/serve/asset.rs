//! One unchanging answer, ready-made in each encoding: nothing is compressed or formatted per request.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use sha2::{Digest as _, Sha256};

use super::encoding::{Accepted, Encoding};

/// Bytes of one file or blob with all headers of its answers.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Best encoding first; the plain bytes are last and always there.
    variants: Vec<Variant>,
}

/// The plain bytes and what compression made of them.
#[derive(Clone, Debug, Default)]
pub struct Encodings {
    /// Plain bytes.
    pub identity: Bytes,
    /// Brotli, when kept.
    pub br: Option<Bytes>,
    /// gzip, when kept.
    pub gz: Option<Bytes>,
}

/// Headers that all encodings of an asset share.
pub(crate) type CommonHeaders<'a> = &'a [(HeaderName, HeaderValue)];

#[derive(Clone, Debug)]
struct Variant {
    encoding: Encoding,
    etag: HeaderValue,
    body: Bytes,
    headers: HeaderMap,
    not_modified: HeaderMap,
}

impl Asset {
    /// Prepares the answers. Encodings that did not make the bytes smaller are dropped.
    pub(crate) fn new(encodings: Encodings, common: CommonHeaders<'_>) -> Self {
        let hash = crate::signing::hex(&Sha256::digest(&encodings.identity)[..16]);
        let plain_len = encodings.identity.len();
        let packed = [(Encoding::Brotli, encodings.br), (Encoding::Gzip, encodings.gz)];
        let mut variants: Vec<_> = packed
            .into_iter()
            .filter_map(|(encoding, body)| Some((encoding, body.filter(|body| body.len() < plain_len)?)))
            .collect();
        variants.push((Encoding::Identity, encodings.identity));
        let vary = variants.len() > 1;
        let variant = |(encoding, body)| Variant::new(encoding, body, &hash, vary, common);
        Self { variants: variants.into_iter().map(variant).collect() }
    }

    /// The plain bytes.
    pub(crate) fn identity(&self) -> &[u8] {
        self.variants.last().map_or(&[], |variant| &variant.body)
    }

    /// The answer to a GET or HEAD with these request headers: 200 or 304.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let variant = self.choose(request.get(header::ACCEPT_ENCODING));
        let known = request.get(header::IF_NONE_MATCH).is_some_and(|seen| matches(seen, &variant.etag));
        let (status, headers, body) = match known {
            true => (StatusCode::NOT_MODIFIED, &variant.not_modified, Body::empty()),
            false => (StatusCode::OK, &variant.headers, Body::from(variant.body.clone())),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers.clone();
        response
    }

    fn choose(&self, accept: Option<&HeaderValue>) -> &Variant {
        let accepted = Accepted::parse(accept);
        let last = self.variants.len() - 1;
        let fits = self.variants.iter().find(|variant| accepted.takes(variant.encoding));
        fits.unwrap_or(&self.variants[last])
    }
}

impl Variant {
    fn new(encoding: Encoding, body: Bytes, hash: &str, vary: bool, common: CommonHeaders<'_>) -> Self {
        let etag = text_header(&format!("\"{hash}{}\"", encoding.etag_suffix()));
        let mut not_modified: HeaderMap = common.iter().cloned().collect();
        not_modified.insert(header::ETAG, etag.clone());
        if vary {
            not_modified.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        let mut headers = not_modified.clone();
        not_modified.remove(header::CONTENT_TYPE);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        if let Some(token) = encoding.token() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
        Self { encoding, etag, body, headers, not_modified }
    }
}

/// Hexadecimal digits and configuration that was checked for control characters always fit a header.
pub(crate) fn text_header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `If-None-Match` compares weakly: a proxy may have put `W/` before our tag (RFC 9110 §13.1.2).
fn matches(seen: &HeaderValue, etag: &HeaderValue) -> bool {
    if seen == etag {
        return true;
    }
    let Ok(text) = seen.to_str() else { return false };
    text.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset() -> Asset {
        let encodings = Encodings {
            identity: Bytes::from_static(b"plain bytes"),
            br: Some(Bytes::from_static(b"br")),
            gz: Some(Bytes::from_static(b"gzip is longer than plain")),
        };
        Asset::new(encodings, &[(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))])
    }

    fn request(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn an_encoding_that_saves_nothing_is_not_offered() {
        let response = asset().answer(&request(&[(header::ACCEPT_ENCODING, "gzip")]));
        assert_eq!(response.headers().get(header::CONTENT_ENCODING), None);
        assert_eq!(response.headers()[header::CONTENT_LENGTH], "11");
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
    }

    #[test]
    fn each_encoding_has_a_tag_of_its_own() {
        let plain = asset().answer(&HeaderMap::new()).headers()[header::ETAG].clone();
        let br = [(header::ACCEPT_ENCODING, "br")];
        let packed = asset().answer(&request(&br)).headers()[header::ETAG].clone();
        assert_ne!(plain, packed);
        let mut again = request(&br);
        again.insert(header::IF_NONE_MATCH, plain);
        assert_eq!(asset().answer(&again).status(), StatusCode::OK);
        again.insert(header::IF_NONE_MATCH, packed);
        let unchanged = asset().answer(&again);
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(unchanged.headers().get(header::CONTENT_LENGTH), None);
    }

    #[test]
    fn weak_tags_lists_and_stars_match() {
        let tag = HeaderValue::from_static("\"abc\"");
        for seen in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*", "\"x\",W/\"abc\" "] {
            assert!(matches(&HeaderValue::from_static(seen), &tag), "{seen}");
        }
        for seen in ["", "abc", "\"ab\"", "\"x\", \"y\""] {
            assert!(!matches(&HeaderValue::from_static(seen), &tag), "{seen}");
        }
    }
}
