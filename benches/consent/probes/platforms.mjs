// Whether a manager listens to the interfaces of other platforms, and speaks Google's.
import { answer, granted, settle, visit } from '../visit.mjs';
import { no, whether, yes } from './answers.mjs';

/** C32: takes a decision from a TCF platform. */
export async function readsTcf(run) {
  const page = await visit(run, { ...source(run, 'tcf'), before: tcfPlatform, awaited: false });
  const allowed = await takenOver(page, run.manager);
  const asked = await page.evaluate(() => window.tcfCalls);
  return whether(allowed.length > 0 && asked > 0, asked > 0 ? '' : 'never asks it');
}

/** C33: an opt-out by GPP or USP counts, and none does not. */
export async function readsGppAndUsp(run) {
  const told = {};
  for (const [name, before] of Object.entries({ free: optOuts(2, '1YNN'), gpp: optOuts(1, '1YNN'), usp: optOuts(2, '1YYN') })) {
    const page = await visit(run, { ...source(run, 'gpp'), before, awaited: false });
    told[name] = (await takenOver(page, run.manager)).length;
    if (!(await page.evaluate(() => window.optOutCalls > 0))) return no('never asks them');
  }
  return whether(told.gpp < told.free && told.usp < told.free);
}

/** C34: a yes is passed on as an update of Google Consent Mode. */
export async function speaksConsentMode(run) {
  const page = await visit(run, { ...(run.manager.wishes.includes('gcm') && { gcm: true }), before: () => (window.dataLayer = []) });
  await answer(page, run.manager, 'accept');
  await settle(page, 1500);
  const told = await page.evaluate(() => [...dataLayer].some((entry) => entry[0] === 'consent' && entry[1] === 'update' && Object.values(entry[2]).includes('granted')));
  return whether(told, told ? '' : 'nothing in the package does; a site writes it');
}

/** C35: a yes that another manager told Google's way counts here. */
export async function hearsConsentMode(run) {
  const page = await visit(run, { ...source(run, 'gcm'), before: consentModePage, awaited: false });
  return (await takenOver(page, run.manager)).length > 0 ? yes() : no();
}

/** What is granted a while after the manager is there, without an answer of the visitor's. */
async function takenOver(page, manager) {
  await granted(page, manager);
  await settle(page, 1500);
  return granted(page, manager);
}

const source = ({ manager }, name) => (manager.wishes.includes('sources') ? { source: name } : {});

/** A platform on which the visitor has said yes to everything; counts how often it is asked. */
function tcfPlatform() {
  const consents = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index + 1, true]));
  const tcData = {
    tcString: 'CQAAAAAQAAAAAAGABBENAzEwAP_gAAAAAAAAAAAA', tcfPolicyVersion: 5, cmpId: 2, cmpVersion: 1, gdprApplies: true, eventStatus: 'useractioncomplete',
    cmpStatus: 'loaded', listenerId: 1, isServiceSpecific: true, publisherCC: 'DE', purposeOneTreatment: false, purpose: { consents, legitimateInterests: {} },
    vendor: { consents: {}, legitimateInterests: {}, disclosedVendors: {} }, specialFeatureOptins: {}, publisher: { consents, legitimateInterests: {}, customPurpose: { consents: {}, legitimateInterests: {} }, restrictions: {} },
  };
  window.tcfCalls = 0;
  window.__tcfapi = (command, version, tell) => {
    window.tcfCalls += 1;
    if (command === 'ping') tell({ gdprApplies: true, cmpLoaded: true, cmpStatus: 'loaded', displayStatus: 'hidden', apiVersion: '2.3' }, true);
    if (command === 'addEventListener') tell(tcData, true);
  };
}

/** The same, with what its American interfaces say: 1 is opted out, 2 is not. */
function optOuts(saleOptOut, usp) {
  return `(${tcfPlatform})();
    window.optOutCalls = 0;
    const flat = { Version: 2, SaleOptOutNotice: 1, SharingOptOutNotice: 1, SharingNotice: 1, TargetedAdvertisingOptOutNotice: 1, SaleOptOut: ${saleOptOut}, SharingOptOut: 2, TargetedAdvertisingOptOut: 2, SensitiveDataProcessingOptOutNotice: 0, SensitiveDataLimitUseNotice: 0, SensitiveDataProcessing: Array(16).fill(0), KnownChildSensitiveDataConsents: [0, 0, 0], PersonalDataConsents: 0, MspaCoveredTransaction: 2, MspaOptOutOptionMode: 0, MspaServiceProviderMode: 0, GpcSegmentType: 1, Gpc: false };
    const pingData = { gppVersion: '1.1', cmpStatus: 'loaded', cmpDisplayStatus: 'hidden', signalStatus: 'ready', supportedAPIs: ['7:usnat'], cmpId: 2, sectionList: [7], applicableSections: [7], gppString: 'DBABLA~x', parsedSections: { usnat: flat } };
    window.__gpp = (command, tell) => {
      window.optOutCalls += 1;
      if (command === 'ping') tell(pingData, true);
      if (command === 'addEventListener') tell({ eventName: 'listenerRegistered', listenerId: 1, data: true, pingData }, true);
    };
    window.__uspapi = (command, version, tell) => {
      window.optOutCalls += 1;
      if (command === 'getUSPData') tell({ version: 1, uspString: '${usp}' }, true);
    };`;
}

/** A page on which another manager has told Google of a yes. */
function consentModePage() {
  window.dataLayer = [];
  // Entries are what Google's own snippet pushes: arguments, not arrays.
  function gtag() {
    window.dataLayer.push(arguments);
  }
  const all = (value) => Object.fromEntries(['ad_storage', 'ad_user_data', 'ad_personalization', 'analytics_storage', 'functionality_storage', 'personalization_storage', 'security_storage'].map((name) => [name, value]));
  gtag('consent', 'default', all('denied'));
  gtag('consent', 'update', all('granted'));
}
