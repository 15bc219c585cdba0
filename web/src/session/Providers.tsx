// Sign in at an identity provider, where one is set up: a link that leads there, and words for what
// went wrong on the way back.
import { useQuery } from '@tanstack/react-query'
import { useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { useRoute } from '@/data/route'
import { call } from './session'

const PROBLEMS = [
  'over',
  'refused',
  'away',
  'busy',
  'answer',
  'no_role',
  'name_taken',
  'disabled',
  'failed',
] as const

/** Where the reader was, or wanted to be before an earlier try. */
function usePlace(): string {
  const route = useRoute()
  if (route.page === 'sign-in') return route.query.get('return') ?? ''
  return location.hash.replace(/^#/, '')
}

export function Providers() {
  const t = useText()
  const route = useRoute()
  const place = usePlace()
  const providers = useQuery({
    queryKey: ['providers'],
    queryFn: () => call<Schema['Providers']>('GET', 'session/providers'),
    staleTime: Infinity,
  }).data?.items
  const named = route.page === 'sign-in' ? route.query.get('problem') : null
  const problem = named === null ? null : (PROBLEMS.find((one) => one === named) ?? 'failed')
  if (!providers?.length && problem === null) return null
  return (
    <div className="stack">
      {problem && <p role="alert">{t(`signIn.problem.${problem}`)}</p>}
      {providers?.map((one) => (
        <a
          key={one.start}
          className="button primary"
          href={place ? `${one.start}?return=${encodeURIComponent(place)}` : one.start}
        >
          {t('signIn.at', { provider: one.label })}
        </a>
      ))}
      {!!providers?.length && <p className="muted">{t('signIn.orHere')}</p>}
    </div>
  )
}
