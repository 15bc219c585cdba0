// What the pages ask. A key begins with what the answer is of, so that the stream can tell which
// answers a change has made old.
import {
  QueryClient,
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query'
import { ApiError, type Lead, type Schema, answer, api } from './client'
import type { Dimension, Filters, Period } from './route'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      placeholderData: keepPreviousData,
      // A server that restarts is back soon; what it refuses it will refuse again.
      retry: (failures, error) =>
        error instanceof ApiError && (error.status === 0 || error.status === 503) && failures < 3,
      retryDelay: (failures) => Math.min(4_000, 400 * 2 ** failures),
    },
  },
})

export type Sort =
  | 'score'
  | '-score'
  | 'time_left'
  | '-time_left'
  | 'time_in_stage'
  | '-time_in_stage'
  | 'entered_at'
  | '-entered_at'
  | 'last_activity_at'
  | '-last_activity_at'

export interface LeadWish extends Filters {
  stage?: string
  tier?: string
  status?: string
  state?: string
  snoozed?: 'hide' | 'show' | 'only'
}

/** What leads have been through. */
export const PAST = ['reached', 'closed_after', 'created_after'] as const

export interface ListWish extends Filters, Partial<Record<(typeof PAST)[number], string>> {
  stage?: string
  state?: string
}

const PAGE = 100

type QueuePage = Omit<Schema['QueueAnswer'], 'items'> & { items: Lead[]; hidden?: number }

export const queueOf = (wish: LeadWish, sort: Sort) =>
  infiniteQueryOptions({
    queryKey: ['leads', 'queue', wish, sort],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<QueuePage> =>
      answer(
        api.GET('/api/v1/queue', {
          params: {
            query: { ...wish, sort, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

export const useQueue = (wish: LeadWish, sort: Sort, isWanted = true) =>
  useInfiniteQuery({ ...queueOf(wish, sort), enabled: isWanted })

/** Leads in any state, in no order that means anything. */
export const useLeadList = (wish: ListWish, isWanted: boolean) =>
  useInfiniteQuery({
    enabled: isWanted,
    queryKey: ['leads', 'list', wish],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/v1/leads', {
          params: { query: { ...wish, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

/** How many open leads there are of a kind. */
export function useOpenCount(wish: LeadWish) {
  return useQuery({
    queryKey: ['leads', 'count', wish],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/v1/queue', { params: { query: { ...wish, limit: 1 } }, signal })))
        .total,
  })
}

export function useExpiring(wish: LeadWish, within: string, limit: number, isWanted = true) {
  return useQuery({
    enabled: isWanted,
    queryKey: ['leads', 'expiring', wish, within, limit],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/expiring', { params: { query: { ...wish, within, limit } }, signal }),
      ),
  })
}

export function useFacets(wish: LeadWish) {
  return useQuery({
    queryKey: ['leads', 'facets', wish],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/facets', { params: { query: wish }, signal })),
  })
}

export function useLead(id: string, as_of?: string) {
  return useQuery({
    queryKey: ['lead', id, as_of],
    // Never another lead's figures.
    placeholderData: () => undefined,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/leads/{lead_id}', {
          params: { path: { lead_id: id }, query: as_of ? { as_of } : {} },
          signal,
        }),
      ),
  })
}

export function useScores(id: string, as_of?: string) {
  return useQuery({
    queryKey: ['lead', id, 'scores', as_of],
    placeholderData: () => undefined,
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/leads/{lead_id}/scores', {
          params: { path: { lead_id: id }, query: as_of ? { as_of } : {} },
          signal,
        }),
      ),
  })
}

export function useSearch(q: string) {
  return useQuery({
    queryKey: ['leads', 'search', q],
    enabled: q.trim() !== '',
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/search', { params: { query: { q, limit: 12 } }, signal })),
  })
}

type VisitWish = LeadWish & Period & { visit_stage?: string }

export const turnaroundOf = (by: string, wish: VisitWish) =>
  queryOptions({
    queryKey: ['aggregates', 'turnaround', by, wish],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/turnaround', { params: { query: { ...wish, by } }, signal })),
  })

export const useTurnaround = (by: string, wish: VisitWish) => useQuery(turnaroundOf(by, wish))

export function useLeaderboard(stage: string, by: Dimension, wish: Filters & Period) {
  return useQuery({
    queryKey: ['aggregates', 'leaderboard', stage, by, wish],
    enabled: stage !== '',
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/leaderboard', {
          params: { query: { ...wish, by, visit_stage: stage } },
          signal,
        }),
      ),
  })
}

export function useCellLeads(
  wish: LeadWish & Period & { visit_stage?: string; category?: string; kind?: string },
  isWanted = true,
) {
  return useInfiniteQuery({
    enabled: isWanted,
    queryKey: ['aggregates', 'cell', wish],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/v1/turnaround/leads', {
          params: { query: { ...wish, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })
}

const ofInstant = (as_of: string | undefined) => ({ query: as_of ? { as_of } : {} })

export const funnelOf = (wish: Filters = {}) =>
  queryOptions({
    queryKey: ['tables', 'funnel', wish],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/funnel', { params: { query: wish }, signal })),
  })

export const useFunnel = (wish: Filters = {}) => useQuery(funnelOf(wish))

export function useChannels(as_of?: string) {
  return useQuery({
    queryKey: ['tables', 'channels', as_of],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/channels', { params: ofInstant(as_of), signal })),
  })
}

export function useLoad(as_of?: string) {
  return useQuery({
    queryKey: ['tables', 'load', as_of],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/load', { params: ofInstant(as_of), signal })),
  })
}

export function useDailyLoad(dealer: string, nameplate: string, as_of?: string) {
  return useQuery({
    queryKey: ['tables', 'load-daily', dealer, nameplate, as_of],
    enabled: dealer !== '',
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/load/daily', {
          params: { query: { dealer, nameplate, ...(as_of ? { as_of } : {}) } },
          signal,
        }),
      ),
  })
}

export function usePolicy(isWanted = true) {
  return useQuery({
    enabled: isWanted,
    queryKey: ['policy'],
    queryFn: async ({ signal }) => {
      const call = api.GET('/api/v1/policy', { signal })
      // The tag says which policy this is, for whoever wants to replace just this one.
      return { ...(await answer(call)), tag: (await call).response.headers.get('etag') ?? '*' }
    },
  })
}

export function usePolicies() {
  return useQuery({
    queryKey: ['policies'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/policies', { params: { query: { limit: 50 } }, signal })),
  })
}

export function useRuns() {
  return useQuery({
    queryKey: ['runs'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/runs', { params: { query: { limit: 50 } }, signal })),
  })
}
