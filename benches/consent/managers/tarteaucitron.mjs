import { json, namesIn } from './page-code.mjs';

const README = {
  privacyUrl: '', bodyPosition: 'bottom', hashtag: '#tarteaucitron', cookieName: 'tarteaucitron', orientation: 'middle',
  groupServices: false, showDetailsOnClick: true, serviceDefaultState: 'wait', showAlertSmall: false, showTitleBanner: false,
  cookieslist: false, cookieslistEmbed: false, showIcon: true, iconPosition: 'BottomRight', adblocker: false, DenyAllCta: true,
  AcceptAllCta: true, highPrivacy: true, alwaysNeedConsent: false, handleBrowserDNTRequest: false, removeCredit: false,
  moreInfoLink: true, useExternalCss: false, useExternalJs: false, readmoreLink: '', mandatory: true, mandatoryCta: true,
  googleConsentMode: true, bingConsentMode: true, pianoConsentMode: true, pianoConsentModeEssential: false,
  softConsentMode: false, dataLayer: false, serverSide: false, partnersList: false,
};

/** "How to use" of its README, whole, with two services of the site. */
export const tarteaucitron = {
  name: 'tarteaucitronjs',
  short: 'TAC',
  packages: ['tarteaucitronjs'],
  setup: 'The whole block of "How to use" in its README and two custom services.',
  revision: 'a new service does',
  languages: () => namesIn('tarteaucitronjs/lang', /^tarteaucitron\.([a-z]{2})\.js$/),
  wishes: ['clear', 'dark', 'gcm', 'refusalDays', 'revise'],
  page: (wishes) => ({
    scripts: [{ src: '/lib/tarteaucitronjs/tarteaucitron.js' }, { code: settings(wishes) }],
  }),
  parts: {
    banner: '#tarteaucitronAlertBig',
    accept: '#tarteaucitronPersonalize2',
    reject: '#tarteaucitronAllDenied2',
    opener: '#tarteaucitronCloseAlert',
    dialog: '#tarteaucitron',
    toggles: '#tarteaucitron .tarteaucitronLine:not(.tarteaucitronMainLine) .tarteaucitronAllow[id]',
    roots: '#tarteaucitronRoot',
  },
  granted: (page) => page.evaluate(() => ['banners', 'counting'].filter((each) => tarteaucitron.state[each] === true)),
  async withdraw(page) {
    await page.evaluate(() => tarteaucitron.userInterface.openPanel());
    await page.locator('#tarteaucitronAllDenied').click();
    await page.locator('#tarteaucitronClosePanel').click();
  },
};

function settings({ clear, dark, gcm, language, marked, refusalDays, revised, reviseAsTold }) {
  const names = { counting: marked ?? (revised ? 'We now also sell what we count' : 'We count visits'), banners: 'Ads', ...(reviseAsTold && { chat: 'Chat' }) };
  const services = Object.entries(names).map(([key, name]) => {
    const cookies = json(clear && key === 'counting' ? [clear.cookie] : []);
    return `tarteaucitron.services.${key} = { key: '${key}', type: 'other', name: ${json(name)}, needConsent: true, cookies: ${cookies}, js() {}, fallback() {}, uri: '' };
(tarteaucitron.job ??= []).push('${key}');`;
  });
  return `${refusalDays ? `window.tarteaucitronForceExpire = ${refusalDays};` : ''}
${language ? `window.tarteaucitronForceLanguage = ${json(language)};` : ''}
${marked ? `window.tarteaucitronCustomText = { middleBarHead: ${json(marked)}, alertBigPrivacy: ${json(marked)} };` : ''}
tarteaucitron.init(${json({ ...README, ...(dark && { DenyAllCta: false }) })});
${services.join('\n')}
${gcm ? `tarteaucitron.user.gtagUa = 'G-0'; tarteaucitron.job.push('gtag');` : ''}`;
}
