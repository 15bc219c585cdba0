// The dialog of an action: what it needs to know, and nothing else. What was typed for a lead stays
// until it is sent, also when the server was away meanwhile.
import { useEffect, useState } from 'react'
import { Dialog } from '@ui/overlays'
import { useFormat, useText } from '@/i18n'
import { useFacets } from '@/data/queries'
import {
  type ActionKind,
  type ActionWish,
  type ActionWords,
  useActions,
  useLostReasons,
} from './actions'

export interface Asked {
  kind: ActionKind
  leads: readonly string[]
  words?: ActionWords | undefined
}

const DAY_MS = 86_400_000
const SNOOZES = [1, 3, 7, 14] as const

/** Drafts of text by lead and kind: they outlive the dialog. */
const drafts = new Map<string, string>()

function Snooze({ onDone }: { onDone: (wish: ActionWish) => void }) {
  const t = useText()
  const format = useFormat()
  return (
    <div className="row">
      {SNOOZES.map((days) => {
        const until = new Date(Date.now() + days * DAY_MS)
        until.setHours(8, 0, 0, 0)
        return (
          <button
            key={days}
            type="button"
            className="button"
            onClick={() => onDone({ kind: 'snooze', until: until.toISOString() })}
          >
            {t('actions.days', { days })} <span className="muted">{format.day(until)}</span>
          </button>
        )
      })}
    </div>
  )
}

function Owners({ value, onChange }: { value: string; onChange: (owner: string) => void }) {
  const t = useText()
  const facets = useFacets({ state: 'open' })
  const owners = facets.data?.owner ?? []
  return (
    <div className="field">
      <label htmlFor="owner">{t('dimension.owner')}</label>
      <input
        id="owner"
        className="input"
        list="owners"
        autoComplete="off"
        value={value}
        onChange={(e) => onChange(e.target.value)}
      />
      <datalist id="owners">
        {owners.map((o) => (
          <option key={o.value} value={o.value} />
        ))}
      </datalist>
    </div>
  )
}

function Reasons({ value, onChange }: { value: string; onChange: (reason: string) => void }) {
  const t = useText()
  const reasons = useLostReasons(true)
  return (
    <fieldset className="choice">
      <legend>{t('actions.reason')}</legend>
      {(reasons.data ?? []).map((reason) => (
        <label key={reason} className="menu-item">
          <input
            type="radio"
            name="reason"
            checked={value === reason}
            onChange={() => onChange(reason)}
          />
          <bdi>{reason}</bdi>
        </label>
      ))}
    </fieldset>
  )
}

function wishOf(kind: ActionKind, text: string, choice: string): ActionWish | null {
  const words = text.trim() === '' ? {} : { text: text.trim() }
  if (kind === 'assign') return choice.trim() ? { kind, owner: choice.trim(), ...words } : null
  if (kind === 'lost') return choice ? { kind, reason: choice, ...words } : null
  if (kind === 'note') return text.trim() ? { kind, text: text.trim() } : null
  if (kind === 'call' || kind === 'email') return { kind, ...words }
  return null
}

function Form({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const t = useText()
  const key = `${asked.kind} ${asked.leads.join(' ')}`
  const [text, setText] = useState(drafts.get(key) ?? '')
  const [choice, setChoice] = useState('')
  const { run, isBusy } = useActions()
  useEffect(() => {
    if (text === '') drafts.delete(key)
    else drafts.set(key, text)
  }, [key, text])
  const send = (wish: ActionWish) =>
    run(
      { leads: asked.leads, wish, words: asked.words },
      {
        onSuccess: () => {
          drafts.delete(key)
          onClose()
        },
      },
    )
  const wish = wishOf(asked.kind, text, choice)
  if (asked.kind === 'snooze') return <Snooze onDone={send} />
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        if (wish) send(wish)
      }}
    >
      {asked.kind === 'assign' && <Owners value={choice} onChange={setChoice} />}
      {asked.kind === 'lost' && <Reasons value={choice} onChange={setChoice} />}
      <div className="field">
        <label htmlFor="words">{t('actions.text')}</label>
        <textarea
          id="words"
          className="input"
          rows={3}
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && wish) send(wish)
          }}
        />
      </div>
      <div className="dialog-end">
        <button type="button" className="button" onClick={onClose}>
          {t('actions.cancel')}
        </button>
        <button type="submit" className="button primary" disabled={!wish || isBusy}>
          {asked.words?.name ?? t(`actions.${asked.kind}`)}
        </button>
      </div>
    </form>
  )
}

export function ActionDialog({ asked, onClose }: { asked: Asked | null; onClose: () => void }) {
  const t = useText()
  const format = useFormat()
  const n = asked?.leads.length ?? 0
  const who = n === 1 ? (asked?.leads[0] ?? '') : t('actions.leads', { n, shown: format.count(n) })
  return (
    <Dialog
      title={asked ? `${asked.words?.name ?? t(`actions.${asked.kind}`)} · ${who}` : ''}
      isOpen={asked !== null}
      onClose={onClose}
    >
      {asked && <Form asked={asked} onClose={onClose} />}
    </Dialog>
  )
}
