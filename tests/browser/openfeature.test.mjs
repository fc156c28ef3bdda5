// The OpenFeature provider with the real web SDK: flags of the device, and the SDK's events when they change.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { codes, launchBrowser, until } from './harness.mjs';
import { openWith, pageWith, startPlatforms } from './platforms.mjs';

let shop;
let browser;

before(async () => {
  shop = await startPlatforms({
    flags: `
      export { InMemoryProvider, MultiProvider, OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
      export { openFeatureProvider } from '${new URL('../../js/dist/flags/providers/openfeature.js', import.meta.url).pathname}';`,
  });
  browser = await launchBrowser();
});

async function openFlags() {
  const page = await openWith(browser, shop, pageWith('<script src="/bundles/flags.js"></script>'));
  await page.evaluate(async () => {
    await start();
    window.told = [];
    const { OpenFeature, ProviderEvents, openFeatureProvider } = flags;
    OpenFeature.addHandler(ProviderEvents.Ready, () => told.push('ready'));
    OpenFeature.addHandler(ProviderEvents.ConfigurationChanged, ({ flagsChanged }) => told.push(...flagsChanged));
    await OpenFeature.setProviderAndWait(openFeatureProvider(me));
    window.client = OpenFeature.getClient();
    window.values = () => ({
      personalized: client.getBooleanValue('homebody.personalized', false),
      neutral: client.getBooleanValue('homebody.neutral', false),
      segment: client.getStringValue('homebody.segment', 'nobody'),
    });
  });
  return page;
}

const told = (page) => page.evaluate(() => told);

test('consent, segment, neutral mode and erasure are felt at once and told', async () => {
  const page = await openFlags();
  assert.deepEqual(await page.evaluate(() => values()), { personalized: false, neutral: false, segment: 'nobody' });
  assert.deepEqual(await told(page), ['ready']);
  await page.evaluate(() => me.consent.set({ personalize: true }));
  await until('personal', async () => (await told(page)).includes('homebody.personalized'));
  assert.equal(await page.evaluate(() => values().personalized), true);
  const segment = await page.evaluate(async () => {
    for (const { id } of await me.rank(undefined, { limit: 30 })) {
      for (const kind of ['click', 'view', 'purchase']) me.record({ kind, item: id });
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (me.segment) break;
    }
    return me.segment;
  });
  assert.ok(segment, 'the demo has segments');
  assert.equal(await page.evaluate(() => values().segment), segment);
  assert.equal(await page.evaluate(() => client.getStringDetails('homebody.segment', '').variant), segment);
  await until('told', async () => (await told(page)).includes('homebody.segment'));
  await page.evaluate(() => (me.neutral = true));
  assert.deepEqual(await page.evaluate(() => values()), { personalized: false, neutral: true, segment });
  await page.evaluate(() => me.erase());
  await until('gone', async () => (await page.evaluate(() => values().segment)) === 'nobody');
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.close();
});

test('the intent is asked for when somebody wants it, and then kept up to date', async () => {
  const page = await openFlags();
  await page.evaluate(() => {
    window.asked = 0;
    const { intent } = me;
    me.intent = () => (asked++, intent());
    return me.consent.set({ personalize: true });
  });
  await until('personal', () => page.evaluate(() => me.personalized));
  await page.evaluate(async () => {
    const [first] = await me.rank(undefined, { limit: 1 });
    me.record({ kind: 'click', item: first.id });
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
  assert.equal(await page.evaluate(() => asked), 0);
  const first = await page.evaluate(() => client.getNumberDetails('homebody.intent', -1));
  assert.deepEqual([first.value, first.reason], [-1, 'DEFAULT']);
  await until('asked', () => page.evaluate(() => asked > 0));
  const expected = await page.evaluate(() => me.intent());
  await page.evaluate(async () => {
    const [, second] = await me.rank(undefined, { limit: 2 });
    for (let step = 0; step < 50; step++) me.record({ kind: 'cart_add', item: second.id });
    await new Promise((resolve) => setTimeout(resolve, 200));
  });
  assert.ok((await page.evaluate(() => asked)) < 12, 'once for all that happens meanwhile');
  const [now, flag] = await page.evaluate(async () => [await me.intent(), client.getNumberValue('homebody.intent', -1)]);
  assert.notEqual(expected, null, 'the demo has a model');
  // The clock goes on between the two questions.
  assert.ok(Math.abs(now - flag) < 1e-3 && flag !== -1, `${flag}, ${now}`);
  assert.ok((await told(page)).includes('homebody.intent'));
  assert.deepEqual(page.failures, []);
  await page.close();
});

/** Flags of somebody else's service; one of them has the name of ours. */
const THEIRS = `new flags.InMemoryProvider({
  checkout: { variants: { old: 'old', new: 'new' }, defaultVariant: 'new', disabled: false },
  'homebody.neutral': { variants: { on: true, off: false }, defaultVariant: 'on', disabled: false },
})`;

async function openWithTheirs() {
  const page = await openWith(browser, shop, pageWith('<script src="/bundles/flags.js"></script>'));
  await page.evaluate(async (theirs) => {
    await start();
    window.theirs = new Function(`return ${theirs}`)();
    window.told = [];
    flags.OpenFeature.addHandler(flags.ProviderEvents.ConfigurationChanged, ({ providerName, flagsChanged }) => told.push([providerName, ...flagsChanged].join(' ')));
  }, THEIRS);
  return page;
}

test('beside another provider: theirs for every client, ours for the domain', async () => {
  const page = await openWithTheirs();
  const values = await page.evaluate(async () => {
    const { OpenFeature, openFeatureProvider } = flags;
    await OpenFeature.setProviderAndWait(theirs);
    await OpenFeature.setProviderAndWait('homebody', openFeatureProvider(me));
    const [site, ours] = [OpenFeature.getClient(), OpenFeature.getClient('homebody')];
    await me.consent.set({ personalize: true });
    await me.rank();
    return {
      theirs: [site.getStringValue('checkout', 'none'), site.getBooleanValue('homebody.neutral', false), site.getBooleanDetails('homebody.personalized', false).errorCode],
      ours: [ours.getBooleanValue('homebody.personalized', false), ours.getBooleanValue('homebody.neutral', true), ours.getStringDetails('checkout', 'none').errorCode],
    };
  });
  assert.deepEqual(values, { theirs: ['new', true, 'FLAG_NOT_FOUND'], ours: [true, false, 'FLAG_NOT_FOUND'] });
  await page.evaluate(() => flags.OpenFeature.clearProviders());
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.close();
});

test('with another provider in one: each flag is of whoever knows it, and ours tell of their changes', async () => {
  const page = await openWithTheirs();
  await page.evaluate(async () => {
    const { MultiProvider, OpenFeature, openFeatureProvider } = flags;
    await OpenFeature.setProviderAndWait(new MultiProvider([{ provider: openFeatureProvider(me) }, { provider: theirs }]));
    window.client = OpenFeature.getClient();
    window.values = () => [client.getStringValue('checkout', 'none'), client.getBooleanValue('homebody.personalized', false), client.getBooleanValue('homebody.neutral', true), client.getStringValue('nobody', 'none')];
  });
  assert.deepEqual(await page.evaluate(() => values()), ['new', false, false, 'none'], 'of two of one name the first is asked');
  await page.evaluate(async () => (await me.consent.set({ personalize: true }), me.rank()));
  await until('told', () => page.evaluate(() => told.some((each) => each.includes('homebody.personalized'))));
  assert.deepEqual(await page.evaluate(() => values()), ['new', true, false, 'none']);
  await page.evaluate(() => theirs.putConfiguration({ checkout: { variants: { old: 'old', new: 'new' }, defaultVariant: 'old', disabled: false } }));
  assert.deepEqual(await page.evaluate(() => values()), ['old', true, false, 'none']);
  await page.evaluate(() => flags.OpenFeature.clearProviders());
  assert.deepEqual([await codes(page), page.failures], [[], []]);
  await page.close();
});
