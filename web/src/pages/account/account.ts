// One's own account: sessions, password, second factor.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api, type Schema } from '@/data/client'

export type OwnSession = Schema['Sessions']['items'][number]
export type Offer = Schema['TotpOffer']

export const useSessions = () =>
  useQuery({
    queryKey: ['sessions'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/v1/sessions', { signal }))).items,
  })

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  })
}

export const usePassword = () =>
  useMutation({
    mutationFn: (body: Schema['PasswordChange']) =>
      answer(api.POST('/api/v1/session/password', { body })),
  })

export const useOffer = () =>
  useMutation({ mutationFn: () => answer(api.POST('/api/v1/session/totp', {})) })

export function useConfirm() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schema['TotpConfirm']) => answer(api.PUT('/api/v1/session/totp', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['session'] }),
  })
}
