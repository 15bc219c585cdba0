// Where somebody is signed in: which browser, from where, since when.
import type { ReactNode } from 'react'
import { Table } from '@ui/Table'
import { useFormat, useText } from '@/i18n'
import type { Schema } from '@/data/client'
import { agentName } from './agent'

type Session = Schema['Sessions']['items'][number]

interface Props<T> {
  sessions: readonly T[]
  /** What can be done with each. */
  action?: (session: T) => ReactNode
}

export function SessionTable<T extends Omit<Session, 'current'>>({ sessions, action }: Props<T>) {
  const t = useText()
  const format = useFormat()
  return (
    <Table
      rows={sessions}
      keyOf={(s) => s.id}
      empty={t('admin.noSessions')}
      columns={[
        {
          id: 'agent',
          head: t('account.browser'),
          cell: (s) => <span title={s.agent}>{agentName(s.agent)}</span>,
        },
        { id: 'address', head: t('admin.address'), className: 'mono', cell: (s) => s.address },
        {
          id: 'since',
          head: t('account.since'),
          className: 'nowrap',
          cell: (s) => format.moment(s.created_at),
        },
        {
          id: 'seen',
          head: t('account.seen'),
          className: 'nowrap',
          cell: (s) => format.moment(s.seen_at),
        },
        ...(action
          ? [
              {
                id: 'end',
                head: t('actions.label'),
                isHeadHidden: true,
                isNumber: true,
                cell: action,
              },
            ]
          : []),
      ]}
    />
  )
}
