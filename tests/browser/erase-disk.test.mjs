// What the browser's profile folder holds on the disk: nothing in clear while a profile exists, no key after erasing.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { launchPersistent, openLab, startShop, temporaryFolder, until } from './harness.mjs';

let shop;
let folder;

before(async () => {
  shop = await startShop();
  // A catalogue of its own would do too, but these words are in no file of the browser, the server or the page.
  folder = await temporaryFolder('profile');
});

const ITEMS = ['zq-plimsoll-7731', 'zq-gramophone-2208', 'zq-marzipan-9165'];
const SEARCH = 'zq-words-for-nobody-4417';

/** Every file under a folder that holds one of the needles: `name: needle`. */
async function found(needles) {
  const hits = [];
  const walk = async (path) => {
    for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) await walk(inner);
      else if (entry.isFile()) {
        const bytes = await readFile(inner).catch(() => Buffer.alloc(0));
        for (const [name, needle] of Object.entries(needles)) if (bytes.includes(needle)) hits.push(`${name} in ${inner.slice(folder.length)}`);
      }
    }
  };
  await walk(folder);
  return hits;
}

/** An id as UTF-8 and as UTF-16, which is how browsers keep strings. */
function spellings(texts) {
  return Object.fromEntries(texts.flatMap((text) => [[`${text} (utf8)`, Buffer.from(text)], [`${text} (utf16)`, Buffer.from(text, 'utf16le')]]));
}

test('the profile is unreadable on the disk, and its key is gone after erasing', async () => {
  let context = await launchPersistent(folder);
  let page = await openLab(context, shop);
  const film = await page.evaluate(async (items) => {
    await start();
    await me.consent.set({ personalize: true });
    for (const item of items.ids) me.record({ kind: 'click', item });
    me.record({ kind: 'search', item: items.search });
    const [{ id }] = await me.rank();
    me.record({ kind: 'click', item: id });
    await me.rank();
    me.neutral = false;
    return id;
  }, { ids: ITEMS, search: SEARCH });
  const known = await page.evaluate(async () => JSON.stringify(await me.exportData()));
  for (const id of [...ITEMS, film]) assert.ok(known.includes(id), `${id} is in the profile`);
  const mark = Buffer.from(`hb-control-${process.pid}-mark`);
  await page.evaluate((text) => localStorage.setItem('control', text), mark.toString());
  await until('the profile is saved', () => page.evaluate(keptProfile));
  const shard = Buffer.from(await page.evaluate(readShard));
  assert.equal(shard.length, 32);
  await context.close();

  // That the scan can find anything at all: a plain entry of localStorage and the shard.
  const before = await found({ control: mark, shard, ...spellings([...ITEMS, SEARCH]) });
  assert.ok(before.some((hit) => hit.startsWith('control')), 'the scan finds what is stored in clear');
  assert.ok(before.some((hit) => hit.startsWith('shard')), 'the scan finds the shard while it exists');
  assert.deepEqual(before.filter((hit) => hit.startsWith('zq-')), [], 'no id and no word of the profile in clear');

  context = await launchPersistent(folder);
  page = await openLab(context, shop);
  const again = await page.evaluate(async () => {
    await start();
    await me.ready;
    return JSON.stringify(await me.exportData());
  });
  for (const id of ITEMS) assert.ok(again.includes(id), `${id} survived the restart`);
  assert.ok(Buffer.from(await page.evaluate(readShard)).equals(shard));
  const erased = await page.evaluate(async () => {
    const { wiped, ms } = await me.erase();
    return { wiped, ms, left: [...(await indexedDB.databases())].map(({ name }) => name) };
  });
  assert.deepEqual(erased.wiped.slice().sort(), ['database', 'memory', 'shard']);
  assert.deepEqual(erased.left, []);
  await context.close();

  const after = await found({ control: mark, shard, ...spellings([...ITEMS, SEARCH]) });
  assert.ok(after.some((hit) => hit.startsWith('control')), 'the rest of the folder is still there');
  assert.deepEqual(after.filter((hit) => !hit.startsWith('control')), [], 'neither the shard nor a word of the profile');
});

/** In the page: whether a sealed profile is in the database. */
async function keptProfile() {
  const { Store } = await import('/pkg/rank/store.js');
  const store = await Store.open(false);
  const kept = await store.get('profile', 'profile');
  store.close();
  return kept !== undefined && kept.revision > 0;
}

/** In the page: the bytes of the shard. */
async function readShard() {
  const { readShard: read } = await import('/pkg/rank/shard.js');
  return [...((await read()) ?? [])];
}
