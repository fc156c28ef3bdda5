// Signals in pages of every kind: what is recorded, what is left alone, and what a page may do wrong.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { codes, launchBrowser, openLab, startShop, until } from './harness.mjs';

let shop;
let browser;
let context;
let page;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 800, height: 600 } });
  page = await fresh();
});

/** A page with `me` (not yet allowed), `watched` (the same, with every interaction in `log`), and no signal running. */
async function fresh(init) {
  if (init) await context.addInitScript(init);
  const opened = await openLab(context, shop);
  await opened.evaluate(async () => {
    await start();
    window.log = [];
    window.watched = {
      consent: me.consent,
      report: me.report,
      attend: (attention) => me.attend(attention) ?? (me.consent.allowed('personalize') && log.push(`${attention.type} ${attention.item ?? ''}`.trim())),
      record(interaction) {
        const taken = me.record(interaction);
        if (taken) log.push([interaction.kind, interaction.item, interaction.value].filter((each) => each !== undefined).join(' '));
        return taken;
      },
    };
    window.agree = () => me.consent.set({ personalize: true });
    window.draw = (html) => (document.querySelector('main').innerHTML = html);
    /** Waits until the log has so many lines; the test says what is wrong when it has not. */
    window.logged = async (lines) => {
      for (let left = 100; left > 0 && log.length < lines; left--) await wait(50);
    };
    window.wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  });
  return opened;
}

const log = (from = page) => from.evaluate(() => log);

async function assertFine(from = page) {
  assert.deepEqual(await codes(from), []);
  assert.deepEqual(from.failures, []);
}

test('an impression needs its share of the item, its pixels and its time, and comes once in so many minutes', async () => {
  await page.evaluate(async () => {
    await agree();
    const box = (id, width, height, top) => `<i data-hb-id="${id}" style="position:absolute;left:0;top:${top}px;width:${width}px;height:${height}px"></i>`;
    // Of the screen's 600 px: 60 % of `most`, 40 % of `less`, all of `small`, and `huge` beyond them.
    draw(`<div style="height:9000px">${box('small', 10, 10, 0)}${box('most', 200, 100, 540)}${box('less', 200, 100, 560)}${box('huge', 800, 4000, 3000)}</div>`);
    hb.onImpression(watched, { minPx: 200, ms: 700 });
    await wait(1600);
  });
  assert.deepEqual(await log(), ['impression most']);
  await page.evaluate(async () => {
    scrollTo(0, 3600);
    await wait(500); // Passing by is not seeing.
    scrollTo(0, 0);
    await wait(1200);
    scrollTo(0, 3600);
    await wait(1200);
    scrollTo(0, 0);
    await wait(1200);
  });
  assert.deepEqual(await log(), ['impression most', 'impression huge'], 'what fills the screen counts, and each once');
  await page.evaluate(async () => {
    hb.onImpression(watched, { everyMinutes: 1 / 60, minPx: 200, ratio: 0.3, ms: 300 });
    await logged(4);
    await wait(1100);
    // Where nothing is, until a frame has been drawn without them.
    scrollTo(0, 8000);
    const last = document.querySelector('[data-hb-id="less"]');
    await new Promise((resolve) => new IntersectionObserver(([entry], watch) => entry.isIntersecting || (watch.disconnect(), resolve())).observe(last));
    scrollTo(0, 0);
    await logged(6);
    await wait(400);
  });
  const again = (await log()).slice(2).sort();
  assert.deepEqual(again, ['impression less', 'impression less', 'impression most', 'impression most'], 'and again when the time is over');
  await assertFine();
});

test('items in open shadow roots are seen and clicked, however the roots come about', async () => {
  await page.evaluate(async () => {
    await agree();
    document.querySelector('main').setHTMLUnsafe('<x-early><template shadowrootmode="open"><b data-hb-id="declared">d</b></template></x-early><x-late></x-late><div data-hb-ignore><x-late></x-late></div>');
    hb.autocapture(watched);
    await wait(50);
    customElements.define('x-late', class extends HTMLElement {
      connectedCallback() {
        this.attachShadow({ mode: 'open' }).innerHTML = `<x-inner></x-inner>`;
      }
    });
    customElements.define('x-inner', class extends HTMLElement {
      connectedCallback() {
        const ignored = this.getRootNode().host.closest('[data-hb-ignore]');
        this.attachShadow({ mode: 'open' }).innerHTML = `<form data-hb-search><input data-hb-query type="search" value=" tents "><button>go</button></form>
          <b data-hb-id="${ignored ? 'ignored' : 'nested'}"><u>n</u><button data-hb-action="wishlist">w</button></b>`;
        this.shadowRoot.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
      }
    });
    await wait(1500);
    await logged(2);
    for (const late of document.querySelectorAll('x-late')) {
      const { shadowRoot } = late.shadowRoot.querySelector('x-inner');
      shadowRoot.querySelector('u').click();
      shadowRoot.querySelector('[data-hb-action]').click();
      shadowRoot.querySelector('form button').click();
    }
  });
  const all = await log();
  assert.deepEqual(all.slice(0, 2).sort(), ['impression declared', 'impression nested']);
  assert.deepEqual(all.slice(2), ['click nested', 'wishlist nested', 'search tents']);
  await assertFine();
});

test('called twice, and beside single signals, everything is recorded once', async () => {
  await page.evaluate(async () => {
    await agree();
    draw('<article data-hb-page="a"><b data-hb-id="b">b</b><ul data-hb-order="7"><li data-hb-id="c" data-hb-present="purchase" data-hb-value="3">c</li></ul><button data-hb-action="cart_add">add</button></article>');
    const stops = [hb.autocapture(watched), hb.autocapture(watched), hb.onClick(watched), hb.onClick(watched, { root: document.querySelector('main') }), hb.onCart(watched), hb.onPurchase(watched), hb.onImpression(watched), hb.onView(watched, { item: 'a' }), hb.onDwell(watched, { item: 'a' })];
    await wait(1400);
    await logged(5);
    document.querySelector('b').click();
    document.querySelector('button').click();
    for (const stop of stops) stop();
    for (const stop of stops) stop();
    document.querySelector('b').click();
  });
  assert.deepEqual((await log()).sort(), ['cart_add a', 'click b', 'close', 'impression b', 'impression c', 'open a', 'purchase c 3', 'view a']);
  await assertFine();
});

test('before the yes nothing is recorded or kept for later, after the no nothing more', async () => {
  await page.evaluate(async () => {
    draw('<article data-hb-page="a"><b data-hb-id="b">b</b><button data-hb-action="cart_add">add</button><p data-hb-present="checkout" data-hb-value="1">1</p></article>');
    hb.autocapture(watched);
    await wait(1300);
    document.querySelector('b').click();
    document.querySelector('button').click();
    await agree();
    await wait(200);
  });
  // What is still so after the yes is: an open page, a step of the checkout, and after a while an item in view. What was
  // done before is gone.
  assert.deepEqual((await log()).filter((line) => line !== 'impression b').sort(), ['checkout a 1', 'open a', 'view a']);
  const { interactions, items } = await page.evaluate(() => me.exportData());
  assert.equal(interactions - (items.find(({ id }) => id === 'b')?.shown ?? 0), 2);
  await page.evaluate(async () => {
    await me.consent.withdraw();
    log.length = 0;
    document.querySelector('b').click();
    await wait(1300);
  });
  assert.deepEqual(await log(), []);
  await assertFine();
});

test('no field is read but the marked one, when its form is submitted', async () => {
  await page.evaluate(async () => {
    await agree();
    window.reads = [];
    for (const type of [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement]) {
      const { get, set } = Object.getOwnPropertyDescriptor(type.prototype, 'value');
      Object.defineProperty(type.prototype, 'value', { set, get() { reads.push(this.id); return get.call(this); } });
    }
    draw(`<article data-hb-page="a"><form id="find" data-hb-search><input id="query" data-hb-query><input id="other" name="closest"><textarea id="words"></textarea><button>go</button></form>
      <form id="login" data-hb-search><input id="password" type="password" data-hb-query><input id="card" autocomplete="cc-number"><button>in</button></form>
      <form id="plain"><input id="unmarked" data-hb-query><select id="size"><option>1</option></select><button>send</button></form>
      <form id="secret" data-hb-search data-hb-ignore><input id="hidden-query" data-hb-query><button>x</button></form></article>`);
    document.addEventListener('submit', (event) => event.preventDefault());
    hb.autocapture(watched);
  });
  for (const id of ['query', 'other', 'words', 'password', 'card', 'unmarked', 'hidden-query']) await page.locator(`#${id}`).pressSequentially(`typed ${id}`);
  assert.deepEqual(await page.evaluate(() => reads), [], 'none while it is written in');
  for (const form of ['find', 'login', 'plain', 'secret']) await page.locator(`#${form} button`).click();
  assert.deepEqual(await page.evaluate(() => reads), ['query']);
  assert.deepEqual((await log()).filter((line) => !/^(view|open|activity)/.test(line)), ['search typed query']);
  await assertFine();
});

test('what a page does wrong is told to `onError`, and the page works on', async () => {
  const told = await page.evaluate(async () => {
    await agree();
    draw(`<b data-hb-id="">nothing</b><b data-hb-id="__proto__">p</b><b data-hb-id="constructor">c</b><b data-hb-id="toString">t</b>
      <button data-hb-action="cart_add">no item</button><i data-hb-id="x"><button data-hb-action="purchase" data-hb-value="€ 19,99">price</button>
      <button data-hb-action="cart_add" data-hb-value="Infinity">all</button><button data-hb-action="rating">no stars</button><button data-hb-action="rating" data-hb-value="9">nine</button>
      <button data-hb-action="constructor">?</button><button data-hb-action="cart_add" data-hb-value=" 2 ">fine</button></i>`);
    hb.autocapture(watched);
    // A purchase has no price of its own: what a page calls one is neither read nor refused.
    me.record({ kind: 'purchase', item: 'priced', value: 2, price: '€ 19,99', currency: 978 });
    me.record({ kind: 'purchase', item: 'textual', value: '2' });
    hb.onClick(watched, { selector: '[[' });
    hb.onImpression(watched, { ratio: 7 });
    for (const each of document.querySelectorAll('b, button')) each.click();
    document.body.click();
    // What is wrong with an interaction is said when it is booked, and its words are fetched.
    for (let waited = 0; waited < 20_000 && errors.filter(({ code }) => code === 'options').length < 7; waited += 100) await wait(100);
    await wait(1500);
    return { errors: errors.map(({ code, message }) => `${code}: ${message}`), items: (await me.exportData()).items.map(({ id }) => id).sort() };
  });
  assert.deepEqual(told.items, ['__proto__', 'constructor', 'priced', 'toString', 'x']);
  const wrong = (part) => told.errors.filter((line) => line.startsWith('options:') && line.includes(part)).length;
  assert.deepEqual([wrong('`cart_add` of `` (1)'), wrong('`purchase` of `x` (NaN)'), wrong('`purchase` of `textual` (2)'), wrong('(Infinity)'), wrong('`rating` of `x` (NaN)'), wrong('(9)'), wrong('names no action: `constructor`')], [1, 1, 1, 1, 1, 1, 1], told.errors.join('\n'));
  assert.ok(told.errors.some((line) => line.startsWith('signal:')), told.errors.join('\n'));
  assert.ok(!told.errors.some((line) => line.includes('priced')), told.errors.join('\n'));
  assert.deepEqual(page.failures, []);
});

for (const api of ['the Navigation API', 'a wrapped history']) {
  test(`with ${api}: a route ends its page, and nothing of it is booked on the next`, async () => {
    if (api !== 'the Navigation API') {
      await page.close();
      page = await fresh(() => Object.defineProperty(window, 'navigation', { value: undefined }));
    }
    const original = await page.evaluate(async () => {
      await agree();
      draw('<article data-hb-page="a"><div style="height:4000px">a</div></article>');
      window.pushed = history.pushState;
      window.stop = hb.autocapture(watched);
      await wait(150);
      return typeof navigation;
    });
    assert.equal(original, api === 'the Navigation API' ? 'object' : 'undefined');
    await page.mouse.move(400, 300);
    await page.mouse.wheel(0, 1700);
    await until('scrolled', () => page.evaluate(() => scrollY > 1600));
    await page.evaluate(async () => {
      history.pushState(null, '', '/t/lab.html?item=b'); // A is still drawn, and still scrolled, for a while.
      await wait(300);
      scrollTo(0, 3000);
      await wait(100);
      log.push('-');
      draw('<article data-hb-page="b"><div style="height:4000px">b</div></article>');
      await wait(100);
      history.replaceState({}, '', '/t/lab.html?item=b&tab=2');
      history.replaceState({}, '', '#reviews');
      await wait(50);
      history.back();
      await wait(300);
      draw('nothing in particular');
      await wait(1200);
      await wait(1200);
    });
    const all = (await log()).filter((line) => line !== 'activity');
    assert.match(all[3], /^scroll a (4[0-9]|5[0-9])$/, String(all));
    all.splice(3, 1);
    assert.deepEqual(all, ['view a', 'open a', 'close', '-', 'view b', 'open b', 'close']);
    const same = await page.evaluate(() => {
      stop();
      return history.pushState === pushed;
    });
    assert.ok(same, 'the page has its history back');
    await assertFine();
  });
}

test('two tabs are one session', async () => {
  await page.evaluate(() => agree());
  const other = await fresh();
  await until('the other tab', () => other.evaluate(() => me.consent.allowed('personalize')));
  for (const [at, each] of [page, other, page, other].entries()) {
    await each.evaluate((item) => {
      draw(`<b data-hb-id="${item}">b</b>`);
      hb.onClick(watched);
      document.querySelector('b').click();
    }, `item-${at}`);
  }
  const counted = async (from) => from.evaluate(async () => {
    const { sessions, interactions } = await me.exportData();
    return `${sessions} ${interactions}`;
  });
  for (const each of [page, other]) await until('one session with all four', async () => (await counted(each)) === '1 4');
  await assertFine(other);
});
