// Feeds: what a page tells the tags it has is recorded under consent, and nothing else of the page changes.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { BUNDLES, consent, fixtures, pageOf, recorded, SOURCES, startFed } from './feeds.mjs';
import { codes, launchBrowser, sleep, until } from './harness.mjs';
import { openWith, pageWith, startPlatforms } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms(BUNDLES);
  browser = await launchBrowser();
});

const open = (source, more) => openWith(browser, shop, pageOf(source, more));
const tell = (page, event) => page.evaluate((event) => void window.tell(event), event);
/** Some sources tell a few microtasks later. */
const settled = (page, count) => until(`${count} recorded`, async () => (await recorded(page)).length >= count);

/** Adds scripts to the page as it stands, one after the other. */
function addHead(page, head) {
  return page.evaluate(async (head) => {
    for (const { src, textContent } of new DOMParser().parseFromString(head, 'text/html').querySelectorAll('script')) {
      const script = document.createElement('script');
      const loaded = src && new Promise((resolve) => (script.onload = resolve));
      Object.assign(script, src ? { src } : { textContent });
      document.head.append(script);
      await loaded;
    }
  }, head);
}

for (const source of Object.keys(SOURCES)) {
  describe(source, () => {
    const viewed = async () => (await fixtures(source)).find(({ expected: [first] }) => first?.[0] === 'view');

    test('a journey told to the real library is recorded, event by event', async () => {
      const page = await open(source);
      await startFed(page, source);
      await consent(page, true);
      await page.evaluate(() => void attach());
      const all = await fixtures(source);
      const expected = all.flatMap((each) => each.expected);
      for (const each of all) await tell(page, each);
      await settled(page, expected.length);
      await sleep(100);
      assert.deepEqual(await recorded(page), expected);
      const kept = await page.evaluate(async () => (await me.profile()).items.map(({ id }) => id));
      const items = new Set(expected.filter(([kind]) => kind !== 'search').map(([, item]) => item));
      assert.deepEqual(new Set(kept), items);
      assert.deepEqual([await codes(page), page.failures], [[], []]);
      await page.close();
    });

    test('before consent dropped, after a withdrawal too, and recorded again after the next yes', async () => {
      const page = await open(source);
      const event = await viewed();
      await startFed(page, source);
      await page.evaluate(() => void attach());
      await tell(page, event);
      await sleep(300);
      await consent(page, true);
      await sleep(300);
      assert.deepEqual(await recorded(page), [], 'not what was told before');
      await tell(page, event);
      await settled(page, 1);
      await consent(page, false);
      await tell(page, event);
      await sleep(200);
      assert.deepEqual(await recorded(page), event.expected);
      await consent(page, true);
      await sleep(200);
      await tell(page, event);
      await settled(page, 2);
      await sleep(100);
      assert.deepEqual(await recorded(page), [...event.expected, ...event.expected]);
      assert.deepEqual([await codes(page), page.failures], [[], []]);
      await page.close();
    });

    test('attached twice is attached once, and stopped is silent', async () => {
      const page = await open(source);
      const event = await viewed();
      await startFed(page, source);
      await consent(page, true);
      assert.equal(await page.evaluate(() => (window.stop = attach()) === attach()), true);
      await tell(page, event);
      await settled(page, 1);
      await sleep(100);
      assert.deepEqual(await recorded(page), event.expected);
      await page.evaluate(() => (stop(), stop()));
      await tell(page, event);
      await sleep(200);
      assert.deepEqual(await recorded(page), event.expected);
      await page.evaluate(() => void attach());
      await tell(page, event);
      await settled(page, 2);
      await sleep(100);
      assert.equal((await recorded(page)).length, 2);
      await page.close();
    });

    // A tracker of Snowplow's is handed over: it is there.
    if (source !== 'snowplow') test('a source that comes later', async () => {
      const page = await openWith(browser, shop, pageWith());
      await startFed(page, source);
      await consent(page, true);
      await page.evaluate(() => void attach());
      await sleep(200);
      await addHead(page, SOURCES[source].head);
      const event = await viewed();
      // It is looked for at growing intervals, and nothing says when it was found: what is told before is nobody's.
      await until('it is heard', async () => {
        await tell(page, event);
        await sleep(100);
        return (await recorded(page)).length > 0;
      });
      assert.deepEqual([await codes(page), page.failures], [[], []]);
      await page.close();
    });
  });
}
