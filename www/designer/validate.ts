import { memberOf, type Path, SCHEMA, type Spec, whole } from './schema.js';

/** A value that the schema does not allow. */
export interface Fault {
  readonly path: Path;
  /** The keyword of the schema that it breaks. */
  readonly rule: keyof Spec;
  readonly message: string;
}

/** Everything in a configuration that the schema does not allow, in the order of the file. */
export function faultsOf(config: unknown): Fault[] {
  return [...faults(config, SCHEMA, [])];
}

function* faults(value: unknown, spec: Spec, path: Path): Generator<Fault> {
  const fault = (rule: keyof Spec, message: string, at: Path = path): Fault => ({ path: at, rule, message });
  if (spec.type && !isOfType(value, spec.type)) return yield fault('type', `it has to be ${spec.type}`);
  if (spec.const !== undefined && value !== spec.const) yield fault('const', `it has to be ${String(spec.const)}`);
  if (spec.enum && !spec.enum.includes(value as string)) yield fault('enum', `it has to be one of ${spec.enum.join(', ')}`);
  if (typeof value === 'string') yield* ofText(value, spec, fault);
  else if (typeof value === 'number') yield* ofNumber(value, spec, fault);
  else if (Array.isArray(value)) yield* ofList(value, spec, path, fault);
  else if (typeof value === 'object' && value !== null) yield* ofObject(value, spec, path, fault);
}

type Tell = (rule: keyof Spec, message: string, at?: Path) => Fault;

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function* ofText(value: string, spec: Spec, fault: Tell): Generator<Fault> {
  const { pattern, minLength = 0, maxLength = Infinity, examples = [] } = spec;
  const example = examples[0] === undefined ? '' : `: \`${String(examples[0])}\` would do`;
  if ((minLength > 0 || pattern) && value === '') return yield fault('minLength', `it is missing${example}`);
  if (value.length < minLength || value.length > maxLength) yield fault('maxLength', `${minLength} to ${maxLength} characters`);
  if (pattern && !new RegExp(pattern, 'u').test(value)) yield fault('pattern', `\`${value}\` is not what can stand here${example}`);
}

function* ofNumber(value: number, spec: Spec, fault: Tell): Generator<Fault> {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity } = spec;
  if (value < minimum || value <= exclusiveMinimum) yield fault('minimum', `${value} is too little: ${Math.max(minimum, exclusiveMinimum)} or more`);
  if (value > maximum) yield fault('maximum', `${value} is too much: ${maximum} at the most`);
}

function* ofList(value: readonly unknown[], spec: Spec, path: Path, fault: Tell): Generator<Fault> {
  const { minItems = 0, maxItems = Infinity, uniqueItems, contains, items } = spec;
  if (value.length < minItems || value.length > maxItems) yield fault('minItems', `${value.length} of at least ${minItems}`);
  if (uniqueItems && new Set(value).size < value.length) yield fault('uniqueItems', 'something stands there twice');
  if (contains && !value.includes(contains.const)) yield fault('contains', `\`${String(contains.const)}\` is missing`);
  if (items) for (const [index, item] of value.entries()) yield* faults(item, whole(items), [...path, index]);
}

function* ofObject(value: object, spec: Spec, path: Path, fault: Tell): Generator<Fault> {
  const { required = [], propertyNames, minProperties = 0, maxProperties = Infinity } = spec;
  const keys = Object.keys(value);
  if (keys.length < minProperties) yield fault('minProperties', 'there is none');
  if (keys.length > maxProperties) yield fault('maxProperties', `${keys.length} are too many: ${maxProperties} at the most`);
  for (const key of required) if (!keys.includes(key)) yield fault('required', 'it is missing', [...path, key]);
  for (const [key, each] of Object.entries(value)) {
    const member = memberOf(spec, key);
    const isNamed = !propertyNames?.pattern || new RegExp(propertyNames.pattern, 'u').test(key);
    if (!member || !isNamed) yield fault('additionalProperties', `there is no such field`, [...path, key]);
    else yield* faults(each, member, [...path, key]);
  }
}
