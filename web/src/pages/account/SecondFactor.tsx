// The second factor: a key for an authenticator app, shown once as a picture and as text, in use
// from the first code on that is right.
import { Suspense, lazy, useState } from 'react'
import { Badge, Panel, Skeleton } from '@ui/blocks'
import { TextField } from '@ui/fields'
import { useText } from '@/i18n'
import { useSession } from '@/session/session'
import { type Offer, useConfirm, useOffer } from './account'

const Qr = lazy(() => import('./Qr'))

/** In groups of four, as it is typed over. */
const grouped = (key: string): string => key.replace(/(.{4})(?=.)/g, '$1 ')

function Confirm({ offer, onDone }: { offer: Offer; onDone: () => void }) {
  const t = useText()
  const [code, setCode] = useState('')
  const confirm = useConfirm()
  return (
    <form
      className="stack narrow-form"
      onSubmit={(e) => {
        e.preventDefault()
        confirm.mutate({ sealed: offer.sealed, code }, { onSuccess: onDone })
      }}
    >
      <p>{t('account.totpScan')}</p>
      <Suspense fallback={<Skeleton lines={4} />}>
        <Qr text={offer.url} label={t('account.qr')} />
      </Suspense>
      <dl className="facts">
        <dt>{t('account.totpKey')}</dt>
        <dd className="mono" dir="ltr">
          {grouped(offer.key)}
        </dd>
      </dl>
      <p>
        <a href={offer.url}>{t('account.totpOpen')}</a>
      </p>
      <TextField
        label={t('signIn.code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        onChange={setCode}
      />
      {confirm.error && <p role="alert">{t('account.totpWrong')}</p>}
      <div>
        <button
          type="submit"
          className="button primary"
          disabled={code.length < 6 || confirm.isPending}
        >
          {t('account.totpUse')}
        </button>
      </div>
    </form>
  )
}

export function SecondFactor() {
  const t = useText()
  const isOn = useSession().data?.user.has_totp ?? false
  const offer = useOffer()
  return (
    <Panel
      title={t('account.totp')}
      tools={
        <Badge kind={isOn ? 'done' : ''}>{isOn ? t('account.isOn') : t('account.isOff')}</Badge>
      }
    >
      <div className="panel-body stack">
        {isOn ? (
          <p>{t('account.totpOn')}</p>
        ) : offer.data ? (
          <Confirm offer={offer.data} onDone={() => offer.reset()} />
        ) : (
          <>
            <p>{t('account.totpHint')}</p>
            {offer.error && <p role="alert">{offer.error.message}</p>}
            <div>
              <button
                type="button"
                className="button"
                disabled={offer.isPending}
                onClick={() => offer.mutate()}
              >
                {t('account.totpBegin')}
              </button>
            </div>
          </>
        )}
      </div>
    </Panel>
  )
}
