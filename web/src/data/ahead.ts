// What a page will ask first, asked while the page itself is still on its way.
import type { QueryClient } from '@tanstack/react-query'
import { PAST, type Sort, funnelOf, queueOf, turnaroundOf } from './queries'
import { DIMENSIONS, type Route, filtersOf, periodOf } from './route'

/** With one of these a page asks for something else. */
const NARROWING = ['view', 'sort', 'state', 'tier', 'status', 'stage', 'snoozed', ...PAST] as const

export function askAhead(client: QueryClient, route: Route): void {
  const filters = filtersOf(route)
  const visits = { ...filters, ...periodOf(route) }
  const { query } = route
  const by = DIMENSIONS.find((d) => d === query.get('by')) ?? 'region'
  const plain = NARROWING.every((n) => !query.has(n))
  switch (route.page) {
    case 'today':
      if (plain) void client.prefetchInfiniteQuery(queueOf(filters, '-score' satisfies Sort))
      void client.prefetchQuery(turnaroundOf('stage', filters))
      break
    case 'leads':
      if (plain) void client.prefetchInfiniteQuery(queueOf(filters, '-score' satisfies Sort))
      break
    case 'funnel':
      void client.prefetchQuery(funnelOf())
      void client.prefetchQuery(turnaroundOf('stage', visits))
      void client.prefetchQuery(turnaroundOf(`stage,${by}`, visits))
      void client.prefetchQuery(turnaroundOf('week,stage', visits))
      break
    default:
  }
}
