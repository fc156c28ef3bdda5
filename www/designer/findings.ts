import { checkConfig } from '../../js/dist/consent/check.js';
import { entryOf, termsOf } from '../../js/dist/consent/terms.js';
import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';
import { type Path, shown } from './schema.js';
import { edgeOf, figure, figureOf, FRONTS, isColour, sidesOf } from './theme.js';
import { type Fault, faultsOf } from './validate.js';
import { isSpecial, missingWords } from './words.js';

/** Something that keeps the configuration from visitors; the codes are those of `homebody consent lint`. */
export interface ConfigFinding {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
}

/** Codes of what the schema finds, by place and rule; the first that fits counts. */
const CODES: readonly (readonly [place: RegExp, rule: RegExp, code: string])[] = [
  [/^controller\.name$/, /minLength|required/, 'consent_no_controller'],
  [/^controller\.contact$/, /minLength|required/, 'consent_no_contact'],
  [/^controller\.policyUrl$/, /minLength|required/, 'consent_no_policy'],
  [/^controller\.authority$/, /minLength|required/, 'consent_no_authority'],
  [/^rights$/, /minItems|required/, 'consent_no_rights'],
  [/^purposes$/, /minProperties|required/, 'consent_no_purposes'],
  [/\.retentionDays$/, /required/, 'consent_no_retention'],
  [/^ask\.buttons$/, /contains|minItems/, 'consent_no_reject'],
  [/^ask\.reaskAfterRefusalDays$/, /minimum/, 'consent_reask_too_soon'],
  [/^ask\.expireAfterDays$/, /maximum/, 'consent_expiry_too_long'],
  [/^theme\.button\.fontSize$/, /minimum/, 'consent_button_hidden'],
  [/./, /additionalProperties/, 'consent_unknown_field'],
  [/./, /type|enum|const/, 'consent_syntax'],
  [/./, /./, 'consent_range'],
];

/** Everything that is found in a configuration without looking at it on a page. */
export function findingsOf(config: ConsentConfig): ConfigFinding[] {
  const found = faultsOf(config).map(coded);
  // What follows reads the file, which it can only when its form is right.
  const refusal = refusalOf(config);
  if (!refusal) return [...found, ...buttonOrder(config), ...special(config), ...law(config), ...contrasts(config), ...missingWords(config)];
  return found.some(({ path }) => refusal.message.includes(`\`${shown(path)}\``)) ? found : [...found, refusal];
}

/** Why a page would not take the configuration; undefined when it would. */
export function refusalOf(config: unknown): ConfigFinding | undefined {
  try {
    checkConfig(config);
    return undefined;
  } catch (thrown) {
    return { code: 'consent_config', path: [], message: (thrown as Error).message.replace(/^consent_config: /, '') };
  }
}

function coded({ path, rule, message }: Fault): ConfigFinding {
  const [, , code = 'consent_range'] = CODES.find(([place, rules]) => place.test(shown(path)) && rules.test(rule)) ?? [];
  return { code, path, message };
}

function buttonOrder({ ask }: ConsentConfig): ConfigFinding[] {
  const front = ask?.buttons?.slice(0, 2) ?? ['accept', 'reject'];
  if (front.includes('accept') && front.includes('reject')) return [];
  return [{ code: 'consent_button_order', path: ['ask', 'buttons'], message: 'accept and reject have to stand side by side at the front' }];
}

/** Data of a special category needs a sentence of consent of its own (GDPR Art. 9(2)(a)). */
function special({ purposes }: ConsentConfig): ConfigFinding[] {
  const bare = Object.entries(purposes).filter(([, { data = [], explicit }]) => data.some((kind) => isSpecial(kind)) && !explicit);
  return bare.map(([id]) => ({ code: 'consent_special_category', path: ['purposes', id, 'data'], message: `\`${id}\` uses data of a special category: give it a purpose of its own, with its own sentence of consent` }));
}

/** A mode looser than the law: the device asks all the same, so the file says what is not so. */
function law(config: ConsentConfig): ConfigFinding[] {
  const found: ConfigFinding[] = [];
  for (const [index, { match, modes = {} }] of (config.regions ?? []).entries()) {
    for (const code of match.filter((each) => entryOf(config, each) === config.regions?.[index])) {
      for (const { id, mode } of termsOf(config, code === '*' ? '' : code, false).purposes) {
        const key = modes[id] ? id : '*';
        if (code === '*' || modes[key] !== 'notice' || mode !== 'ask') continue;
        found.push({ code: 'consent_notice_in_opt_in', path: ['regions', index, 'modes', key], message: `${code} asks for consent first: \`${id}\` cannot be on after notice there` });
      }
    }
  }
  return found;
}

function contrasts(config: ConsentConfig): ConfigFinding[] {
  const found: ConfigFinding[] = [];
  for (const side of sidesOf(config)) {
    for (const name of FRONTS) {
      const measured = figureOf(config, side, name);
      if (!measured || !(measured.ratio < measured.pair.least)) continue;
      const { ratio, pair } = measured;
      const path = ['theme', side, isColour(config.theme?.[side]?.[name]) ? name : pair.back];
      found.push({ code: 'consent_contrast', path, message: `${name} on ${pair.back} has a contrast of ${figure(ratio)}:1; ${pair.least}:1 is the least` });
    }
    const edge = edgeOf(config, side);
    if (edge.ratio < edge.least) {
      found.push({ code: 'consent_button_hidden', path: ['theme', side, 'buttonBorder'], message: `the buttons stand out from the surface by ${figure(edge.ratio)}:1 only; ${edge.least}:1 is the least` });
    }
  }
  return found;
}
