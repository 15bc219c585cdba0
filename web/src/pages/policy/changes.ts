// Trying a policy out, and putting it in force.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/data/client'

const TOML = { 'Content-Type': 'application/toml' }
/** The body is text, not JSON. */
const asText = { headers: TOML, bodySerializer: (body: unknown) => String(body) }

/** Whether the server can read it, and what it then is with every default spelt out. */
export function useChecked(text: string, isChanged: boolean) {
  return useQuery({
    queryKey: ['policy-check', text],
    enabled: isChanged,
    staleTime: Infinity,
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: () => answer(api.POST('/api/v1/policy/validate', { body: text, ...asText })),
  })
}

export function useWhatIf() {
  return useMutation({
    mutationFn: (text: string) =>
      answer(api.POST('/api/v1/policy/what-if', { body: text, ...asText })),
  })
}

export function usePut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ text, note, tag }: { text: string; note: string; tag: string }) =>
      answer(
        api.PUT('/api/v1/policy', {
          // Somebody else's policy, put in force meanwhile, is not overwritten unseen.
          params: { query: note ? { note } : {}, header: { 'If-Match': tag } },
          body: text,
          ...asText,
        }),
      ),
    onSuccess: () => client.invalidateQueries(),
  })
}

export async function versionText(version: number): Promise<string> {
  const found = await answer(
    api.GET('/api/v1/policies/{version}', { params: { path: { version } } }),
  )
  return found.text
}
