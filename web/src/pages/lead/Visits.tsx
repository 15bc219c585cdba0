// The visits of a lead in time, each against its SLA and, where it is open, its P90.
import { Badge } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import type { LeadAnswer, Schema } from '@/data/client'

type Visit = Schema['Visit']

/** A bar of the visit's own length; marks where SLA and threshold lie, on the scale of all. */
function Bar({
  visit,
  threshold,
  longest,
}: {
  visit: Visit
  threshold: number | null
  longest: number
}) {
  const t = useText()
  const format = useFormat()
  const at = (hours: number) => `${(100 * hours) / longest}%`
  return (
    <div className="visit-bar">
      <span className={`visit-time ${visit.category}`} style={{ inlineSize: at(visit.hours) }} />
      {visit.effective_sla_hours !== null && (
        <span
          className="visit-mark sla"
          style={{ insetInlineStart: at(visit.effective_sla_hours) }}
          title={t('lead.slaAt', { hours: format.hours(visit.effective_sla_hours) })}
        />
      )}
      {threshold !== null && (
        <span
          className="visit-mark p90"
          style={{ insetInlineStart: at(threshold) }}
          title={t('lead.p90At', { hours: format.hours(threshold) })}
        />
      )}
    </div>
  )
}

export function Visits({ data }: { data: LeadAnswer }) {
  const t = useText()
  const format = useFormat()
  const { visits, threshold } = data.explanation
  const limit = threshold?.hours ?? null
  const longest = Math.max(
    1,
    ...visits.map((v) => Math.max(v.hours, v.effective_sla_hours ?? 0)),
    limit ?? 0,
  )
  return (
    <>
      <div className="scroll-x" tabIndex={0}>
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('dimension.stage')}</th>
              <th scope="col">{t('lead.entered')}</th>
              <th scope="col" className="num">
                {t('lead.took')}
              </th>
              <th scope="col" className="visit-cell">
                <span className="key sla" aria-hidden="true" /> {t('lead.sla')}{' '}
                <span className="key p90" aria-hidden="true" /> {t('lead.p90')}
              </th>
              <th scope="col" className="num">
                {t('lead.sla')}
              </th>
              <th scope="col">{t('lead.judged')}</th>
              <th scope="col">{t('lead.ended')}</th>
            </tr>
          </thead>
          <tbody>
            {visits.map((v) => (
              <tr key={v.visit}>
                <td className="nowrap">{v.stage}</td>
                <td className="nowrap muted">{format.moment(v.entered_at)}</td>
                <td className="num">{format.hours(v.hours)}</td>
                <td className="visit-cell">
                  <Bar visit={v} threshold={v.kind === 'open' ? limit : null} longest={longest} />
                </td>
                <td className="num">{format.hours(v.effective_sla_hours)}</td>
                <td>
                  <Badge kind={v.category}>{t(`category.${v.category}`)}</Badge>
                </td>
                <td className="nowrap">{t(`visit.${v.kind}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="panel-body muted">
        {t('lead.overall', {
          hours: format.hours(data.explanation.overall.hours),
          sla: format.hours(data.explanation.overall.effective_sla_hours),
          category: t(`category.${data.explanation.overall.category}`),
        })}
      </p>
    </>
  )
}
