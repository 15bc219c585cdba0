// The queue: who to work next and why. Moved through by keys; rows come as they are scrolled to.
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useRef, useState } from 'react'
import { ActionBar, ACTIONS } from '@/actions/ActionBar'
import { ActionDialog, type Asked } from '@/actions/ActionDialog'
import type { ActionKind } from '@/actions/actions'
import { Badge, FigureName, Loading, Notice, Panel, PartsBar, TierBadge } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { Lead } from '@/data/client'
import { useKeys } from '@/data/keys'
import { useNow } from '@/data/now'
import { type Sort, useQueue } from '@/data/queries'
import { go, hrefHere, hrefTo, useFilters, useRoute } from '@/data/route'
import { usePrinting } from '@/screenful/printing'
import { useStages } from '@/data/stages'
import { why } from '@/data/why'
import { useMay } from '@/session/may'
import { VIEWS, type View } from './Cards'

/** The height of a row, as the style sheet has it for this width of screen. */
const rowPx = (): number =>
  parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--q-row')) || 46

const SORTS: readonly Sort[] = ['-score', 'time_left', '-time_in_stage', 'last_activity_at']

function NextStep({ lead, stages }: { lead: Lead; stages: readonly string[] }) {
  const t = useText()
  const what = lead.next_step?.what ?? 'advance'
  const next = stages[stages.indexOf(lead.stage) + 1]
  if (what !== 'advance') return <>{t(`next.${what}`)}</>
  return <>{next ? t('next.to', { stage: next }) : t('next.close')}</>
}

/** Drawn anew only when something of it has changed: keys move through hundreds of them. */
const Row = memo(function Row({
  lead,
  now,
  stages,
  isChosen,
  onChoose,
}: {
  lead: Lead
  now: number
  stages: readonly string[]
  isChosen: boolean
  onChoose: (id: string) => void
}) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const left_ms = lead.expires_at ? Date.parse(lead.expires_at) - now : null
  return (
    // The keys of the queue move and open; a click only chooses.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      tabIndex={-1}
      aria-selected={isChosen}
      className="q-row"
      onClick={() => onChoose(lead.lead_id)}
    >
      <div role="cell" className="q-score">
        <span className="num">{format.score(lead.score)}</span>
        {lead.tier && <TierBadge tier={lead.tier} />}
      </div>
      <div role="cell" className="q-lead">
        <a className="clip" href={hrefTo(route, 'lead', {}, lead.lead_id)}>
          <bdi>{lead.name || lead.lead_id}</bdi>
        </a>
        <span className="muted clip">
          <span className="mono">{lead.lead_id}</span> · <bdi>{lead.nameplate}</bdi> ·{' '}
          <bdi>{lead.dealer}</bdi>
        </span>
      </div>
      <div role="cell" className="q-why">
        <span className="clip">{why(lead, stages.at(-1), now, t, format).join(t('why.and'))}</span>
        {lead.contributions && <PartsBar parts={lead.contributions} />}
      </div>
      <div role="cell" className="q-stage clip">
        {lead.stage}
      </div>
      <div role="cell" className="q-left">
        {left_ms === null ? (
          <span className="muted">{t('queue.noHistory')}</span>
        ) : left_ms > 0 ? (
          <span className={left_ms < 86_400_000 ? 'tone-late' : ''}>
            {format.until(lead.expires_at, now)}
          </span>
        ) : (
          <span className="tone-bad">
            {t('queue.over', { by: format.hours(-left_ms / 3.6e6) })}
          </span>
        )}
        {lead.snoozed_until && <Badge kind="">{t('queue.snoozed')}</Badge>}
      </div>
      <div role="cell" className="q-owner clip">
        <bdi>{lead.owner || t('queue.nobody')}</bdi>
      </div>
      <div role="cell" className="q-next clip">
        <NextStep lead={lead} stages={stages} />
      </div>
    </div>
  )
})

/** The chosen row: by lead, so that it stays chosen while the order moves around it. */
function useChosen(items: readonly Lead[]) {
  const [id, setId] = useState<string | null>(null)
  const found = items.findIndex((l) => l.lead_id === id)
  const lastAt = useRef(0)
  // The chosen lead has left the queue: the one that took its place is chosen.
  const at = found >= 0 ? found : Math.min(lastAt.current, Math.max(0, items.length - 1))
  useEffect(() => {
    lastAt.current = at
  })
  const chooseLead = useCallback((lead: string) => setId(lead), [])
  return { at, lead: items[at], chooseLead }
}

function Head() {
  const t = useText()
  return (
    <div role="rowgroup" className="q-head">
      <div role="row" className="q-row">
        <div role="columnheader">
          <FigureName id="score" />
        </div>
        <div role="columnheader">{t('queue.lead')}</div>
        <div role="columnheader" className="q-why">
          <FigureName id="why" />
        </div>
        <div role="columnheader">{t('dimension.stage')}</div>
        <div role="columnheader">
          <FigureName id="timeLeft" />
        </div>
        <div role="columnheader" className="q-owner">
          {t('dimension.owner')}
        </div>
        <div role="columnheader" className="q-next">
          {t('queue.next')}
        </div>
      </div>
    </div>
  )
}

function Order({ sort }: { sort: Sort }) {
  const t = useText()
  const route = useRoute()
  return (
    <label className="row">
      <span className="muted">{t('queue.sort')}</span>
      <select
        className="input narrow"
        value={sort}
        onChange={(e) => go(hrefHere(route, { sort: e.target.value }), 'replace')}
      >
        {SORTS.map((s) => (
          <option key={s} value={s}>
            {t(`queue.by.${s.replace('-', '') as 'score'}`)}
          </option>
        ))}
      </select>
    </label>
  )
}

export function Queue({ view }: { view: View }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const filters = useFilters()
  const now = useNow()
  const stages = useStages()
  const sort = (SORTS.find((s) => s === route.query.get('sort')) ?? '-score') as Sort
  const query = useQueue({ ...filters, ...VIEWS[view] }, sort)
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const first = query.data?.pages[0]
  const chosen = useChosen(items)
  const may = useMay()
  const [asked, setAsked] = useState<Asked | null>(null)
  const scroll = useRef<HTMLDivElement>(null)
  const isPrinting = usePrinting()
  const height = rowPx()
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => height,
    overscan: isPrinting ? items.length : 10,
  })
  useEffect(() => rows.measure(), [rows, height])
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (last >= items.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, items.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  const ask = (kind: ActionKind) => {
    if (chosen.lead && may.act) setAsked({ kind, leads: [chosen.lead.lead_id] })
  }
  const move = (by: number) => {
    const to = Math.max(0, Math.min(items.length - 1, chosen.at + by))
    const lead = items[to]
    if (lead) chosen.chooseLead(lead.lead_id)
    rows.scrollToIndex(to)
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => {
      if (chosen.lead) go(hrefTo(route, 'lead', {}, chosen.lead.lead_id))
    },
    ...Object.fromEntries(ACTIONS.map(({ kind, key }) => [key, () => ask(kind)])),
  })
  return (
    <Panel
      className="queue"
      title={
        <>
          {t(`today.view.${view}`)} <span className="muted">{format.count(first?.total)}</span>
          {(first?.hidden ?? 0) > 0 && (
            <span className="muted"> · {t('queue.hidden', { n: first?.hidden ?? 0 })}</span>
          )}
        </>
      }
      tools={
        <>
          <Order sort={sort} />
          <ActionBar onAsk={ask} />
        </>
      }
    >
      <Loading of={query} lines={10}>
        {() =>
          items.length === 0 ? (
            <Notice title={t('queue.empty')}>
              <p>{t('queue.emptyHint')}</p>
            </Notice>
          ) : (
            <div role="table" aria-label={t('queue.label')} aria-rowcount={first?.total ?? -1}>
              <Head />
              <div ref={scroll} role="rowgroup" className="q-scroll" tabIndex={0}>
                <div style={{ blockSize: rows.getTotalSize() }} role="presentation">
                  <div
                    role="presentation"
                    style={{ transform: `translateY(${shown[0]?.start ?? 0}px)` }}
                  >
                    {shown.map(({ index }) => {
                      const lead = items[index]
                      return lead ? (
                        <Row
                          key={lead.lead_id}
                          lead={lead}
                          now={now}
                          stages={stages}
                          isChosen={index === chosen.at}
                          onChoose={chosen.chooseLead}
                        />
                      ) : null
                    })}
                  </div>
                </div>
              </div>
            </div>
          )
        }
      </Loading>
      <ActionDialog asked={asked} onClose={() => setAsked(null)} />
    </Panel>
  )
}
