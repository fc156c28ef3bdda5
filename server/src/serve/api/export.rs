//! Tables of what is known in aggregate, over HTTP: the rows that `homebody export sums` writes.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse as _;
use hyper::body::Frame;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::work::{on_store, unix_now};
use crate::consent::is_day;
use crate::serve::problem::Problem;
use crate::serve::state::ServeState;
use crate::store::Store;
use crate::sums::{Column, Format, Kind, Snapshot, SumsError, Table, Value};

/// Bytes that are sent together.
const CHUNK: usize = 64 << 10;

/// Chunks that wait for a client that reads slowly; then reading waits, too.
const WAITING: usize = 4;

/// Which rows, and how.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ExportQuery {
    /// One day; else all of them.
    dt: Option<String>,
    /// `ndjson` or `csv`.
    format: Option<String>,
}

/// Rows of a table of what is known in aggregate, with the day of their partition as `dt`.
#[utoipa::path(
    get, path = "/v1/admin/export/{table}", tag = "admin",
    params(
        ("table" = String, Path, description = "`releases`, `consent` or `models`"),
        ("dt" = Option<String>, Query, description = "One day, `YYYY-MM-DD`; else all of them. A day without rows has none"),
        ("format" = Option<String>, Query, description = "`ndjson` (when absent) or `csv`"),
    ),
    responses(
        (status = 200, description = "The rows that `homebody export sums` writes. One that ends before its end was broken off by a failure", body = String, content_type = "application/x-ndjson"),
        (status = 400, description = "Not a day, or no format that is sent", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such table", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export(
    State(state): State<Arc<ServeState>>,
    Path(table): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<Response<Body>, Problem> {
    let (table, format) = (table_of(&table)?, format_of(query.format.as_deref())?);
    let dt = query.dt.map(day_of).transpose()?;
    let name = match &dt {
        Some(day) => format!("{}-{day}.{}", table.name(), format.name()),
        None => format!("{}.{}", table.name(), format.name()),
    };
    let snapshot = on_store(&state, |store, state| {
        // What waits in memory first; when it cannot be written, what is there is sent without it.
        let _logged = state.write_counts(store);
        Ok(Snapshot::read(store, unix_now())?)
    });
    let (snapshot, folder) = (snapshot.await?, state.data_dir());
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut out = Chunks { sender, chunk: Vec::with_capacity(CHUNK) };
        let sent = Store::open(&folder).map_err(SumsError::from).and_then(|store| {
            let days: Vec<&str> = match &dt {
                Some(day) => vec![day],
                None => snapshot.days(table),
            };
            send(&store, &snapshot, table, &days, format, &mut out)
        });
        if let Err(error) = sent {
            out.fail(&error);
        }
    });
    Ok(answer(format, &name, receiver))
}

fn table_of(name: &str) -> Result<Table, Problem> {
    Table::named(name).ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "table_unknown", format!("there is no table `{name}`"))
            .fix("ask for releases, consent or models")
    })
}

fn format_of(name: Option<&str>) -> Result<Format, Problem> {
    let format = Format::named(name.unwrap_or("ndjson")).filter(|format| *format != Format::Parquet);
    format.ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "format_unknown", "rows are sent as ndjson or csv")
            .fix("set ?format=ndjson or ?format=csv; `homebody export sums --format parquet` writes Parquet")
    })
}

fn day_of(text: String) -> Result<String, Problem> {
    match is_day(&text) {
        true => Ok(text),
        false => Err(Problem::new(StatusCode::BAD_REQUEST, "day_not_valid", "`dt` is not a day")
            .fix("set ?dt= to a day as YYYY-MM-DD, or leave it out for all of them")),
    }
}

fn answer(format: Format, name: &str, receiver: mpsc::Receiver<io::Result<Bytes>>) -> Response<Body> {
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        _ => "application/x-ndjson",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let mut answer = (headers, Body::new(Sent(receiver))).into_response();
    if let Ok(as_file) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, as_file);
    }
    answer
}

fn send(
    store: &Store,
    snapshot: &Snapshot,
    table: Table,
    days: &[&str],
    format: Format,
    out: &mut Chunks,
) -> Result<(), SumsError> {
    let mut columns = vec![Column { name: "dt", kind: Kind::Text }];
    columns.extend(table.columns());
    let mut rows = format.start(&columns, out)?;
    for day in days {
        snapshot.rows(store, table, day, &mut |row| {
            let mut whole = Vec::with_capacity(row.len() + 1);
            whole.push(Value::text(day));
            whole.extend_from_slice(row);
            rows.add(&whole)
        })?;
    }
    rows.finish()
}

/// Bytes on their way to a client, in chunks.
struct Chunks {
    sender: mpsc::Sender<io::Result<Bytes>>,
    chunk: Vec<u8>,
}

impl Chunks {
    /// Breaks the answer off, so that nobody takes it for whole. A client that has gone is no failure of ours.
    fn fail(&self, error: &SumsError) {
        if !self.sender.is_closed() {
            tracing::error!(code = error.code(), "an export was broken off: {error}");
            let _gone = self.sender.blocking_send(Err(io::Error::other("broken off")));
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.sender.blocking_send(Ok(chunk.into())).map_err(gone)
    }
}

/// What a client is sent.
struct Sent(mpsc::Receiver<io::Result<Bytes>>);

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
