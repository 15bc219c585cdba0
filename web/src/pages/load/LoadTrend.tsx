// Load and relaxation of one dealer and nameplate, day by day.
import { useCallback } from 'react'
import { Chart, type Look } from '@/charts/Chart'
import { lines } from '@/charts/lines'
import { Loading } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import { useDailyLoad } from '@/data/queries'
import { useFilters } from '@/data/route'
import { useWeek, weekdayOf } from '@/data/week'
import type { Schema } from '@/data/client'

type Day = Schema['DailyLoadAnswer']['items'][number]

function Drawing({ days, label }: { days: readonly Day[]; label: string }) {
  const t = useText()
  const format = useFormat()
  const { weekend } = useWeek()
  const off = [...weekend].join()
  const option = useCallback(
    (look: Look) =>
      lines(
        look,
        days.map((d) => d.day),
        [
          { name: t('figures.loadFactor.name'), values: days.map((d) => d.load_factor) },
          { name: t('figures.relaxation.name'), values: days.map((d) => d.relaxation) },
        ],
        { day: format.day, value: format.percent },
        (day) => off.includes(String(weekdayOf(day))),
      ),
    [days, off, t, format],
  )
  return <Chart label={t('load.trendOf', { pair: label })} option={option} />
}

export function LoadTrend({ dealer, nameplate }: { dealer: string; nameplate: string }) {
  const query = useDailyLoad(dealer, nameplate, useFilters().as_of)
  return (
    <div className="panel-body">
      <Loading of={query}>
        {({ items }) => <Drawing days={items} label={`${dealer} · ${nameplate}`} />}
      </Loading>
    </div>
  )
}
