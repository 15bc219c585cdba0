// A month to choose a period from: the week begins, and its weekend is shaded, as in the market.
import { type CalendarDate, parseDate } from '@internationalized/date'
import {
  Button,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
  I18nProvider,
  RangeCalendar,
} from 'react-aria-components'
import { Icon } from '@ui/Icon'
import { useFormat, useText } from '@/i18n'
import { DAYS, useWeek, weekdayOf } from '@/data/week'

const dateOf = (day: string | null): CalendarDate | null => {
  try {
    return day ? parseDate(day.slice(0, 10)) : null
  } catch {
    return null
  }
}

/** `to` is the day after the last one. */
export default function PeriodCalendar({
  from,
  to,
  onChange,
}: {
  from: string | null
  to: string | null
  onChange: (from: string, to: string) => void
}) {
  const t = useText()
  const { locale } = useFormat()
  const week = useWeek()
  const start = dateOf(from)
  const end = dateOf(to)?.subtract({ days: 1 }) ?? null
  const value = start && end && start.compare(end) <= 0 ? { start, end } : null
  const iso = (day: { toString: () => string }) => day.toString().slice(0, 10)
  return (
    <I18nProvider locale={locale}>
      <RangeCalendar
        className="month"
        aria-label={t('period.range')}
        firstDayOfWeek={DAYS[week.first - 1] ?? 'mon'}
        value={value}
        onChange={(range) => onChange(iso(range.start), iso(range.end.add({ days: 1 })))}
      >
        <header className="row">
          <Button slot="previous" className="button quiet">
            <Icon name="back" />
          </Button>
          <Heading className="grow" />
          <Button slot="next" className="button quiet">
            <Icon name="next" />
          </Button>
        </header>
        {/* Short names of Arabic are the whole names. */}
        <CalendarGrid weekdayStyle={locale.startsWith('ar') ? 'narrow' : 'short'}>
          <CalendarGridHeader>
            {(day) => <CalendarHeaderCell>{day}</CalendarHeaderCell>}
          </CalendarGridHeader>
          <CalendarGridBody>
            {(date) => (
              <CalendarCell
                date={date}
                className={week.weekend.has(weekdayOf(gregorian(date))) ? 'day off' : 'day'}
              />
            )}
          </CalendarGridBody>
        </CalendarGrid>
      </RangeCalendar>
    </I18nProvider>
  )
}

const gregorian = (date: CalendarDate): string => date.toDate('UTC').toISOString()
