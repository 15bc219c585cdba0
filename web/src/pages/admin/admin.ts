// Users, tokens and the audit log, as the pages of the admin ask for them.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Schema, answer, api } from '@/data/client'
import { call } from '@/session/session'

export type User = Schema['User']
export type Token = Schema['Token']

export const useUsers = () =>
  useQuery({
    queryKey: ['users'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/v1/users', { signal }))).items,
  })

export const useTokens = () =>
  useQuery({
    queryKey: ['tokens'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/v1/tokens', { signal }))).items,
  })

export const useAudit = () =>
  useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/v1/audit', {
          params: { query: { limit: 100, ...(pageParam ? { before: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next,
  })

/** A change of people, tokens or sessions; `run({method, path, body})`. */
export function useChange<T>() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wish: { method: string; path: string; body?: unknown }) =>
      call<T>(wish.method, wish.path, wish.body),
    onSuccess: () => {
      for (const key of ['users', 'tokens', 'audit', 'sessions']) {
        void client.invalidateQueries({ queryKey: [key] })
      }
    },
  })
}
