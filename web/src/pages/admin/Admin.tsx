// Admin: who may sign in and what they see, tokens of programs, and who did what.
import { useState } from 'react'
import { Badge, Loading, Panel } from '@ui/blocks'
import { Segments, Select } from '@ui/fields'
import { Icon } from '@ui/Icon'
import { Menu, type MenuItem } from '@ui/overlays'
import { Table } from '@ui/Table'
import { toast } from '@ui/toasts'
import { useFormat, useText } from '@/i18n'
import { go, hrefHere, useRoute } from '@/data/route'
import { useMay } from '@/session/may'
import { ROLES, useSession } from '@/session/session'
import { type User, useAudit, useChange, useTokens, useUsers } from './admin'
import { Person } from './Person'
import { scopeText } from './ScopeFields'
import { Secret, linkOf } from './Secret'
import { TokenTable } from './Tokens'
import { UserDialog } from './UserDialog'
import { UserSessions } from './UserSessions'

type Run = (method: string, path: string, body?: unknown) => void

/** What is done to a user less often than changing the role. */
function More({
  user,
  run,
  onChange,
  onSessions,
}: {
  user: User
  run: Run
  onChange: () => void
  onSessions: () => void
}) {
  const t = useText()
  const path = `users/${user.id}`
  const items: readonly MenuItem[] = [
    { text: t('admin.change'), act: onChange },
    { text: t('admin.link'), act: () => run('POST', `${path}/reset-link`) },
    { text: t('admin.sessions'), act: onSessions },
    ...(user.has_totp
      ? [{ text: t('admin.removeTotp'), act: () => run('PATCH', path, { remove_totp: true }) }]
      : []),
    {
      text: user.active ? t('admin.disable') : t('admin.enable'),
      act: () => run('PATCH', path, { active: !user.active }),
    },
    { text: t('admin.remove'), act: () => run('DELETE', path) },
  ]
  const name = t('admin.moreOf', { name: user.name })
  return (
    <Menu
      className="button quiet"
      title={name}
      name={name}
      label={<Icon name="menu" />}
      items={items}
    />
  )
}

function Users({ users, onChange }: { users: readonly User[]; onChange: (user: User) => void }) {
  const t = useText()
  const change = useChange<{ link?: string } | undefined>()
  const [shown, setShown] = useState<User | null>(null)
  const run: Run = (method, path, body) =>
    change.mutate(
      { method, path, body },
      { onError: (error) => toast(t('actions.failed', { why: error.message })) },
    )
  return (
    <>
      {change.data?.link && <Secret hint={t('admin.linkHint')} text={linkOf(change.data.link)} />}
      <Table
        rows={users}
        keyOf={(u) => u.id}
        empty={t('admin.noUsers')}
        columns={[
          { id: 'name', head: t('signIn.name'), className: 'mono', cell: (u) => u.name },
          { id: 'display', head: t('admin.display'), cell: (u) => <bdi>{u.display_name}</bdi> },
          {
            id: 'role',
            head: t('admin.role'),
            cell: (u) => (
              <Select
                label={t('admin.roleOf', { name: u.name })}
                value={u.role}
                choices={ROLES.map((r) => [r, t(`admin.roles.${r}`)])}
                onChange={(role) => run('PATCH', `users/${u.id}`, { role })}
              />
            ),
          },
          { id: 'scope', head: t('admin.scope'), cell: (u) => <bdi>{scopeText(u.scope, t)}</bdi> },
          {
            id: 'totp',
            head: t('account.totp'),
            cell: (u) => (u.has_totp ? t('account.isOn') : '–'),
          },
          {
            id: 'state',
            head: t('leads.status'),
            cell: (u) => (
              <Badge kind={u.active ? 'active' : ''}>
                {u.active ? t('admin.active') : t('admin.disabled')}
              </Badge>
            ),
          },
          {
            id: 'more',
            head: t('actions.label'),
            isHeadHidden: true,
            isNumber: true,
            cell: (u) => (
              <More
                user={u}
                run={run}
                onChange={() => onChange(u)}
                onSessions={() => setShown(u)}
              />
            ),
          },
        ]}
      />
      <UserSessions user={shown} onClose={() => setShown(null)} />
    </>
  )
}

function Audit() {
  const t = useText()
  const format = useFormat()
  const audit = useAudit()
  return (
    <Panel title={t('admin.audit')}>
      <Loading of={audit}>
        {({ pages }) => (
          <Table
            rows={pages.flatMap((page) => page.items)}
            keyOf={(e) => e.seq}
            empty={t('admin.noAudit')}
            columns={[
              {
                id: 'at',
                head: t('policy.at'),
                className: 'nowrap',
                cell: (e) => format.full(e.at),
              },
              { id: 'who', head: t('policy.author'), cell: (e) => <bdi>{e.who}</bdi> },
              { id: 'what', head: t('status_page.kind'), cell: (e) => e.what },
              { id: 'subject', head: t('admin.subject'), cell: (e) => <bdi>{e.subject}</bdi> },
              {
                id: 'address',
                head: t('admin.address'),
                className: 'mono',
                cell: (e) => e.address,
              },
            ]}
          />
        )}
      </Loading>
      {audit.hasNextPage && (
        <div className="panel-body">
          <button type="button" className="button" onClick={() => void audit.fetchNextPage()}>
            {t('leads.more')}
          </button>
        </div>
      )}
    </Panel>
  )
}

function People() {
  const t = useText()
  const users = useUsers()
  const tokens = useTokens()
  const [asked, setAsked] = useState<User | 'new' | null>(null)
  const nameOf = (id: number) => users.data?.find((u) => u.id === id)?.name ?? '–'
  return (
    <>
      <Panel
        title={t('admin.users')}
        tools={
          <button type="button" className="button" onClick={() => setAsked('new')}>
            <Icon name="plus" /> {t('admin.add')}
          </button>
        }
      >
        <Loading of={users}>{(items) => <Users users={items} onChange={setAsked} />}</Loading>
      </Panel>
      <Panel title={t('admin.tokens')}>
        <Loading of={tokens}>
          {(items) => <TokenTable tokens={items} nameOf={(k) => nameOf(k.user_id)} />}
        </Loading>
      </Panel>
      <Audit />
      <UserDialog user={asked} onClose={() => setAsked(null)} />
    </>
  )
}

const SECTIONS = ['people', 'person'] as const

export default function Admin() {
  const t = useText()
  const route = useRoute()
  const may = useMay()
  const isOpen = useSession().data?.access === 'open'
  const sections = SECTIONS.filter((s) => s !== 'person' || may.erase)
  const section = sections.find((s) => s === route.query.get('section')) ?? 'people'
  return (
    <div className="stack">
      <h1>{t('pages.admin')}</h1>
      {isOpen && <p>{t('admin.open')}</p>}
      {sections.length > 1 && (
        <div className="row">
          <Segments
            label={t('admin.sections')}
            value={section}
            choices={sections.map((s) => [s, t(`admin.section.${s}`)])}
            onChange={(s) => go(hrefHere(route, { section: s }), 'replace')}
          />
        </div>
      )}
      {section === 'people' ? <People /> : <Person />}
    </div>
  )
}
