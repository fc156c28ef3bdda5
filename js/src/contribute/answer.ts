import { HomebodyError } from '../errors.js';
import type { ContributionHost } from '../rank/contributing.js';
import type { Books } from './books.js';
import { type Engine, result } from './engine.js';
import type { Row } from './outbox.js';
import { base64Of, hexOf, numbersOf, pack, utf8 } from './parcel.js';
import { type Asked, modelsOf } from './tasks.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** What the module says of a report that it debited. */
interface Said {
  readonly ledger: Bytes;
  readonly debits: Bytes;
  readonly report: Bytes;
  readonly part: Bytes;
  readonly nonce: Bytes;
  readonly vector: Bytes;
  readonly micro: { rho: number; epsilon: number };
  readonly dueAtS: number;
}

const NOTHING: Bytes = new Uint8Array();
const loadExperiments = () => import(/* webpackChunkName: "homebody.experiments" */ '../rank/experiments.js');
const BODY_TYPE = 'application/octet-stream';

/**
 * Answers a task, if it is to be answered now: measured, debited and put into the outbox. Undefined when it is not, false
 * when everything was erased meanwhile. Nothing is sent here.
 */
export async function answerTask(host: ContributionHost, books: Books, engine: Engine, asked: Asked): Promise<boolean | undefined> {
  const { profile } = host.facts();
  if (!profile) return undefined;
  const input = [...books.opening, asked.id, asked.document];
  const epsilon = host.epsilon(asked.task.purpose);
  if (!unlessDeclined(() => engine.mayAnswer(pack(...input), host.bits(), epsilon, Date.now()))) return undefined;
  // Tables are fetched only for tasks that will be answered, and are the same for everybody.
  const tables = await Promise.all(modelsOf(asked.task).map(async (hash) => [utf8(hash), (await host.table(hash)) ?? NOTHING]));
  const { experiment, metric } = asked.task.measurement;
  const named = experiment ?? metric;
  const exposure = named ? await (await loadExperiments()).exposureTo(named, host.drawer) : [];
  const nowMs = Date.now();
  const parcel = pack(...input, profile, host.facts().audited ?? NOTHING, ...tables.flat());
  const parts = unlessDeclined(() => engine.contribute(parcel, host.bits(), epsilon, nowMs, ...exposure));
  if (!parts) return undefined;
  const said = saidBy(parts);
  const body = asked.task.mode.split ? await sealed(host, asked, said, nowMs) : said.report;
  if (!host.allows(asked.task.purpose)) return undefined;
  return books.debit(said.ledger, said.debits, rowOf(host, asked, said, body, nowMs));
}

function saidBy([ledger, debits, report, part, nonce, vector, numbers]: readonly Bytes[]): Said {
  const [, , rho = 0, epsilon = 0, dueAtS = 0] = numbersOf(numbers!);
  return { ledger, debits, report, part, nonce, vector, micro: { rho, epsilon }, dueAtS } as Said;
}

/** What the module answers; undefined where it declines by the visitor's own rules, which is no failure. */
function unlessDeclined(ask: () => Bytes): Bytes[] | undefined {
  try {
    return result(ask());
  } catch (thrown) {
    if (thrown instanceof HomebodyError && /^(declined_|task_refused_)/.test(thrown.code)) return undefined;
    throw thrown;
  }
}

async function sealed({ wasm, source }: ContributionHost, asked: Asked, said: Said, nowMs: number): Promise<Bytes> {
  const { sealedReport } = await import(/* webpackChunkName: "homebody.split" */ './apart.js');
  return sealedReport(asked, said, Math.floor(nowMs / 1_000), { wasm: wasm.split, timeoutMs: source.timeoutMs });
}

function rowOf({ source }: ContributionHost, { hex, task }: Asked, said: Said, body: Bytes, nowMs: number): Row {
  const { name, description, purpose, mode } = task;
  const aggregators = mode.split?.aggregators;
  return {
    nonce: hexOf(said.nonce),
    task: hex,
    name,
    description,
    purpose,
    mode: aggregators ? 'split' : mode.local ? 'local' : 'trusted',
    ...(aggregators && { operator: aggregators.helper_operator }),
    vector: numbersOf(said.vector),
    microRho: said.micro.rho,
    microEpsilon: said.micro.epsilon,
    builtAtS: Math.floor(nowMs / 1_000),
    dueAtS: said.dueAtS,
    url: aggregators ? `${aggregators.leader}tasks/${urlSafe(said.part)}/reports` : `${source.server}/v1/reports/${hex}`,
    type: aggregators ? 'application/ppm-dap;message=upload-req' : BODY_TYPE,
    body: base64Of(body),
    state: 'waiting',
  };
}

/** Base64 as it stands in addresses. */
function urlSafe(bytes: Bytes): string {
  return base64Of(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
