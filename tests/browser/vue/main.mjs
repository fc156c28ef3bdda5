// What the page of tests/browser/vue.test.mjs runs.
import { createApp, createSSRApp, defineComponent, h, watchEffect } from 'vue';
import { personalize } from 'homebody';
import { provideHomebody, useHomebody } from 'homebody/vue';
import { App } from './app.mjs';

/** Gives the page's personalizer to the test, and counts who listens to it. */
const Reveal = defineComponent({
  setup() {
    const page = useHomebody();
    watchEffect(() => {
      const me = page.value;
      if (!me || window.me === me) return;
      window.me = me;
      count(me, 'on');
      count(me.consent, 'subscribe');
    });
    return () => null;
  },
});

const Whole = defineComponent({
  props: ['options', 'own'],
  setup(props) {
    provideHomebody(props.options);
    return () => h('div', [h(Reveal), h(App, props)]);
  },
});

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

function begun(app) {
  window.failures ??= [];
  app.config.errorHandler = (error) => window.failures.push(String(error));
  app.config.warnHandler = (warning) => window.failures.push(warning);
  window.app = app;
  app.mount('main');
}

window.personalize = personalize;
window.mount = (given) => begun(createApp(Whole, given));
window.hydrate = (given) => begun(createSSRApp(App, given));
