import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsentPurposeMap } from '../src/generated/ConsentPurposeMap.js';
import type { ConsentSourceKind } from '../src/generated/ConsentSourceKind.js';
import { platformOf, readAs } from '../src/consent/mapped.js';
import { readSignals } from '../src/consent/sources/gcm.js';
import { readTcData, type TcfOptions } from '../src/consent/sources/tcf.js';
import type { Choice, ConsentConfig, ConsentSource } from '../src/consent/types.js';
import { asking } from './visitor.js';

/** A configuration that leaves the asking to a platform. */
function mapped(kind: ConsentSourceKind, maps: Record<string, ConsentPurposeMap>): ConsentConfig {
  const purposes = Object.fromEntries(Object.entries(maps).map(([id, map]) => [id, { map }]));
  return { ...asking(), source: { kind }, purposes };
}

test('the purposes of the framework that `map.tcf` names are what counts, for the party it names', () => {
  const yes = (...ids: number[]) => Object.fromEntries(ids.map((id) => [id, true]));
  const said = {
    cmpStatus: 'loaded', eventStatus: 'tcloaded', gdprApplies: true, tcString: 'C', purposeOneTreatment: true,
    publisher: { consents: yes(3, 5) }, purpose: { consents: yes(1, 4) }, vendor: { consents: yes(4242) },
  };
  const read = (maps: Record<string, ConsentPurposeMap>) => readTcData(said, null, readAs(mapped('tcf', maps)) as TcfOptions);
  assert.deepEqual(read({ personalize: { tcf: { all: [3, 5] } }, contribute: { tcf: { all: [3, 8], basis: 'publisher' } } }), { personalize: true, contribute: false });
  const vendor = { basis: 'vendor' as const, all: [4], vendor: 4242 };
  assert.deepEqual(read({ personalize: { tcf: vendor }, tags: { tcf: { all: [3] } } }), { personalize: true }, 'what names another party is refused');
  assert.deepEqual(read({ personalize: { tcf: { ...vendor, all: [1, 4] } } }), { personalize: false });
  assert.deepEqual(read({ personalize: { tcf: { ...vendor, all: [1, 4], acceptPurposeOneTreatment: true } } }), { personalize: true });
  assert.deepEqual(read({ personalize: { tcf: { basis: 'vendor', all: [4] } } }), { personalize: false }, 'a vendor without a number is nobody');
});

test('`map.gcm` and `map.category` name what other platforms call it; without a map the defaults of the reader hold', () => {
  const maps: Record<string, ConsentPurposeMap> = { personalize: { gcm: ['ad_storage', 'functionality_storage'], category: 'recommendations' }, contribute: { category: 'numbers' } };
  const { needs } = readAs(mapped('gcm', maps));
  assert.deepEqual(readSignals({ ad_storage: 'granted', functionality_storage: 'granted' }, needs as never), { personalize: true });
  assert.deepEqual(readSignals({ ad_storage: 'granted', functionality_storage: 'denied' }, needs as never), { personalize: false });
  assert.deepEqual(readAs(mapped('klaro', maps)), { needs: { personalize: 'recommendations', contribute: 'numbers' } });
  assert.deepEqual(readAs(mapped('klaro', { personalize: {}, contribute: { gcm: ['ad_storage'] } })), {});
});

test('a reader that is not called is called with the map, a source stays as it is, and an opt-out is waited for', async () => {
  const source = (answers: Choice | null): ConsentSource => ({ read: () => answers, subscribe: () => () => undefined });
  const config = mapped('klaro', { personalize: { category: 'recommendations' } });
  const told: unknown[] = [];
  const reader = (options?: unknown): ConsentSource => {
    told.push(options);
    return source({ personalize: true, contribute: true });
  };
  assert.deepEqual((await platformOf(config, reader as () => ConsentSource)).read(), { personalize: true, contribute: true });
  assert.deepEqual(told, [{ needs: { personalize: 'recommendations' } }]);
  const given = source({});
  assert.equal(await platformOf(config, given), given);
  const guarded = mapped('klaro', { personalize: { gpp: 'ignore' }, contribute: { gpp: 'deny-on-optout' } });
  // There is no `__gpp` here: what an opt-out would take away is refused until it is known.
  assert.deepEqual((await platformOf(guarded, reader as () => ConsentSource)).read(), { personalize: true, contribute: false });
});
