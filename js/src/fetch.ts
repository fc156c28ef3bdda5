import { HomebodyError } from './errors.js';

/** A body may take this many times as long as the first byte. */
const BODY_PATIENCE = 6;

/**
 * Fetches bytes without cookies and without telling which page asks. Every failure has a code; more than `maxBytes`
 * are not read.
 */
export async function fetchBytes(url: string, timeoutMs: number, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      credentials: 'omit',
      mode: 'cors',
      referrerPolicy: 'no-referrer',
      signal: abort.signal,
    });
    if (!response.ok) throw new HomebodyError('server_status', `${response.status} for ${url}`);
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), timeoutMs * BODY_PATIENCE);
    return await readBody(response, maxBytes, url);
  } catch (cause) {
    if (cause instanceof HomebodyError) throw cause;
    const late = abort.signal.aborted;
    throw new HomebodyError(late ? 'server_timeout' : 'server_unreachable', url, cause);
  } finally {
    clearTimeout(timer);
    abort.abort(); // Stops a body that is not wanted any more; a finished one is not touched.
  }
}

async function readBody(response: Response, maxBytes: number, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length;
    if (size > maxBytes) throw new HomebodyError('response_too_large', url);
    chunks.push(part.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
