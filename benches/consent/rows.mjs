// The rows of the table: what is tested, which legal case it serves, and the one probe that asks every manager.
import * as buttons from './probes/buttons.mjs';
import * as changes from './probes/changes.mjs';
import * as files from './probes/files.mjs';
import * as hardening from './probes/hardening.mjs';
import * as keyboard from './probes/keyboard.mjs';
import * as layout from './probes/layout.mjs';
import * as operator from './probes/operator.mjs';
import * as platforms from './probes/platforms.mjs';
import * as signals from './probes/signals.mjs';
import * as storage from './probes/storage.mjs';

/** How an answer is found. */
const PAGE = 'page';
const FILES = 'files';
const BOTH = 'page, files';

const row = (number, what, law, by, probe) => ({ number, what, law, by, probe });

/** Number, question, legal cases, where the answer is from, probe. */
export const ROWS = [
  row(1, 'nothing in cookies, localStorage, sessionStorage, IndexedDB, caches before a choice', 'L1', PAGE, storage.storesNothingBefore),
  row(2, 'no request before a choice but for own files', 'L2', PAGE, storage.asksNobodyBefore),
  row(3, 'the record after "accept" holds no identifier of a person', 'L31', PAGE, storage.acceptHasNoId),
  row(4, 'the record after "reject" holds no identifier of a person', 'L31', PAGE, storage.rejectHasNoId),
  row(5, 'the same choice on the same day leaves the same bytes for everybody', 'L31', PAGE, storage.recordIsAnybodys),
  row(6, 'the record names the revision of the notice', 'L13', PAGE, storage.namesRevision),
  row(7, '"reject" on the first layer, by default', 'L7', PAGE, buttons.rejectsOnFirstLayer),
  row(8, 'accept and reject look alike; area ratio 0.8 to 1.25', 'L7', PAGE, buttons.buttonsAlike),
  row(9, 'every word at 4.5:1 or more', '', PAGE, buttons.textReadable),
  row(10, 'axe finds nothing (WCAG A and AA to 2.2, best practice)', '', PAGE, buttons.axeFindsNothing),
  row(11, 'a banner that does not cover the page does not keep Tab', 'L14', PAGE, keyboard.tabLeaves),
  row(12, 'the focus is not taken at load', '', PAGE, keyboard.focusStays),
  row(13, 'no more presses of Tab to "reject" than to "accept"', 'L7', PAGE, keyboard.rejectNotLater),
  row(14, 'Escape decides later: closed, nothing stored, asked again', 'L5', PAGE, keyboard.escapeDefers),
  row(15, 'preferences are a dialog: role, name, focus in, kept, and back; Escape closes', '', PAGE, keyboard.preferencesAreDialog),
  row(16, 'no optional switch is on', 'L6', PAGE, keyboard.nothingTicked),
  row(17, 'a visible way back after the choice, by default', 'L8', PAGE, layout.wayBackStays),
  row(18, 'buttons of 44 × 44 px or more', '', PAGE, buttons.targetsLarge),
  row(19, '320 px wide without scrolling sideways', '', PAGE, layout.reflows),
  row(20, 'nothing moves with `prefers-reduced-motion`', '', PAGE, layout.movesLess),
  row(21, 'styles for forced colours', '', PAGE, layout.knowsForcedColours),
  row(22, 'right to left', '', PAGE, layout.readsFromTheRight),
  row(23, 'languages in the package; yes: all 24 of the EU', '', FILES, files.languagesShipped),
  row(24, "works under `style-src 'self'`", '', PAGE, hardening.strictStyles),
  row(25, "works under `require-trusted-types-for 'script'`", '', PAGE, hardening.trustedTypes),
  row(26, 'no text of the configuration becomes markup or code', '', BOTH, hardening.textsStayTexts),
  row(27, 'style sheets of the site cannot break it', '', PAGE, hardening.styleSheetsStayOut),
  row(28, 'a choice in one tab closes the banner of another within 250 ms', 'L9', PAGE, signals.tabsAgree),
  row(29, 'Global Privacy Control is read', 'L23', PAGE, signals.readsGpc),
  row(30, 'its effect is shown', 'L23', PAGE, signals.showsGpc),
  row(31, 'turned on after a yes, it is honoured', 'L23', PAGE, signals.honoursGpcLater),
  row(32, 'takes a decision from a TCF platform', '', PAGE, platforms.readsTcf),
  row(33, 'takes an opt-out from GPP and USP', '', PAGE, platforms.readsGppAndUsp),
  row(34, 'tells Google Consent Mode v2', '', PAGE, platforms.speaksConsentMode),
  row(35, 'takes a decision from Google Consent Mode', '', PAGE, platforms.hearsConsentMode),
  row(36, 'asks again when what a purpose means has changed', 'L13', PAGE, changes.asksAfterChange),
  row(37, 'no new question for six months after a refusal, whatever a site sets', 'L11', PAGE, storage.refusalHolds),
  row(38, 'a withdrawal deletes cookies that a purpose names', 'L9', PAGE, changes.clearsCookies),
  row(39, 'and entries of localStorage and IndexedDB', 'L9', PAGE, changes.clearsStores),
  row(40, 'a withdrawal needs no reload', 'L10', PAGE, changes.withdrawsInPlace),
  row(41, 'a receipt to download', 'L16', BOTH, operator.givesReceipt),
  row(42, 'consent can be proved without a row about a person', 'L31', BOTH, operator.provesWithoutRows),
  row(43, 'opt-in rates without identifiers', 'L31', PAGE, operator.countsWithoutIds),
  row(44, 'variants of the words, within the lint', 'L32', BOTH, operator.triesWords),
  row(45, 'the configuration is JSON with a published JSON Schema', 'L15', FILES, files.schemaPublished),
  row(46, 'an open editor with preview', '', BOTH, files.editorIncluded),
  row(47, 'a dark pattern is refused before it is published', 'L7', BOTH, operator.refusesDarkPatterns),
  row(48, 'legal mode by purpose and region', 'L28', PAGE, operator.modesByRegion),
  row(49, 'markup waits in `<template data-purpose>`, scripts untouched', '', PAGE, changes.gatesMarkup),
  row(50, 'TypeScript types in the package', '', FILES, files.typesIncluded),
  row(51, 'a binding for React', '', FILES, files.reactBinding),
  row(52, 'an automated browser sees the banner', 'L30', PAGE, layout.auditorsSeeIt),
  row(53, 'export, erase, pause, edit, reasons and neutral order in the same panel', 'L16–L21', PAGE, operator.panelHasRights),
];
