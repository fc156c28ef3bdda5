import type { ExportedReport } from '../contribution.js';

/** Reports sent a day at most, as the ledger books none beyond either. */
export const SENT_A_DAY = 8;
/** Reports that are listed at most; the oldest that left are dropped first. */
export const MAX_ROWS = 64;
const DAY_S = 86_400;
/** How long to wait after the server could not take a report, at least and at most. */
const RETRY_S = 900;
const LONGEST_RETRY_S = 6 * 3_600;

/** One report: everything the visitor may want to see of it, and what to send where. It is kept, and exported, as it is. */
export type Row = { -readonly [K in keyof ExportedReport]: ExportedReport[K] };

/** What a server said to a report, or that it said nothing. */
export type Reply = 'taken' | 'refused' | 'later';

/** A complaint, by the number of `ReportError`: the report is of a time that has not come yet by the server's clock. */
export const EARLY = 9;

/**
 * Whether an answer settles a report. A report that may come again comes with the same bytes, and is counted once; one that is
 * early comes again, as this clock is ahead and its time will come.
 */
export function replyOf(status: number, complaint = 0): Reply {
  if (complaint === EARLY) return 'later';
  if (status >= 200 && status < 300) return complaint ? 'refused' : 'taken';
  const mayPass = status < 400 || status >= 500 || [401, 403, 407, 408, 421, 425, 429].includes(status);
  return mayPass ? 'later' : 'refused';
}

/** The rows to be sent now, in an order that says nothing about when they were built. */
export function due(rows: readonly Row[], nowS: number, random: () => number): Row[] {
  const today = rows.filter(({ state, atS }) => state === 'sent' && atS !== undefined && atS > nowS - DAY_S).length;
  const ready = rows.filter((row) => isReady(row, nowS));
  for (let last = ready.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [ready[last], ready[other]] = [ready[other]!, ready[last]!];
  }
  return ready.slice(0, Math.max(0, SENT_A_DAY - today));
}

/** When there is something to send next, in unix seconds; infinity when nothing waits. */
export function nextDueS(rows: readonly Row[]): number {
  return Math.min(...rows.filter(({ state }) => state === 'waiting').map(({ dueAtS, retryAtS = 0 }) => Math.max(dueAtS, retryAtS)));
}

/** What becomes of a row. */
export function settle(row: Row, reply: Reply, nowS: number): void {
  if (reply === 'later') {
    row.tries = (row.tries ?? 0) + 1;
    row.retryAtS = nowS + Math.min(LONGEST_RETRY_S, RETRY_S * 2 ** (row.tries - 1));
    return;
  }
  row.state = reply === 'taken' ? 'sent' : 'refused';
  row.atS = nowS;
  row.body = undefined;
}

/** Rows without the oldest of those that left. */
export function trimmed(rows: readonly Row[]): Row[] {
  let over = rows.length - MAX_ROWS;
  return rows.filter(({ state }) => state === 'waiting' || over-- <= 0);
}

function isReady({ state, dueAtS, retryAtS = 0 }: Row, nowS: number): boolean {
  return state === 'waiting' && Math.max(dueAtS, retryAtS) <= nowS;
}
