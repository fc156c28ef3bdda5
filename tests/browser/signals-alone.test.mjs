// Each signal alone: on a page with everything there is to be told, used by hand, a function records what is its own, nothing
// of the others, and nothing once it is stopped.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, launchBrowser, openLab, startShop, until } from './harness.mjs';

const PAGE = `<article data-hb-page="film">
  <form data-hb-search><input id="query" type="search" data-hb-query><button>find</button></form>
  <p id="card" data-hb-id="card">a card</p>
  <button data-hb-action="cart_add" data-hb-value="2">add two</button>
  <button data-hb-action="cart_remove">remove</button>
  <button data-hb-action="wishlist">remember</button>
  <button data-hb-action="checkout" data-hb-value="2">to the address</button>
  <label><input type="radio" name="stars" data-hb-action="rating" data-hb-value="4">four stars</label>
  <button data-hb-action="thumbs_up">up</button>
  <button data-hb-action="thumbs_down">down</button>
  <button data-hb-action="dismiss">less like this</button>
  <button data-hb-action="undo">take it back</button>
  <button data-hb-action="share">share</button>
  <p data-hb-question="found-it"><button data-hb-action="survey" data-hb-value="1">yes</button></p>
  <section data-hb-present="checkout" data-hb-value="1">basket</section>
  <ul data-hb-order="10045"><li id="line" data-hb-id="line" data-hb-present="purchase" data-hb-value="3">a line</li></ul>
  <div style="height:4000px"></div>
</article>`;

/** What a function is told besides who records, and what it records of the visit, in its order. */
const ALONE = {
  onCart: [['cart_add film 2', 'cart_remove film']],
  onCheckout: [['checkout film 1', 'checkout film 2']],
  onClick: [['click card', 'click line']],
  onDismiss: [['dismiss film', 'undo film']],
  onDwell: [['open film', 'close'], { item: 'film' }],
  onImpression: [['impression card', 'impression line']],
  onPurchase: [['purchase line 3']],
  onRating: [['rating film 4']],
  onScroll: [[/^scroll film (4\d|5\d)$/], { item: 'film' }],
  onSearch: [['search space opera']],
  onShare: [['share film']],
  onSurvey: [['survey found-it 1']],
  onThumbs: [['thumbs_up film', 'thumbs_down film', 'undo film']],
  onView: [['view film'], { item: 'film' }],
  onWishlist: [['wishlist film']],
};

let page;

before(async () => {
  const shop = await startShop();
  const browser = await launchBrowser();
  page = await openLab(await browser.newContext({ viewport: { width: 900, height: 700 } }), shop);
  await page.evaluate(async (html) => {
    await start();
    await me.consent.set({ personalize: true });
    await me.rank();
    window.log = [];
    const said = (...words) => log.push(words.filter((each) => each !== undefined).join(' '));
    // Who records is another one each time: what was recorded by one signal is not known to the next.
    window.begin = (name, options) => {
      document.querySelector('main').innerHTML = html;
      scrollTo(0, 0);
      log.length = 0;
      const recorder = {
        consent: me.consent,
        report: me.report,
        record: (each) => me.record(each) && (said(each.kind, each.item, each.value), true),
        // That somebody is there is told by all that listen; only an item's page is a signal's own.
        attend: (each) => (me.attend(each), ['open', 'close'].includes(each.type) && said(each.type, each.item)),
      };
      window.stop = hb[name](recorder, options);
    };
    document.addEventListener('submit', (event) => event.preventDefault());
  }, PAGE);
});

/** Everything a visitor can do on the page, by mouse, wheel and keys. */
async function visit() {
  await page.locator('#query').pressSequentially('space opera');
  await page.keyboard.press('Enter');
  for (const each of ['#card', '#line']) await page.locator(each).click();
  for (const each of await page.locator('[data-hb-action]').all()) await each.click();
  await page.waitForTimeout(1200);
  await page.mouse.move(450, 350);
  await page.mouse.wheel(0, 1800);
  await until('scrolled', () => page.evaluate(() => scrollY >= 1800));
}

for (const [name, [expected, options]] of Object.entries(ALONE)) {
  test(`${name} alone`, async () => {
    await page.evaluate(([name, options]) => begin(name, options), [name, options]);
    await visit();
    const told = await page.evaluate(() => (stop(), [...log]));
    assert.equal(told.length, expected.length, `${told}`);
    for (const [at, each] of expected.entries()) each instanceof RegExp ? assert.match(told[at], each) : assert.equal(told[at], each);
    await page.evaluate(() => {
      scrollTo(0, 0);
      document.querySelector('#query').value = '';
    });
    await visit();
    assert.deepEqual(await page.evaluate(() => (stop(), [...log])), told, 'stopped, it records nothing more');
  });
}

test('these are all there are', async () => {
  const all = await page.evaluate(async () => Object.keys(await import('/pkg/signals/index.js')));
  assert.deepEqual(all.filter((name) => name !== 'autocapture').sort(), Object.keys(ALONE));
});

test('nothing failed on the way', async () => {
  assert.deepEqual([await codes(page), page.failures], [[], []]);
});
