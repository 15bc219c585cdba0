// The policy: every constant of every figure. Changed in a form or as text; before it is put in
// force the page shows what it would change.
import { useState } from 'react'
import { Loading, Notice } from '@ui/blocks'
import { toast } from '@ui/toasts'
import { useText } from '@/i18n'
import { ApiError } from '@/data/client'
import { usePolicy } from '@/data/queries'
import { useMay } from '@/session/may'
import { usePaused } from '@/data/paused'
import { Form } from './Form'
import { useChecked, usePut, useWhatIf } from './changes'
import { Versions } from './Versions'
import { WhatIf } from './WhatIf'
import './policy.css'

type Mode = 'form' | 'text'

const PAUSE_MS = 500

/** The text being written outlives the page, and a server that was away. */
let draft: { base: string; text: string } | null = null

function Fault({ error }: { error: Error }) {
  const t = useText()
  const problem = error instanceof ApiError ? error.problem : undefined
  return (
    <Notice isBad title={t('policy.refused')}>
      <p>{problem?.detail ?? error.message}</p>
      <ul>
        {problem?.errors?.map((e) => (
          <li key={`${e.field} ${e.reason}`}>
            <span className="mono">{e.field}</span> {e.reason}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function Save({ isPending, onSave }: { isPending: boolean; onSave: (note: string) => void }) {
  const t = useText()
  const [note, setNote] = useState('')
  return (
    <form
      className="row"
      onSubmit={(e) => {
        e.preventDefault()
        onSave(note)
      }}
    >
      <input
        className="input grow"
        aria-label={t('policy.note')}
        placeholder={t('policy.note')}
        value={note}
        onChange={(e) => setNote(e.target.value)}
      />
      <button type="submit" className="button primary" disabled={isPending}>
        {t('policy.save')}
      </button>
    </form>
  )
}

function Editor({ policy }: { policy: NonNullable<ReturnType<typeof usePolicy>['data']> }) {
  const { text: inForce, hash, tag, resolved } = policy
  const t = useText()
  const may = useMay()
  const [text, setText] = useState(draft?.base === hash ? draft.text : inForce)
  const [mode, setMode] = useState<Mode>('form')
  const whatIf = useWhatIf()
  const put = usePut()
  const isChanged = text !== inForce
  const checkedText = usePaused(text, PAUSE_MS)
  const check = useChecked(checkedText, may.tryPolicy && isChanged && checkedText !== inForce)
  // What is wrong with a text says nothing of another one.
  const refusal = checkedText === text && isChanged ? check.error : null
  const write = (next: string) => {
    draft = { base: hash, text: next }
    setText(next)
    whatIf.reset()
    put.reset()
  }
  const save = (note: string) =>
    put.mutate(
      { text, note, tag },
      {
        onSuccess: () => {
          draft = null
          toast(t('policy.saved'))
        },
      },
    )
  const fault = put.error ?? refusal ?? whatIf.error
  return (
    <div className="stack">
      <header className="page-head">
        <h1 className="grow">{t('pages.policy')}</h1>
        <div className="segments" role="group" aria-label={t('policy.mode')}>
          {(['form', 'text'] as const).map((m) => (
            <button key={m} type="button" aria-pressed={m === mode} onClick={() => setMode(m)}>
              {t(`policy.${m}`)}
            </button>
          ))}
        </div>
        {(may.tryPolicy || isChanged) && (
          <button
            type="button"
            className="button"
            disabled={!isChanged}
            onClick={() => write(inForce)}
          >
            {t('policy.discard')}
          </button>
        )}
        {may.tryPolicy && (
          <button
            type="button"
            className="button primary"
            disabled={!isChanged || refusal !== null || whatIf.isPending}
            onClick={() => whatIf.mutate(text)}
          >
            {whatIf.isPending ? t('state.loading') : t('policy.whatIf')}
          </button>
        )}
      </header>
      {fault && <Fault error={fault} />}
      {whatIf.data && (
        <>
          <WhatIf answer={whatIf.data} />
          {may.setPolicy && <Save isPending={put.isPending} onSave={save} />}
        </>
      )}
      {mode === 'form' ? (
        <Form
          text={text}
          resolved={check.data?.resolved ?? resolved}
          isReadOnly={!may.tryPolicy}
          onChange={write}
        />
      ) : (
        <div className="field">
          <label htmlFor="policy-text">{t('policy.textLabel')}</label>
          <textarea
            id="policy-text"
            className="input mono policy-text"
            dir="ltr"
            spellCheck={false}
            readOnly={!may.tryPolicy}
            value={text}
            onChange={(e) => write(e.target.value)}
          />
        </div>
      )}
      <Versions inForce={hash} onOpen={write} />
    </div>
  )
}

export default function Policy() {
  const query = usePolicy()
  return (
    <Loading of={query} lines={12}>
      {(policy) => <Editor key={policy.tag} policy={policy} />}
    </Loading>
  )
}
