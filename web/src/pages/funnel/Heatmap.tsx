// Delay by stage and by whatever it is grouped by: a table whose cells are coloured against their
// stage as a whole. The number stands in each cell; the colour only helps to find it.
import { FigureName, Loading, Notice, Panel } from '@ui/blocks'
import { type Format, useFormat, useText } from '@/i18n'
import { SheetMenu } from '@/shell/SheetMenu'
import type { Cell } from '@/data/client'
import { useTurnaround } from '@/data/queries'
import { type Dimension, hrefHere, hrefTo, useFilters, usePeriod, useRoute } from '@/data/route'
import type { Metric } from './Funnel'
import { CLOSED, LATE } from './Stages'

const SHOWN = 40
/** Upper ends of the first steps of colour: this cell's hours by those of its whole stage. */
const STEPS = [0.8, 1.05, 1.35, 1.8] as const
const SHARE_STEPS = [0.9, 0.7, 0.5, 0.3] as const

export function heat(cell: Cell, whole: Cell | undefined, metric: Metric): number | null {
  if (metric === 'compliance') {
    const share = cell.compliance
    if (share === null) return null
    const at = SHARE_STEPS.findIndex((step) => share >= step)
    return at < 0 ? SHARE_STEPS.length : at
  }
  const name = metric === 'p90' ? 'p90_hours' : 'median_hours'
  const own = cell[name]
  const all = whole?.[name]
  if (own === null || !all) return null
  const at = STEPS.findIndex((step) => own / all < step)
  return at < 0 ? STEPS.length : at
}

export const metricText = (cell: Cell, metric: Metric, format: Format): string =>
  metric === 'compliance'
    ? format.percent(cell.compliance)
    : format.hours(metric === 'p90' ? cell.p90_hours : cell.median_hours)

export function Heatmap({
  by,
  metric,
  stages,
}: {
  by: Dimension
  metric: Metric
  stages: readonly string[]
}) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const wish = { ...useFilters(), ...usePeriod() }
  const query = useTurnaround(`stage,${by}`, wish)
  const whole = useTurnaround('stage', wish)
  const wholeOf = (stage: string) => whole.data?.items.find((c) => c.stage === stage)
  return (
    <Panel
      title={
        <>
          <FigureName id="tat" /> · {t(`dimension.${by}`)}
        </>
      }
      tools={
        <>
          <span className="row legend" aria-hidden="true">
            <span className="muted">{t('funnel.better')}</span>
            {[0, 1, 2, 3, 4].map((step) => (
              <span key={step} className={`swatch heat-${step}`} />
            ))}
            <span className="muted">{t('funnel.worse')}</span>
          </span>
          <SheetMenu name={`stages-by-${by}`} items={query.data?.items ?? []} />
        </>
      }
    >
      <Loading of={query} lines={8}>
        {({ items }) => {
          const rows = new Map<string, Map<string, Cell>>()
          for (const cell of items) {
            const value = cell[by] ?? ''
            const row = rows.get(value) ?? new Map<string, Cell>()
            rows.set(value, row.set(cell.stage ?? '', cell))
          }
          const size = (row: Map<string, Cell>) => [...row.values()].reduce((n, c) => n + c.n, 0)
          const shown = [...rows].sort((a, b) => size(b[1]) - size(a[1])).slice(0, SHOWN)
          if (shown.length === 0) return <Notice title={t('funnel.empty')} />
          return (
            <div className="scroll-x" tabIndex={0}>
              <table className="grid heat">
                <thead>
                  <tr>
                    <th scope="col">{t(`dimension.${by}`)}</th>
                    {stages.map((s) => (
                      <th scope="col" key={s} className="num">
                        {s}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map(([value, row]) => (
                    <tr key={value}>
                      <td>
                        <a className="cell" href={hrefHere(route, { [by]: [value] })}>
                          <bdi>{value || t('filter.none')}</bdi>
                        </a>
                      </td>
                      {stages.map((stage) => {
                        const cell = row.get(stage)
                        const step = cell ? heat(cell, wholeOf(stage), metric) : null
                        return (
                          <td key={stage} className={step === null ? 'num' : `num heat-${step}`}>
                            {cell && (
                              <a
                                className="cell"
                                href={hrefTo(route, 'cell', {
                                  visit_stage: [stage],
                                  [by]: [value],
                                  // What a share lacks is late; times are of closed visits.
                                  ...(metric === 'compliance'
                                    ? { category: LATE }
                                    : { kind: CLOSED }),
                                })}
                                title={t('funnel.visits', {
                                  n: cell.n,
                                  shown: format.count(cell.n),
                                })}
                              >
                                {metricText(cell, metric, format)}
                              </a>
                            )}
                          </td>
                        )
                      })}
                    </tr>
                  ))}
                </tbody>
              </table>
              {rows.size > SHOWN && (
                <p className="panel-body muted">
                  {t('funnel.more', { n: format.count(rows.size - SHOWN) })}
                </p>
              )}
            </div>
          )
        }}
      </Loading>
    </Panel>
  )
}
