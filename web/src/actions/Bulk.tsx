// What is done to many leads at once: which are chosen, the buttons, the dialog.
import { type ReactNode, useState } from 'react'
import { Icon } from '@ui/Icon'
import { useText } from '@/i18n'
import { useMay } from '@/session/may'
import { ACTIONS } from './ActionBar'
import { ActionDialog, type Asked } from './ActionDialog'
import type { ActionKind, ActionWords } from './actions'

interface Bulk {
  chosen: ReadonlySet<string>
  setChosen: (chosen: ReadonlySet<string>) => void
  /** Those that are chosen and still in the list. */
  picked: readonly string[]
  buttons: ReactNode
  dialog: ReactNode
}

/** `words`: what actions are called here, where it is not what they are called elsewhere. */
export function useBulk(
  leads: readonly { lead_id: string }[],
  without?: ActionKind,
  words: Partial<Record<ActionKind, ActionWords>> = {},
): Bulk {
  const t = useText()
  const may = useMay()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<Asked | null>(null)
  const picked = leads.filter((l) => chosen.has(l.lead_id)).map((l) => l.lead_id)
  const isOffered = picked.length > 0 && may.act
  const buttons = ACTIONS.filter(({ kind }) => isOffered && kind !== without).map(
    ({ kind, icon }) => (
      <button
        key={kind}
        type="button"
        className="button"
        onClick={() => setAsked({ kind, leads: picked, words: words[kind] })}
      >
        <Icon name={icon} /> {words[kind]?.name ?? t(`actions.${kind}`)}
      </button>
    ),
  )
  const dialog = (
    <ActionDialog
      asked={asked}
      onClose={() => {
        setAsked(null)
        setChosen(new Set())
      }}
    />
  )
  return { chosen, setChosen, picked, buttons, dialog }
}
