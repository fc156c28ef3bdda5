// The device in a worker: the same public interface, the very same numbers, and a page that goes on where there can be none.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { catalogued, codes, launchBrowser, openLab, openPage, SLACK, sleep, startShop, stored, TRIP_MS, until } from './harness.mjs';

/** The moment at which both devices rank. */
const END_MS = Date.UTC(2027, 0, 15, 12);
const GONE_MS = 500;

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  // A worker whose clock stands still, made by the page's own function.
  const script = `Date.now = () => ${END_MS}; importScripts('/pkg/homebody.worker.js');`;
  shop.front.fault = async ({ url }) => {
    if (url === '/t/next.html') await sleep(TRIP_MS);
    return url === '/t/still.js' ? { headers: { 'content-type': 'text/javascript' }, body: script } : undefined;
  };
});

/** A page of a visitor who said yes; `worker` is the option. */
async function agreed(context, worker, path) {
  const page = await openLab(context, shop, path);
  await page.evaluate(async (worker) => {
    await start({ worker: worker === 'still' ? () => new Worker('/t/still.js') : worker });
    await me.consent.set({ personalize: true });
    await me.rank(undefined, { limit: 1 });
  }, worker);
  return page;
}

/** In the page: a visit, and everything there is to be asked afterwards; numbers as their bits. */
async function visit(endMs) {
  const acts = ['view', 'click', 'click', 'cart_add', 'wishlist', 'purchase', 'thumbs_down', 'dismiss'];
  const pool = await me.rank(undefined, { limit: 60 });
  acts.forEach((kind, at) => {
    Date.now = () => endMs - (acts.length - at) * 90_000;
    me.record({ kind, item: pool[3 * at + 2].id });
  });
  for (const { id } of pool.slice(30, 42)) me.record({ kind: 'impression', item: id });
  me.attend({ type: 'open', item: pool[50].id });
  Date.now = () => endMs;
  const own = [...pool.slice(0, 40), { id: 'nobody knows' }, ...pool.slice(40), pool[1]].map(({ id }, place) => ({ id, place }));
  const question = await me.onboarding.next();
  if (question) await me.onboarding.answer(question, 'yes');
  const drawn = { limit: 30, policy: { exploration: 'lints', explorationStrength: 9 } };
  const told = {
    pool: await me.rank(undefined, { limit: 40 }),
    next: await me.rank(undefined, { limit: 20, offset: 40 }),
    own: await me.rank(own),
    page: await me.rank(own, { limit: 9, offset: 58 }),
    varied: await me.rank(undefined, { limit: 30, seed: 7, policy: { diversity: 0.4, exploration: 'thompson', explorationStrength: 1 } }),
    // Both hours are told: with the clock's own, there was one hour of the day in which nothing differed.
    drawn: await me.rank(undefined, { ...drawn, context: { hour: 20, device: 'desktop' } }),
    given: await me.rank(undefined, { ...drawn, context: { hour: 8, device: 'phone' } }),
    segment: me.segment,
    intent: await me.intent(),
    audit: await me.audit(),
    question,
    profile: await me.profile(),
    data: await me.exportData(),
    display: me.display(pool[0].id),
  };
  const bits = (number) => [...new Uint8Array(Float64Array.of(number).buffer)].join();
  return JSON.parse(JSON.stringify(told, (_, value) => (typeof value === 'number' ? bits(value) : value)));
}

test('the same numbers as on the page, bit by bit, whatever is asked', { timeout: 120_000 }, async () => {
  const [here, there] = [await agreed(await browser.newContext(), false), await agreed(await browser.newContext(), 'still')];
  assert.deepEqual([here, there].map((page) => page.workers().length), [0, 1]);
  for (const page of [here, there]) await catalogued(page);
  const [ours, theirs] = [await here.evaluate(visit, END_MS), await there.evaluate(visit, END_MS)];
  for (const part of Object.keys(ours)) assert.deepEqual(theirs[part], ours[part], part);
  assert.notDeepEqual(ours.drawn, ours.given, 'circumstances count');
  assert.ok(ours.pool.some(({ reasons }) => reasons.length > 0) && ours.own.some(({ personalized }) => !personalized));
  assert.deepEqual([await codes(here), await codes(there), there.failures], [[], [], []]);
  await Promise.all([here, there].map((page) => page.context().close()));
});

test('what is recorded is felt, kept over a reload, and edited by the visitor', async () => {
  const context = await browser.newContext();
  const page = await agreed(context, true);
  const { gone, heard, events } = await page.evaluate(async () => {
    let heard = 0;
    me.on('change', () => (heard += 1));
    const [first, second] = await me.rank(undefined, { limit: 2 });
    me.dismiss(first.id);
    me.record({ kind: 'click', item: second.id });
    const after = await ids(undefined, { limit: 500 });
    return { gone: !after.includes(first.id), heard, events: (await me.exportData()).interactions };
  });
  assert.deepEqual([gone, heard > 0, events], [true, true, 2]);
  await page.reload();
  const again = await agreed(context, true);
  const data = await again.evaluate(async () => {
    const before = await me.exportData();
    await me.forget(before.items[0].id);
    const after = await me.exportData();
    await me.importData(JSON.stringify(before));
    return [before, after, await me.exportData()].map(({ items }) => items.length);
  });
  assert.deepEqual(data, [2, 1, 2]);
  assert.deepEqual([await codes(again), again.failures], [[], []]);
  await context.close();
});

test('a click on a link is known to the next page', async () => {
  const context = await browser.newContext();
  shop.front.pages.set('/t/next.html', '<!doctype html><title>next</title><link rel="icon" href="data:,">');
  const page = await agreed(context, true);
  const id = await page.evaluate(async () => {
    const [{ id }] = await me.rank(undefined, { limit: 1 });
    const link = Object.assign(document.createElement('a'), { href: '/t/next.html', text: 'next' });
    link.addEventListener('click', () => ['click', 'view', 'share'].forEach((kind) => me.record({ kind, item: id })));
    document.body.append(link);
    return id;
  });
  await page.click('a');
  await page.waitForURL('**/next.html');
  const next = await agreed(context, true);
  assert.deepEqual(await next.evaluate(async () => (await me.exportData()).items.map(({ id, count }) => [id, count])), [[id, 3]]);
  await context.close();
});

test('a tab with a worker and one without share the profile', async () => {
  const context = await browser.newContext();
  const [there, here] = [await agreed(context, true), await agreed(context, false)];
  const known = (page) => page.evaluate(async () => (await me.exportData()).items.map(({ id }) => id).sort().join());
  // Never the same twice: what the other tab was told of may stand anywhere in the list.
  const act = (page, not) => page.evaluate(async (not) => {
    const id = (await ids(undefined, { limit: 9 })).findLast((id) => !not.includes(id));
    me.record({ kind: 'click', item: id });
    return id;
  }, not);
  const liked = [await act(there, [])];
  await until('the page knows of it', async () => (await known(here)) === liked.join());
  liked.push(await act(here, liked));
  await until('so does the worker', async () => (await known(there)) === liked.toSorted().join());
  await here.evaluate(() => (me.neutral = true));
  await until('everybody’s order is chosen in both', () => there.evaluate(() => me.neutral));
  await here.evaluate(() => me.erase());
  await until('the worker of the other tab is gone', () => there.workers().length === 0);
  assert.deepEqual((await stored(there)).databases, []);
  assert.deepEqual([await codes(there), await codes(here)], [[], []]);
  await context.close();
});

test('taking the yes back ends the worker, and leaves nothing', async () => {
  const page = await agreed(await browser.newContext(), true);
  const ms = await page.evaluate(async () => {
    me.record({ kind: 'click', item: (await ids())[0] });
    await me.profile();
    const since = performance.now();
    await me.consent.withdraw('personalize');
    return performance.now() - since;
  });
  // The browser tells of its end a little later than the page knows.
  await until('the worker is gone', () => page.workers().length === 0, GONE_MS * SLACK);
  assert.ok(ms <= GONE_MS * SLACK, `${ms} ms`);
  const { local, databases, files } = await stored(page);
  assert.deepEqual([local.map(([name]) => name), databases, files], [['hb.c'], [], []]);
  assert.deepEqual(await page.evaluate(async () => [me.personalized, me.record({ kind: 'click', item: 'x' }), me.segment]), [false, false, null]);
  await page.evaluate(() => me.consent.set({ personalize: true }));
  assert.deepEqual(await page.evaluate(async () => [(await me.rank())[0].personalized, (await me.exportData()).items]), [true, []]);
  assert.equal(page.workers().length, 1);
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.context().close();
});

const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'";

test('under a strict policy with Trusted Types', async () => {
  shop.front.pages.set('/t/strict.html', { html: '<!doctype html><title>strict</title><link rel="icon" href="data:,">', headers: { 'content-security-policy': `${STRICT}; worker-src 'self'; trusted-types homebody` } });
  const page = await agreed(await browser.newContext(), true, '/t/strict.html');
  assert.deepEqual([page.workers().length, await codes(page), page.failures], [1, [], []]);
  await page.context().close();
});

const WITHOUT = {
  'a policy that has no worker': { policy: `${STRICT}; worker-src 'none'; trusted-types homebody` },
  'a policy without its name': { policy: `${STRICT}; worker-src 'self'; trusted-types 'none'` },
  'a script that is not there': { worker: '/t/nothing.js' },
  'a script of another origin': { worker: 'http://localhost:1/homebody.worker.js' },
  'a script of something else': { worker: '/t/other.js', script: 'onmessage = () => undefined;', options: { timeoutMs: 4000 } },
  'a script without an origin': { worker: 'data:text/javascript,0', from: '/pkg/homebody.worker.js' },
  'a function that throws': { worker: '() => { throw new Error("no"); }' },
  'a browser without workers': { before: () => delete globalThis.Worker },
};

for (const [name, { policy, worker = true, script, options, from, before: first }] of Object.entries(WITHOUT)) {
  test(`the page goes on without: ${name}`, async () => {
    const context = await browser.newContext();
    if (first) await context.addInitScript(first);
    shop.front.pages.set('/t/without.html', { html: '<!doctype html><title>x</title><link rel="icon" href="data:,">', headers: policy ? { 'content-security-policy': policy } : {} });
    if (script) shop.front.pages.set('/t/other.js', { html: script, headers: { 'content-type': 'text/javascript' } });
    const page = await openLab(context, shop, '/t/without.html');
    const personal = await page.evaluate(async ({ worker, options, from }) => {
      const data = from && `data:text/javascript,${encodeURIComponent(await (await fetch(from)).text())}`;
      await start({ worker: data ?? (/=>/.test(worker) ? () => { throw new Error('no'); } : worker), ...options });
      await me.consent.set({ personalize: true });
      const [, { id }] = await me.rank();
      me.dismiss(id);
      return [(await me.rank())[0].personalized, (await ids()).includes(id), (await me.exportData()).interactions];
    }, { worker, options, from });
    assert.deepEqual(personal, [true, false, 1]);
    assert.deepEqual([await codes(page), page.failures], [['worker_unavailable'], []]);
    await until('no worker', () => page.workers().length === 0, GONE_MS * SLACK);
    assert.match(await page.evaluate(() => errors[0].hint), /homebody\.worker\.js/);
    await context.close();
  });
}

test('modules that the page has in hand reach the worker', async () => {
  const page = await openLab(await browser.newContext(), shop);
  shop.front.clear();
  const told = await page.evaluate(async () => {
    const { inline } = await import('/pkg/inline/index.js');
    const annexWasm = await WebAssembly.compile(await (await fetch('/pkg/wasm/annex.wasm?own')).arrayBuffer());
    await start({ worker: true, ...inline, annexWasm, careWasm: () => fetch('/pkg/wasm/care.wasm?own') });
    await me.consent.set({ personalize: true });
    return [(await me.rank())[0].personalized, (await me.audit()) !== null, (await me.profile()) !== null];
  });
  assert.deepEqual([told, page.workers().length], [[true, true, true], 1]);
  const fetched = shop.front.requests.map(({ url }) => url).filter((url) => url.endsWith('.wasm'));
  assert.deepEqual([fetched, await codes(page)], [[], []]);
  await page.context().close();
});

for (const value of ['', '/pkg/homebody.worker.js']) {
  test(`by an attribute of the script tag: data-worker="${value}"`, async () => {
    const attributes = `data-server="${shop.origin}" data-key="${shop.key}" data-site="${shop.site}" data-consent="manual" data-worker="${value}"`;
    shop.front.pages.set('/t/tag.html', `<!doctype html><title>tag</title><link rel="icon" href="data:,"><script src="/pkg/homebody.js" ${attributes}></script>`);
    const page = await openPage(await browser.newContext());
    const warned = [];
    page.on('console', (message) => warned.push(message.text()));
    await page.goto(`${shop.origin}/t/tag.html`);
    const told = await page.evaluate(async () => {
      const me = await homebody.me;
      await me.consent.set({ personalize: true });
      const [{ personalized, id }] = await me.rank();
      me.record({ kind: 'click', item: id });
      return [personalized, (await me.audit()) !== null, (await me.exportData()).interactions];
    });
    assert.deepEqual([told, page.workers().map((worker) => worker.url())], [[true, true, 1], [`${shop.origin}/pkg/homebody.worker.js`]]);
    assert.deepEqual([warned, page.failures], [[], []]);
    await page.context().close();
  });
}
