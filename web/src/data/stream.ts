// The stream: what moves at the server makes answers here old. A reader sees a change within a
// second; a burst of changes costs one question, not one each.
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Schema } from './client'

export type Connection = 'connecting' | 'live' | 'lost'

const SETTLE_MS = 250
const RETRY_MS = 2_000

let state: Connection = 'connecting'
const listeners = new Set<() => void>()
const changed = new Set<string>()
const followers = new Set<(lead: string) => void>()

function become(next: Connection): void {
  if (next === state) return
  state = next
  listeners.forEach((tell) => tell())
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => state,
  )
}

/** Calls back with the id of each lead that changes. */
export function followLeads(tell: (lead: string) => void): () => void {
  followers.add(tell)
  return () => followers.delete(tell)
}

type QueuePages = InfiniteData<Schema['QueueAnswer'], string | null>

/** Shows at once what the event says; the rest follows with the next answer. */
function patchQueue(client: QueryClient, event: Schema['StreamLead']): void {
  client.setQueriesData<QueuePages>({ queryKey: ['leads', 'queue'] }, (old) => {
    const known = old?.pages.some((page) => page.items.some((l) => l.lead_id === event.lead_id))
    if (!old || !known) return old
    const { stage, score, tier, owner, status, dormant } = event
    const news = { stage, owner, score, tier, status, dormant }
    const said = Object.fromEntries(Object.entries(news).filter(([, v]) => v !== undefined))
    const pages = old.pages.map((page) => ({
      ...page,
      items: page.items.map((l) => (l.lead_id === event.lead_id ? { ...l, ...said } : l)),
    }))
    return { ...old, pages }
  })
}

class Follower {
  private source: EventSource | undefined
  private settle: ReturnType<typeof setTimeout> | undefined
  private again: ReturnType<typeof setTimeout> | undefined
  private wasLost = false
  private isAsking = false

  constructor(private readonly client: QueryClient) {}

  start(): void {
    this.source?.close()
    const source = new EventSource('/api/v1/stream')
    this.source = source
    source.onopen = () => {
      // What happened while nobody listened is not known: everything is asked for anew; at the first
      // time what was answered before, without stopping what is still on its way.
      if (this.wasLost) void this.client.invalidateQueries()
      else if (state === 'connecting') this.answersBefore()
      this.wasLost = false
      this.isAsking = false
      become('live')
    }
    source.onerror = () => {
      this.wasLost = true
      become('lost')
      if (source.readyState === EventSource.CLOSED) this.retry()
    }
    source.addEventListener('lead', (e) => {
      const event = JSON.parse((e as MessageEvent<string>).data) as Schema['StreamLead']
      changed.add(event.lead_id)
      patchQueue(this.client, event)
      followers.forEach((tell) => tell(event.lead_id))
      this.soon()
    })
    source.addEventListener('left', (e) => {
      const event = JSON.parse((e as MessageEvent<string>).data) as Schema['StreamLeft']
      changed.add(event.lead_id)
      followers.forEach((tell) => tell(event.lead_id))
      this.soon()
    })
    source.addEventListener('many', () => this.everything())
    source.addEventListener('reset', () => this.everything())
    source.addEventListener('baseline', () => {
      this.everything()
      void this.client.invalidateQueries({ queryKey: ['policy'] })
    })
    source.addEventListener('import', () => {
      void this.client.invalidateQueries({ queryKey: ['imports'] })
    })
    source.addEventListener('end', () => {
      this.wasLost = true
      become('lost')
      source.close()
      this.retry()
    })
  }

  stop(): void {
    this.source?.close()
    clearTimeout(this.settle)
    clearTimeout(this.again)
  }

  private retry(): void {
    clearTimeout(this.again)
    this.again = setTimeout(() => this.start(), RETRY_MS)
  }

  private answersBefore(): void {
    for (const key of ['leads', 'lead']) {
      void this.client.invalidateQueries({ queryKey: [key] }, { cancelRefetch: false })
    }
  }

  private everything(): void {
    for (const key of ['leads', 'lead', 'aggregates', 'tables', 'runs', 'alerts']) {
      void this.client.invalidateQueries({ queryKey: [key] })
    }
  }

  private soon(): void {
    if (this.isAsking) return
    this.settle ??= setTimeout(() => void this.ask(), SETTLE_MS)
  }

  /** One question at a time: what changes meanwhile is asked for after its answer, so that answers
      slower than changes come are not thrown away for ever. */
  private async ask(): Promise<void> {
    this.settle = undefined
    this.isAsking = true
    const leads = [...changed].map((id) => ['lead', id])
    changed.clear()
    const keys = [...leads, ['leads']]
    await Promise.allSettled(keys.map((queryKey) => this.client.invalidateQueries({ queryKey })))
    this.isAsking = false
    if (changed.size > 0) this.soon()
  }
}

/** Follows the stream until the returned function is called. */
export function follow(client: QueryClient): () => void {
  const follower = new Follower(client)
  follower.start()
  return () => follower.stop()
}
