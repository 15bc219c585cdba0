// Who is best at a stage: by compliance, then by P90.
import { useState } from 'react'
import { type FigureId, FigureName, Loading, Panel } from '@ui/blocks'
import { Select } from '@ui/fields'
import { Table } from '@ui/Table'
import { type Format, useFormat, useText } from '@/i18n'
import type { Cell } from '@/data/client'
import { useLeaderboard } from '@/data/queries'
import { SheetMenu } from '@/shell/SheetMenu'
import { type Change, type Dimension, hrefTo, useFilters, usePeriod, useRoute } from '@/data/route'
import { CLOSED, LATE } from './Stages'

const SHOWN = 12

interface Figure {
  id: FigureId
  write: (cell: Cell, format: Format) => string
  /** The visits behind it. */
  which: Change
}

const FIGURES: readonly Figure[] = [
  {
    id: 'compliance',
    write: (c, format) => format.percent(c.compliance),
    which: { category: LATE },
  },
  {
    id: 'median',
    write: (c, format) => format.hours(c.median_hours),
    which: { kind: CLOSED },
  },
  { id: 'p90', write: (c, format) => format.hours(c.p90_hours), which: { kind: CLOSED } },
]

export function Leaderboard({ by, stages }: { by: Dimension; stages: readonly string[] }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const [chosen, setChosen] = useState('')
  const stage = stages.includes(chosen) ? chosen : (stages[0] ?? '')
  const query = useLeaderboard(stage, by, { ...useFilters(), ...usePeriod() })
  const behind = (cell: Cell, which: Change) =>
    hrefTo(route, 'cell', { visit_stage: [stage], [by]: [cell[by] ?? ''], ...which })
  return (
    <Panel
      title={t('funnel.leaderboard', { by: t(`dimension.${by}`) })}
      tools={
        <>
          <Select
            label={t('dimension.stage')}
            value={stage}
            choices={stages.map((s) => [s, s])}
            onChange={setChosen}
          />
          <SheetMenu name={`leaderboard-${by}`} items={query.data?.items ?? []} />
        </>
      }
    >
      <Loading of={query} lines={8}>
        {({ items }) => (
          <Table
            rows={items.slice(0, SHOWN)}
            keyOf={(c) => c[by] ?? ''}
            empty={t('funnel.empty')}
            columns={[
              {
                id: 'place',
                head: t('funnel.place'),
                isNumber: true,
                cell: (c) => format.count(c.place),
              },
              {
                id: 'who',
                head: t(`dimension.${by}`),
                cell: (c) => <bdi>{c[by] || t('filter.none')}</bdi>,
              },
              ...FIGURES.map(({ id, write, which }) => ({
                id,
                head: <FigureName id={id} />,
                isNumber: true,
                cell: (c: Cell) => <a href={behind(c, which)}>{write(c, format)}</a>,
              })),
              {
                id: 'n',
                head: t('lead.n'),
                isNumber: true,
                cell: (c) => <a href={behind(c, { kind: CLOSED })}>{format.count(c.n)}</a>,
              },
            ]}
          />
        )}
      </Loading>
    </Panel>
  )
}
