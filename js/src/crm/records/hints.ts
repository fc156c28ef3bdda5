import { HomebodyError, toHomebodyError } from '../../errors.js';
import { jsonOf } from '../../json.js';
import { openEnvelope } from '../../manifest.js';
import type { Personalizer } from '../../types.js';

/** What a site signs about one visitor. */
export interface Hints {
  /** The site it is for. */
  for: string;
  /** When it lapses, unix seconds; what is more than 180 days ahead lapses then. */
  expires: number;
  /** Facts, 16 at most. */
  facts: Fact[];
}

/** A fact by name, whose value null takes it back, or a taste: weight −1 (dislikes) to 1, default 1, null takes it back. */
export type Fact =
  | { name: string; value: string | number | boolean | null }
  | { category: string; weight?: number | null }
  | { brand: string; weight?: number | null }
  | { tag: string; weight?: number | null };

/** Whose hints are taken. */
export interface HintTrust {
  /** Base64 of the 32-byte public key that signs hints. */
  key: string;
  /** The site they must be for. */
  site: string;
}

const HOUR_S = 3600;
const MAX_HOURS = 180 * 24;
/** As in `core/device`. */
const MAX_BYTES = 64;
/** More than a profile keeps is a mistake. */
const MAX_FACTS = 16;

/**
 * Takes what the site's own records say of the visitor, from an envelope of the manifest's form that the site signed:
 * the JSON text, or what it parses to. Merged by name into the profile, where the visitor sees it and can delete it; what
 * they deleted is not taken again. Gives the number of facts taken: 0 without consent, and when something is wrong, which
 * is told by `onError`. Never rejects.
 *
 * @example
 * const envelope = await fetch('/account/hints').then((answer) => answer.text());
 * await applyHints(me, envelope, { key: HINTS_KEY, site: 'shop.example' });
 */
export async function applyHints(me: Pick<Personalizer, 'consent' | 'record' | 'report'>, envelope: unknown, trust: HintTrust): Promise<number> {
  try {
    if (!me.consent.allowed('personalize')) return 0;
    const text = typeof envelope === 'string' ? envelope : jsonOf(envelope);
    const { facts, hours } = readHints(await opened(text, trust.key), trust.site, Date.now() / 1000);
    return facts.filter(({ item, weight }) => me.record({ kind: 'hint', item, value: packed(weight, hours) })).length;
  } catch (thrown) {
    const { code, message, cause } = toHomebodyError(thrown, 'hints_malformed');
    me.report(code, message.slice(code.length + 2), cause);
    return 0;
  }
}

/** One fact as the device keeps it; weight null takes it back. */
export interface TakenFact {
  readonly item: string;
  readonly weight: number | null;
}

/** Reads a payload whose signature was verified. */
export function readHints(payload: string, site: string, nowS: number): { facts: TakenFact[]; hours: number } {
  const { for: wanted, expires, facts } = parsed(payload) as Partial<Hints>;
  if (typeof wanted !== 'string' || !Number.isFinite(expires) || !Array.isArray(facts) || facts.length > MAX_FACTS) {
    throw new HomebodyError('hints_malformed');
  }
  if (wanted !== site) throw new HomebodyError('hints_site', `for \`${wanted}\`, wanted \`${site}\``);
  if (expires! <= nowS) throw new HomebodyError('hints_expired');
  return { facts: facts.map(taken), hours: Math.min(MAX_HOURS, Math.ceil((expires! - nowS) / HOUR_S)) };
}

function taken(fact: unknown): TakenFact {
  const { name, value, weight = 1, ...rest } = Object(fact) as Record<string, unknown>;
  const [kind] = ['category', 'brand', 'tag'].filter((each) => typeof rest[each] === 'string');
  const isFact = typeof name === 'string' && /^[^=:]+$/.test(name) && ['string', 'number', 'boolean'].includes(value === null ? 'string' : typeof value);
  const isTaste = kind !== undefined && (weight === null || (typeof weight === 'number' && Math.abs(weight) <= 1));
  const item = isFact ? `${name}=${value ?? ''}` : `${kind}:${kind && rest[kind]}`;
  if (isFact === isTaste || new TextEncoder().encode(item).length > MAX_BYTES) throw new HomebodyError('hints_malformed', jsonOf(fact));
  return { item, weight: isFact ? (value === null ? null : 0) : (weight as number | null) };
}

/** A number that a 32-bit float holds exactly; see `Hint` in `core/protocol/src/kind.rs`. */
function packed(weight: number | null, hours: number): number {
  return weight === null ? 0 : hours * 256 + Math.round(100 * (weight + 1));
}

async function opened(envelope: string, key: string): Promise<string> {
  try {
    return await openEnvelope(envelope, key);
  } catch (cause) {
    const { code } = toHomebodyError(cause);
    if (code === 'crypto_unavailable') throw cause;
    throw new HomebodyError(code === 'server_not_json' ? 'hints_malformed' : 'hints_signature', undefined, cause);
  }
}

function parsed(payload: string): object {
  const value: unknown = JSON.parse(payload);
  return Object(value) as object;
}
