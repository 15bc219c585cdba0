// The funnel: where leads pass, wait and are lost; delay by whatever it is grouped by.
import { memo, useDeferredValue } from 'react'
import { useText } from '@/i18n'
import {
  type Dimension,
  DIMENSIONS,
  type Route,
  RouteOf,
  go,
  hrefHere,
  useRoute,
} from '@/data/route'
import { useStages } from '@/data/stages'
import { Heatmap } from './Heatmap'
import { Leaderboard } from './Leaderboard'
import { Stages } from './Stages'
import { Trend } from './Trend'
import './funnel.css'

export type Metric = 'p90' | 'median' | 'compliance'
const METRICS: readonly Metric[] = ['p90', 'median', 'compliance']

const byOf = (route: Route): Dimension =>
  DIMENSIONS.find((d) => d === route.query.get('by')) ?? 'region'
const metricOf = (route: Route): Metric =>
  METRICS.find((m) => m === route.query.get('metric')) ?? 'p90'

/** What an address says, drawn anew for another address alone. */
const Figures = memo(function Figures({ route }: { route: Route }) {
  const stages = useStages()
  const [by, metric] = [byOf(route), metricOf(route)]
  return (
    <RouteOf value={route}>
      <Stages />
      <Heatmap by={by} metric={metric} stages={stages} />
      <div className="columns-2">
        <Trend metric={metric} stages={stages} />
        <Leaderboard by={by} stages={stages} />
      </div>
    </RouteOf>
  )
})

export default function Funnel() {
  const t = useText()
  const route = useRoute()
  // Tables and chart are drawn aside: the button that asked for them answers at once.
  const drawn = useDeferredValue(route)
  return (
    <div className="stack" aria-busy={drawn !== route}>
      <header className="page-head">
        <h1 className="grow">{t('pages.funnel')}</h1>
        <label className="row">
          <span className="muted">{t('funnel.by')}</span>
          <select
            className="input narrow"
            value={byOf(route)}
            onChange={(e) => go(hrefHere(route, { by: e.target.value }), 'replace')}
          >
            {DIMENSIONS.map((d) => (
              <option key={d} value={d}>
                {t(`dimension.${d}`)}
              </option>
            ))}
          </select>
        </label>
        <div className="segments" role="group" aria-label={t('funnel.metric')}>
          {METRICS.map((m) => (
            <button
              key={m}
              type="button"
              aria-pressed={m === metricOf(route)}
              onClick={() => go(hrefHere(route, { metric: m }), 'replace')}
            >
              {t(`figures.${m}.name`)}
            </button>
          ))}
        </div>
      </header>
      <Figures route={drawn} />
    </div>
  )
}
