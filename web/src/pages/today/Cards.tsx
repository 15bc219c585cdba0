// The four questions. Each card is a number and opens the leads behind it.
import type { ReactNode } from 'react'
import { type FigureId, FigureName, Skeleton } from '@ui/blocks'
import { useFormat, useText } from '@/i18n'
import { useExpiring, useFacets, useOpenCount, useTurnaround } from '@/data/queries'
import { hrefHere, hrefTo, useFilters, useRoute } from '@/data/route'

export const VIEWS = {
  open: {},
  hot: { tier: 'Hot' },
  risk: { tier: 'Hot', status: 'expired,dormant,overdue' },
} as const
export type View = keyof typeof VIEWS

function Card({
  figure,
  href,
  isChosen,
  value,
  of,
  children,
}: {
  figure: FigureId
  href: string
  isChosen: boolean
  value: string | undefined
  of: string
  children: ReactNode
}) {
  return (
    <li className={isChosen ? 'card chosen' : 'card'}>
      <h2>
        <FigureName id={figure} />
      </h2>
      {value === undefined ? (
        <Skeleton lines={2} />
      ) : (
        <>
          <a href={href} aria-current={isChosen || undefined} className="card-value">
            <span className="card-number">{value}</span> <span>{of}</span>
          </a>
          <p className="muted">{children}</p>
        </>
      )}
    </li>
  )
}

/** The stage with the lowest compliance; without SLAs, with most of its leads over their P90. */
function useStuck() {
  const filters = useFilters()
  const cells = useTurnaround('stage', filters)
  const rows = (cells.data?.items ?? []).filter((c) => c.open > 0)
  const judged = rows.filter((c) => c.compliance !== null)
  const worst =
    judged.length > 0
      ? judged.reduce((a, b) => ((b.compliance ?? 1) < (a.compliance ?? 1) ? b : a))
      : rows.reduce<(typeof rows)[number] | undefined>(
          (a, b) => (a && a.expired / a.open >= b.expired / b.open ? a : b),
          undefined,
        )
  return { isReady: cells.data !== undefined, worst }
}

export function Cards({ view }: { view: View }) {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const filters = useFilters()
  const facets = useFacets({ ...filters, state: 'open' })
  const over = useOpenCount({ ...filters, status: 'expired,dormant' })
  const risk = useOpenCount({ ...filters, ...VIEWS.risk })
  const soonHot = useExpiring({ ...filters, tier: 'Hot' }, '24h', 1)
  const soon = useExpiring(filters, '24h', 1)
  const stuck = useStuck()
  const open = facets.data?.leads
  const openText = format.count(open)
  const count = (n: number | undefined) => (n === undefined ? undefined : format.count(n))
  const here = (name: View) => hrefHere(route, { view: name === 'open' ? null : name, at: null })
  return (
    <ul className="cards">
      <Card
        figure="workToday"
        href={here(view === 'hot' ? 'open' : 'hot')}
        isChosen={view === 'hot'}
        value={count(facets.data?.tier.Hot)}
        of={t('today.hotOf', { open: openText })}
      >
        {t('today.tiers', {
          warm: format.count(facets.data?.tier.Warm),
          cold: format.count(facets.data?.tier.Cold),
        })}
      </Card>
      <Card
        figure="stuck"
        href={
          stuck.worst
            ? hrefTo(route, 'leads', {
                stage: stuck.worst.stage ?? null,
                status: 'expired',
                state: 'open',
              })
            : hrefTo(route, 'funnel')
        }
        isChosen={false}
        value={stuck.isReady ? (stuck.worst?.stage ?? '–') : undefined}
        of={
          stuck.worst
            ? t('today.overP90', {
                n: format.count(stuck.worst.expired),
                open: format.count(stuck.worst.open),
              })
            : ''
        }
      >
        {stuck.worst && stuck.worst.compliance !== null
          ? t('today.within', { share: format.percent(stuck.worst.compliance) })
          : t('today.noSla')}
      </Card>
      <Card
        figure="notWorth"
        href={hrefTo(route, 'expiry')}
        isChosen={false}
        value={count(over.data)}
        of={t('today.ofOpen', { open: openText })}
      >
        {t('today.soon', { n: format.count(soon.data?.total) })}
      </Card>
      <Card
        figure="hotAtRisk"
        href={here(view === 'risk' ? 'open' : 'risk')}
        isChosen={view === 'risk'}
        value={count(risk.data)}
        of={t('today.ofHot', { hot: format.count(facets.data?.tier.Hot) })}
      >
        {t('today.soonHot', { n: format.count(soonHot.data?.total) })}
      </Card>
    </ul>
  )
}
