// The leads behind a number of the funnel: those with such a visit.
import { Loading, Notice, Panel } from '@ui/blocks'
import { Icon } from '@ui/Icon'
import { useFormat, useText } from '@/i18n'
import { useCellLeads } from '@/data/queries'
import { hrefTo, splitList, useFilters, usePeriod, useRoute } from '@/data/route'
import { SheetMenu } from '@/shell/SheetMenu'
import { LeadTable } from '../leads/LeadTable'

export default function CellLeads() {
  const t = useText()
  const format = useFormat()
  const route = useRoute()
  const visit_stage = route.query.get('visit_stage')
  const category = route.query.get('category')
  const kind = route.query.get('kind')
  const query = useCellLeads({
    ...useFilters(),
    ...usePeriod(),
    ...(visit_stage ? { visit_stage } : {}),
    ...(category ? { category } : {}),
    ...(kind ? { kind } : {}),
  })
  const first = query.data?.pages[0]
  const leads = query.data?.pages.flatMap((page) => page.items) ?? []
  const stages = visit_stage ? splitList(visit_stage).join(t('why.and')) : t('funnel.anyStage')
  const judged = category
    ? splitList(category)
        .map((c) => t(`category.${c as 'none'}`))
        .join(t('why.and'))
    : ''
  const ended = kind === 'lost' ? t('figures.lostThere.name') : ''
  return (
    <div className="stack">
      <p className="no-print">
        <a href={hrefTo(route, 'funnel')}>
          <Icon name="back" /> {t('pages.funnel')}
        </a>
      </p>
      <h1>
        {t('funnel.behind', { stages })} {judged} {ended}
      </h1>
      <Panel
        title={
          first &&
          t('funnel.visitsOf', {
            visits: first.visits ?? 0,
            shownVisits: format.count(first.visits),
            n: first.total,
            shown: format.count(first.total),
          })
        }
        tools={<SheetMenu name="leads" items={leads} />}
      >
        <Loading of={query} lines={12}>
          {() =>
            leads.length === 0 ? (
              <Notice title={t('leads.empty')} />
            ) : (
              <LeadTable
                leads={leads}
                total={first?.total}
                hasMore={query.hasNextPage}
                onMore={() => void query.fetchNextPage()}
              />
            )
          }
        </Loading>
      </Panel>
    </div>
  )
}
