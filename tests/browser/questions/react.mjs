// An onboarding of one's own in React, for tests/browser/questions.test.mjs.
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
import { HomebodyProvider, useHomebody, useOnboarding } from 'homebody/react';

function Questions() {
  window.me = useHomebody();
  const { question, answer, skip } = useOnboarding();
  if (!question) return h('p', null, 'nothing to ask');
  const button = (text, act) => h('button', { key: text, onClick: act }, text);
  return h('div', null, h('p', null, question.text), ['yes', 'no', 'skip'].map((each) => button(each, () => answer(each))), button('no more', skip));
}

window.begin = (options) => createRoot(document.querySelector('main')).render(h(HomebodyProvider, { options }, h(Questions)));
