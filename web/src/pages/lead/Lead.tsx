// One lead: who it is, why it stands where it does, what happened, and what to do.
import { useState } from 'react'
import { ActionBar, ACTIONS } from '@/actions/ActionBar'
import { ActionDialog, type Asked } from '@/actions/ActionDialog'
import { useActions, type ActionKind } from '@/actions/actions'
import { Badge, FigureName, Loading, Panel, TierBadge } from '@ui/blocks'
import { Icon } from '@ui/Icon'
import { useFormat, useText } from '@/i18n'
import type { LeadAnswer } from '@/data/client'
import { useKeys } from '@/data/keys'
import { useLead } from '@/data/queries'
import { DIMENSIONS, hrefTo, useFilters, useRoute } from '@/data/route'
import { useMay } from '@/session/may'
import { History } from './History'
import { Score } from './Score'
import { ScoreHistory } from './ScoreHistory'
import { Threshold } from './Threshold'
import { Visits } from './Visits'
import './lead.css'

function Head({ data, onAsk }: { data: LeadAnswer; onAsk: (kind: ActionKind) => void }) {
  const t = useText()
  const format = useFormat()
  const { run } = useActions()
  const { lead } = data
  const isOpen = lead.state === 'open'
  return (
    <header className="page-head">
      <div className="grow">
        <h1>
          <bdi>{lead.name || lead.lead_id}</bdi>{' '}
          <span className="muted mono lead-id">{lead.lead_id}</span>
        </h1>
        <p className="row">
          <Badge kind={lead.state}>{t(`leadState.${lead.state}`)}</Badge>
          <span>{lead.stage}</span>
          {lead.tier && <TierBadge tier={lead.tier} />}
          {lead.score !== undefined && <strong>{format.score(lead.score)}</strong>}
          {lead.status && <Badge kind={lead.status}>{t(`status.${lead.status}`)}</Badge>}
          {lead.dormant && <Badge kind="dormant">{t('status.dormant')}</Badge>}
          {lead.rank !== undefined && (
            <span className="muted">
              {t('lead.rank', { rank: format.count(lead.rank), dealer: lead.dealer })}
            </span>
          )}
        </p>
      </div>
      {isOpen ? (
        <ActionBar onAsk={onAsk} />
      ) : (
        <button
          type="button"
          className="button"
          onClick={() => run({ leads: [lead.lead_id], wish: { kind: 'reopen' } })}
        >
          <Icon name="undo" /> {t('actions.reopen')}
        </button>
      )}
    </header>
  )
}

function Facts({ data }: { data: LeadAnswer }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const { lead } = data
  const value =
    lead.value === null
      ? '–'
      : new Intl.NumberFormat(format.locale, { maximumFractionDigits: 0 }).format(lead.value)
  return (
    <Panel title={t('lead.facts')}>
      <dl className="facts panel-body">
        {DIMENSIONS.map((d) => (
          <div key={d} className="contents">
            <dt>{t(`dimension.${d}`)}</dt>
            <dd>
              <a href={hrefTo(route, 'leads', { [d]: [lead[d]] })}>
                <bdi>{lead[d] || t('filter.none')}</bdi>
              </a>
            </dd>
          </div>
        ))}
        <dt>{t('lead.phone')}</dt>
        <dd>
          {lead.phone ? (
            <a href={`tel:${lead.phone}`} dir="ltr">
              {lead.phone}
            </a>
          ) : (
            '–'
          )}
        </dd>
        <dt>{t('lead.email')}</dt>
        <dd>
          {lead.email ? (
            <a href={`mailto:${lead.email}`} dir="ltr">
              {lead.email}
            </a>
          ) : (
            '–'
          )}
        </dd>
        <dt>{t('lead.consent')}</dt>
        <dd>{lead.consent || '–'}</dd>
        <dt>{t('lead.value')}</dt>
        <dd>{value}</dd>
        <dt>{t('lead.campaign')}</dt>
        <dd>
          <bdi>{lead.campaign || '–'}</bdi>
        </dd>
        <dt>{t('lead.created')}</dt>
        <dd>{format.full(lead.created_at)}</dd>
        {Object.entries(lead.attributes).map(([name, text]) => (
          <div key={name} className="contents">
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

export default function Lead() {
  const t = useText()
  const route = useRoute()
  const id = route.part
  const query = useLead(id, useFilters().as_of)
  const [asked, setAsked] = useState<Asked | null>(null)
  const may = useMay()
  const ask = (kind: ActionKind) => {
    if (may.act) setAsked({ kind, leads: [id] })
  }
  useKeys(Object.fromEntries(ACTIONS.map(({ kind, key }) => [key, () => ask(kind)])))
  return (
    <>
      <p className="no-print">
        <a href={hrefTo(route, 'today')}>
          <Icon name="back" /> {t('lead.back')}
        </a>
      </p>
      <Loading of={query} lines={14}>
        {(data) => (
          <>
            <Head data={data} onAsk={ask} />
            <div className="lead-columns">
              <div className="stack">
                <Panel title={t('lead.visits')} tools={<FigureName id="threshold" />}>
                  <Visits data={data} />
                </Panel>
                <ScoreHistory id={id} name={data.lead.name || id} />
                <History data={data} />
              </div>
              <div className="stack">
                {data.explanation.score && <Score explanation={data.explanation} />}
                {data.explanation.threshold && <Threshold explanation={data.explanation} />}
                <Facts data={data} />
              </div>
            </div>
          </>
        )}
      </Loading>
      <ActionDialog asked={asked} onClose={() => setAsked(null)} />
    </>
  )
}
