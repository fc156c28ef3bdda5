import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES } from '../src/texts/languages.js';
import { NOTICE_KEYS, type NoticeKey, type NoticeTexts } from '../src/texts/notice-keys.js';
import { noticeTexts } from '../src/texts/notice.js';
import { golden } from './golden.js';

const builtIn = golden<{ key: NoticeKey; words: number }>('consent/built-in.json') as unknown as {
  languages: string[];
  keys: string[];
  cases: { key: NoticeKey; words: number }[];
};

const DENSE = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/gu;

/** Words as the lint counts them: between spaces, and two characters of Chinese and Japanese for one. */
const words = (text: string): number =>
  text.split(/\s+/).reduce((sum, part) => {
    const others = /[\p{L}\p{N}]/u.test(part.replace(DENSE, ''));
    return sum + Math.ceil((part.match(DENSE) ?? []).length / 2) + Number(others);
  }, 0);

test('the lint knows the languages and the keys there are', () => {
  assert.deepEqual(builtIn.languages, LANGUAGES);
  assert.deepEqual(builtIn.keys, [...NOTICE_KEYS].sort());
});

test('no built-in text is longer than the lint believes', async () => {
  assert.ok(builtIn.cases.reduce((sum, { words: most }) => sum + most, 0) <= 60);
  for (const language of LANGUAGES) {
    const { texts } = (await noticeTexts(language)) as { texts: NoticeTexts };
    for (const { key, words: most } of builtIn.cases) {
      assert.ok(words(texts[key]) <= most, `${language} ${key}: ${words(texts[key])} words`);
    }
  }
});
