// The policy as the form sees it: tables of values, read from the text and written back to it.
// What the form does not show stays as it is.
import { parse, stringify, type TomlTable } from 'smol-toml'

export type Table = Record<string, unknown>

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The table of that name; an empty one where there is none. */
export const tableOf = (of: Table, name: string): Table => {
  const found = of[name]
  return isTable(found) ? found : {}
}

/** The array of tables of that name; empty where there is none. */
export const tablesOf = (of: Table, name: string): readonly Table[] => {
  const found = of[name]
  return Array.isArray(found) ? found.filter(isTable) : []
}

/** Texts of an array; a date without quotes is one, too. */
export const textsOf = (of: Table, name: string): readonly string[] => {
  const found = of[name]
  return Array.isArray(found) ? found.map(textOf) : []
}

/** A value as text; empty where there is none. */
export function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return value === undefined || value === null ? '' : String(value)
}

/** A number, or nothing where there is none. */
export const numberOf = (value: unknown): number | '' =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : ''

/** The value at a path of tables and then a key. */
export const valueAt = (of: Table, path: readonly string[]): unknown =>
  path.slice(0, -1).reduce(tableOf, of)[path.at(-1) ?? '']

/** The policy with one value changed; `path` names tables and then the key. */
export function withValue(of: Table, path: readonly string[], value: unknown): Table {
  const [first, ...rest] = path
  if (first === undefined) return of
  if (rest.length > 0) return { ...of, [first]: withValue(tableOf(of, first), rest, value) }
  if (value !== undefined) return { ...of, [first]: value }
  return Object.fromEntries(Object.entries(of).filter(([key]) => key !== first))
}

/** A list with one of its places changed, or taken out by `null`. */
export const withItem = <T>(list: readonly T[], at: number, item: T | null): T[] =>
  item === null ? list.filter((_, i) => i !== at) : list.map((old, i) => (i === at ? item : old))

/** The tables of the text; what is wrong with it where it cannot be read. */
export function readPolicy(text: string): Table | string {
  try {
    return parse(text) as Table
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export const writePolicy = (policy: Table): string => stringify(policy as TomlTable)

/** `09:00-13:00 16:00-20:00` as blocks; null where it is not that. */
export function blocksOf(text: string): string[] | null {
  const blocks = text.split(/[\s,;]+/).filter((b) => b !== '')
  let last = ''
  for (const block of blocks) {
    const [from = '', to = ''] = block.split('-')
    if (!isClock(from) || !isClock(to) || from >= to || from < last) return null
    last = to
  }
  return blocks
}

const isClock = (text: string): boolean => /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text)
