/** What the panel shows of a profile, read from `me.profile()` without trusting its shape. */
export interface KnownProfile {
  readonly interactions: number;
  readonly firstAtMs: number;
  readonly items: readonly KnownItem[];
  readonly topics: readonly KnownTopic[];
  readonly searches: readonly string[];
}

/** One item the visitor had to do with. */
export interface KnownItem {
  readonly id: string;
  readonly lastKind: string;
  readonly lastAtMs: number;
  readonly count: number;
}

/** One category, brand or tag. */
export interface KnownTopic {
  readonly kind: string;
  readonly name: string;
  readonly key: number;
  /** Relative to the strongest, 0 to 1. */
  readonly strength: number;
  readonly muted: boolean;
}

type Raw = Readonly<Record<string, unknown>>;

/** Newest items first, strongest topics first. */
export function readProfile(view: unknown): KnownProfile {
  const profile = (view ?? {}) as Raw;
  const items = listOf(profile['items']).map(itemOf).filter((item) => item.id !== '');
  return {
    interactions: numberOf(profile['interactions']) || items.reduce((sum, item) => sum + item.count, 0),
    firstAtMs: numberOf(profile['first_at_ms']),
    items: items.sort((a, b) => b.lastAtMs - a.lastAtMs),
    topics: topicsOf(listOf(profile['facets'])),
    searches: listOf(profile['searches']).map(wordsOf).filter(Boolean),
  };
}

function itemOf(raw: Raw): KnownItem {
  return {
    id: textOf(raw['id']),
    lastKind: textOf(raw['last_kind']).toLowerCase(),
    lastAtMs: numberOf(raw['last_at_ms']),
    count: Math.max(1, numberOf(raw['count'])),
  };
}

function topicsOf(raw: readonly Raw[]): KnownTopic[] {
  const strongest = Math.max(1e-9, ...raw.map((facet) => numberOf(facet['strength'])));
  const topics = raw.map((facet) => ({
    kind: textOf(facet['kind']).toLowerCase(),
    name: textOf(facet['name']),
    key: numberOf(facet['key']),
    strength: Math.max(0, numberOf(facet['strength']) / strongest),
    muted: facet['muted'] === true,
  }));
  return topics.filter((topic) => topic.name !== '').sort((a, b) => b.strength - a.strength);
}

function wordsOf(raw: Raw | string): string {
  return typeof raw === 'string' ? raw : textOf(raw['words'] ?? raw['text'] ?? raw['query']);
}

function listOf(value: unknown): Raw[] {
  return Array.isArray(value) ? (value as Raw[]) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Counters may arrive as BigInt. */
function numberOf(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}
