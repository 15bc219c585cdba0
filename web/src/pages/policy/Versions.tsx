// Who changed the policy and when. An earlier one is opened, tried, and put in force again.
import { Badge, Loading, Panel } from '@ui/blocks'
import { Table } from '@ui/Table'
import { toast } from '@ui/toasts'
import { useFormat, useText } from '@/i18n'
import { usePolicies } from '@/data/queries'
import { versionText } from './changes'

export function Versions({ inForce, onOpen }: { inForce: string; onOpen: (text: string) => void }) {
  const t = useText()
  const format = useFormat()
  const query = usePolicies()
  const open = (version: number) => {
    versionText(version).then(onOpen, (error: unknown) => toast(String(error)))
  }
  return (
    <Panel title={t('policy.versions')}>
      <Loading of={query} lines={3}>
        {({ items }) => (
          <Table
            rows={items}
            keyOf={(v) => v.version}
            empty={t('policy.noVersions')}
            columns={[
              {
                id: 'version',
                head: t('policy.version'),
                cell: (v) => format.count(v.version),
              },
              {
                id: 'at',
                head: t('policy.at'),
                className: 'nowrap',
                cell: (v) => format.full(v.at),
              },
              { id: 'author', head: t('policy.author'), cell: (v) => <bdi>{v.author}</bdi> },
              { id: 'why', head: t('policy.why'), cell: (v) => <bdi>{v.note}</bdi> },
              {
                id: 'open',
                head: t('policy.open'),
                isHeadHidden: true,
                isNumber: true,
                cell: (v, at) =>
                  at === 0 && v.hash === inForce ? (
                    <Badge kind="done">{t('policy.inForce')}</Badge>
                  ) : (
                    <button type="button" className="button" onClick={() => open(v.version)}>
                      {t('policy.open')}
                    </button>
                  ),
              },
            ]}
          />
        )}
      </Loading>
    </Panel>
  )
}
