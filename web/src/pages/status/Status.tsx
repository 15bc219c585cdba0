// Status: what the service did, whether it is well, and what it answers from.
import type { ReactNode } from 'react'
import { useQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Badge, Loading, Panel } from '@ui/blocks'
import { Table } from '@ui/Table'
import { type Messages, useFormat, useText } from '@/i18n'
import { answer, api } from '@/data/client'
import { useFacets, useRuns } from '@/data/queries'
import { useConnection } from '@/data/stream'
import { useMetrics } from './metrics'

function useReady() {
  return useQuery({
    queryKey: ['ready'],
    refetchInterval: 10_000,
    queryFn: async ({ signal }) => {
      const response = await fetch('/readyz', { signal })
      return { isReady: response.ok, text: await response.text() }
    },
  })
}

const MIB = 1_048_576

/** The store, the figures in memory and the streams, as the service counts them. */
function Inside() {
  const t = useText()
  const format = useFormat()
  const metrics = useMetrics()
  return (
    <Panel title={t('status_page.inside')}>
      <Loading of={metrics} lines={6}>
        {(all) => {
          const count = (name: string) => format.count(all.get(`pursuit_${name}`))
          const seconds = (name: string) => {
            const value = all.get(`pursuit_${name}`)
            return format.hours(value === undefined ? value : value / 3_600)
          }
          const facts: [keyof Messages['status_page']['fact'], ReactNode][] = [
            ['commits', count('store_commits_total')],
            ['errors', count('store_errors_total')],
            [
              'disk',
              all.get('pursuit_store_disk_full') ? (
                <Badge kind="failed">{t('status_page.full')}</Badge>
              ) : (
                <Badge kind="done">{t('status_page.free')}</Badge>
              ),
            ],
            ['events', count('engine_events')],
            ['memory', format.count((all.get('pursuit_engine_bytes') ?? 0) / MIB)],
            ['waiting', count('engine_waiting_rows')],
            ['refreshed', seconds('refresh_age_seconds')],
            ['streams', count('http_streams')],
            ['connections', count('http_connections')],
          ]
          return (
            <dl className="facts panel-body">
              {facts.map(([name, value]) => (
                <div key={name} className="contents">
                  <dt>{t(`status_page.fact.${name}`)}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )
        }}
      </Loading>
    </Panel>
  )
}

export default function Status() {
  const t = useText()
  const format = useFormat()
  const client = useQueryClient()
  const runs = useRuns()
  const ready = useReady()
  const facets = useFacets({})
  const connection = useConnection()
  const refresh = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/refresh', {})),
    onSuccess: () => client.invalidateQueries(),
  })
  const took = (run: { started_at: string; ended_at: string | null }): string =>
    run.ended_at
      ? t('status_page.ms', {
          ms: format.count(Date.parse(run.ended_at) - Date.parse(run.started_at)),
        })
      : '–'
  return (
    <div className="stack">
      <header className="page-head">
        <h1 className="grow">{t('pages.status')}</h1>
        <button
          type="button"
          className="button"
          disabled={refresh.isPending}
          onClick={() => refresh.mutate()}
        >
          {refresh.isPending ? t('state.loading') : t('status_page.refresh')}
        </button>
      </header>
      <div className="columns-2">
        <Panel title={t('status_page.service')}>
          <dl className="facts panel-body">
            <dt>{t('status_page.ready')}</dt>
            <dd>
              {ready.data?.isReady ? (
                <Badge kind="done">{t('status_page.yes')}</Badge>
              ) : (
                <Badge kind="failed">{ready.data?.text ?? t('state.loading')}</Badge>
              )}
            </dd>
            <dt>{t('status_page.stream')}</dt>
            <dd>{t(`connection.${connection}`)}</dd>
            <dt>{t('status_page.leads')}</dt>
            <dd>
              {format.count(facets.data?.leads)} ({format.count(facets.data?.state.open)}{' '}
              {t('leadState.open')})
            </dd>
            <dt>{t('status_page.asOf')}</dt>
            <dd>{facets.data ? format.full(facets.data.as_of) : '–'}</dd>
            <dt>{t('pages.policy')}</dt>
            <dd className="mono">{facets.data?.policy.slice(0, 16)}</dd>
          </dl>
        </Panel>
        <Inside />
      </div>
      <Panel title={t('status_page.runs')}>
        <Loading of={runs} lines={6}>
          {({ items }) => (
            <Table
              rows={items}
              keyOf={(run) => run.id}
              empty={t('status_page.noRuns')}
              columns={[
                { id: 'kind', head: t('status_page.kind'), cell: (run) => run.kind },
                {
                  id: 'started',
                  head: t('status_page.started'),
                  className: 'nowrap',
                  cell: (run) => format.full(run.started_at),
                },
                { id: 'took', head: t('status_page.took'), isNumber: true, cell: took },
                {
                  id: 'state',
                  head: t('leads.status'),
                  cell: (run) => (
                    <>
                      <Badge kind={run.status}>{t(`status_page.state.${run.status}`)}</Badge>{' '}
                      {run.message}
                    </>
                  ),
                },
                {
                  id: 'counts',
                  head: t('status_page.counts'),
                  cell: (run) =>
                    Object.entries(run.counts)
                      .map(([name, n]) => `${name} ${format.count(n)}`)
                      .join(' · '),
                },
              ]}
            />
          )}
        </Loading>
      </Panel>
    </div>
  )
}
