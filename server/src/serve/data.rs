//! Answers of the public side. All are the same for everybody: nothing here reads a cookie, an address or a user
//! agent, and nothing is written anywhere.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;

use super::library::parse_hash;
use super::problem::Problem;
use super::state::ServeState;

/// The signed manifest: which blobs are current.
#[utoipa::path(
    get, path = "/v1/manifest.json", tag = "public",
    params(("If-None-Match" = Option<String>, Header, description = "`ETag` of the copy at hand")),
    responses(
        (status = 200, description = "Envelope of the signed manifest; `ETag` per encoding", content_type = "application/json",
         headers(("etag" = String), ("cache-control" = String, description = "a minute, then stale for a day while revalidating"))),
        (status = 304, description = "The copy at hand is current"),
        (status = 503, description = "Nothing is published yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn manifest(State(state): State<Arc<ServeState>>, headers: HeaderMap) -> Response<Body> {
    match &state.library().manifest {
        Some(manifest) => manifest.answer(&headers),
        None => public(not_published().into_response()),
    }
}

/// One immutable table, named by the SHA-256 of its bytes.
#[utoipa::path(
    get, path = "/v1/blobs/{sha256}", tag = "public",
    params(
        ("sha256" = String, Path, description = "64 lower-case hexadecimal digits"),
        ("Accept-Encoding" = Option<String>, Header, description = "`br` and `gzip` are kept ready"),
    ),
    responses(
        (status = 200, description = "The table; never changes", content_type = "application/octet-stream",
         headers(("etag" = String), ("cache-control" = String, description = "a year, immutable"))),
        (status = 304, description = "The copy at hand is current"),
        (status = 404, description = "No publication of late names this blob", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn blob(
    State(state): State<Arc<ServeState>>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let library = state.library();
    match parse_hash(&sha256).and_then(|hash| library.blobs.get(&hash)) {
        Some(blob) => blob.answer(&headers),
        None => public(unknown_blob().into_response()),
    }
}

/// The site's name and public key, to be copied into a page.
///
/// A page must carry the key itself: one that is fetched from the server it is meant to check proves nothing.
#[utoipa::path(
    get, path = "/v1/key.json", tag = "public",
    responses((status = 200, description = "`site`, and `key`: the Ed25519 public key, 32 bytes in base64", content_type = "application/json"))
)]
pub(crate) async fn key(State(state): State<Arc<ServeState>>) -> Response<Body> {
    let key = serde_json::json!({ "site": state.config.site, "key": state.public_key() });
    small_json(key.to_string(), "public, max-age=60")
}

/// Says by the Global Privacy Control specification that the signal is honoured.
#[utoipa::path(
    get, path = "/.well-known/gpc.json", tag = "public",
    responses((status = 200, description = "Global Privacy Control support resource", content_type = "application/json"))
)]
pub(crate) async fn gpc() -> Response<Body> {
    small_json(r#"{"gpc":true,"lastUpdate":"2026-11-23"}"#.to_owned(), "public, max-age=86400")
}

/// What anybody may know: how lists come about, what devices are asked and what was released, models, what is kept.
///
/// Drawn up from what is served and stored; its form is `docs/transparency.schema.json`. `/transparency.json` is the same.
#[utoipa::path(
    get, path = "/.well-known/homebody.json", tag = "public",
    params(("If-None-Match" = Option<String>, Header, description = "`ETag` of the copy at hand")),
    responses(
        (status = 200, description = "Main parameters of every list and their relative weight (Digital Services Act, Art. 27), tasks with mode, ε and aggregators, releases, models with the reason, retention, key. No number of fewer than 20 devices", content_type = "application/json",
         headers(("etag" = String), ("cache-control" = String, description = "a minute, then stale for a day while revalidating"))),
        (status = 304, description = "The copy at hand is current"),
    )
)]
pub(crate) async fn transparency_json(
    State(state): State<Arc<ServeState>>,
    headers: HeaderMap,
) -> Response<Body> {
    state.account().json.answer(&headers)
}

/// The same as a page for people, without scripts.
#[utoipa::path(
    get, path = "/transparency", tag = "public",
    responses(
        (status = 200, description = "The page", content_type = "text/html"),
        (status = 304, description = "The copy at hand is current"),
    )
)]
pub(crate) async fn transparency_page(
    State(state): State<Arc<ServeState>>,
    headers: HeaderMap,
) -> Response<Body> {
    state.account().page.answer(&headers)
}

/// Lets pages of any origin read manifest and blobs.
pub(crate) async fn preflight() -> Response<Body> {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, OPTIONS")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("if-none-match")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ];
    public((StatusCode::NO_CONTENT, headers).into_response())
}

/// The static files, and 404 for all else.
pub(crate) async fn site(
    State(state): State<Arc<ServeState>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let path = percent_decode(uri.path());
    if let Some(asset) = state.site.get(&path) {
        return match method {
            Method::GET | Method::HEAD => asset.answer(&headers),
            _ => wrong_method().await,
        };
    }
    let folder = format!("{path}/");
    if state.site.get(&folder).is_some() {
        let location = uri.path().to_owned() + "/";
        return match HeaderValue::from_str(&location) {
            Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
            Err(_) => unknown_address().into_response(),
        };
    }
    unknown_address().into_response()
}

/// For methods that a known address does not take.
pub(crate) async fn wrong_method() -> Response<Body> {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this address does not take this method",
    )
    .fix("use GET or HEAD");
    let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"))];
    (allow, problem).into_response()
}

/// Too small to be worth a tag and an encoding.
fn small_json(body: String, life: &'static str) -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static(life)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    public((headers, body).into_response())
}

pub(super) fn public(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn not_published() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_published", "nothing is published yet")
        .fix("run `homebody import catalog FILE` and `homebody publish`")
        .retry_after_s(5)
}

fn unknown_blob() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "blob_not_found", "no publication of late names this blob")
        .fix("read /v1/manifest.json again")
}

fn unknown_address() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
}

/// `%20` as a space. What does not decode to UTF-8 stays as it is and is found nowhere.
fn percent_decode(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (bytes, mut decoded, mut at) = (path.as_bytes(), Vec::with_capacity(path.len()), 0);
    while at < bytes.len() {
        match (bytes[at], digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high << 4 | low) as u8);
                at += 3;
            }
            (byte, _, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(path), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_browsers_encode_and_leaves_the_rest() {
        assert_eq!(percent_decode("/plain/path.js"), "/plain/path.js");
        assert_eq!(percent_decode("/a%20b%C3%A9"), "/a bé");
        assert_eq!(percent_decode("/%2e%2E%2f"), "/../");
        assert_eq!(percent_decode("/%ff"), "/%ff");
        assert_eq!(percent_decode("/%g1%2"), "/%g1%2");
    }
}
