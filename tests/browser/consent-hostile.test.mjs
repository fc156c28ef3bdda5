// Consent on a page that has changed the built-ins of JavaScript: by additions, by replacements that do the same, and by
// replacements that lie. The page works on, nothing is kept without a choice, and what is taken back is heard.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, launchBrowser, NOTHING, openLab, openPage, startShop, stored, until } from './harness.mjs';

let shop;
let browser;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

/** Runs in the page, before anything else: what old libraries and polyfills did to every page they were on. */
function patched() {
  for (const prototype of [Array.prototype, Object.prototype, String.prototype]) {
    Object.defineProperty(prototype, 'toJSON', { configurable: true, writable: true, value: () => 'patched' });
  }
  for (const name of ['surprise', 'each', 'first']) Array.prototype[name] = () => 'mine';
  Object.prototype.surprise = 'mine';
  const own = {
    map(work, self) { const out = []; for (let at = 0; at < this.length; at++) out[at] = work.call(self, this[at], at, this); return out; },
    filter(work, self) { const out = []; for (let at = 0; at < this.length; at++) if (work.call(self, this[at], at, this)) out.push(this[at]); return out; },
    forEach(work, self) { for (let at = 0; at < this.length; at++) work.call(self, this[at], at, this); },
    some(work, self) { for (let at = 0; at < this.length; at++) if (work.call(self, this[at], at, this)) return true; return false; },
    every(work, self) { for (let at = 0; at < this.length; at++) if (!work.call(self, this[at], at, this)) return false; return true; },
    find(work, self) { for (let at = 0; at < this.length; at++) if (work.call(self, this[at], at, this)) return this[at]; },
    includes(one) { for (let at = 0; at < this.length; at++) if (this[at] === one) return true; return false; },
  };
  for (const name of Object.keys(own)) Array.prototype[name] = own[name];
}

test('additions, `toJSON` everywhere and replaced methods change nothing: asked, kept, heard, taken back, deleted', async () => {
  const context = await browser.newContext();
  await context.addInitScript(patched);
  const [one, other] = [await openLab(context, shop), await openLab(context, shop)];
  for (const page of [one, other]) {
    await page.evaluate(() => start({ consent: 'banner' }).then((me) => me.ready));
    await page.evaluate(() => {
      window.heard = '';
      me.consent.subscribe(({ purposes }) => (heard += `${purposes.personalize.status} `));
    });
  }
  await one.locator('hb-consent').getByRole('button', { name: 'Sort for me' }).click();
  for (const page of [one, other]) {
    await until('yes', () => page.evaluate(() => me.consent.allowed('personalize')));
    await until('the banner goes', async () => (await page.locator('hb-consent').count()) === 0);
  }
  await until('kept', async () => (await stored(one)).databases.length === 1);
  const receipt = await one.evaluate(async () => (await me.consent.receipt()).text());
  assert.equal(JSON.parse(receipt).purposes[0].event.event_state, 'dpv:ConsentGiven');
  await one.evaluate(() => me.consent.withdraw());
  for (const page of [one, other]) {
    await until('heard', async () => /given (withdrawn|refused) $/.test(await page.evaluate(() => heard)));
    assert.equal(await page.evaluate(() => me.consent.allowed('personalize')), false);
  }
  await until('deleted', async () => (await stored(one)).databases.length === 0);
  assert.deepEqual((await stored(one)).files, []);
  for (const page of [one, other]) assert.deepEqual([page.failures, await codes(page)], [[], []]);
});

test('a listener that throws keeps nobody from hearing: the other listeners, the other tab, the deletion', async () => {
  const context = await browser.newContext();
  const [one, other] = [await openLab(context, shop), await openLab(context, shop)];
  for (const page of [one, other]) await page.evaluate(() => start().then((me) => me.ready));
  await one.evaluate(() => {
    me.consent.subscribe(() => {
      throw new Error('the page’s own');
    });
    me.consent.subscribe(() => (window.heard = me.consent.allowed('personalize')));
  });
  await one.evaluate(() => me.consent.set({ personalize: true }));
  await until('kept', async () => (await stored(one)).databases.length === 1);
  await until('yes', () => other.evaluate(() => me.consent.allowed('personalize')));
  await one.evaluate(() => me.consent.withdraw());
  assert.equal(await one.evaluate(() => heard), false);
  await until('no', () => other.evaluate(() => !me.consent.allowed('personalize')));
  await until('deleted', async () => (await stored(one)).databases.length === 0);
  assert.ok(one.failures.length === 2 && one.failures.every(({ message }) => message === 'the page’s own'), one.failures.join());
});

/** Methods of arrays that lie, each by an answer that is as wrong as it can be. */
const LIES = {
  map: '() => []', filter: '() => []', flatMap: '() => []', reduce: '() => 15', some: '() => true', every: '() => true', includes: '() => true',
  find: '() => undefined', forEach: '() => undefined', join: `() => 'personalize'`, indexOf: '() => 0', push: '() => 1', slice: '() => []',
};

/** Asks the page without Playwright's own code, which needs arrays that work. */
async function asker(page) {
  const session = await page.context().newCDPSession(page);
  return async (expression) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined, exceptionDetails?.exception?.description);
    return result.value;
  };
}

for (const [name, lie] of Object.entries(LIES)) {
  test(`a page whose \`${name}\` of arrays lies lives on, keeps nothing without a choice, and what is taken back is over`, async () => {
    const path = `/t/liar-${name}.html`;
    const settings = JSON.stringify({ server: shop.origin, key: shop.key, site: shop.site, consent: 'banner' });
    shop.front.pages.set(path, { html: `<!doctype html><html lang="en"><head><title>Liar</title><link rel="icon" href="data:,"></head><body><p>A shop</p>
<script>Array.prototype.${name} = ${lie};</script><script type="module">
import { personalize } from '/pkg/index.js';
window.told = '';
window.begun = personalize({ ...${settings}, onError: ({ code }) => (told += code + ' ') }).then((me) => ((window.me = me), me.ready)).then(() => 'begun', ({ code }) => code ?? 'untyped');
</script></body></html>` });
    const context = await browser.newContext();
    const page = await openPage(context);
    await page.goto(shop.origin + path);
    const look = await openPage(context);
    await look.goto(`${shop.origin}/t/lab.html`);
    const ask = await asker(page);
    assert.equal(await ask('begun'), 'begun');
    await ask('new Promise((later) => setTimeout(later, 300))');
    assert.equal(await ask(`me.consent.allowed('personalize')`), false);
    assert.deepEqual(await stored(look), NOTHING);
    await ask(`me.consent.set({ personalize: true }).then(() => 'done', ({ code }) => code ?? 'untyped')`);
    assert.equal(await ask(`me.consent.allowed('contribute')`), false);
    await ask('new Promise((later) => setTimeout(later, 700))');
    await ask(`me.consent.withdraw().then(() => 'done', ({ code }) => code ?? 'untyped')`);
    assert.equal(await ask(`me.consent.allowed('personalize')`), false);
    await until('nothing personal is left', async () => {
      const { local, ...left } = await stored(look);
      return Object.values(left).every((each) => each.length === 0 || each === 0) && local.every(([key, record]) => key === 'hb.c' && !/\.p[1-4]/.test(record));
    });
    assert.deepEqual(page.failures, []);
    await context.close();
  });
}
