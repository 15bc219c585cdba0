// The week where the reader looks: of the one market in the filter, by its calendar in the policy;
// else as the reader's language has it. Days are numbered from Monday, 1, to Sunday, 7.
import { useQuery } from '@tanstack/react-query'
import { useFormat } from '@/i18n'
import { useMay } from '@/session/may'
import { usePolicy } from './queries'
import { splitList, useFilters } from './route'

export interface Week {
  first: number
  weekend: ReadonlySet<number>
}

/** As the policy names them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const wrapped = (day: number): number => ((day + 6) % 7) + 1

/** The week of days that are closed: it begins after the longest run of them. */
export function weekOfClosed(closed: ReadonlySet<number>): Week | null {
  if (closed.size === 0 || closed.size === 7) return null
  const runBefore = (day: number): number => {
    let run = 0
    while (closed.has(wrapped(day - 1 - run))) ++run
    return run
  }
  const open = [1, 2, 3, 4, 5, 6, 7].filter((day) => !closed.has(day))
  const first = open.reduce((a, b) => (runBefore(b) > runBefore(a) ? b : a))
  return { first, weekend: closed }
}

interface Info {
  firstDay: number
  weekend: number[]
}

/** A browser that does not know gets Monday, and Saturday and Sunday off. */
export function weekOfLocale(name: string): Week {
  const locale = new Intl.Locale(name) as { weekInfo?: Info; getWeekInfo?: () => Info }
  const { firstDay, weekend } = locale.getWeekInfo?.() ??
    locale.weekInfo ?? { firstDay: 1, weekend: [6, 7] }
  return { first: firstDay, weekend: new Set(weekend) }
}

/** The days on which a market is always closed, by the text of the policy; none without calendar. */
async function closedDays(policy: string, market: string): Promise<ReadonlySet<number>> {
  const { readPolicy, tableOf, tablesOf, textsOf } = await import('@/pages/policy/toml')
  const read = readPolicy(policy)
  if (typeof read === 'string') return new Set()
  const calendars = tablesOf(read, 'calendar')
  const own = [market, '*'].flatMap((m) => calendars.filter((c) => c['region'] === m))[0]
  if (!own) return new Set()
  const weekly = tableOf(own, 'weekly')
  return new Set(DAYS.flatMap((d, i) => (textsOf(weekly, d).length === 0 ? [i + 1] : [])))
}

export function useWeek(): Week {
  const { locale } = useFormat()
  const markets = splitList(useFilters().region ?? '')
  const market = markets.length === 1 ? (markets[0] ?? '') : ''
  const isAsked = useMay().readPolicy && market !== ''
  const policy = usePolicy(isAsked).data
  const closed = useQuery({
    queryKey: ['week', policy?.hash, market],
    enabled: isAsked && policy !== undefined,
    staleTime: Infinity,
    placeholderData: () => undefined,
    queryFn: () => closedDays(policy?.resolved ?? '', market),
  })
  return weekOfClosed((isAsked && closed.data) || new Set()) ?? weekOfLocale(locale)
}

/** Of a day written as 2026-11-23. */
export const weekdayOf = (day: string): number => new Date(day.slice(0, 10)).getUTCDay() || 7
