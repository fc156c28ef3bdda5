import { HomebodyError } from './errors.js';
import type { BlobRef } from './generated/BlobRef.js';
import type { Manifest } from './generated/Manifest.js';

export type { BlobRef, Manifest };

/** What a manifest has to satisfy. */
export interface Trust {
  /** Base64 of the 32-byte public key. */
  readonly key: string;
  /** The site it must be for; any when undefined. */
  readonly site: string | undefined;
}

/** Reads a manifest's envelope and gives its content only when the signature, site and format are right. */
export async function readManifest(envelope: string, trust: Trust): Promise<Manifest> {
  const manifest = parseManifest(await openEnvelope(envelope, trust.key));
  if (trust.site !== undefined && manifest.site !== trust.site) {
    throw new HomebodyError('manifest_site', `for \`${manifest.site}\`, wanted \`${trust.site}\``);
  }
  return manifest;
}

/** The payload of an envelope, when the key signed exactly it. */
export async function openEnvelope(envelope: string, key: string): Promise<string> {
  const { payload, signature } = parse(envelope, 'server_not_json');
  if (typeof payload !== 'string' || typeof signature !== 'string') {
    throw new HomebodyError('server_not_json');
  }
  await verify(payload, signature, key);
  return payload;
}

/** Reads a payload whose signature was verified. */
export function parseManifest(payload: string): Manifest {
  const value = parse(payload, 'manifest_malformed');
  const { format, site, version, placements, catalog } = value;
  if (!isCount(format) || typeof site !== 'string' || !isCount(version) || !isRecord(placements)) {
    throw new HomebodyError('manifest_malformed');
  }
  if (format !== 1) throw new HomebodyError('manifest_format', `format ${format}`);
  const refs = [...Object.values(placements), ...(catalog == null ? [] : [catalog])];
  for (const ref of refs) {
    if (!isRecord(ref) || typeof ref['sha256'] !== 'string' || !isCount(ref['bytes'])) {
      throw new HomebodyError('manifest_malformed');
    }
    if (!/^[0-9a-f]{64}$/.test(ref['sha256'])) throw new HomebodyError('manifest_hash', `\`${ref['sha256']}\``);
  }
  return value as unknown as Manifest;
}

/** Fails unless the bytes are the ones the manifest names. */
export async function verifyBlob(bytes: Uint8Array<ArrayBuffer>, ref: BlobRef): Promise<void> {
  const digest = new Uint8Array(await subtle().digest('SHA-256', bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hex !== ref.sha256) throw new HomebodyError('blob_hash', `wanted ${ref.sha256}, got ${hex}`);
}

/** Fails unless the signature over the payload is the key's. */
export async function verify(payload: string, signature: string, key: string): Promise<void> {
  let publicKey: CryptoKey;
  try {
    publicKey = await subtle().importKey('raw', fromBase64(key), 'Ed25519', false, ['verify']);
  } catch (cause) {
    if (cause instanceof HomebodyError) throw cause;
    const unsupported = (cause as Error).name === 'NotSupportedError';
    throw new HomebodyError(unsupported ? 'crypto_unavailable' : 'manifest_key', (cause as Error).message, cause);
  }
  const check = async () =>
    subtle().verify('Ed25519', publicKey, fromBase64(signature), new TextEncoder().encode(payload));
  // A signature that is no base64 is a wrong one.
  if (!(await check().catch(() => false))) throw new HomebodyError('manifest_signature');
}

function subtle(): SubtleCrypto {
  const available = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!available) throw new HomebodyError('crypto_unavailable');
  return available;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function parse(text: string, code: 'server_not_json' | 'manifest_malformed'): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Falls through to the typed error: the parser's own message only quotes the page.
  }
  throw new HomebodyError(code, text.slice(0, 40));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
