import type { ConsentConfig } from '../generated/ConsentConfig.js';
import type { ConsentStatus } from '../generated/ConsentStatus.js';
import { jsonOf } from '../json.js';
import type { Settings } from '../options.js';
import { loadChoice } from './kept.js';
import type { Asked } from './plain.js';
import { type Entry, entryFor, parseChoice } from './record.js';
import type { ConsentState, ConsentVia, PurposeState } from './types.js';

/** The states of the Data Privacy Vocabulary; a notice is none of consent, but a legitimate interest made known. */
const STATES: Readonly<Record<ConsentStatus, string>> = {
  unknown: 'dpv:ConsentUnknown',
  requested: 'dpv:ConsentRequested',
  deferred: 'dpv:ConsentRequestDeferred',
  noticed: 'dpv:ConsentUnknown',
  given: 'dpv:ConsentGiven',
  renewed: 'dpv:RenewedConsentGiven',
  refused: 'dpv:ConsentRefused',
  withdrawn: 'dpv:ConsentWithdrawn',
  expired: 'dpv:ConsentExpired',
  invalidated: 'dpv:ConsentInvalidated',
};
const PURPOSE_TERMS: Readonly<Record<string, string>> = {
  personalize: 'dpv:ProvidePersonalisedRecommendations',
  contribute: 'dpv:OptimisationForController',
  share: 'dpv:ServicePersonalisation',
  measure: 'dpv:OptimisationForController',
};
/** What is told where the configuration does not name the data: what a device keeps of its own accord, or that it is not known. */
const OWN_DATA = 'interactions with this site';
const UNNAMED_DATA = 'unspecified';
const DAY_MS = 86_400_000;
/** Who can have given an answer; the record keeps the last letter of it. */
const GIVERS = ['banner', 'preferences', 'panel', 'api', 'source'];

/** What the server signed: the notice, the day and the choices. */
interface Signed {
  readonly signature: string;
  readonly key: string;
}

/**
 * The receipt as a file: the fields of ISO/IEC TS 27560:2023, one event a purpose. The ids are drawn for this file and
 * kept nowhere else. Where the notice was published by the server it adds a signature over the notice, the day and the
 * choices, for which it keeps nothing; without one the receipt is the same, unsigned.
 */
export async function receiptOf(state: ConsentState, asked: Asked, settings: Settings): Promise<Blob> {
  const receipt = { ...record(state, asked, settings), ...(await signature(state, asked, settings)) };
  return new Blob([jsonOf(receipt, 2)], { type: 'application/json' });
}

function record(state: ConsentState, { config, notice, terms }: Asked, { language, server }: Settings): object {
  const kept = parseChoice(loadChoice());
  const entries = new Map(terms(state.gpc).purposes.map((term) => [term.id, entryFor(kept, term)]));
  const { name, contact, policyUrl, authority } = config.controller;
  return {
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: crypto.randomUUID(),
    pii_principal_id: `holder-of-this-file:${crypto.randomUUID()}`,
    privacy_notice: notice ? `${server}/v1/notices/${notice}` : policyUrl || location.href,
    notice_revision: state.revision,
    language: language || document.documentElement.lang || config.languages?.default || 'en',
    jurisdiction: state.region || 'unknown',
    purposes: state.asked.map((id) => purpose(id, state, config, entries.get(id))),
    pii_controllers: [{ party_name: name, party_role: 'controller', party_contact: contact }],
    authority_party: authority,
    privacy_rights: config.rights,
    withdrawal_method: 'The privacy settings on every page of this site',
    collection_method: 'on the device, by its user’s own actions',
    processing_method: 'on the device',
    storage_locations: ['on the device'],
    global_privacy_control: state.gpc,
  };
}

function purpose(id: string, { purposes }: ConsentState, config: ConsentConfig, entry: Entry | undefined): object {
  const { dpv = PURPOSE_TERMS[id], data = [], recipients = [], retentionDays } = config.purposes[id] ?? {};
  const kinds: readonly string[] = data.length > 0 ? data : [PURPOSE_TERMS[id] ? OWN_DATA : UNNAMED_DATA];
  const { status, mode, effective, since, expires, via, despiteGpc } = purposes[id] as PurposeState;
  const days = since && expires && (Date.parse(expires) - Date.parse(since)) / DAY_MS;
  return {
    purpose: id,
    ...(dpv && { purpose_type: dpv }),
    lawful_basis: mode === 'notice' ? 'dpv:LegitimateInterest' : 'dpv:Consent',
    pii_information: kinds.map((kind) => ({ pii_type: kind, pii_optional: true })),
    recipient_third_parties: recipients,
    ...(retentionDays !== undefined && { retention_period: `P${retentionDays}D` }),
    event: {
      event_type: effective ? 'dpv:ConsentGiven' : 'dpv:ConsentRefused',
      event_state: STATES[status],
      ...(since && { event_time: since }),
      ...(days && { validity_duration: `P${days}D` }),
      ...(since && entry && { notice_version: entry.digest }),
      ...(via && { entity_id: giver(via, entry) }),
      ...(despiteGpc && { despite_global_privacy_control: true }),
    },
  };
}

/** Who decided, also on a page that came after and in another tab. */
function giver(via: ConsentVia, entry: Entry | undefined): string {
  const isKept = via === 'record' || via === 'tab';
  return (isKept && entry?.by && GIVERS.find((each) => each.endsWith(entry.by))) || via;
}

/** The server signs what it is shown, and forgets it; a receipt without its signature is still the visitor's. */
async function signature(state: ConsentState, { notice }: Asked, { server }: Settings): Promise<object> {
  if (!notice) return {};
  const day = new Date().toISOString().slice(0, 10);
  const choices = Object.fromEntries(state.asked.map((id) => [id, state.purposes[id]?.effective === true]));
  try {
    const answer = await fetch(`${server}/v1/receipts`, {
      method: 'POST',
      body: jsonOf({ notice, day, choices }),
      headers: { 'content-type': 'application/json' },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
    if (!answer.ok) return {};
    const { signature, key } = (await answer.json()) as Signed;
    return { homebody: { notice, day, choices, signature, key } };
  } catch {
    return {};
  }
}
