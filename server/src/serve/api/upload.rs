//! From a request body that arrives in pieces to a reader that blocks, in constant memory.

use std::error::Error as StdError;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError};
use tokio::sync::mpsc;
use tower_http::timeout::TimeoutError;

use crate::serve::problem::Problem;

/// Pieces in flight between network and importer; each is at most a network buffer.
const PIECES: usize = 8;

/// A piece of the body, or its end. A closed channel without an end is a body that broke off.
enum Piece {
    Data(Bytes),
    End,
}

/// The blocking end.
pub(super) struct Upload {
    pieces: mpsc::Receiver<Piece>,
    rest: Bytes,
    ended: bool,
}

/// The asynchronous end.
pub(super) struct Feeder {
    pieces: mpsc::Sender<Piece>,
}

/// Both ends of a new upload.
pub(super) fn channel() -> (Feeder, Upload) {
    let (sender, receiver) = mpsc::channel(PIECES);
    (Feeder { pieces: sender }, Upload { pieces: receiver, rest: Bytes::new(), ended: false })
}

impl Feeder {
    /// Passes the body on until it ends. When the importer stops reading, the rest is left unread.
    ///
    /// # Errors
    /// A [`Problem`] when the body breaks off, is too large or too slow; the importer's next read then fails.
    pub(super) async fn feed(self, mut body: Body) -> Result<(), Problem> {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| broken_off(&error))?;
            let Ok(data) = frame.into_data() else { continue };
            if self.pieces.send(Piece::Data(data)).await.is_err() {
                return Ok(());
            }
        }
        // The importer may have seen enough and be gone: fine.
        let _gone = self.pieces.send(Piece::End).await;
        Ok(())
    }
}

fn broken_off(error: &axum::Error) -> Problem {
    if has_cause::<LengthLimitError>(error) {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "the body is larger than allowed",
        )
        .fix("raise limits.body_bytes, or import the file with the command line");
    }
    if has_cause::<TimeoutError>(error) {
        return Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", "the body did not arrive in time")
            .fix("raise limits.body_timeout_ms, or import the file with the command line");
    }
    Problem::new(StatusCode::BAD_REQUEST, "body_broken_off", "the body broke off; nothing was changed")
}

fn has_cause<E: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}

impl io::Read for Upload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Data(piece)) => self.rest = piece,
                Some(Piece::End) => self.ended = true,
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the upload broke off")),
            }
        }
        let count = self.rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn a_whole_body_ends_and_a_broken_one_fails() {
        let (feeder, mut upload) = channel();
        feeder.pieces.blocking_send(Piece::Data(Bytes::from_static(b"hello "))).unwrap();
        feeder.pieces.blocking_send(Piece::Data(Bytes::from_static(b"world"))).unwrap();
        feeder.pieces.blocking_send(Piece::End).unwrap();
        let mut text = String::new();
        upload.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello world");

        let (feeder, mut upload) = channel();
        feeder.pieces.blocking_send(Piece::Data(Bytes::from_static(b"hello "))).unwrap();
        drop(feeder);
        let error = upload.read_to_string(&mut text).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
