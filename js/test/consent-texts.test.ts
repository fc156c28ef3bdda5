import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bannerTexts } from '../src/consent/texts.js';
import type { BannerTexts } from '../src/consent/types.js';
import { golden } from './golden.js';

const builtIn = golden<{ key: string; words: number }>('consent/built-in.json') as unknown as {
  languages: string[];
  cases: { key: string; words: number }[];
};

/** Words as the lint counts them, for languages that write spaces. */
const words = (text: string): number => text.split(/\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;

test('the lint knows the languages there are', () => {
  for (const language of builtIn.languages) assert.equal(bannerTexts(language, {}).language, language);
});

test('no built-in text is longer than the lint believes', () => {
  for (const language of builtIn.languages) {
    const { texts } = bannerTexts(language, {});
    for (const { key, words: most } of builtIn.cases) {
      const text = texts[key.replace('banner.', '') as keyof BannerTexts] as string | undefined;
      if (text !== undefined) assert.ok(words(text) <= most, `${language} ${key}: ${words(text)} words`);
    }
    const shown = builtIn.cases.reduce((sum, { key }) => sum + words(texts[key.replace('banner.', '') as keyof BannerTexts] ?? ''), 0);
    assert.ok(shown <= 60, `${language}: ${shown} words`);
  }
});
