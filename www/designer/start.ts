import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';

/** What a new file begins with: the smallest that may be published, but for who is responsible. */
export const START: ConsentConfig = {
  $schema: './consent.schema.json',
  version: 1,
  id: 'shop',
  controller: { name: '', contact: '', policyUrl: '/privacy', authority: '' },
  rights: ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint'],
  purposes: { personalize: { data: ['views', 'cart', 'purchases'], retentionDays: 90 } },
};
