import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { onboardingTexts } from '../src/elements/onboarding-texts.js';
import { panelTexts } from '../src/elements/panel-texts.js';
import { REASON_TEXTS, reasonTexts } from '../src/elements/why.js';
import { directionOf, knownLanguage, type Language, LANGUAGES, languageOf } from '../src/texts/languages.js';
import { FILES as NOTICE_FILES } from '../src/texts/notice-files.js';
import { NOTICE_KEYS, type NoticeTexts } from '../src/texts/notice-keys.js';
import { noticeTexts } from '../src/texts/notice.js';
import NOTICE_ENGLISH from '../src/texts/notice/en.js';
import { FILES as PROFILE_FILES } from '../src/texts/profile-files.js';
import PROFILE_ENGLISH from '../src/texts/profile/en.js';
import { told } from '../src/texts/told.js';

type Flat = Readonly<Record<string, string>>;

/** Words that a language shares with English. */
const SHARED = new Set([
  'es No', 'it No', 'fr rectification', 'nl Details', 'da database', 'it database', 'mt database', 'nb database', 'nl database',
]);

/** How much longer one of yes and no may be than the other. */
const UNEQUAL = 2;

/** Nested texts by their path. */
function flat(texts: object, path = ''): Flat {
  const entries = Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value]] : Object.entries(flat(value as object, `${path}${key}/`)),
  );
  return Object.fromEntries(entries) as Flat;
}

/** Everything there is in a language. */
async function all(language: Language): Promise<Flat> {
  if (language === 'en') return flat({ notice: NOTICE_ENGLISH, profile: PROFILE_ENGLISH });
  const [notice, profile] = await Promise.all([NOTICE_FILES[language](), PROFILE_FILES[language]()]);
  return flat({ notice: notice.default, profile: profile.default });
}

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test('a file each for every language, and none besides', () => {
  const files = (folder: string): string[] =>
    readdirSync(new URL(`../../../src/texts/${folder}/`, import.meta.url)).map((file) => file.replace('.ts', ''));
  const wanted = [...LANGUAGES].sort();
  assert.deepEqual([files('notice').sort(), files('profile').sort()], [wanted, wanted]);
  const foreign = wanted.filter((language) => language !== 'en');
  assert.deepEqual([Object.keys(NOTICE_FILES).sort(), Object.keys(PROFILE_FILES).sort()], [foreign, foreign]);
});

test('every language says what English says', async () => {
  const english = await all('en');
  for (const language of LANGUAGES) {
    const texts = await all(language);
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort(), language);
    for (const [key, text] of Object.entries(texts)) {
      const place = `${language} ${key}: ${text}`;
      assert.match(text, /\p{L}/u, place);
      assert.equal(text, text.trim(), place);
      assert.deepEqual(places(text), places(english[key] ?? ''), place);
      assert.ok(!/[{}]/.test(text.replace(/\{\w+\}/g, '')), place);
      assert.ok(!/ {2}|"|\.\.\./.test(text), `typography, ${place}`);
      if (language !== 'en' && text === english[key]) assert.ok(SHARED.has(`${language} ${text}`), `left in English, ${place}`);
    }
  }
});

test('no text was put in the place of another', async () => {
  const english = await all('en');
  for (const language of LANGUAGES) {
    const texts = await all(language);
    for (const [key, text] of Object.entries(texts)) {
      const ends = (said: string): boolean => /[.!?。！？;՞؟]$/.test(said);
      assert.equal(ends(text), ends(english[key] ?? ''), `${language} ${key}: ${text}`);
    }
  }
});

test('yes and no weigh the same', async () => {
  for (const language of LANGUAGES) {
    const texts = await all(language);
    for (const [yes, no] of [['banner.accept', 'banner.reject'], ['notice.ok', 'notice.object'], ['preferences.accept', 'preferences.reject']]) {
      const [one, other] = [texts[`notice/${yes}`] ?? '', texts[`notice/${no}`] ?? ''];
      const ratio = Math.max(one.length, other.length) / Math.min(one.length, other.length);
      assert.ok(ratio <= (yes === 'notice.ok' ? 2 * UNEQUAL : UNEQUAL), `${language}: ${one} / ${other}`);
      assert.ok(!/!|！/.test(one + other), `${language}: ${one} / ${other}`);
    }
  }
});

test('tags find their language', () => {
  const found = [
    ['de', 'de'], ['DE-at', 'de'], ['de_CH', 'de'], ['no', 'nb'], ['nn-NO', 'nb'], ['nb', 'nb'], ['iw-IL', 'he'], ['pt', 'pt'],
    ['pt-PT', 'pt'], ['pt-BR', 'pt-BR'], ['PT-br', 'pt-BR'], ['zh-Hant-TW', 'zh'], ['zh-CN', 'zh'], ['en-GB', 'en'], ['ko', 'en'],
    ['fil', 'en'], ['', 'en'], ['-', 'en'],
  ];
  for (const [tag = '', language] of found) assert.equal(languageOf(tag), language, tag);
  assert.deepEqual(['ko', 'fil', '', 'e'].map(knownLanguage), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(LANGUAGES.filter((language) => directionOf(language) === 'rtl'), ['ar', 'he']);
});

test('English is there at once, any other language when its file is', async () => {
  for (const texts of [noticeTexts('en-US'), panelTexts('en'), onboardingTexts('ko'), reasonTexts('en')]) {
    assert.ok(!(texts instanceof Promise));
  }
  const [notice, panel, onboarding] = [noticeTexts('ar-EG'), panelTexts('he'), onboardingTexts('ja')];
  assert.ok(notice instanceof Promise && panel instanceof Promise && onboarding instanceof Promise);
  assert.deepEqual([(await notice).language, (await notice).dir], ['ar', 'rtl']);
  assert.deepEqual([(await panel).language, (await panel).dir], ['he', 'rtl']);
  assert.deepEqual([(await onboarding).language, (await onboarding).dir], ['ja', 'ltr']);
  assert.equal((await reasonTexts('de')).popular, 'Gerade beliebt');
  assert.deepEqual(await reasonTexts('ko'), REASON_TEXTS);
});

test('the site’s own texts win, and say their language where only the site speaks it', async () => {
  const french = await noticeTexts('fr', { 'banner.title': 'Le vôtre', 'tags.count.title': 'Compter' });
  assert.deepEqual([french.texts['banner.title'], french.texts['tags.count.title']], ['Le vôtre', 'Compter']);
  assert.equal(french.texts['banner.accept'], 'Trier pour moi');
  const persian = await noticeTexts('fa-IR', { 'banner.title': 'مرتب کنیم؟' });
  assert.deepEqual([persian.language, persian.dir, persian.texts['banner.title']], ['fa-IR', 'rtl', 'مرتب کنیم؟']);
  assert.equal((await noticeTexts('fa')).language, 'en');
  assert.equal((await panelTexts('de', { title: 'Meins' })).texts.title, 'Meins');
});

test('a file that does not come leaves English', async () => {
  const lost = { ...NOTICE_FILES, de: () => Promise.reject(new Error('offline')) };
  const found = await told<NoticeTexts, NoticeTexts>('de', NOTICE_ENGLISH, () => [Promise.resolve({ FILES: lost })], (texts) => texts, { 'banner.later': 'Später' });
  assert.deepEqual([found.language, found.dir], ['en', 'ltr']);
  assert.deepEqual([found.texts['banner.later'], found.texts['banner.accept']], ['Später', 'Sort for me']);
  assert.equal(Object.keys(found.texts).length, NOTICE_KEYS.length);
});
