// One's own account: who one is here, the password, the second factor, where one is signed in, and
// the tokens of one's programs.
import { useState } from 'react'
import { Badge, Loading, Notice, Panel } from '@ui/blocks'
import { TextField } from '@ui/fields'
import { toast } from '@ui/toasts'
import { useText } from '@/i18n'
import { scopeText } from '@/pages/admin/ScopeFields'
import { OwnTokens } from '@/pages/admin/Tokens'
import { SessionTable } from '@/session/SessionTable'
import { type Session, useSession, useSignOut } from '@/session/session'
import { type OwnSession, useEndSession, usePassword, useSessions } from './account'
import { SecondFactor } from './SecondFactor'
import './account.css'

function Who({ session }: { session: Session }) {
  const t = useText()
  const { user, scope } = session
  return (
    <Panel title={t('account.who')}>
      <dl className="facts panel-body">
        <dt>{t('signIn.name')}</dt>
        <dd className="mono">{user.name}</dd>
        <dt>{t('admin.display')}</dt>
        <dd>
          <bdi>{user.display_name || '–'}</bdi>
        </dd>
        <dt>{t('admin.role')}</dt>
        <dd>{t(`admin.roles.${user.role}`)}</dd>
        <dt>{t('admin.scope')}</dt>
        <dd>
          <bdi>{scopeText(scope, t)}</bdi>
        </dd>
      </dl>
    </Panel>
  )
}

function Password() {
  const t = useText()
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const change = usePassword()
  return (
    <Panel title={t('signIn.password')}>
      <form
        className="panel-body stack narrow-form"
        onSubmit={(e) => {
          e.preventDefault()
          change.mutate(
            { old_password: old, password: next },
            {
              onSuccess: () => {
                setOld('')
                setNext('')
                toast(t('account.passwordDone'))
              },
            },
          )
        }}
      >
        <TextField
          label={t('account.oldPassword')}
          type="password"
          autoComplete="current-password"
          value={old}
          onChange={setOld}
        />
        <TextField
          label={t('account.newPassword')}
          hint={t('account.passwordHint')}
          type="password"
          autoComplete="new-password"
          value={next}
          onChange={setNext}
        />
        {change.error && (
          <p role="alert">{t('account.passwordFailed', { why: change.error.message })}</p>
        )}
        <div>
          <button type="submit" className="button" disabled={!old || !next || change.isPending}>
            {t('account.changePassword')}
          </button>
        </div>
      </form>
    </Panel>
  )
}

function Sessions() {
  const t = useText()
  const sessions = useSessions()
  const end = useEndSession()
  const signOut = useSignOut()
  const action = (s: OwnSession) =>
    s.current ? (
      <Badge kind="done">{t('account.here')}</Badge>
    ) : (
      <button type="button" className="button" onClick={() => end.mutate(s.id)}>
        {t('account.end')}
      </button>
    )
  return (
    <Panel
      title={t('account.sessions')}
      tools={
        <button type="button" className="button" onClick={() => signOut.mutate('everywhere')}>
          {t('account.everywhere')}
        </button>
      }
    >
      <Loading of={sessions} lines={2}>
        {(items) => <SessionTable sessions={items} action={action} />}
      </Loading>
    </Panel>
  )
}

export default function Account() {
  const t = useText()
  const session = useSession().data
  if (!session) return null
  return (
    <div className="stack">
      <h1>{t('account.title')}</h1>
      {session.access === 'open' ? (
        <Notice title={t('account.none')}>
          <p>{t('admin.open')}</p>
        </Notice>
      ) : (
        <>
          <div className="columns-2">
            <Who session={session} />
            <Password />
          </div>
          <SecondFactor />
          <Sessions />
          <OwnTokens />
        </>
      )}
    </div>
  )
}
