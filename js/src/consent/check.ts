import type { ConsentConfig } from '../generated/ConsentConfig.js';
import { CONFIG } from './shape.js';

/**
 * Takes what a page has for a consent configuration, or throws `consent_config` with the place and what is allowed there.
 * A configuration that the server published has passed a stricter check, and the lint.
 */
export function checkConfig(config: unknown): ConsentConfig {
  CONFIG(config, '');
  const controller = { name: '', contact: '', policyUrl: '', authority: '' };
  return { controller, rights: [], purposes: {}, ...(config as Partial<ConsentConfig>) } as ConsentConfig;
}
