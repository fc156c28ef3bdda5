/** The part that contributes, fetched with the consent to. */
export { Contributor } from './contributor.js';
export { hostOf } from './host.js';
export { contributionAccount, contributionBudget, listContributions } from './inspect.js';
