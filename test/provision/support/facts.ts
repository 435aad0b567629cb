/** What a template says, whatever its format. Names are compared without case, `-` and `_`: GitHubOwner, github_owner. */
export interface Facts {
  readonly parameters: Readonly<Record<string, ParameterFacts>>
  readonly tables: Readonly<Record<string, TableFacts>>
  /** Those of roles and of the daemon. A reference in them is `<name>`. */
  readonly policies: Readonly<Record<string, PolicyFacts>>
  readonly trusts: Readonly<Record<string, PolicyFacts>>
  /** The policies that a role has. */
  readonly attached: Readonly<Record<string, unknown>>
  readonly outputs: readonly string[]
  readonly bucket: BucketFacts | null
}

export interface ParameterFacts {
  readonly description: unknown
  readonly pattern: unknown
  readonly constraint: unknown
  readonly default: unknown
}

export interface TableFacts {
  readonly name: unknown
  readonly billing: unknown
  readonly keys: readonly unknown[]
  readonly types: Readonly<Record<string, unknown>>
  readonly indexes: readonly (readonly unknown[])[]
  readonly pointInTimeRecovery: unknown
  readonly deletionProtection: unknown
  readonly encryption: unknown
  /** Nothing that is done to the template deletes it. */
  readonly kept: boolean
}

export interface BucketFacts {
  readonly name: unknown
  readonly versioning: unknown
  readonly encryption: unknown
  readonly publicAccessBlocks: unknown
  readonly ownership: unknown
  readonly policy: PolicyFacts
  readonly kept: boolean
}

export interface PolicyFacts {
  readonly Version: string
  readonly Statement: readonly StatementFacts[]
}

export interface StatementFacts {
  readonly Sid: string
  readonly Effect: string
  readonly Principal?: Readonly<Record<string, string>>
  readonly Action: readonly string[]
  readonly Resource?: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

/** What stands at a path of a parsed document; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (held, name) => (typeof held === 'object' && held !== null ? (held as Record<string, unknown>)[name] : undefined),
    value,
  )
}

export function entries(value: unknown): readonly (readonly [name: string, value: unknown])[] {
  return Object.entries((value ?? {}) as Record<string, unknown>)
}

export function items(value: unknown): readonly unknown[] {
  return (value ?? []) as readonly unknown[]
}

export const byName = (a: readonly unknown[], b: readonly unknown[]): number => String(a[0]).localeCompare(String(b[0]))
