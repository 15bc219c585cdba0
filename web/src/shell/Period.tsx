// The instant that figures are of, and the period of those about what ended within one.
import { Suspense, lazy } from 'react'
import { Skeleton } from '@ui/blocks'
import { TextField } from '@ui/fields'
import { Icon } from '@ui/Icon'
import { Popover } from '@ui/overlays'
import { useFormat, useText } from '@/i18n'
import { go, hrefHere, useRoute } from '@/data/route'

const PeriodCalendar = lazy(() => import('./PeriodCalendar'))

const DAY_MS = 86_400_000
const RANGES = [7, 30, 90] as const
const FIELDS = [
  ['as_of', 'asOfLabel'],
  ['from', 'from'],
  ['to', 'to'],
] as const

const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10)

export function Period() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const as_of = route.query.get('as_of')
  const from = route.query.get('from')
  const to = route.query.get('to')
  const set = (name: string, value: string) => {
    if (value === '' || !Number.isNaN(Date.parse(value))) go(hrefHere(route, { [name]: value }))
  }
  const text = as_of ? t('period.asOf', { day: format.day(as_of) }) : t('period.now')
  const within =
    from || to
      ? ` · ${from ? format.day(from) : '…'} – ${to ? format.day(to) : t('period.today')}`
      : ''
  const isSet = as_of || from || to
  return (
    <span className={isSet ? 'chip' : undefined}>
      <Popover
        className={isSet ? '' : 'button quiet'}
        title={t('period.title')}
        label={
          <>
            {!isSet && <Icon name="expiry" />}
            {text}
            {within}
          </>
        }
      >
        {() => (
          <div className="pad stack">
            {FIELDS.map(([name, label]) => (
              <TextField
                key={name}
                label={t(`period.${label}`)}
                type="date"
                {...(name === 'as_of' ? { max: dateOf(Date.now()) } : {})}
                value={route.query.get(name)?.slice(0, 10) ?? ''}
                onChange={(value) => set(name, value)}
              />
            ))}
            <Suspense fallback={<Skeleton lines={7} />}>
              <PeriodCalendar
                from={from}
                to={to}
                onChange={(first, end) => go(hrefHere(route, { from: first, to: end }))}
              />
            </Suspense>
            <div className="row">
              {RANGES.map((days) => (
                <button
                  key={days}
                  type="button"
                  className="button"
                  onClick={() =>
                    go(hrefHere(route, { from: dateOf(Date.now() - days * DAY_MS), to: null }))
                  }
                >
                  {t('period.last', { days })}
                </button>
              ))}
            </div>
          </div>
        )}
      </Popover>
      {isSet && (
        <button
          type="button"
          aria-label={t('period.clear')}
          onClick={() => go(hrefHere(route, { as_of: null, from: null, to: null }))}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  )
}
