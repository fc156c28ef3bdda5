import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonText } from '../src/elements/reason-text.js';

test('a rule is told by the name that the site gave it', () => {
  const share = 0.5;
  assert.equal(reasonText({ kind: 'rule', share, name: 'Summer sale' }), 'Recommended by this site (Summer sale)');
  assert.equal(reasonText({ kind: 'rule', share }), 'Recommended by this site');
  const wording = { texts: { rule: 'Von dieser Seite empfohlen' }, name: () => 'Sommerschluss' };
  assert.equal(reasonText({ kind: 'rule', share, name: 'Summer sale' }, wording), 'Von dieser Seite empfohlen (Sommerschluss)');
  assert.equal(reasonText({ kind: 'popular', share, name: 'x' }), reasonText({ kind: 'popular', share }), 'only what is named');
});
