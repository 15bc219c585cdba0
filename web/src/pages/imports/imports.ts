// Imports as the server knows them, and the mapping that a table of columns makes.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { ApiError, type Problem, csrfHeader } from '@/data/client'
import { call } from '@/session/session'

export type Kind = 'leads' | 'events' | 'outcomes' | 'signals' | 'costs'
export interface Counts {
  read: number
  applied: number
  repeated: number
  rejected: number
  ignored: number
}
export type State =
  'ready' | 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone'

export interface Import {
  id: number
  name: string
  author: string
  state: State
  created_at: string
  progress: number
  counts: Counts
  files: { name: string; kind: Kind; bytes: number }[]
  error: string
  kept_total: number
}

export interface Column {
  name: string
  field: string | null
  by: 'name' | 'content' | 'nothing'
  samples: string[]
}
export interface Guess {
  files: {
    name: string
    kind: Kind
    columns: Column[]
    missing: string[]
    unknown_stages: string[]
  }[]
  mapping: string
}
export interface DryRun {
  files: {
    name: string
    kind: Kind
    counts: Counts
    rejects: { line: number; field: string; reason: string; text: string }[]
    warnings: string[]
  }[]
}

/** What a file of each kind can say, in our own names. */
export const FIELDS: Record<Kind, readonly string[]> = {
  leads: [
    ...['lead_id', 'created_at', 'channel', 'campaign', 'region', 'dealer_group', 'dealer'],
    ...['product', 'nameplate', 'owner', 'value', 'name', 'phone', 'email', 'consent'],
  ],
  events: ['lead_id', 'stage', 'at', 'actor', 'source_key'],
  outcomes: ['lead_id', 'outcome', 'at', 'reason', 'revenue', 'transaction_id'],
  signals: ['lead_id', 'kind', 'at', 'value', 'text'],
  costs: ['channel', 'from', 'to', 'amount', 'campaign', 'currency'],
}

/** The mapping with one column of a kind of file given another meaning, or none. */
export function mapColumn(text: string, kind: Kind, column: string, field: string | null): string {
  const mapping = parse(text) as Record<string, Record<string, unknown>>
  const section = mapping[kind] ?? {}
  const columns = Object.entries((section['columns'] ?? {}) as Record<string, string>).filter(
    ([f, c]) => c !== column && f !== field,
  )
  if (field !== null) columns.push([field, column])
  const next = { ...section, columns: Object.fromEntries(columns) }
  return stringify({ ...mapping, [kind]: next } as unknown as TomlTable)
}

/** What a column means by a mapping. */
export function fieldOf(text: string, kind: Kind, column: string): string | null {
  const mapping = parse(text) as Record<string, { columns?: Record<string, string> }>
  const found = Object.entries(mapping[kind]?.columns ?? {}).find(([, c]) => c === column)
  return found?.[0] ?? null
}

const BUSY: readonly State[] = ['waiting', 'running', 'undoing']

export const useImports = () =>
  useQuery({
    queryKey: ['imports'],
    queryFn: async () => (await call<{ items: Import[] }>('GET', 'imports?limit=50')).items,
    // The stream tells of steps as well; this is for when it does not.
    refetchInterval: ({ state }) =>
      state.data?.some((i) => BUSY.includes(i.state)) ? 1_000 : false,
  })

async function upload(path: string, file: File): Promise<Import> {
  const response = await fetch(`/api/v1/${path}?${new URLSearchParams({ name: file.name })}`, {
    method: 'POST',
    headers: { ...csrfHeader(), 'Content-Type': 'application/octet-stream' },
    body: file,
  }).catch(() => {
    throw new ApiError(0, undefined)
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw new ApiError(response.status, body as Problem | undefined)
  return body as Import
}

/** Sends files as one import and asks what their columns are. */
export function useUpload() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (files: readonly File[]) => {
      const [first, ...rest] = files
      if (!first) throw new Error('no file')
      const made = await upload('imports', first)
      for (const file of rest) await upload(`imports/${made.id}/files`, file)
      const guess = await call<Guess>('POST', `imports/${made.id}/guess`)
      return { id: made.id, guess }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['imports'] }),
  })
}

export function useDryRun() {
  return useMutation({
    mutationFn: async ({ id, mapping }: { id: number; mapping: string }) => {
      await call('PUT', `imports/${id}/mapping`, { mapping })
      return call<DryRun>('POST', `imports/${id}/dry-run`)
    },
  })
}

export function useCommand() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, what }: { id: number; what: 'run' | 'cancel' | 'undo' }) =>
      call<Import>('POST', `imports/${id}/${what}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['imports'] }),
  })
}
