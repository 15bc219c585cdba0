// Actions on leads: done at the server, told in a toast, taken back from there.
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { toast } from '@ui/toasts'
import { useFormat, useText } from '@/i18n'
import { ApiError } from '@/data/client'
import { call } from '@/session/session'

export type ActionKind = 'assign' | 'note' | 'call' | 'email' | 'snooze' | 'lost' | 'reopen'
export type ActionWish =
  | { kind: 'assign'; owner: string; text?: string }
  | { kind: 'note'; text: string }
  | { kind: 'call' | 'email'; text?: string }
  | { kind: 'snooze'; until: string | null }
  | { kind: 'lost'; reason: string; text?: string }
  | { kind: 'reopen'; stage?: string }

/** What a page calls an action, where that is not what it is called elsewhere. */
export interface ActionWords {
  name: string
  done: (who: string) => string
}

interface Order {
  leads: readonly string[]
  wish: ActionWish
  words?: ActionWords | undefined
}

export interface Action {
  id: number
  kind: ActionKind
  at: string
  author: string
  text?: string
  owner?: string
  reason?: string
  until?: string
  undone: { at: string; by: string } | null
}

/** What a lead is shown from after an action. */
function refresh(client: QueryClient): void {
  for (const key of ['leads', 'lead', 'actions']) void client.invalidateQueries({ queryKey: [key] })
}

/** Sent again after a lost answer, it is still done once. */
const once = () => ({ 'Idempotency-Key': crypto.randomUUID() })

async function act(leads: readonly string[], wish: ActionWish): Promise<number[]> {
  const first = leads[0]
  if (leads.length === 1 && first !== undefined) {
    const path = `leads/${encodeURIComponent(first)}/actions`
    const done = await call<{ action: Action; undo: boolean }>('POST', path, wish, once())
    return done.undo ? [done.action.id] : []
  }
  const done = await call<{ results: { action?: number }[] }>(
    'POST',
    'actions',
    { ...wish, leads },
    once(),
  )
  return done.results.flatMap((r) => (r.action === undefined ? [] : [r.action]))
}

async function undo(ids: readonly number[]): Promise<void> {
  for (const id of ids) await call('POST', `actions/${id}/undo`, undefined, once())
}

/** `run({leads, wish, words})` does it, tells of it, and offers to take it back. */
export function useActions() {
  const t = useText()
  const format = useFormat()
  const client = useQueryClient()
  const tell = (error: unknown) =>
    toast(
      error instanceof ApiError && error.isOffline
        ? t('state.offline')
        : t('actions.failed', { why: error instanceof Error ? error.message : '' }),
    )
  const takeBack = (ids: readonly number[]) => {
    undo(ids)
      .then(() => toast(t('actions.undone')), tell)
      .finally(() => refresh(client))
  }
  const mutation = useMutation({
    mutationFn: ({ leads, wish }: Order) => act(leads, wish),
    onSuccess: (ids, { leads, wish, words }) => {
      const n = leads.length
      const who = n === 1 ? (leads[0] ?? '') : t('actions.leads', { n, shown: format.count(n) })
      toast(
        words?.done(who) ?? t(`actions.done.${wish.kind}`, { who }),
        ids.length > 0 ? { label: t('actions.undo'), run: () => takeBack(ids) } : undefined,
      )
      refresh(client)
    },
    onError: tell,
  })
  return { run: mutation.mutate, isBusy: mutation.isPending, takeBack }
}

export function useLostReasons(isWanted: boolean) {
  return useQuery({
    queryKey: ['reasons'],
    enabled: isWanted,
    queryFn: async () => (await call<{ lost: string[] }>('GET', 'actions/reasons')).lost,
  })
}

export function useLeadActions(id: string) {
  return useQuery({
    queryKey: ['actions', id],
    queryFn: () => call<{ items: Action[] }>('GET', `leads/${encodeURIComponent(id)}/actions`),
  })
}
