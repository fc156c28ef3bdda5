/** Every text of the notice, by its key in the consent configuration. */
export const NOTICE_KEYS = [
  // The banner: the first layer where a yes is asked for.
  'banner.label', 'banner.title', 'banner.body', 'banner.accept', 'banner.reject', 'banner.preferences', 'banner.later',
  'banner.policy',
  // The first layer where purposes are on after notice; `object` turns them off with one press.
  'notice.title', 'notice.body', 'notice.ok', 'notice.object',
  'preferences.title', 'preferences.lead', 'preferences.save', 'preferences.accept', 'preferences.reject',
  'preferences.close', 'preferences.details',
  'purposes.personalize.title', 'purposes.personalize.body', 'purposes.contribute.title', 'purposes.contribute.body',
  'purposes.share.title', 'purposes.share.body', 'purposes.measure.title', 'purposes.measure.body',
  // What the law wants to be said. Places to fill in: `{name}`, `{contact}` of who is responsible; `{period}`, a number of
  // days with its word, as `Intl.NumberFormat` writes the unit `day`; `{names}` of recipients; `{kinds}` of data;
  // `{rights}`; `{authority}`; `{link}`, the words of the link that leads back. Lists are those of `Intl.ListFormat`.
  'info.controller', 'info.retention', 'info.retention_none', 'info.recipients', 'info.recipients_none', 'info.data',
  'info.rights', 'info.authority', 'info.withdraw',
  'right.access', 'right.rectification', 'right.erasure', 'right.restriction', 'right.portability', 'right.objection',
  'right.withdrawal', 'right.complaint',
  'data.views', 'data.clicks', 'data.dwell', 'data.searches', 'data.cart', 'data.purchases', 'data.ratings',
  'data.answers', 'data.device', 'data.location', 'data.identifiers', 'data.health', 'data.sex-life',
  'data.ethnic-origin', 'data.political-opinions', 'data.beliefs', 'data.trade-union', 'data.genetic', 'data.biometric',
  // Global Privacy Control is honoured; and said at a purpose that got a yes all the same.
  'signal.gpc', 'signal.gpc_despite',
  // The visible way back, and the name California gives it.
  'link.settings', 'link.choices',
] as const;

/** Key of a text of the notice. */
export type NoticeKey = (typeof NOTICE_KEYS)[number];

/** All texts of the notice in one language. */
export type NoticeTexts = Readonly<Record<NoticeKey, string>>;
