// Sign in: by name and password, with a second factor where there is one, or by a link that is good
// once. Its token stands in the part of the address that is never sent, and leaves it at once.
import { useEffect, useState } from 'react'
import { TextField } from '@ui/fields'
import { useText } from '@/i18n'
import { ApiError } from '@/data/client'
import { go, useRoute } from '@/data/route'
import { Preferences } from '@/shell/Preferences'
import { Providers } from './Providers'
import { useSignIn } from './session'
import './signin.css'

function useLinkToken(): string | null {
  const route = useRoute()
  const link = route.page === 'sign-in' ? route.query.get('link') : null
  const [token, setToken] = useState(link)
  useEffect(() => {
    if (link === null) return
    setToken(link)
    history.replaceState(null, '', '#/sign-in')
  }, [link])
  return token
}

const leave = (): void => {
  if (location.hash.startsWith('#/sign-in')) go('#/today', 'replace')
}

const wantsCode = (error: Error | null): boolean =>
  error instanceof ApiError && (error.problem?.errors?.some((e) => e.field === 'totp') ?? false)

function Code({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  return (
    <TextField
      label={useText()('signIn.code')}
      autoComplete="one-time-code"
      inputMode="numeric"
      value={value}
      onChange={onChange}
    />
  )
}

function ByLink({ token }: { token: string }) {
  const t = useText()
  const signIn = useSignIn()
  const [password, setPassword] = useState('')
  const [totp, setTotp] = useState('')
  const error = signIn.error
  const isAsked = wantsCode(error)
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        const more = { ...(password ? { password } : {}), ...(totp ? { totp } : {}) }
        signIn.mutate({ token, ...more }, { onSuccess: leave })
      }}
    >
      <p>{t('signIn.linkHint')}</p>
      <TextField
        label={t('signIn.newPassword')}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
      />
      {(isAsked || totp) && <Code value={totp} onChange={setTotp} />}
      {error && (
        <p role="alert">
          {isAsked && !totp
            ? t('signIn.needsCode')
            : t('signIn.linkFailed', { why: error.message })}
        </p>
      )}
      <button type="submit" className="button primary" disabled={signIn.isPending}>
        {password ? t('signIn.withPassword') : t('signIn.go')}
      </button>
    </form>
  )
}

function ByPassword() {
  const t = useText()
  const signIn = useSignIn()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [totp, setTotp] = useState('')
  const error = signIn.error
  const isAsked = wantsCode(error)
  const why = (e: Error): string => {
    if (e instanceof ApiError && e.isOffline) return t('state.offline')
    if (isAsked && !totp) return t('signIn.needsCode')
    if (e instanceof ApiError && e.status === 429) return t('signIn.tooMany')
    return isAsked ? t('signIn.codeFailed') : t('signIn.failed')
  }
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        signIn.mutate({ name, password, ...(totp ? { totp } : {}) }, { onSuccess: leave })
      }}
    >
      <TextField label={t('signIn.name')} autoComplete="username" value={name} onChange={setName} />
      <TextField
        label={t('signIn.password')}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      {(isAsked || totp) && <Code value={totp} onChange={setTotp} />}
      {error && <p role="alert">{why(error)}</p>}
      <button
        type="submit"
        className="button primary"
        disabled={signIn.isPending || !name || !password}
      >
        {t('signIn.go')}
      </button>
    </form>
  )
}

export default function SignIn() {
  const t = useText()
  const token = useLinkToken()
  useEffect(() => {
    document.title = `${t('signIn.title')} · Pursuit`
  }, [t])
  return (
    <main className="sign-in">
      <div className="panel">
        <header>
          <h1 className="grow">{t('signIn.title')}</h1>
          <Preferences />
        </header>
        <div className="panel-body stack">
          {token ? (
            <ByLink token={token} />
          ) : (
            <>
              <Providers />
              <ByPassword />
            </>
          )}
        </div>
      </div>
    </main>
  )
}
