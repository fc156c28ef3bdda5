import type { ConsentReader, ConsentSource } from './consent/types.js';
import { HomebodyError } from './errors.js';
import type { PersonalizeOptions } from './types.js';

const DEFAULT_TIMEOUT_MS = 5000;

/** Options with their defaults filled in and checked. */
export interface Settings extends Omit<PersonalizeOptions, 'site'> {
  readonly site: string | undefined;
  readonly server: string;
  readonly placement: string;
  readonly purposes: NonNullable<PersonalizeOptions['purposes']>;
  readonly noticeRevision: string;
  readonly timeoutMs: number;
  readonly catalog: boolean;
  readonly source: ConsentSource | ConsentReader | undefined;
  readonly consent: NonNullable<PersonalizeOptions['consent']>;
}

/** Fills in the defaults; options no page can work with are the developer's mistake and thrown. */
export function readOptions(options: PersonalizeOptions): Settings {
  const server = absolute(options.server);
  if (typeof options.key !== 'string' || !options.key) throw new HomebodyError('options', '`key` is missing');
  const { consent } = options;
  return {
    ...options,
    site: options.site,
    server,
    placement: options.placement ?? 'home',
    purposes: options.purposes ?? ['personalize'],
    noticeRevision: options.noticeRevision ?? '1',
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    catalog: options.catalog ?? true,
    source: typeof consent === 'string' ? undefined : consent,
    consent: consent ?? (options.consentConfig ? 'banner' : 'manual'),
  };
}

function absolute(server: string | URL): string {
  try {
    return new URL(server, globalThis.location?.href).href.replace(/\/+$/, '');
  } catch (cause) {
    throw new HomebodyError('options', `\`server\` is no address: \`${String(server)}\``, cause);
  }
}
