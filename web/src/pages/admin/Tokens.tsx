// Tokens of programs: made here, told once, ended here.
import { useState } from 'react'
import { Loading, Panel } from '@ui/blocks'
import { type Choices, FormEnd, NumberField, SelectField, TextField } from '@ui/fields'
import { Icon } from '@ui/Icon'
import { Dialog } from '@ui/overlays'
import { Table } from '@ui/Table'
import { toast } from '@ui/toasts'
import { useFormat, useText } from '@/i18n'
import { ROLES, type Role, useSession } from '@/session/session'
import { type Token, useChange, useTokens } from './admin'
import { EVERYTHING, type Scope, ScopeFields, scopeText } from './ScopeFields'
import { Secret } from './Secret'

/** That of a user, or one that reads the metrics and nothing else. */
type TokenRole = Role | 'monitor'

const USUAL_DAYS = 90
const MOST_DAYS = 366

function Form({ onClose }: { onClose: () => void }) {
  const t = useText()
  const session = useSession().data
  const own = session?.user.role ?? 'read_only'
  const [name, setName] = useState('')
  const [role, setRole] = useState<TokenRole>(own)
  const [days, setDays] = useState(USUAL_DAYS)
  const [scope, setScope] = useState<Scope>(session?.scope ?? EVERYTHING)
  const make = useChange<Token & { token: string }>()
  if (make.data) {
    return <Secret hint={t('admin.tokenHint')} text={make.data.token} onClose={onClose} />
  }
  // A token may do no more than its user.
  const roles: readonly TokenRole[] =
    own === 'admin' ? [...ROLES, 'monitor'] : [...new Set([own, 'read_only' as const])]
  const choices: Choices<TokenRole> = roles.map((r) => [r, t(`admin.roles.${r}`)])
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        make.mutate({
          method: 'POST',
          path: 'tokens',
          body: { name, role, scope, expires_in_days: days },
        })
      }}
    >
      <TextField label={t('admin.tokenName')} value={name} onChange={setName} />
      <SelectField label={t('admin.role')} value={role} choices={choices} onChange={setRole} />
      <ScopeFields scope={scope} onChange={setScope} />
      <NumberField
        label={t('admin.days')}
        value={days}
        min={1}
        max={MOST_DAYS}
        step={1}
        onChange={setDays}
      />
      <FormEnd
        label={t('admin.makeToken')}
        isReady={name !== '' && !make.isPending}
        error={make.error}
        onCancel={onClose}
      />
    </form>
  )
}

export function TokenTable({
  tokens,
  nameOf,
}: {
  tokens: readonly Token[]
  /** The user of a token, where tokens of several are listed. */
  nameOf?: (token: Token) => string
}) {
  const t = useText()
  const format = useFormat()
  const change = useChange<undefined>()
  const end = (token: Token) =>
    change.mutate(
      { method: 'DELETE', path: `tokens/${token.id}` },
      { onError: (error) => toast(t('actions.failed', { why: error.message })) },
    )
  return (
    <Table
      rows={tokens}
      keyOf={(k) => k.id}
      empty={t('admin.noTokens')}
      columns={[
        { id: 'name', head: t('admin.token'), cell: (k) => <bdi>{k.name}</bdi> },
        ...(nameOf
          ? [
              {
                id: 'of',
                head: t('admin.user'),
                className: 'mono',
                cell: (k: Token) => nameOf(k),
              },
            ]
          : []),
        { id: 'role', head: t('admin.role'), cell: (k) => t(`admin.roles.${k.role}`) },
        { id: 'scope', head: t('admin.scope'), cell: (k) => <bdi>{scopeText(k.scope, t)}</bdi> },
        {
          id: 'expires',
          head: t('admin.expires'),
          className: 'nowrap',
          cell: (k) => format.full(k.expires_at),
        },
        {
          id: 'end',
          head: t('actions.label'),
          isHeadHidden: true,
          isNumber: true,
          cell: (k) =>
            k.revoked_at ? (
              <span className="muted">{t('admin.revoked')}</span>
            ) : (
              <button
                type="button"
                className="button"
                aria-label={t('admin.revokeOf', { name: k.name })}
                onClick={() => end(k)}
              >
                {t('admin.revoke')}
              </button>
            ),
        },
      ]}
    />
  )
}

/** The caller's own. */
export function OwnTokens() {
  const t = useText()
  const id = useSession().data?.user.id
  const tokens = useTokens()
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel
      title={t('admin.ownTokens')}
      tools={
        <button type="button" className="button" onClick={() => setOpen(true)}>
          <Icon name="plus" /> {t('admin.makeToken')}
        </button>
      }
    >
      <Loading of={tokens} lines={2}>
        {(items) => <TokenTable tokens={items.filter((k) => k.user_id === id)} />}
      </Loading>
      <Dialog title={t('admin.makeToken')} isOpen={isOpen} onClose={() => setOpen(false)}>
        {isOpen && <Form onClose={() => setOpen(false)} />}
      </Dialog>
    </Panel>
  )
}
