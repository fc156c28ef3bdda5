import { encode } from '../document.js';
import { HomebodyError, toHomebodyError } from '../errors.js';
import { fetchBytes } from '../fetch.js';
import { type Trust, verify } from '../manifest.js';
import type { Purpose } from '../types.js';
import { hexOf, utf8 } from './parcel.js';

const MAX_TASKS_BYTES = 1 << 20;
/** The format of tasks that this release answers. */
const FORMAT = 1;

/** A task as a site writes it: what is looked at here; the rest is for the module. */
export interface TaskPayload {
  readonly format: number;
  readonly site: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: Extract<Purpose, 'contribute' | 'measure'>;
  readonly measurement: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly bound: 'one_hot' | { multi_hot: { ones: number } } | { integers: { max: number; l1: number } };
  readonly mode: {
    readonly split?: { aggregators: { leader: string; helper: string; helper_operator: string } };
    readonly trusted?: unknown;
    readonly local?: unknown;
  };
  readonly time_precision_s: number;
  readonly min_batch_size: number;
  readonly starts_at: number;
  readonly ends_at: number;
}

/** A task that the site signed. */
export interface Asked {
  /** SHA-256 of the signed bytes. */
  readonly id: Uint8Array<ArrayBuffer>;
  readonly hex: string;
  readonly task: TaskPayload;
  /** The task as the module reads it. */
  readonly document: Uint8Array<ArrayBuffer>;
}

/** Where to ask, whom to trust, whom to tell. */
export interface TaskSource extends Trust {
  readonly server: string;
  readonly timeoutMs: number;
  readonly report: (error: HomebodyError) => void;
}

/** The tasks of the site. One that is not is left out and reported; a server that takes none has none. */
export async function fetchTasks(source: TaskSource): Promise<Asked[]> {
  const { server, timeoutMs, report } = source;
  let text: string;
  try {
    text = new TextDecoder().decode(await fetchBytes(`${server}/v1/tasks`, timeoutMs, MAX_TASKS_BYTES));
  } catch (thrown) {
    if ((thrown as HomebodyError).code === 'server_status') return [];
    throw thrown;
  }
  const found: Asked[] = [];
  for (const signed of listed(text)) {
    try {
      found.push(await openTask(signed, source));
    } catch (thrown) {
      report(toHomebodyError(thrown, 'task_syntax'));
    }
  }
  return found;
}

/** Verifies a task's envelope: signature, format and site, in this order. */
export async function openTask(signed: unknown, trust: Trust): Promise<Asked> {
  const { payload, signature } = (signed ?? {}) as { payload?: unknown; signature?: unknown };
  if (typeof payload !== 'string' || typeof signature !== 'string') throw new HomebodyError('task_syntax');
  try {
    await verify(payload, signature, trust.key);
  } catch (thrown) {
    const { code } = thrown as HomebodyError;
    throw code === 'manifest_signature' ? new HomebodyError('task_signature') : thrown;
  }
  const task = JSON.parse(payload) as TaskPayload;
  // What a newer release asks is left out by itself, whatever it looks like.
  if (task.format !== FORMAT || !(task.measurement instanceof Object)) throw new HomebodyError('task_syntax', `format ${task.format as number}`);
  if (trust.site !== undefined && task.site !== trust.site) {
    throw new HomebodyError('task_site', `for \`${task.site}\`, wanted \`${trust.site}\``);
  }
  const id = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(payload)));
  return { id, hex: hexOf(id), task, document: encode(task) };
}

/** Hashes of the tables that a task has to be answered with. */
export function modelsOf({ measurement }: TaskPayload): string[] {
  const [about = {}] = Object.values(measurement);
  return ['model', 'champion', 'candidate'].flatMap((field) => (typeof about[field] === 'string' ? [about[field]] : []));
}

function listed(text: string): unknown[] {
  try {
    const { tasks } = JSON.parse(text) as { tasks?: unknown };
    if (Array.isArray(tasks)) return tasks;
  } catch {
    // Falls through to the typed error: the parser's own message only quotes the page.
  }
  throw new HomebodyError('server_not_json', text.slice(0, 40));
}
