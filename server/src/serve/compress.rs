//! Compression before anybody asks, or once for all who ask alike; never for every answer.

use std::io::Write as _;

use axum::body::Bytes;

use super::asset::Encodings;

/// Above this size the best Brotli level would delay the start.
const BEST_BROTLI_BYTES: usize = 64 * 1024;

/// The level above which each step costs more time than it saves bytes.
const QUICK: i32 = 5;

/// All encodings of a file that is compressed at start.
pub(crate) fn small(identity: Bytes) -> Encodings {
    let quality = if identity.len() <= BEST_BROTLI_BYTES { 11 } else { QUICK };
    let (br, gz) = (brotli(&identity, quality), gzip(&identity));
    Encodings { identity, br, gz }
}

/// All encodings of an answer that the first one to ask waits for.
pub(crate) fn quick(identity: Bytes) -> Encodings {
    let (br, gz) = (brotli(&identity, QUICK), gzip(&identity));
    Encodings { identity, br, gz }
}

fn brotli(bytes: &[u8], quality: i32) -> Option<Bytes> {
    let params = brotli::enc::BrotliEncoderParams { quality, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(bytes.len() / 2);
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params).ok()?;
    Some(Bytes::from(packed))
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}
