import schema from '../../docs/consent.schema.json';

/** As much of JSON Schema as the schema of the configuration uses. */
export interface Spec {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Spec;
  readonly contains?: Spec;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Spec>>;
  readonly additionalProperties?: Spec | false;
  readonly propertyNames?: Spec;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/** Where something stands in the configuration. */
export type Path = readonly (string | number)[];

const { $defs, ...root } = schema as unknown as Spec & { readonly $defs: Readonly<Record<string, Spec>> };

/** The whole file. */
export const SCHEMA: Spec = root;

/** A spec with what it refers to filled in; its own words win. */
export function whole({ $ref, ...own }: Spec): Spec {
  return $ref ? { ...$defs[$ref.replace('#/$defs/', '')], ...own } : own;
}

/** What the schema says of one member; undefined when it has none of that name. */
export function memberOf(spec: Spec, key: string | number): Spec | undefined {
  const member = typeof key === 'number' ? spec.items : (spec.properties?.[key] ?? (spec.additionalProperties || undefined));
  return member && whole(member);
}

/** What the schema says of the value at a path. */
export function specAt(path: Path): Spec {
  let spec = SCHEMA;
  for (const key of path) {
    const member = memberOf(spec, key);
    if (!member) throw new Error(`the schema has no \`${shown(path)}\``);
    spec = member;
  }
  return spec;
}

/** Whether the object around a value demands it. */
export function isRequired(path: Path): boolean {
  return specAt(path.slice(0, -1)).required?.includes(String(path.at(-1))) ?? false;
}

/** A path as the lint writes it. */
export function shown(path: Path): string {
  return path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key), '');
}
