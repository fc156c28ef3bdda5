import { EARLY, type Reply, replyOf, type Row } from './outbox.js';
import { fromBase64 } from './parcel.js';

/** Where an `UploadErrors` of one report has what is wrong, behind the report's name. */
const COMPLAINT_AT = 16;

/** Posts a report: without cookies, without telling which page sends it, and to its end though the page may go. */
export async function send(row: Row, timeoutMs: number, closing: AbortSignal): Promise<Reply> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  closing.addEventListener('abort', stop);
  const timer = setTimeout(stop, timeoutMs);
  try {
    const response = await fetch(row.url, {
      method: 'POST',
      body: fromBase64(row.body ?? ''),
      headers: { 'content-type': row.type },
      credentials: 'omit',
      mode: 'cors',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      keepalive: true,
      signal: abort.signal,
    });
    return replyOf(response.status, await complaintOf(row, response));
  } catch {
    return 'later';
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', stop);
  }
}

/** What an answer says is wrong with the report; 0 for nothing, or nothing that matters here. */
async function complaintOf({ mode }: Row, response: Response): Promise<number> {
  if (response.status === 422) return (await response.text()).includes('report_early') ? EARLY : 0;
  return mode === 'split' && response.ok ? (new Uint8Array(await response.arrayBuffer())[COMPLAINT_AT] ?? 0) : 0;
}
