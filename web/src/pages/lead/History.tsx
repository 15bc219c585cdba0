// Everything that happened to a lead, newest first: events, outcomes, signals, notes, and what
// people did here, which can be taken back.
import { useActions, useLeadActions } from '@/actions/actions'
import { Panel } from '@ui/blocks'
import { Icon } from '@ui/Icon'
import { useFormat, useText } from '@/i18n'
import type { LeadAnswer } from '@/data/client'

function Actions({ id }: { id: string }) {
  const t = useText()
  const format = useFormat()
  const actions = useLeadActions(id)
  const { takeBack } = useActions()
  const items = actions.data?.items ?? []
  if (items.length === 0) return null
  return (
    <ul className="panel-body history">
      {items.map((a) => (
        <li key={a.id}>
          <span className="muted nowrap">{format.moment(a.at)}</span>
          <span>
            <strong className={a.undone ? 'struck' : ''}>{t(`actions.${a.kind}`)}</strong>{' '}
            {a.owner && <bdi>{a.owner}</bdi>} {a.reason && <bdi>{a.reason}</bdi>}{' '}
            {a.until && format.day(a.until)} {a.text && <bdi>{a.text}</bdi>}
          </span>
          <span className="muted">
            <bdi>{a.author}</bdi>
          </span>
          {a.undone ? (
            <span className="muted">{t('lead.undone', { by: a.undone.by })}</span>
          ) : (
            <button type="button" className="button quiet" onClick={() => takeBack([a.id])}>
              <Icon name="undo" /> {t('actions.undo')}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** What happened, in words; of a kind that only its source knows, in the source's. */
function What({ item }: { item: LeadAnswer['timeline'][number] }) {
  const t = useText()
  const key = `lead.what.${item.what}` as 'lead.what.note'
  const isNamed = item.kind !== 'event' && item.kind !== 'signal' && t.has(key)
  return isNamed ? <>{t(key)}</> : <bdi>{item.what}</bdi>
}

export function History({ data }: { data: LeadAnswer }) {
  const t = useText()
  const format = useFormat()
  const events = [...data.timeline].reverse()
  return (
    <Panel title={t('lead.history')}>
      <Actions id={data.lead.lead_id} />
      <ul className="panel-body history">
        {events.map((e, i) => (
          <li key={i}>
            <span className="muted nowrap">{format.moment(e.at)}</span>
            <span>
              <strong>
                <What item={e} />
              </strong>{' '}
              {e.value !== undefined && (
                <span className="muted">
                  {e.value <= 1 ? format.percent(e.value) : format.count(e.value)}
                </span>
              )}{' '}
              {e.owner !== undefined && <bdi>{e.owner}</bdi>} {e.until && format.day(e.until)}{' '}
              {e.text && <bdi>{e.text}</bdi>}
            </span>
            <span className="muted">
              <bdi>{e.actor}</bdi>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
