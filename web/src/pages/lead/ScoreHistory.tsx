// The score over the life of a lead, with the cut-offs of the tiers.
import { useCallback } from 'react'
import { Chart, type Look } from '@/charts/Chart'
import { timeLines } from '@/charts/lines'
import { FigureName, Loading, Panel } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { useScores } from '@/data/queries'
import { useFilters } from '@/data/route'

type Answer = Schema['ScoresAnswer']

function Drawing({ answer, name }: { answer: Answer; name: string }) {
  const t = useText()
  const format = useFormat()
  const option = useCallback(
    (look: Look) => {
      const { items, hot_from, warm_from } = answer
      const ends = [items[0]?.at, items.at(-1)?.at].filter((at) => at !== undefined)
      const flat = (value: number) => ends.map((at) => [at, value] as const)
      return timeLines(
        look,
        [
          {
            name: t('figures.score.name'),
            values: items.map(({ at, score }) => [at, score] as const),
          },
          { name: t('lead.hotFrom'), values: flat(hot_from), isLimit: true },
          { name: t('lead.warmFrom'), values: flat(warm_from), isLimit: true },
        ],
        { time: format.moment, value: format.score },
      )
    },
    [answer, t, format],
  )
  return <Chart label={t('lead.scoresLabel', { name })} option={option} height={200} />
}

export function ScoreHistory({ id, name }: { id: string; name: string }) {
  const t = useText()
  const query = useScores(id, useFilters().as_of)
  return (
    <Panel title={<FigureName id="scoreHistory">{t('lead.scores')}</FigureName>}>
      <Loading of={query} lines={5}>
        {(answer) => (
          <div className="panel-body">
            <Drawing answer={answer} name={name} />
          </div>
        )}
      </Loading>
    </Panel>
  )
}
