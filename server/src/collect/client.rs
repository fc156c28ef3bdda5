//! Requests from one aggregator to the other.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::tls;

/// Bytes of an answer that are read: a job of a thousand reports takes a tenth.
const ANSWER_BYTES: usize = 1 << 20;

/// How often an answer that is worked on is asked for before the job comes again later.
const POLLS: u32 = 8;

/// Between two questions, whatever the other side says.
const POLL_LEAST: Duration = Duration::from_millis(100);
const POLL_MOST: Duration = Duration::from_secs(5);

/// Why there is no answer; a later try may have one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The address is not one that can be asked.
    #[error("`{0}` is no address that begins with http:// or https://")]
    Address(String),
    /// Nobody answers.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

/// An answer.
#[derive(Debug)]
pub struct Answered {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answered {
    /// The `type` of a problem document; empty for anything else.
    #[must_use]
    pub fn problem(&self) -> String {
        let document: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        document["type"].as_str().unwrap_or_default().to_owned()
    }
}

/// Asks other servers, with a limit to patience.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// How long one request may take in all.
    pub patience: Duration,
}

impl Client {
    /// Makes a job: sends a request, and asks for its answer until it is there when the other side works on it
    /// meanwhile. The job's address is that of the request with the job's name behind it, as `Location` says; without
    /// `Location` it is that of the request.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer in time.
    pub async fn make(
        &self,
        method: Method,
        url: &str,
        token: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Result<Answered, ClientError> {
        let jobs =
            if method == Method::PUT { url.rsplit_once('/').map_or(url, |(jobs, _)| jobs) } else { url };
        let mut answer = self.ask(method, url, token, media_type, body).await?;
        for _ in 0..POLLS {
            if !answer.status.is_success() || !answer.body.is_empty() {
                return Ok(answer);
            }
            let text = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
            let location = text(header::LOCATION).and_then(|location| location.rsplit('/').next());
            let job = location.map_or_else(|| url.to_owned(), |name| format!("{jobs}/{name}"));
            let wait_s = text(header::RETRY_AFTER).and_then(|wait| wait.parse().ok()).unwrap_or(1);
            tokio::time::sleep(Duration::from_secs(wait_s).clamp(POLL_LEAST, POLL_MOST)).await;
            answer = self.ask(Method::GET, &job, token, media_type, Vec::new()).await?;
        }
        Err(ClientError::NoAnswer("the other side still works on it".to_owned()))
    }

    /// Sends one request on a connection of its own; an empty token is not shown.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer in time.
    pub async fn ask(
        &self,
        method: Method,
        url: &str,
        token: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Result<Answered, ClientError> {
        let asked = tokio::time::timeout(self.patience, ask(method, url, token, media_type, body));
        asked.await.unwrap_or_else(|_| Err(ClientError::NoAnswer(format!("not within {:?}", self.patience))))
    }
}

async fn ask(
    method: Method,
    url: &str,
    token: &str,
    media_type: &str,
    body: Vec<u8>,
) -> Result<Answered, ClientError> {
    let uri: Uri = url.parse().map_err(|_| ClientError::Address(url.to_owned()))?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
    let (Some(scheme), Some(authority)) = (scheme, uri.authority()) else {
        return Err(ClientError::Address(url.to_owned()));
    };
    let is_secure = scheme == "https";
    let host = authority.host().trim_matches(['[', ']']);
    let port = authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await.map_err(failed)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, authority.as_str())
        .header(header::CONTENT_TYPE, media_type);
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body)).map_err(failed)?;
    match is_secure {
        true => exchange(tls::secured(stream, host).await?, request).await,
        false => exchange(stream, request).await,
    }
}

/// One request and its answer.
async fn exchange<S>(stream: S, request: Request<Body>) -> Result<Answered, ClientError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(failed)?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(failed)?;
    driver.abort();
    Ok(Answered { status: head.status, headers: head.headers, body: body.to_bytes() })
}

fn failed(error: impl std::fmt::Display) -> ClientError {
    ClientError::NoAnswer(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::Router;
    use axum::routing::{get, post};

    use super::*;

    /// A server of another make, which takes its time.
    async fn slow_server() -> String {
        let asked = Arc::new(AtomicU32::new(0));
        let poll = move |headers: HeaderMap| async move {
            assert_eq!(headers[header::AUTHORIZATION], "Bearer secret");
            let is_ready = asked.fetch_add(1, Ordering::Relaxed) >= 2;
            let body = if is_ready { "done" } else { "" };
            ([(header::RETRY_AFTER, "0"), (header::LOCATION, "/elsewhere/jobs/j1?step=0")], body)
        };
        let begin = |body: String| async move {
            assert_eq!(body, "please");
            (
                StatusCode::CREATED,
                [(header::LOCATION, "/elsewhere/jobs/j1?step=0"), (header::RETRY_AFTER, "0")],
            )
        };
        let app = Router::new()
            .route("/api/jobs", post(begin))
            .route("/api/jobs/j1", get(poll).put(begin))
            .route("/api/problem", post(|| async { (StatusCode::BAD_REQUEST, "{\"type\":\"urn:x\"}") }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}/api")
    }

    #[tokio::test]
    async fn an_answer_that_takes_time_is_waited_for() {
        for (method, path) in [(Method::POST, "jobs"), (Method::PUT, "jobs/j1")] {
            let url = format!("{}/{path}", slow_server().await);
            let client = Client { patience: Duration::from_secs(5) };
            let answer = client.make(method, &url, "secret", "text/plain", b"please".to_vec()).await.unwrap();
            assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &b"done"[..]));
        }
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_told() {
        let base = slow_server().await;
        let client = Client { patience: Duration::from_millis(500) };
        let ask = |url: String| async move {
            client.make(Method::POST, &url, "secret", "text/plain", Vec::new()).await
        };
        assert_eq!(ask(format!("{base}/problem")).await.unwrap().problem(), "urn:x");
        let address = |url: &str| ask(url.to_owned());
        assert!(matches!(address("ftp://helper.example/").await, Err(ClientError::Address(_))));
        // Whoever answers there does not speak TLS.
        let plain = base.replace("http://", "https://");
        assert!(matches!(address(&plain).await, Err(ClientError::NoAnswer(_))));
        assert!(matches!(address("nonsense").await, Err(ClientError::Address(_))));
        assert!(matches!(address("http://127.0.0.1:1/").await, Err(ClientError::NoAnswer(_))));
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        assert!(matches!(ask(url).await, Err(ClientError::NoAnswer(_))));
    }
}
