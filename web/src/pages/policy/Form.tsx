// The policy as forms, in sections. What they do not show stays as it is in the text.
import { useMemo } from 'react'
import { Notice } from '@ui/blocks'
import { Segments } from '@ui/fields'
import { useText } from '@/i18n'
import { go, hrefHere, useRoute } from '@/data/route'
import { Calendars } from './Calendars'
import { Figures } from './Figures'
import { Funnel } from './Funnel'
import { Overrides } from './Overrides'
import { Rules } from './Rules'
import { type Table, readPolicy, writePolicy } from './toml'
import { Triggers } from './Triggers'

const SECTIONS = ['figures', 'funnel', 'sla', 'overrides', 'calendars', 'triggers'] as const

export function Form({
  text,
  resolved,
  isReadOnly,
  onChange,
}: {
  text: string
  /** The policy with its defaults, as the server last understood it. */
  resolved: string
  /** Who may not try a policy can look at all of this one. */
  isReadOnly: boolean
  onChange: (text: string) => void
}) {
  const t = useText()
  const route = useRoute()
  const policy = useMemo(() => readPolicy(text), [text])
  const usual = useMemo(() => readPolicy(resolved), [resolved])
  const section = SECTIONS.find((s) => s === route.query.get('section')) ?? 'figures'
  if (typeof policy === 'string' || typeof usual === 'string') {
    return (
      <Notice isBad title={t('policy.noForm')}>
        <pre className="mono">{String(policy)}</pre>
      </Notice>
    )
  }
  const part = { policy, resolved: usual, write: (next: Table) => onChange(writePolicy(next)) }
  return (
    <>
      <div className="row">
        <Segments
          label={t('policy.sections')}
          value={section}
          choices={SECTIONS.map((s) => [s, t(`policy.section.${s}`)])}
          onChange={(s) => go(hrefHere(route, { section: s }), 'replace')}
        />
      </div>
      {!isReadOnly && <p className="muted">{t('policy.formHint')}</p>}
      <fieldset className="plain stack" disabled={isReadOnly}>
        {section === 'figures' && <Figures {...part} />}
        {section === 'funnel' && <Funnel {...part} />}
        {section === 'sla' && <Rules {...part} />}
        {section === 'overrides' && <Overrides {...part} />}
        {section === 'calendars' && <Calendars {...part} />}
        {section === 'triggers' && <Triggers {...part} />}
      </fieldset>
    </>
  )
}
