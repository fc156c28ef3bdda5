/** Every code an error of this package can carry, and what to do about it. Codes never change meaning. */
const HINTS = {
  options: 'Check the options given to personalize().',
  server_unreachable: 'Is the server running, and does the address have the right scheme, host and port?',
  server_timeout: 'The server did not answer in time; the page goes on without it and asks again on the next load.',
  server_status: 'The address answered, but not with success: is it the address of a Homebody server?',
  server_not_json: 'The address answered with something that is no manifest (often an HTML page): check `server`.',
  response_too_large: 'The server sent more than a manifest or table can have; it was not read.',
  crypto_unavailable: 'Serve the page over https (or localhost): without WebCrypto nothing can be verified or stored.',
  manifest_key: 'Pass the public key that `homebody doctor` prints, unchanged.',
  manifest_signature: 'The manifest was not signed by `key`: wrong key for this server, or someone changed the data.',
  manifest_site: 'The manifest belongs to another site: check `server` and `site`.',
  manifest_format: 'Update the homebody package: the server speaks a newer format.',
  manifest_malformed: 'The signed manifest is not readable; publish again and report this if it stays.',
  manifest_hash: 'The manifest names a blob by something that is no SHA-256; publish again.',
  manifest_version: 'The server offered an older manifest than this browser has seen; the newer one stays in use.',
  placement_unknown: 'Publish a pool for this placement, or check its spelling.',
  blob_hash: 'The pool does not match its signed hash; it was not used. Purge caches between server and browser.',
  table_magic: 'The file is no table; check that the blob address is not rewritten on the way.',
  table_version: 'Update the homebody package: the table has a newer version.',
  table_length: 'The table is shorter or longer than it says; check for a proxy that cuts responses.',
  table_too_large: 'The table is above the limits of the format (64 MiB, 1,000,000 rows).',
  table_checksum: 'The table was changed on the way; it was not used.',
  table_missing_section: 'The table lacks a part every table has; publish again and report this if it stays.',
  table_kind: 'A catalogue was published where a pool belongs, or the other way round; publish again.',
  table_malformed: 'The table is inconsistent; publish again and report this if it stays.',
  wasm_blocked: "Allow WebAssembly in the page's policy: script-src 'self' 'wasm-unsafe-eval'.",
  wasm_unavailable: 'The .wasm file could not be loaded: serve it beside the script or pass the `wasm` option.',
  wasm_crashed: 'The ranking module failed twice; neutral ranking is used until the next page load.',
  storage_unavailable: 'This browser (or private mode) gives no storage: the profile lives until the page closes.',
  storage_full: 'The device has no room left: new interactions live until the page closes.',
  storage_blocked: 'Another tab holds the storage open; it is deleted for good as soon as that tab closes.',
  profile_unreadable: 'The stored profile could not be decrypted any more; a new one was started.',
  profile_magic: 'The stored bytes are no profile; a new one was started.',
  profile_damaged: 'The stored profile is damaged; a new one was started.',
  profile_version: 'The stored profile was written by a newer version; it is left alone. Update the homebody package.',
  export_malformed: 'The file is no exported profile; nothing was changed.',
  export_version: 'The file was exported by a newer version; update the homebody package. Nothing was changed.',
  export_value: 'The exported profile holds impossible values; nothing was changed.',
  consent_required: 'Ask for consent first: this needs the purpose to be given.',
  internal: 'Please report this with the message and the cause.',
} as const;

/** A stable, machine-readable error code. */
export type ErrorCode = keyof typeof HINTS;

/** The only kind of error this package throws or hands to `onError`. */
export class HomebodyError extends Error {
  /** Stable code; the table above says what each means. */
  readonly code: ErrorCode;
  /** What the developer can do about it. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    // The Wasm modules carry codes only; the sentence is ours.
    super(message === code ? `${code}: ${HINTS[code]}` : `${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'HomebodyError';
    this.code = code;
    this.hint = HINTS[code];
  }
}

/** Gives any thrown value a code; errors that carry one of ours (the Wasm modules' do) keep it. */
export function toHomebodyError(thrown: unknown, fallback: ErrorCode = 'internal'): HomebodyError {
  if (thrown instanceof HomebodyError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' && Object.hasOwn(HINTS, code);
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new HomebodyError(known ? (code as ErrorCode) : fallback, text, thrown);
}
