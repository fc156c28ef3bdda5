import assert from 'node:assert/strict';
import { test } from 'node:test';
import { termsOf } from '../src/consent/terms.js';
import type { ConsentConfig } from '../src/generated/ConsentConfig.js';
import type { ConsentMode } from '../src/generated/ConsentMode.js';
import { golden } from './golden.js';

interface Cell {
  readonly config: string;
  readonly region: string;
  readonly purpose: string;
  readonly mode: ConsentMode;
  readonly mode_under_gpc: ConsentMode;
}

const modes = golden<Cell>('consent/modes.json') as { cases: Cell[] } as unknown as {
  cases: Cell[];
  configs: Record<string, ConsentConfig>;
};

/** The mode that a signal leaves: none where it denies, never less than asking. */
function underGpc(config: ConsentConfig, region: string, purpose: string): ConsentMode {
  const term = termsOf(config, region, true).purposes.find(({ id }) => id === purpose);
  if (!term || term.signal === 'deny') return 'off';
  return term.mode === 'notice' ? 'ask' : term.mode;
}

test('the modes of every region are those of Rust', () => {
  for (const { config: name, region, purpose, mode, mode_under_gpc } of modes.cases) {
    const config = modes.configs[name] as ConsentConfig;
    const term = termsOf(config, region, false).purposes.find(({ id }) => id === purpose);
    assert.equal(term?.mode ?? 'off', mode, `${name} ${region} ${purpose}`);
    assert.equal(underGpc(config, region, purpose), mode_under_gpc, `${name} ${region} ${purpose} with the signal`);
  }
});

test('digests and revisions are those of Rust', () => {
  const { cases } = golden<{ name: string; config: ConsentConfig; revision: string; digests: Record<string, string> }>('consent/material.json');
  for (const { name, config, revision, digests } of cases) {
    const terms = termsOf(config, '', false);
    assert.equal(terms.revision, revision, name);
    assert.deepEqual(Object.fromEntries(terms.purposes.map(({ id, digest }) => [id, digest])), digests, name);
  }
});

test('no configuration asks sooner after a no, or trusts a yes longer, than may be', () => {
  const config = { ...(modes.configs['presets'] as ConsentConfig), ask: { reaskAfterRefusalDays: 1, expireAfterDays: 9999 } };
  const { reaskAfterDays, expireAfterDays } = termsOf(config, 'DE', false);
  assert.deepEqual([reaskAfterDays, expireAfterDays], [180, 395]);
});
