// What the page of tests/browser/react.test.mjs runs.
import { createElement as h, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { personalize } from 'homebody';
import { useHomebody, HomebodyProvider } from 'homebody/react';
import { App } from './app.mjs';

const failures = [];
const onRecoverableError = (error) => failures.push(String(error));
const page = () => document.querySelector('main');

/** Gives the page's personalizers to the test, and counts who listens to the last. */
function Reveal() {
  const me = useHomebody();
  if (me) window.started.add(me);
  if (me && window.me !== me) {
    window.me = me;
    count(me, 'on');
    count(me.consent, 'subscribe');
  }
  return null;
}

function count(owner, verb) {
  const listen = owner[verb];
  owner[verb] = (...all) => {
    window.listening = (window.listening ?? 0) + 1;
    const stop = listen.apply(owner, all);
    return () => {
      window.listening -= 1;
      return stop();
    };
  };
}

const whole = ({ options, own }, isStrict) => {
  const app = h('div', null, h(HomebodyProvider, { options }, h(Reveal)), h(App, { options, own }));
  return isStrict ? h(StrictMode, null, app) : app;
};

window.failures = failures;
window.started = new Set();
window.personalize = personalize;
window.mount = (given, isStrict = false) => {
  window.root = createRoot(page(), { onRecoverableError });
  window.root.render(whole(given, isStrict));
};
window.hydrate = (given) => {
  window.root = hydrateRoot(page(), h(App, given), { onRecoverableError });
};
