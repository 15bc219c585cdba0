// Channels: how many leads each brings, how many of them buy, what a sale costs and what it returns.
import type { ReactNode } from 'react'
import { FigureName, Loading, Meter, Notice, Panel } from '@ui/blocks'
import { type Column, Table } from '@ui/Table'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { useChannels } from '@/data/queries'
import { SheetMenu } from '@/shell/SheetMenu'
import { hrefTo, splitList, useFilters, useRoute } from '@/data/route'

type Answer = Schema['ChannelsAnswer']
type Row = Answer['items'][number]

/** The cost with its currency; of several there is no sum, so they are named alone. */
function spent(row: Row, format: ReturnType<typeof useFormat>): string {
  const names = row.cost_currencies
  if (names.length > 1) return names.join(' + ')
  const amount = format.count(row.cost)
  return row.cost === null || names.length === 0 ? amount : `${amount} ${names[0]}`
}

const sheetRow = (row: Row) => ({ ...row, cost_currencies: row.cost_currencies.join(' ') })

function Channel({ rows, answer }: { rows: readonly Row[]; answer: Answer }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const best = Math.max(...rows.map((c) => c.rate ?? 0), 0.0001)
  const { closed_after, created_after } = answer
  // The leads that a figure is worked out of.
  const behind = {
    all: { state: 'all' },
    created: { state: 'all', created_after },
    closed: { state: 'all', closed_after },
    won: { state: 'won', closed_after },
  }
  const figure = (
    id: string,
    head: ReactNode,
    of: keyof typeof behind,
    write: (row: Row) => string,
  ): Column<Row> => ({
    id,
    head,
    isNumber: true,
    cell: (c) => (
      <a href={hrefTo(route, 'leads', { channel: [c.channel], ...behind[of] })}>{write(c)}</a>
    ),
  })
  return (
    <Table
      rows={rows}
      keyOf={(c) => c.channel}
      columns={[
        {
          id: 'channel',
          head: t('dimension.channel'),
          cell: (c) => (
            <a href={hrefTo(route, 'leads', { channel: [c.channel], ...behind.all })}>
              <bdi>{c.channel || t('filter.none')}</bdi>
            </a>
          ),
        },
        figure('leads', t('channels.leads'), 'all', (c) => format.count(c.leads)),
        figure('share', <FigureName id="volumeShare" />, 'created', (c) =>
          format.percent1(c.volume_share),
        ),
        figure('closed', t('channels.closed'), 'closed', (c) => format.count(c.closed)),
        figure('won', t('channels.won'), 'won', (c) => format.count(c.won)),
        figure('rate', <FigureName id="conversion" />, 'closed', (c) => format.percent1(c.rate)),
        {
          id: 'bar',
          head: t('figures.conversion.name'),
          isHeadHidden: true,
          className: 'bar-cell',
          cell: (c) => <Meter share={(c.rate ?? 0) / best} label={format.percent1(c.rate)} />,
        },
        figure('smoothed', t('channels.smoothed'), 'closed', (c) =>
          format.percent1(c.smoothed_rate),
        ),
        figure('spent', <FigureName id="spent" />, 'all', (c) => spent(c, format)),
        figure('cost', <FigureName id="cost" />, 'won', (c) => format.count(c.cost_per_won)),
        figure('revenue', <FigureName id="revenue" />, 'won', (c) => format.count(c.revenue)),
        figure('return', <FigureName id="returnOnCost" />, 'won', (c) =>
          format.percent(c.return_on_cost),
        ),
      ]}
    />
  )
}

export default function Channels() {
  const t = useText()
  const filters = useFilters()
  const query = useChannels(filters.as_of)
  const wanted = filters.channel === undefined ? null : splitList(filters.channel)
  return (
    <div className="stack">
      <h1>{t('pages.channels')}</h1>
      <Loading of={query} lines={8}>
        {(answer) => {
          const rows = answer.items
            .filter((c) => wanted === null || wanted.includes(c.channel))
            .sort((a, b) => (b.smoothed_rate ?? 0) - (a.smoothed_rate ?? 0))
          if (rows.length === 0) return <Notice title={t('channels.empty')} />
          return (
            <Panel
              title={t('channels.title')}
              tools={<SheetMenu name="channels" items={rows.map(sheetRow)} />}
            >
              <Channel rows={rows} answer={answer} />
            </Panel>
          )
        }}
      </Loading>
    </div>
  )
}
