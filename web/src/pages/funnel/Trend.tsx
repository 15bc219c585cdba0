// How the stages' times move from week to week.
import { useCallback, useMemo } from 'react'
import { Chart, type Look } from '@/charts/Chart'
import { lines } from '@/charts/lines'
import { Loading, Panel } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { Cell } from '@/data/client'
import { useTurnaround } from '@/data/queries'
import { go, hrefTo, useFilters, usePeriod, useRoute } from '@/data/route'
import type { Metric } from './Funnel'
import { CLOSED } from './Stages'

const WEEK_MS = 7 * 86_400_000

const valueOf = (cell: Cell | undefined, metric: Metric): number | null =>
  (metric === 'compliance'
    ? cell?.compliance
    : metric === 'p90'
      ? cell?.p90_hours
      : cell?.median_hours) ?? null

export function Trend({ metric, stages }: { metric: Metric; stages: readonly string[] }) {
  const t = useText()
  const query = useTurnaround('week,stage', { ...useFilters(), ...usePeriod() })
  return (
    <Panel title={t('funnel.trend', { metric: t(`figures.${metric}.name`) })}>
      <Loading of={query} lines={6}>
        {({ items, from, to }) => (
          <Drawing cells={items} period={{ from, to }} metric={metric} stages={stages} />
        )}
      </Loading>
    </Panel>
  )
}

/** A week as far as it is in the period, whose first and last week may be cut. */
export function weekWithin(week: string, period: { from: string; to: string }) {
  const begin = Date.parse(week)
  const end = begin + WEEK_MS
  return {
    from: Date.parse(period.from) > begin ? period.from : week,
    to: Date.parse(period.to) < end ? period.to : new Date(end).toISOString().slice(0, 10),
  }
}

function Drawing({
  cells,
  period,
  metric,
  stages,
}: {
  cells: readonly Cell[]
  period: { from: string; to: string }
  metric: Metric
  stages: readonly string[]
}) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const weeks = useMemo(
    () => [...new Set(cells.flatMap((c) => (c.week && c.n > 0 ? [c.week] : [])))].sort(),
    [cells],
  )
  const series = useMemo(() => {
    const at = new Map(cells.map((c) => [`${c.stage} ${c.week}`, c]))
    return stages.map((stage) => ({
      name: stage,
      values: weeks.map((week) => valueOf(at.get(`${stage} ${week}`), metric)),
    }))
  }, [cells, metric, stages, weeks])
  const option = useCallback(
    (look: Look) =>
      lines(look, weeks, series, {
        day: (day) => format.day(day),
        value: metric === 'compliance' ? format.percent : format.hours,
      }),
    [weeks, series, metric, format],
  )
  return (
    <div className="panel-body">
      <Chart
        label={t('funnel.trendLabel', {
          metric: t(`figures.${metric}.name`),
          from: weeks[0] ? format.day(weeks[0]) : '–',
          to: format.day(weeks.at(-1) ?? Date.now()),
        })}
        option={option}
        onPick={(stage, week) => {
          if (Number.isNaN(Date.parse(week))) return
          const { from, to } = weekWithin(week, period)
          go(hrefTo(route, 'cell', { visit_stage: [stage], kind: CLOSED, from, to }))
        }}
      />
    </div>
  )
}
