// What is kept and asked for before a choice, and what a choice leaves behind.
import { answer, comesToAsk, goOn, kept, keptAtRest, settle, visit } from '../visit.mjs';
import { no, partial, rounded, whether, yes } from './answers.mjs';

const DAY_MS = 86_400_000;
/** Two hours of one day, so that whatever differs between visits at them is a moment and not a day. */
const [MORNING_MS, EVENING_MS] = [9, 15].map((hour) => Math.floor(Date.now() / DAY_MS) * DAY_MS + hour * 3_600_000);
const OWN_FILES = /^\/(lib|pkg|bundles|t)\/|^\/v1\/(manifest\.json|key\.json|blobs\/[0-9a-f]{64})$/;
const HALF_A_YEAR_DAYS = 180;

/** C1: nothing in any store while a visitor scrolls, clicks and types without deciding. */
export async function storesNothingBefore(run) {
  const page = await visit(run);
  await use(page);
  const found = await kept(page);
  return whether(found.length === 0, found.join(', '));
}

async function use(page) {
  await page.mouse.wheel(0, 600);
  await page.locator('h1').click({ force: true, timeout: 500 }).catch(() => undefined);
  await page.keyboard.press('a');
  await settle(page, 800);
}

/** C2: before a choice only plain requests for files of this origin. */
export async function asksNobodyBefore(run) {
  const page = await visit(run);
  await use(page);
  const others = strangers(page, run.site.origin);
  if (others.length > 0) return no(others.join(', '));
  if (!run.manager.wishes.includes('hosted')) return yes();
  const hosted = await visit(run, { hosted: true, awaited: false });
  await settle(hosted, 1500);
  const backend = hosted.asked.filter(({ url }) => url.includes('-backend/')).map(({ method, url }) => `\`${method} …${url.split('-backend')[1].split('?')[0]}\``);
  return backend.length > 0 ? partial(`offline mode: none; hosted mode of the quickstart: ${[...new Set(backend)].join(', ')}`) : yes();
}

function strangers({ asked }, origin) {
  const told = asked.filter(({ url, method }) => {
    if (/^(data|blob):/.test(url)) return false;
    const { origin: at, pathname } = new URL(url);
    return at !== origin || method !== 'GET' || !OWN_FILES.test(pathname);
  });
  return [...new Set(told.map(({ method, url }) => `${method} ${new URL(url).origin === origin ? new URL(url).pathname : new URL(url).host}`))];
}

/** The record that a fresh visitor has after the answer at a moment. */
async function recordOf(run, which, wishes) {
  const page = await visit(run, wishes);
  await answer(page, run.manager, which);
  return { page, record: await keptAtRest(page) };
}

/** What two records do not share, as words. */
function differing(one, other) {
  const tokens = (record) => record.flatMap((entry) => entry.match(/[\w-]{2,}/g) ?? []);
  const shared = new Set(tokens(other));
  return [...new Set(tokens(one).filter((token) => !shared.has(token)))];
}

/** C3 and C4: two visitors with the same clock who choose alike get the same record; whatever differs is about the person. */
async function recordHasNoId(run, which) {
  const [one, other] = [await recordOf(run, which, { at: MORNING_MS }), await recordOf(run, which, { at: MORNING_MS })];
  const own = differing(one.record, other.record);
  return whether(own.length === 0, own.length > 0 ? `a value of its own for every visitor: ${shape(own[0])}` : '');
}

/** The kind of a value without the value. */
function shape(token) {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(token)) return 'a UUID';
  return `\`${token.replace(/^([a-z]+_)?.*/, '$1…')}\``;
}

export const acceptHasNoId = (run) => recordHasNoId(run, 'accept');
export const rejectHasNoId = (run) => recordHasNoId(run, 'reject');

/** C5: the same choice on the same day leaves the same bytes, whenever it was made. */
export async function recordIsAnybodys(run) {
  const [one, other] = [await recordOf(run, 'accept', { at: MORNING_MS }), await recordOf(run, 'accept', { at: EVENING_MS })];
  const same = one.record.join('\n') === other.record.join('\n');
  if (!same) return no();
  const revision = await namesRevision(run);
  return yes(revision.answer === 'yes' ? 'with the revision in it' : 'no revision in it');
}

/** C6: a value of the record, the same for two visitors, is another where the notice has another revision. */
export async function namesRevision(run) {
  if (!run.manager.wishes.includes('revise')) return no('has no revisions');
  const base = { at: MORNING_MS, changeable: true };
  const [one, other, revised] = [base, base, { ...base, reviseAsTold: true }].map((wishes) => recordOf(run, 'accept', wishes));
  const [first, again, changed] = (await Promise.all([one, other, revised])).map(({ record }) => leaves(record));
  const named = [...first].some(([path, value]) => again.get(path) === value && changed.has(path) && changed.get(path) !== value);
  return whether(named);
}

/** The single values of a record by their places in it. */
function leaves(record) {
  const found = new Map();
  const take = (path, value) => {
    if (value && typeof value === 'object') for (const [name, each] of Object.entries(value)) take(`${path}/${name}`, each);
    else found.set(path, String(value));
  };
  for (const entry of record) {
    const at = entry.indexOf('=');
    take(entry.slice(0, at), parsed(entry.slice(at + 1)));
  }
  return found;
}

/** JSON as what it says, any other text as its parts. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    const parts = text.split(/[,!&|.]/).map((part, index) => /^([^=:]+)[=:](.*)$/.exec(part)?.slice(1) ?? [index, part]);
    return Object.fromEntries(parts);
  }
}

/** C37: after a refusal nothing is asked for half a year, and the site cannot make that shorter. */
export async function refusalHolds(run) {
  const days = await refusalDays(run, {});
  if (days < HALF_A_YEAR_DAYS) return no(`${days} days`);
  if (!run.manager.wishes.includes('refusalDays')) return yes(`${days} days`);
  // A page that refuses the configuration asks nobody.
  const short = await refusalDays(run, { refusalDays: 7 }).catch(() => HALF_A_YEAR_DAYS);
  return short < HALF_A_YEAR_DAYS ? partial(`${days} days, and a site may set ${short}`) : yes(`${days} days, and no site can make it shorter`);
}

/** For how many days a refusal is remembered, by its cookie's life or by the clock. */
async function refusalDays(run, wishes) {
  const page = await visit(run, wishes);
  await answer(page, run.manager, 'reject');
  const lives = (await page.context().cookies()).map(({ expires }) => Math.round((expires * 1000 - Date.now()) / DAY_MS));
  const limit = lives.length > 0 ? Math.max(...lives) : 400;
  for (const days of [8, 119, 179]) {
    if (days >= limit) break;
    await page.clock.setFixedTime(Date.now() + days * DAY_MS);
    await goOn(run, page, wishes);
    if (await comesToAsk(page, run.manager)) return days;
  }
  return Math.min(limit, 400) === 400 ? HALF_A_YEAR_DAYS : Number(rounded(limit, 0));
}
