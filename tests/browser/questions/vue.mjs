// An onboarding of one's own in Vue, for tests/browser/questions.test.mjs.
import { createApp, defineComponent, h, watchEffect } from 'vue';
import { provideHomebody, useHomebody, useOnboarding } from 'homebody/vue';

const Questions = defineComponent({
  setup() {
    const page = useHomebody();
    watchEffect(() => (window.me = page.value));
    const { question, answer, skip } = useOnboarding();
    const button = (text, act) => h('button', { onClick: act }, text);
    const asked = ({ text }) => h('div', [h('p', text), ...['yes', 'no', 'skip'].map((each) => button(each, () => answer(each))), button('no more', skip)]);
    return () => (question.value ? asked(question.value) : h('p', 'nothing to ask'));
  },
});

const Page = defineComponent({
  props: ['options'],
  setup({ options }) {
    provideHomebody(options);
    return () => h(Questions);
  },
});

window.begin = (options) => createApp(Page, { options }).mount('main');
