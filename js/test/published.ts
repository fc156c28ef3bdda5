import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { goldenBytes } from './golden.js';

/** A server in memory: what is published, and how it answers. */
export class Published {
  readonly key: string;
  /** Every address asked for, without the host. */
  readonly asked: string[] = [];
  /** Replaces answers by path; a function may also throw or never settle. */
  readonly answers = new Map<string, () => Response | Promise<Response>>();
  readonly pool = goldenBytes('table-v1.bin');
  readonly #secret: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
    this.#secret = privateKey;
    this.publish({});
  }

  get poolHash(): string {
    return createHash('sha256').update(this.pool).digest('hex');
  }

  /** A signed envelope; fields of the payload can be replaced. */
  envelope(fields: Record<string, unknown>): string {
    const payload = JSON.stringify({
      format: 1,
      site: 'shop.example',
      version: 17,
      created_at: 1763900000,
      id_seed: 0,
      placements: { home: { sha256: this.poolHash, bytes: this.pool.length } },
      catalog: null,
      model: { name: 'none', trained_at: 0, source: 'none', metrics: {} },
      ...fields,
    });
    const signature = sign(null, Buffer.from(payload), this.#secret).toString('base64');
    return JSON.stringify({ payload, key_id: '0000000000000000', signature });
  }

  /** Publishes a manifest and the pool. */
  publish(fields: Record<string, unknown>): void {
    const envelope = this.envelope(fields);
    this.answers.set('/v1/manifest.json', () => new Response(envelope));
    this.answers.set(`/v1/blobs/${this.poolHash}`, () => new Response(this.pool));
  }

  /** Takes the place of `fetch`. */
  readonly fetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(String(input));
    this.asked.push(pathname);
    const answer = this.answers.get(pathname);
    if (!answer) return new Response('not here', { status: 404 });
    const stopped = new Promise<never>((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
    stopped.catch(() => undefined);
    return Promise.race([answer(), stopped]);
  };
}
