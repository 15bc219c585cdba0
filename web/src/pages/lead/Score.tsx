// The score in parts, and what would make the lead Hot.
import { FigureName, PARTS, Panel, PartsBar } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'

type Explanation = Schema['Explanation']

export function Score({ explanation }: { explanation: Explanation }) {
  const t = useText()
  const format = useFormat()
  const { score, to_be_hot: hot, load, queue } = explanation
  if (!score || !hot) return null
  const parts = Object.fromEntries(
    Object.entries(score.contributions).map(([name, c]) => [name, c.contribution]),
  )
  return (
    <Panel
      title={
        <>
          <FigureName id="score" /> {format.score(score.score)}
        </>
      }
      tools={
        <span className="muted">
          {t('lead.cuts', {
            hot: format.score(score.hot_from),
            warm: format.score(score.warm_from),
          })}
        </span>
      }
    >
      <div className="panel-body stack">
        <PartsBar parts={parts} />
        <table className="grid plain">
          <thead className="hidden-visually">
            <tr>
              <th scope="col">{t('lead.part')}</th>
              <th scope="col">{t('lead.contribution')}</th>
              <th scope="col">{t('lead.most')}</th>
            </tr>
          </thead>
          <tbody>
            {PARTS.map((p) => {
              const c = score.contributions[p]
              return c ? (
                <tr key={p}>
                  <td>
                    <span className={`swatch part-${p}`} /> {t(`part.${p}`)}
                  </td>
                  <td className="num">{format.score(c.contribution)}</td>
                  <td className="num muted">{t('lead.ofMost', { most: format.score(c.most) })}</td>
                </tr>
              ) : null
            })}
          </tbody>
        </table>
        <div>
          <h3>{hot.is_hot ? t('lead.isHot') : t('lead.toBeHot')}</h3>
          {!hot.is_hot && !hot.possible && <p>{t('lead.notPossible')}</p>}
          <ul>
            {hot.levers.map((lever) => (
              <li key={`${lever.action} ${lever.stage}`} className="row">
                <span className="grow">
                  {t(`lead.lever.${lever.action}`, { stage: lever.stage })}
                </span>
                <span className="num">{format.score(lever.score)}</span>
                <span className={lever.hot ? 'tone-hot' : 'muted'}>{t(`tier.${lever.tier}`)}</span>
              </li>
            ))}
          </ul>
        </div>
        {load && (
          <p className="muted">
            {t('lead.load', {
              factor: format.percent(load.load_factor),
              band: t(`band.${load.band}`),
              relaxation: format.percent1(load.relaxation),
            })}
          </p>
        )}
        {queue && (
          <p className="muted">
            {t('lead.place', {
              rank: format.count(queue.rank),
              open: format.count(queue.open_leads),
              dealer: queue.dealer,
            })}
          </p>
        )}
      </div>
    </Panel>
  )
}
