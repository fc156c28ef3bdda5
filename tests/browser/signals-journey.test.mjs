// A shopping journey in real browsers, recorded interaction by interaction, against the committed log of what has to be
// recorded; and what leaves the page meanwhile.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { sleep, startShop, TRIP_MS } from './harness.mjs';
import { chromiumHand } from './signals/chromium.mjs';
import { FIREFOX, firefoxHand } from './signals/firefox.mjs';
import { assertGolden, settled, walk } from './signals/journey.mjs';
import { LETTERS, pages } from './signals/shop.mjs';

let shop;
let catalogue;
let ids;

before(async () => {
  shop = await startShop();
  catalogue = (await readFile(shop.catalogue, 'utf8')).trim().split('\n').map((line) => JSON.parse(line).id);
  ids = Object.fromEntries(LETTERS.map((letter, place) => [letter, catalogue[place * 7]]));
  for (const [path, html] of pages(shop, ids)) shop.front.pages.set(path, html);
  // Documents take as long as they do on a fast network: what is recorded on leaving is stored meanwhile.
  shop.front.fault = async ({ url }) => void (url === '/t/end' && (await sleep(TRIP_MS)));
});

test('Chromium records the journey as it was, and asks for nothing that tells it', { timeout: 180_000 }, async () => {
  await assertJourney(await chromiumHand(shop.origin));
});

test('Firefox records the same', { timeout: 240_000, skip: !FIREFOX && 'Firefox is not installed: set FIREFOX to its executable' }, async () => {
  await assertJourney(await firefoxHand(shop.origin));
});

async function assertJourney(hand) {
  shop.front.clear();
  const log = await walk(hand);
  if (process.env.HOMEBODY_SHOW) console.log(settled(log).map((each) => JSON.stringify(each)).join(',\n'));
  assert.deepEqual(await hand.run('errors'), []);
  assertGolden(log);
  await assertInProfile(hand.run, log);
  assertUntold();
  await hand.stop();
}

/** Fails unless the profile has of every item as much as the log. */
async function assertInProfile(run, log) {
  const { items, searches, surveys } = await run('me.exportData()');
  const told = log.filter(({ kind, value, item }) => !['search', 'survey'].includes(kind) && !(kind === 'dwell' && value === 0) && item);
  for (const letter of new Set(told.map(({ item }) => item))) {
    const mine = told.filter(({ item }) => item === letter);
    const kept = items.find(({ id }) => id === ids[letter]);
    const shown = mine.filter(({ kind }) => kind === 'impression').length;
    assert.deepEqual([kept?.shown, kept?.count], [shown, mine.length - shown], letter);
  }
  assert.deepEqual(searches.map(({ text }) => text ?? ''), ['space opera']);
  assert.equal(surveys.length, 1);
  assert.ok(!items.some(({ id }) => id === ids.z || id === ids.g), 'what was never in view');
}

/** Only what is the same for everybody is asked for, and no request of ours carries an item or what was searched for. */
function assertUntold() {
  const asked = shop.front.seen();
  assert.ok(asked.length >= 2, 'manifest and pool');
  for (const { method, url, headers, body } of asked) {
    assert.equal(method, 'GET');
    assert.match(url, /^\/v1\/(manifest\.json|blobs\/[0-9a-f]{64})$/);
    assert.equal(body, '');
    const told = decodeURIComponent([url, ...headers.flat()].join('\n'));
    for (const id of [...catalogue, 'space opera', 'never read']) assert.ok(!told.includes(id), `${id} in ${told}`);
  }
  for (const { url, body } of shop.front.requests.filter(({ url }) => url.startsWith('/pkg/'))) {
    assert.match(url, /^\/pkg\/[\w./-]+$/);
    assert.equal(body, '');
  }
}
