// Expiry: what is over its time, what will be next, and what to do with it, in bulk.
import { useBulk } from '@/actions/Bulk'
import { FigureName, Loading, Meter, Notice, Panel } from '@ui/blocks'
import { Table } from '@ui/Table'
import { useFormat, useText } from '@/i18n'
import type { Cell } from '@/data/client'
import { useExpiring, useQueue, useTurnaround } from '@/data/queries'
import { go, hrefHere, hrefTo, useFilters, useRoute } from '@/data/route'
import { SheetMenu } from '@/shell/SheetMenu'
import { LeadTable } from '../leads/LeadTable'
import type { AnyLead } from '../leads/columns'

const LISTS = ['24h', '7d', 'expired', 'dormant'] as const
type List = (typeof LISTS)[number]

const stageOf = (cell: Cell): string => cell.stage ?? ''
const share = (cell: Cell): number => (cell.open > 0 ? cell.expired / cell.open : 0)

function Stages() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const query = useTurnaround('stage', useFilters())
  const to = (c: Cell, status?: string) =>
    hrefTo(route, 'leads', { stage: [stageOf(c)], status: status ?? null })
  return (
    <Panel title={t('expiry.byStage')}>
      <Loading of={query} lines={4}>
        {({ items }) => (
          <Table
            rows={items}
            keyOf={stageOf}
            columns={[
              { id: 'stage', head: t('dimension.stage'), cell: stageOf },
              {
                id: 'open',
                head: <FigureName id="openNow" />,
                isNumber: true,
                cell: (c) => <a href={to(c)}>{format.count(c.open)}</a>,
              },
              {
                id: 'expired',
                head: <FigureName id="expired" />,
                isNumber: true,
                cell: (c) => <a href={to(c, 'expired')}>{format.count(c.expired)}</a>,
              },
              {
                id: 'p90',
                head: <FigureName id="p90" />,
                isNumber: true,
                cell: (c) => format.hours(c.p90_hours),
              },
              {
                id: 'share',
                head: t('expiry.share'),
                cell: (c) => <Meter share={share(c)} label={format.percent(share(c))} />,
              },
            ]}
          />
        )}
      </Loading>
    </Panel>
  )
}

function useList(list: List) {
  const filters = useFilters()
  const isSoon = list === '24h' || list === '7d'
  const soon = useExpiring(filters, isSoon ? list : '24h', 500, isSoon)
  const over = useQueue({ ...filters, status: isSoon ? 'expired' : list }, '-score', !isSoon)
  const leads: AnyLead[] = isSoon
    ? (soon.data?.items ?? [])
    : (over.data?.pages.flatMap((page) => page.items) ?? [])
  return {
    query: isSoon ? soon : over,
    leads,
    total: isSoon ? soon.data?.total : over.data?.pages[0]?.total,
    hasMore: !isSoon && over.hasNextPage,
    more: () => void over.fetchNextPage(),
  }
}

export default function Expiry() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const list = LISTS.find((l) => l === route.query.get('list')) ?? '24h'
  const { query, leads, total, hasMore, more } = useList(list)
  const { chosen, setChosen, buttons, dialog } = useBulk(leads, 'note', {
    call: { name: t('expiry.reengage'), done: (who) => t('expiry.done.reengage', { who }) },
    assign: { name: t('expiry.reroute'), done: (who) => t('expiry.done.reroute', { who }) },
    lost: { name: t('expiry.release'), done: (who) => t('expiry.done.release', { who }) },
  })
  return (
    <div className="stack">
      <h1>{t('pages.expiry')}</h1>
      <Stages />
      <Panel
        title={
          <>
            {t(`expiry.list.${list}`)} <span className="muted">{format.count(total)}</span>
          </>
        }
        tools={
          <>
            {buttons}
            <div className="segments" role="group" aria-label={t('expiry.which')}>
              {LISTS.map((l) => (
                <button
                  key={l}
                  type="button"
                  aria-pressed={l === list}
                  onClick={() => {
                    setChosen(new Set())
                    go(hrefHere(route, { list: l }), 'replace')
                  }}
                >
                  {t(`expiry.short.${l}`)}
                </button>
              ))}
            </div>
            <SheetMenu name={`leads-${list}`} items={leads} />
          </>
        }
      >
        <Loading<unknown> of={query} lines={10}>
          {() =>
            leads.length === 0 ? (
              <Notice title={t('expiry.empty')} />
            ) : (
              <LeadTable
                leads={leads}
                total={total}
                hasMore={hasMore}
                onMore={more}
                chosen={chosen}
                onChoose={setChosen}
              />
            )
          }
        </Loading>
      </Panel>
      {dialog}
    </div>
  )
}
