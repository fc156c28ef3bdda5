//! Who may use the private side.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
use super::state::ServeState;

/// Lets a request pass with the right bearer token. Without a configured token (possible on loopback only) it must
/// name a loopback host: a web page that had its own name point to 127.0.0.1 is turned away.
pub(crate) async fn require_token(
    State(state): State<Arc<ServeState>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(bearer).map(str::to_owned);
    let refusal = refusal(&state, request.headers(), given.as_deref());
    match refusal {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

/// The same for what is read in a browser, which can send no bearer token on its own: it asks for a password, which is
/// the token, whatever the name. Only for what changes nothing, since browsers send it again unasked.
pub(crate) async fn require_token_or_ask(
    State(state): State<Arc<ServeState>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let authorization = request.headers().get(header::AUTHORIZATION);
    let given =
        authorization.and_then(|header| bearer(header).map(str::to_owned).or_else(|| password(header)));
    let Some(mut refusal) = refusal(&state, request.headers(), given.as_deref()) else {
        return next.run(request).await;
    };
    if refusal.status() == StatusCode::UNAUTHORIZED {
        let ask =
            HeaderValue::from_static("Basic realm=\"homebody, password: admin.token\", charset=\"UTF-8\"");
        refusal.headers_mut().append(header::WWW_AUTHENTICATE, ask);
    }
    refusal
}

fn refusal(state: &ServeState, headers: &HeaderMap, given: Option<&str>) -> Option<Response<Body>> {
    match &state.config.admin.token {
        Some(token) => check_token(given, token),
        None => check_host(headers),
    }
}

fn check_token(given: Option<&str>, token: &str) -> Option<Response<Body>> {
    match given {
        Some(given) if same(given, token) => None,
        Some(_) => Some(unauthorized("token_wrong", "the bearer token is not the configured one")),
        None => Some(unauthorized("token_missing", "this address needs a bearer token")),
    }
}

fn bearer(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The password of HTTP's basic scheme (RFC 7617).
fn password(header: &HeaderValue) -> Option<String> {
    let (scheme, credentials) = header.to_str().ok()?.split_once(' ')?;
    let decoded =
        STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = String::from_utf8(decoded).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

/// Compares hashes, so that the time tells neither length nor common prefix.
fn same(given: &str, token: &str) -> bool {
    Sha256::digest(given.as_bytes())[..].ct_eq(&Sha256::digest(token.as_bytes())[..]).into()
}

fn unauthorized(code: &'static str, detail: &str) -> Response<Body> {
    let problem = Problem::new(StatusCode::UNAUTHORIZED, code, detail)
        .fix("send `Authorization: Bearer <admin.token of the configuration>`");
    ([(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))], problem).into_response()
}

fn check_host(headers: &HeaderMap) -> Option<Response<Body>> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if is_loopback(host) {
        return None;
    }
    let problem =
        Problem::new(StatusCode::FORBIDDEN, "host_not_loopback", "without a token only loopback names work")
            .fix("call it as 127.0.0.1 or localhost, or set admin.token");
    Some(problem.into_response())
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_loopback() {
        for host in ["localhost", "LOCALHOST:8081", "127.0.0.1:80", "127.9.9.9", "[::1]:8081", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1:80",
            "[2001:db8::1]",
            "127.0.0.1.evil.example",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(same("0123456789abcdef", "0123456789abcdef"));
        assert!(!same("0123456789abcde", "0123456789abcdef"));
        assert!(!same("", "0123456789abcdef"));
        assert_eq!(bearer(&HeaderValue::from_static("bearer abc ")), Some("abc"));
        assert_eq!(bearer(&HeaderValue::from_static("Basic abc")), None);
        let given = |text: &'static str| password(&HeaderValue::from_static(text));
        assert_eq!(given("Basic b3BlcmF0b3I6YTpi"), Some("a:b".to_owned()), "a password may have a colon");
        for wrong in ["Bearer b3BlcmF0b3I6YTpi", "Basic b3BlcmF0b3I=", "Basic ???", "Basic"] {
            assert_eq!(given(wrong), None, "{wrong}");
        }
    }
}
