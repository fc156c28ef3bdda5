import type { ConsentConfig } from '../generated/ConsentConfig.js';
import type { ConsentGpcEffect } from '../generated/ConsentGpcEffect.js';
import type { ConsentMode } from '../generated/ConsentMode.js';
import type { ConsentPurpose } from '../generated/ConsentPurpose.js';
import type { ConsentRegion } from '../generated/ConsentRegion.js';
import { deriveKey } from '../ids.js';
import { signalFloor } from './gpc.js';
import { covers, floor, preset, regionCode } from './law.js';
import type { PurposeId } from './types.js';

/** What holds for one purpose, here and now. */
export interface Term {
  readonly id: PurposeId;
  /** How it may begin. */
  readonly mode: ConsentMode;
  /** What Global Privacy Control does to it, when the browser sends it. */
  readonly signal: ConsentGpcEffect | undefined;
  /** Names what was told about it: an answer to another digest answers something else. Six hexadecimal digits. */
  readonly digest: string;
  /** Whether it needs a yes of its own, to a sentence of its own (GDPR Art. 9(2)(a)). */
  readonly isExplicit?: boolean;
}

/** What holds for all purposes. */
export interface Terms {
  /** Names all that is asked. Eight hexadecimal digits. */
  readonly revision: string;
  readonly region: string;
  readonly gpc: boolean;
  readonly purposes: readonly Term[];
  /** A yes is asked again after this many days. */
  readonly expireAfterDays: number;
  /** A no is not asked again before this many days. */
  readonly reaskAfterDays: number;
}

/** Which of the two is stricter, by this order. */
const STRICTNESS: readonly (ConsentMode | ConsentGpcEffect)[] = ['notice', 'ask', 'deny', 'off'];
const MIN_REASK_DAYS = 180;
const MAX_EXPIRY_DAYS = 395;

/** What a configuration means in a region, with or without the signal. Never looser than the law there. */
export function termsOf(config: ConsentConfig, region: string, gpc: boolean): Terms {
  const code = regionCode(region);
  const purposes = Object.entries(config.purposes).map(([id, purpose]) => ({
    id,
    mode: modeOf(config, code, id, purpose),
    signal: gpc ? stricter(entryOf(config, code)?.gpc?.[id] ?? entryOf(config, code)?.gpc?.['*'] ?? 'ask', signalFloor(id)) : undefined,
    digest: digestOf(config, id, purpose),
    isExplicit: purpose.explicit !== undefined,
  }));
  return {
    revision: config.revision && config.revision !== 'auto' ? config.revision : revisionOf(purposes),
    region: code,
    gpc,
    purposes,
    expireAfterDays: Math.min(config.ask?.expireAfterDays ?? 365, MAX_EXPIRY_DAYS),
    reaskAfterDays: Math.max(config.ask?.reaskAfterRefusalDays ?? MIN_REASK_DAYS, MIN_REASK_DAYS),
  };
}

/** The entry of the configuration that counts in a region. */
export function entryOf(config: ConsentConfig, code: string): ConsentRegion | undefined {
  return config.regions?.find(({ match }) => match.some((each) => covers(each, code)));
}

function modeOf(config: ConsentConfig, code: string, id: string, purpose: ConsentPurpose): ConsentMode {
  if (config.minors === 'directed') return 'off';
  const entry = entryOf(config, code);
  const said = entry ? (entry.modes?.[id] ?? entry.modes?.['*'] ?? 'ask') : preset(code, id, purpose);
  return stricter(said, floor(code, id, purpose));
}

function stricter<T extends ConsentMode | ConsentGpcEffect>(one: T, other: T): T {
  return STRICTNESS.indexOf(one) < STRICTNESS.indexOf(other) ? other : one;
}

function revisionOf(purposes: readonly { id: string; digest: string }[]): string {
  const sorted = [...purposes].sort((one, other) => (one.id < other.id ? -1 : 1));
  return hex(deriveKey(0, sorted.map(({ digest }) => digest).join('-')), 8);
}

/** Twin of `ConsentConfig::digest`: the facts that were told, a line each. */
function digestOf(config: ConsentConfig, id: string, purpose: ConsentPurpose): string {
  const { revision = 'auto', texts = {} } = config;
  const { kind = 'homebody', tier = 'profile', data = [], recipients = [], retentionDays = '', epsilon } = purpose;
  const thousandths = epsilon === undefined ? '' : Math.round(epsilon * 1000);
  const own = revision === 'auto' ? '' : revision;
  const facts = [own, id, kind, tier, data.join(), recipients.join(), retentionDays, thousandths];
  const key = purpose.text ?? `purposes.${id}`;
  for (const language of Object.keys(texts).sort()) {
    for (const name of [`${key}.title`, `${key}.body`, purpose.explicit ?? '']) {
      const text = texts[language]?.[name];
      if (text !== undefined) facts.push(`${language}=${text}`);
    }
  }
  return hex(deriveKey(0, `${facts.join('\n')}\n`) >>> 8, 6);
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
