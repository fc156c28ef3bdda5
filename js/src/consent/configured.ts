import { HomebodyError } from '../errors.js';
import { fetchBytes } from '../fetch.js';
import type { ConsentConfig } from '../generated/ConsentConfig.js';
import { afterLoad } from '../idle.js';
import type { Settings } from '../options.js';
import { countDecisions } from './decisions.js';
import { regionCode } from './law.js';
import { platformOf } from './mapped.js';
import type { Asked } from './plain.js';
import { entryOf, termsOf } from './terms.js';
import type { ConsentControl, ConsentSource } from './types.js';

/** What the server answers: the published notice, and where its edge says the visitor is. */
interface Answer {
  readonly config: ConsentConfig;
  readonly region: string;
  readonly notice?: string;
  readonly platform?: ConsentSource;
}

/** A notice is words and numbers: more than this is something else. */
const MAX_BYTES = 1024 * 1024;

/** Asks for nothing, so nothing is allowed: what holds when it is not known what to ask. What is kept stays, unread. */
const NOTHING: ConsentConfig = {
  version: 1,
  id: 'none',
  controller: { name: '', contact: '', policyUrl: '', authority: '' },
  rights: [],
  purposes: {},
};

/** What is asked by a page that has a configuration. Never rejects: what fails asks for nothing. */
export async function configure(settings: Settings, report: (thrown: unknown) => void): Promise<Asked> {
  const answer = await read(settings).then((read) => withPlatform(read, settings)).catch((thrown: unknown) => {
    report(thrown);
    return { config: NOTHING, region: '' } as Answer;
  });
  const { config, notice, platform } = answer;
  const region = settings.region ?? answer.region;
  const arm = draw(config.experiment?.arms ?? []);
  return {
    config,
    terms: (gpc) => termsOf(config, region, gpc),
    platform,
    arm,
    link: entryOf(config, regionCode(region))?.link,
    ...(notice && { notice }),
    attend(consent) {
      if (notice) countDecisions(consent, notice, arm, config, settings);
      if (typeof document === 'object') holdBack(consent, config, report);
    },
  };
}

function hasTags({ purposes }: ConsentConfig): boolean {
  return Object.values(purposes).some(({ kind }) => kind === 'site-tag');
}

/**
 * Holds markup back where there is some, or will be: the part that does so comes for tags of the site's own, and as soon as
 * the page has a template for whatever purpose, at the latest when it is loaded or a choice is made.
 */
function holdBack(consent: ConsentControl, config: ConsentConfig, report: (thrown: unknown) => void): void {
  const begun = consent.state();
  let isHeld = false;
  const look = (): void => {
    if (isHeld || !(hasTags(config) || document.querySelector('template[data-purpose]'))) return;
    isHeld = true;
    stop();
    import(/* webpackChunkName: "homebody.gate" */ '../gate/gate.js').then(({ gate }) => void gate(consent, config, begun)).catch(report);
  };
  const stop = consent.subscribe(look);
  look();
  void afterLoad().then(look);
}

/** A configuration that leaves the asking to a platform needs the platform's reader: without it nobody may be asked. */
async function withPlatform(answer: Answer, { source }: Settings): Promise<Answer> {
  if (source) return { ...answer, platform: await platformOf(answer.config, source) };
  const { kind = 'builtin' } = answer.config.source ?? {};
  if (kind === 'builtin') return answer;
  throw new HomebodyError('consent_config', `\`source.kind\`: \`${kind}\` needs its reader in the option \`consent\``);
}

async function read({ consentConfig: given, server, timeoutMs }: Settings): Promise<Answer> {
  if (given === 'server') return (await published(server, timeoutMs)) as Answer;
  const isAddress = typeof given === 'string' || given instanceof URL;
  const config: unknown = isAddress ? await fetchJson(new URL(given, globalThis.location?.href).href, timeoutMs) : given;
  const { checkConfig } = await import(/* webpackChunkName: "homebody.check" */ './check.js');
  return { config: checkConfig(config), region: '' };
}

async function published(server: string, timeoutMs: number): Promise<unknown> {
  try {
    return await fetchJson(`${server}/v1/consent.json`, timeoutMs);
  } catch (thrown) {
    const isNone = thrown instanceof HomebodyError && thrown.code === 'server_status' && thrown.message.includes(' 404 ');
    throw isNone ? new HomebodyError('consent_unpublished') : thrown;
  }
}

async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  const text = new TextDecoder().decode(await fetchBytes(url, timeoutMs, MAX_BYTES));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HomebodyError('consent_config', `${url} is no JSON`, cause);
  }
}

/** Draws the variant for this page. It is not kept, so the next page draws again. */
function draw(arms: readonly { id: string; weight?: number }[]): string | undefined {
  let rest = Math.random() * arms.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return arms.find(({ weight = 1 }) => (rest -= weight) < 0)?.id;
}
