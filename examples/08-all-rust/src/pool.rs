//! Fetching a pool, and believing it only when signature and hash are right.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use gloo::net::http::Request;
use homebody_protocol::manifest::{Envelope, Manifest};
use sha2::{Digest as _, Sha256};

/// The public key of the pool in `create-homebody/pool`; yours is what `homebody publish` prints.
const KEY: &str = "6T/vOYILAcZ693eQZsAf5+oCpYhaAQmrm15VSaxegSQ=";

/// The table of a placement, verified.
pub async fn fetch(server: &str, placement: &str) -> Result<Vec<u8>, String> {
    let envelope = bytes(&format!("{server}/v1/manifest.json")).await?;
    let manifest = verified(&envelope)?;
    let blob = manifest.placements.get(placement).ok_or_else(|| format!("no pool `{placement}`"))?;
    let table = bytes(&format!("{server}/v1/blobs/{}", blob.sha256)).await?;
    let hash: String = Sha256::digest(&table).iter().map(|byte| format!("{byte:02x}")).collect();
    if hash == blob.sha256 { Ok(table) } else { Err("the pool is not the one that was signed".to_owned()) }
}

async fn bytes(url: &str) -> Result<Vec<u8>, String> {
    let response = Request::get(url).send().await.map_err(|error| error.to_string())?;
    if !response.ok() {
        return Err(format!("{} for {url}", response.status()));
    }
    response.binary().await.map_err(|error| error.to_string())
}

fn verified(envelope: &[u8]) -> Result<Manifest, String> {
    let Envelope { payload, signature, .. } =
        serde_json::from_slice(envelope).map_err(|error| error.to_string())?;
    let decode = |text: &str| STANDARD.decode(text).map_err(|error| error.to_string());
    let key: [u8; 32] = decode(KEY)?.try_into().map_err(|_| "the key has not 32 bytes")?;
    let key = VerifyingKey::from_bytes(&key).map_err(|error| error.to_string())?;
    let signature = Signature::from_slice(&decode(&signature)?).map_err(|error| error.to_string())?;
    key.verify_strict(payload.as_bytes(), &signature)
        .map_err(|_| "the manifest was not signed by this key")?;
    Manifest::parse(&payload).map_err(|error| error.to_string())
}
