import { above, flag, list, map, type Rule, shape, text, whole, word } from './rules.js';

// The form of the configuration; a test holds it to the table of verdicts that Rust wrote.

const NAME = /^[^]{0,200}$/u;
const name = text(NAME, 'at most 200 characters');
const names = list(name);
const any = /^[^]*$/;
const id = text(/^[a-z0-9-]{1,64}$/, '1 to 64 of `a-z`, `0-9` and `-`');
const tag = text(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a BCP 47 tag such as `en` or `pt-BR`');
const colour = text(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i, '`#rgb` or `#rrggbb`');
const mode = word('notice', 'ask', 'off');
const code = text(/^(\*|EU|EEA|(?!UK$)[A-Z]{2}(-[A-Z0-9]{1,3})?)$/, '`EU`, `EEA`, `*`, a country such as `DE`, or a part of one');
const position = word('bottom', 'top', 'bottom-start', 'bottom-end');
const texts = map(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, map(any, text(/^[^]{0,2000}$/u, 'at most 2000 characters')));
const signal = word('ad_storage', 'ad_user_data', 'ad_personalization', 'analytics_storage', 'functionality_storage', 'personalization_storage');
const kind =
  'views clicks dwell searches cart purchases ratings answers device location identifiers health sex-life ethnic-origin political-opinions beliefs trade-union genetic biometric';

const palette = shape({
  accent: colour, text: colour, muted: colour, surface: colour, line: colour, button: colour, buttonText: colour, buttonBorder: colour,
});

const purpose = shape({
  kind: word('homebody', 'site-tag'),
  tier: word('session', 'profile'),
  text: name,
  explicit: name,
  dpv: name,
  data: list(word(...kind.split(' '))),
  recipients: names,
  retentionDays: whole(0, 3650),
  epsilon: above(0, 10),
  map: shape({
    tcf: shape({
      basis: word('publisher', 'vendor'),
      all: list(whole(1, 11), 1),
      vendor: whole(1, 65535),
      acceptPurposeOneTreatment: flag,
    }, 'all'),
    gcm: list(signal),
    gpp: word('deny-on-optout', 'ignore'),
    category: name,
  }),
  clear: shape({ cookies: names, localStorage: names, indexedDB: names, cacheStorage: names, fileSystem: names }),
});

/** The whole file. */
export const CONFIG: Rule = shape(
  {
    $schema: text(any, 'an address'),
    version: whole(1, 1),
    id,
    revision: text(/^(auto|[0-9a-f]{8})$/, '`auto` or eight hexadecimal digits'),
    controller: shape({ name, contact: name, policyUrl: text(/^((https?:\/\/|\/)[^]*)?$/, '`https://…`, or a path from `/`'), authority: name }),
    rights: list(word('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint')),
    purposes: map(/^[a-z0-9-]{1,64}$/, purpose, 16),
    regions: list(shape({ match: list(code, 1), modes: map(any, mode), gpc: map(any, word('ask', 'deny')), link: word('your-privacy-choices', 'privacy-settings') }, 'match')),
    ask: shape({
      surface: word('banner', 'manual'),
      position,
      buttons: list(word('accept', 'reject', 'preferences', 'later'), 0, 4),
      reaskAfterRefusalDays: whole(0, 3650),
      expireAfterDays: whole(1, 3650),
    }),
    theme: shape({
      light: palette,
      dark: palette,
      scheme: word('auto', 'light', 'dark'),
      radius: whole(0, 40),
      font: name,
      button: shape({ fontSize: whole(1, 64), fontWeight: whole(100, 900) }),
    }),
    source: shape({ kind: word('builtin', 'tcf', 'gpp', 'gcm', 'onetrust', 'cookiebot', 'klaro', 'vcc', 'orejime', 'tarteaucitron', 'c15t', 'custom') }),
    minors: word('possible', 'adults-only', 'directed'),
    languages: shape({ default: tag, available: list(tag, 1) }),
    texts,
    experiment: shape({ id, arms: list(shape({ id, weight: whole(1, 1000), texts, position }, 'id'), 2, 8) }, 'id', 'arms'),
  },
  'version',
  'id',
);
