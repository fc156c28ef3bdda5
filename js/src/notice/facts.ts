import type { NoticeContext, PurposeId } from '../consent/types.js';
import { kit } from './banner.js';
import type { Words } from './words.js';

/** What is used for a purpose, how long it is kept, who else receives it (GDPR Art. 13), folded. */
export function aboutPurpose({ config }: NoticeContext, words: Words, purpose: PurposeId, id: string): HTMLElement {
  const { data = [], retentionDays: days, recipients = [] } = config.purposes[purpose] ?? {};
  const { say, spoken: { lang } } = words;
  const period = new Intl.NumberFormat(lang, { style: 'unit', unit: 'day', unitDisplay: 'long' });
  return folded(words, `${id}d`, id, [
    data.length > 0 && say('info.data', { kinds: kit.listed(lang, data.map((kind) => say(`data.${kind}`))) }),
    days !== undefined && (days > 0 ? say('info.retention', { period: period.format(days) }) : say('info.retention_none')),
    recipients.length > 0 ? say('info.recipients', { names: kit.listed(lang, recipients) }) : say('info.recipients_none'),
  ]);
}

/** Who is responsible, where to write and complain, and the visitor's rights, folded. */
export function aboutController({ config }: NoticeContext, words: Words): HTMLElement {
  const { say, spoken: { lang } } = words;
  const { name, contact, authority, policyUrl } = config.controller;
  const rights = kit.listed(lang, config.rights.map((right) => say(`right.${right}`)));
  return folded(words, 'more', undefined, [
    name && say('info.controller', { name, contact }),
    rights && say('info.rights', { rights }),
    say('info.withdraw', { link: say('link.settings') }),
    authority && say('info.authority', { authority }),
    policyUrl && kit.make('a.policy', { href: policyUrl }, say('banner.policy')),
  ]);
}

function folded(
  { say }: Words,
  id: string,
  owner: string | undefined,
  facts: readonly (Node | string | false | undefined)[],
): HTMLElement {
  // "Details" alone would stand there several times: its name says of what.
  const summary = kit.make('summary.details', { id, 'aria-labelledby': owner && `${id} ${owner}` }, say('preferences.details'));
  const told = facts.filter((fact) => !!fact) as (Node | string)[];
  return kit.make('details', {}, summary, kit.make('ul', {}, ...told.map((fact) => kit.make('li', {}, fact))));
}
