// Which threshold holds, of which segment, and what the others would be.
import { FigureName, Panel } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'

/** The rung of all leads, whatever they are of. */
const WHOLE = 3

export function Threshold({ explanation }: { explanation: Schema['Explanation'] }) {
  const t = useText()
  const format = useFormat()
  const { threshold, expired_at, dormant_at } = explanation
  if (!threshold) return null
  return (
    <Panel
      title={
        <>
          <FigureName id="threshold" /> {format.hours(threshold.hours)}
        </>
      }
      tools={
        <span className="muted">
          {t('lead.inStage', { hours: format.hours(explanation.time_in_stage_hours) })}
        </span>
      }
    >
      <div className="scroll-x" tabIndex={0}>
        <table className="grid plain">
          <thead>
            <tr>
              <th scope="col">{t('lead.segment')}</th>
              <th scope="col" className="num">
                {t('lead.n')}
              </th>
              <th scope="col" className="num">
                {t('lead.p90')}
              </th>
              <th scope="col" className="num">
                <span title={t('lead.kmHint')}>{t('lead.km')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {threshold.rungs.map((rung) => (
              <tr key={rung.rung} aria-selected={rung.used}>
                <td>
                  <bdi>{rung.rung === WHOLE ? t('leads.all') : rung.segment}</bdi>{' '}
                  {rung.used && <strong>{t('lead.used')}</strong>}
                </td>
                <td className="num">{format.count(rung.n)}</td>
                <td className="num">{format.hours(rung.p90_hours)}</td>
                <td className="num">{format.hours(rung.km_p90_hours)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl className="facts panel-body">
        <dt>{t('lead.expiresAt')}</dt>
        <dd>{expired_at ? format.full(expired_at) : '–'}</dd>
        <dt>{t('lead.dormantAt')}</dt>
        <dd>{dormant_at ? format.full(dormant_at) : '–'}</dd>
      </dl>
    </Panel>
  )
}
