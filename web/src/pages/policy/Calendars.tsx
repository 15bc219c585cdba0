// Calendars: for each market its zone, its week, its holidays, and times in which the week is
// another (Ramadan hours, a change of weekend).
import { useState } from 'react'
import { Notice, Panel } from '@ui/blocks'
import { Field, SelectField, TextField } from '@ui/fields'
import { useFormat, useText } from '@/i18n'
import { useFacets } from '@/data/queries'
import { DAYS, weekOfClosed, weekOfLocale } from '@/data/week'
import { Add, Remove } from './Rules'
import {
  type Table,
  blocksOf,
  tableOf,
  tablesOf,
  textOf,
  textsOf,
  withItem,
  withValue,
} from './toml'

/** A Monday, to name days by. */
const MONDAY_MS = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000
const USUAL_HOURS = ['09:00-18:00']
const USUAL_WEEK = Object.fromEntries(DAYS.slice(0, 5).map((day) => [day, USUAL_HOURS]))
const EVERYWHERE = '*'

const zones: readonly string[] = Intl.supportedValuesOf('timeZone')

/** The days as the week of these hours has them. */
function useDays(weekly: Table): readonly { day: (typeof DAYS)[number]; name: string }[] {
  const { locale } = useFormat()
  const write = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  const days = DAYS.map((day, i) => ({ day, name: write.format(MONDAY_MS + i * DAY_MS) }))
  const closed = DAYS.flatMap((day, i) => (textsOf(weekly, day).length === 0 ? [i + 1] : []))
  const { first } = weekOfClosed(new Set(closed)) ?? weekOfLocale(locale)
  return [...days.slice(first - 1), ...days.slice(0, first - 1)]
}

/** Hours of a day as they are typed; told once they are hours. */
function Hours({
  name,
  blocks,
  onChange,
}: {
  name: string
  blocks: readonly string[]
  onChange: (blocks: readonly string[]) => void
}) {
  const t = useText()
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? blocks.join(' ')
  return (
    <Field label={name}>
      {(id) => (
        <input
          id={id}
          className="input mono"
          dir="ltr"
          placeholder={t('policy.closed')}
          aria-invalid={blocksOf(text) === null}
          value={text}
          onChange={(e) => {
            setTyped(e.target.value)
            const next = blocksOf(e.target.value)
            if (next) onChange(next)
          }}
          onBlur={() => {
            if (blocksOf(text)) setTyped(null)
          }}
        />
      )}
    </Field>
  )
}

function Week({ of, onChange }: { of: Table; onChange: (next: Table) => void }) {
  const weekly = tableOf(of, 'weekly')
  // In the order of the week as it was: fields do not jump while hours are typed.
  const [before] = useState(weekly)
  return (
    <div className="policy-fields policy-hours">
      {useDays(before).map(({ day, name }) => (
        <Hours
          key={day}
          name={name}
          blocks={textsOf(weekly, day)}
          onChange={(blocks) =>
            onChange(withValue(of, ['weekly', day], blocks.length > 0 ? blocks : undefined))
          }
        />
      ))}
    </div>
  )
}

function Holidays({ of, onChange }: { of: Table; onChange: (next: Table) => void }) {
  const t = useText()
  const format = useFormat()
  const days = [...textsOf(of, 'holidays')].sort()
  const put = (next: readonly string[]) => onChange({ ...of, holidays: next })
  const [day, setDay] = useState('')
  return (
    <fieldset className="choice">
      <legend>{t('policy.holidays')}</legend>
      <div className="row">
        {days.map((d) => (
          <span key={d} className="chip">
            <button
              type="button"
              aria-label={t('policy.removeHoliday', { day: format.day(d) })}
              onClick={() => put(days.filter((x) => x !== d))}
            >
              {format.day(d)} <span aria-hidden="true">×</span>
            </button>
          </span>
        ))}
        <input
          type="date"
          className="input narrow"
          aria-label={t('policy.holiday')}
          value={day}
          onChange={(e) => setDay(e.target.value)}
        />
        <button
          type="button"
          className="button"
          disabled={day === ''}
          onClick={() => {
            put([...new Set([...days, day])].sort())
            setDay('')
          }}
        >
          {t('policy.addHoliday')}
        </button>
      </div>
    </fieldset>
  )
}

function Periods({ of, onChange }: { of: Table; onChange: (next: Table) => void }) {
  const t = useText()
  const periods = tablesOf(of, 'period')
  const put = (next: readonly Table[]) =>
    onChange(withValue(of, ['period'], next.length > 0 ? next : undefined))
  const today = new Date().toISOString().slice(0, 10)
  const add = () => put([...periods, { from: today, to: today, weekly: tableOf(of, 'weekly') }])
  return (
    <fieldset className="choice stack">
      <legend>{t('policy.periods')}</legend>
      {periods.map((period, at) => (
        <div key={at} className="stack">
          <div className="row">
            {(['from', 'to'] as const).map((end) => (
              <TextField
                key={end}
                label={t(`policy.period.${end}`)}
                type="date"
                value={textOf(period[end]).slice(0, 10)}
                onChange={(day) => put(withItem(periods, at, { ...period, [end]: day }))}
              />
            ))}
            <Remove
              label={t('policy.removePeriod')}
              onPress={() => put(withItem(periods, at, null))}
            />
          </div>
          <Week of={period} onChange={(next) => put(withItem(periods, at, next))} />
        </div>
      ))}
      <div>
        <Add label={t('policy.addPeriod')} onPress={add} />
      </div>
    </fieldset>
  )
}

function Calendar({ of, onChange }: { of: Table; onChange: (next: Table | null) => void }) {
  const t = useText()
  const region = textOf(of['region'])
  const title = region === EVERYWHERE ? t('policy.otherMarkets') : region
  return (
    <Panel
      title={<bdi>{title || t('policy.newCalendar')}</bdi>}
      tools={<Remove label={t('policy.removeCalendar')} onPress={() => onChange(null)} />}
    >
      <div className="panel-body stack">
        <div className="row">
          <TextField
            label={t('policy.market')}
            list="policy-markets"
            value={region}
            onChange={(value) => onChange({ ...of, region: value })}
          />
          <TextField
            label={t('policy.zone')}
            list="policy-zones"
            dir="ltr"
            value={textOf(of['zone'])}
            onChange={(zone) => onChange({ ...of, zone })}
          />
        </div>
        <Week of={of} onChange={onChange} />
        <p className="muted">{t('policy.hoursHint')}</p>
        <Holidays of={of} onChange={onChange} />
        <Periods of={of} onChange={onChange} />
      </div>
    </Panel>
  )
}

export function Calendars({ policy, write }: { policy: Table; write: (policy: Table) => void }) {
  const t = useText()
  const facets = useFacets({})
  const calendars = tablesOf(policy, 'calendar')
  const put = (next: readonly Table[]) =>
    write(withValue(policy, ['calendar'], next.length > 0 ? next : undefined))
  const taken = new Set(calendars.map((c) => textOf(c['region'])))
  const markets = [...(facets.data?.region.map((v) => v.value) ?? []), EVERYWHERE]
  const add = () => {
    const region = markets.find((m) => !taken.has(m)) ?? ''
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    put([...calendars, { region, zone, weekly: USUAL_WEEK }])
  }
  const duration = textOf(tableOf(policy, 'time')['duration']) || 'elapsed'
  return (
    <>
      <div className="row">
        <SelectField
          label={t('policy.duration')}
          value={duration}
          choices={[
            ['elapsed', t('policy.elapsed')],
            ['working', t('policy.working')],
          ]}
          onChange={(value) => write(withValue(policy, ['time', 'duration'], value))}
        />
        <span className="grow" />
        <Add label={t('policy.addCalendar')} onPress={add} />
      </div>
      <datalist id="policy-markets">
        {markets.map((m) => (
          <option key={m} value={m} />
        ))}
      </datalist>
      <datalist id="policy-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {calendars.length === 0 && <Notice title={t('policy.noCalendars')} />}
      {calendars.map((calendar, at) => (
        <Calendar key={at} of={calendar} onChange={(next) => put(withItem(calendars, at, next))} />
      ))}
    </>
  )
}
