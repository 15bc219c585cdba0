// The stages as a table; every number opens the leads behind it. Above it, in words, what holds up.
import { type FigureId, FigureName, Loading, Meter, Panel } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import { SheetMenu } from '@/shell/SheetMenu'
import type { Cell } from '@/data/client'
import { useFunnel, useTurnaround } from '@/data/queries'
import { type Change, hrefTo, useFilters, usePeriod, useRoute } from '@/data/route'

const COLUMNS: readonly FigureId[] = [
  'reached',
  'advanced',
  'lostThere',
  'openNow',
  'expired',
  'stageThreshold',
  'closed',
  'median',
  'p90',
  'compliance',
]

/** How a visit that is over ended. */
export const CLOSED = 'advance,regress,lost'
/** Judgements that compliance holds against a stage. */
export const LATE = 'delayed,critical'

/** Where each number leads: to the leads behind it. */
function useLinks() {
  const route = useRoute()
  const cell = (change: Change) => hrefTo(route, 'cell', change)
  // Of all times, whatever the period; of the look-back.
  const ever = { from: '1970-01-01', to: null }
  const lookBack = { from: null, to: null }
  const open = { state: 'open', snoozed: 'show' }
  return {
    open: (stage: string) => hrefTo(route, 'leads', { stage: [stage], ...open }),
    expired: (stage: string) =>
      hrefTo(route, 'leads', { stage: [stage], ...open, status: 'expired' }),
    reached: (stage: string) => hrefTo(route, 'leads', { reached: stage, state: 'all' }),
    advanced: (stage: string) => cell({ visit_stage: [stage], kind: 'advance', ...ever }),
    lost: (stage: string) => cell({ visit_stage: [stage], kind: 'lost', ...ever }),
    threshold: (stage: string) => cell({ visit_stage: [stage], kind: 'advance', ...lookBack }),
    closed: (stage: string) => cell({ visit_stage: [stage], kind: CLOSED }),
    late: (stage: string) => cell({ visit_stage: [stage], category: LATE }),
  }
}

function Callouts({ cells }: { cells: readonly Cell[] }) {
  const t = useText()
  const format = useFormat()
  const to = useLinks()
  const open = cells.filter((c) => c.open > 0)
  const slow = open.reduce<Cell | undefined>(
    (a, b) => (a && a.expired / a.open >= b.expired / b.open ? a : b),
    undefined,
  )
  const late = cells
    .filter((c) => c.compliance !== null)
    .reduce<Cell | undefined>(
      (a, b) => (a && (a.compliance ?? 1) <= (b.compliance ?? 1) ? a : b),
      undefined,
    )
  if (!slow && !late) return null
  return (
    <ul className="panel-body callouts">
      {late && (
        <li>
          <a href={to.late(late.stage ?? '')}>
            {t('funnel.late', { stage: late.stage ?? '', share: format.percent(late.compliance) })}
          </a>
        </li>
      )}
      {slow && (
        <li>
          <a href={to.expired(slow.stage ?? '')}>
            {t('funnel.slow', {
              stage: slow.stage ?? '',
              n: format.count(slow.expired),
              open: format.count(slow.open),
            })}
          </a>
        </li>
      )}
    </ul>
  )
}

export function Stages() {
  const t = useText()
  const format = useFormat()
  const filters = useFilters()
  const cells = useTurnaround('stage', { ...filters, ...usePeriod() })
  const funnel = useFunnel(filters)
  const rowOf = (stage: string | undefined) => funnel.data?.items.find((r) => r.stage === stage)
  const most = Math.max(1, ...(funnel.data?.items.map((r) => r.reached) ?? []))
  const won = funnel.data?.items.at(-1)
  const to = useLinks()
  return (
    <Panel
      title={t('funnel.stages')}
      tools={<SheetMenu name="stages" items={cells.data?.items ?? []} />}
    >
      <Loading of={cells} lines={5}>
        {({ items }) => (
          <>
            <Callouts cells={items} />
            <div className="scroll-x" tabIndex={0}>
              <table className="grid">
                <thead>
                  <tr>
                    <th scope="col">{t('dimension.stage')}</th>
                    {COLUMNS.map((id) => (
                      <th scope="col" key={id} className="num">
                        <FigureName id={id} />
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((c) => {
                    const stage = c.stage ?? ''
                    const row = rowOf(stage)
                    return (
                      <tr key={stage}>
                        <td className="stage-cell">
                          {stage}
                          {row && (
                            <Meter
                              share={row.reached / most}
                              label={t('funnel.share', {
                                share: format.percent(row.reached / most),
                              })}
                            />
                          )}
                        </td>
                        <td className="num">
                          <a href={to.reached(stage)}>{format.count(row?.reached)}</a>
                        </td>
                        <td className="num">
                          <a href={to.advanced(stage)}>{format.count(row?.advanced)}</a>
                        </td>
                        <td className="num">
                          <a href={to.lost(stage)}>{format.count(row?.lost)}</a>
                        </td>
                        <td className="num">
                          <a href={to.open(stage)}>{format.count(c.open)}</a>
                        </td>
                        <td className="num">
                          <a href={to.expired(stage)}>{format.count(c.expired)}</a>
                        </td>
                        <td className="num">
                          <a href={to.threshold(stage)}>{format.hours(row?.p90_hours)}</a>
                        </td>
                        <td className="num">
                          <a href={to.closed(stage)}>{format.count(c.n)}</a>
                        </td>
                        <td className="num">
                          <a href={to.closed(stage)}>{format.hours(c.median_hours)}</a>
                        </td>
                        <td className="num">
                          <a href={to.closed(stage)}>{format.hours(c.p90_hours)}</a>
                        </td>
                        <td className="num">
                          <a href={to.late(stage)}>{format.percent(c.compliance)}</a>
                        </td>
                      </tr>
                    )
                  })}
                  {won && (
                    <tr>
                      <td className="stage-cell">
                        {won.stage}
                        <Meter
                          share={won.reached / most}
                          label={t('funnel.share', { share: format.percent(won.reached / most) })}
                        />
                      </td>
                      <td className="num">
                        <a href={to.reached(won.stage)}>{format.count(won.reached)}</a>
                      </td>
                      <td colSpan={COLUMNS.length - 1} />
                    </tr>
                  )}
                </tbody>
              </table>
            </div>
          </>
        )}
      </Loading>
    </Panel>
  )
}
