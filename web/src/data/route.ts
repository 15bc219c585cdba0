// The address: `#/page/part?filters`. Everything a reader chose to see stands in it, so that it can
// be sent to somebody else, and so that back and forward work.
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from 'react'

export const DIMENSIONS = [
  'region',
  'dealer_group',
  'dealer',
  'channel',
  'product',
  'nameplate',
  'owner',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

export interface Route {
  page: string
  part: string
  query: URLSearchParams
}

/** Names that go along from page to page. */
const KEPT: readonly string[] = [...DIMENSIONS, 'as_of', 'from', 'to']

export function readRoute(hash: string): Route {
  const text = hash.replace(/^#\/?/, '')
  const cut = text.indexOf('?')
  const path = cut < 0 ? text : text.slice(0, cut)
  const slash = path.indexOf('/')
  const decoded = (s: string) => {
    try {
      return decodeURIComponent(s)
    } catch {
      return s
    }
  }
  return {
    page: (slash < 0 ? path : path.slice(0, slash)) || 'today',
    part: slash < 0 ? '' : decoded(path.slice(slash + 1)),
    query: new URLSearchParams(cut < 0 ? '' : text.slice(cut + 1)),
  }
}

/** Values of a filter: between commas, where `\,` is a comma and `\\` a backslash. */
export function splitList(text: string): string[] {
  const values: string[] = []
  let value = ''
  for (let i = 0; i < text.length; ++i) {
    const c = text.charAt(i)
    if (c === '\\' && i + 1 < text.length) value += text.charAt(++i)
    else if (c === ',') {
      values.push(value)
      value = ''
    } else value += c
  }
  values.push(value)
  return values
}

export const joinList = (values: readonly string[]): string =>
  values.map((v) => v.replace(/[\\,]/g, (c) => `\\${c}`)).join(',')

export type Change = Record<string, string | readonly string[] | null | undefined>

function apply(query: URLSearchParams, change: Change): URLSearchParams {
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue
    if (value === null || value.length === 0) query.delete(name)
    else query.set(name, typeof value === 'string' ? value : joinList(value))
  }
  return query
}

const write = (path: string, query: URLSearchParams): string => {
  const text = query.toString()
  return `#/${path}${text === '' ? '' : `?${text}`}`
}

function keptOf(route: Route): URLSearchParams {
  const kept = new URLSearchParams()
  for (const name of KEPT) {
    const value = route.query.get(name)
    if (value !== null) kept.set(name, value)
  }
  return kept
}

const pathOf = (page: string, part: string): string =>
  part === '' ? page : `${page}/${encodeURIComponent(part)}`

/** The address of a page with the filters that hold now, changed as said. */
export const hrefTo = (route: Route, page: string, change: Change = {}, part = ''): string =>
  write(pathOf(page, part), apply(keptOf(route), change))

/** The address of this page, changed as said; everything else stays. */
export function hrefHere(route: Route, change: Change): string {
  return write(pathOf(route.page, route.part), apply(new URLSearchParams(route.query), change))
}

export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') location.hash = href
  else {
    history.replaceState(null, '', href)
    window.dispatchEvent(new HashChangeEvent('hashchange'))
  }
}

/** The address that a part of the page is drawn for, where it is not that of the window. */
export const RouteOf = createContext<Route | null>(null)

export function useRoute(): Route {
  const given = useContext(RouteOf)
  const hash = useSyncExternalStore(
    (tell) => {
      window.addEventListener('hashchange', tell)
      return () => window.removeEventListener('hashchange', tell)
    },
    () => location.hash,
  )
  const own = useMemo(() => readRoute(hash), [hash])
  return given ?? own
}

/** Addresses of leads; the same function while the filters are the same, whatever else changes. */
export function useLeadHref(): (lead_id: string) => string {
  const kept = keptOf(useRoute()).toString()
  return useCallback((id) => write(pathOf('lead', id), new URLSearchParams(kept)), [kept])
}

export type Filters = Partial<Record<Dimension | 'as_of', string>>

/** The filters of the address as parameters of the API. */
export function filtersOf(route: Route): Filters {
  const filters: Filters = {}
  for (const name of DIMENSIONS) {
    const value = route.query.get(name)
    // An empty one wants leads without a value.
    if (value !== null) filters[name] = value
  }
  const as_of = route.query.get('as_of')
  return as_of ? { ...filters, as_of } : filters
}

export function useFilters(): Filters {
  const route = useRoute()
  return useMemo(() => filtersOf(route), [route])
}

export type Period = { from?: string; to?: string }

export function periodOf({ query }: Route): Period {
  const from = query.get('from')
  const to = query.get('to')
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

/** The period of the address, for pages about what ended within it. */
export function usePeriod(): Period {
  const route = useRoute()
  return useMemo(() => periodOf(route), [route])
}
