// Erasing: what goes and what stays is said first, and the person is typed once more.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Notice } from '@ui/blocks'
import { FormEnd, TextField } from '@ui/fields'
import { Dialog } from '@ui/overlays'
import { Table } from '@ui/Table'
import { useFormat, useText } from '@/i18n'
import { type Schema, answer, api } from '@/data/client'
import type { Wish } from './Person'

type Erased = Schema['ErasedPerson']

function useErase() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Wish) => answer(api.POST('/api/v1/person/erase', { body })),
    onSuccess: () => {
      // Nothing that was loaded before may go on showing the person.
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    },
  })
}

function Done({ erased, onClose }: { erased: Erased; onClose: () => void }) {
  const t = useText()
  const format = useFormat()
  const { rejects, failed, running } = erased.imports
  const list = (ids: readonly number[]) => ids.map(format.count).join(', ')
  return (
    <>
      <Table
        rows={erased.leads}
        keyOf={(lead) => lead.lead_id}
        columns={[
          { id: 'lead', head: t('queue.lead'), className: 'mono', cell: (lead) => lead.lead_id },
          ...(['notes', 'signals', 'actions', 'edits'] as const).map((what) => ({
            id: what,
            head: t(`person.gone.${what}`),
            isNumber: true,
            cell: (lead: Erased['leads'][number]) => format.count(lead[what]),
          })),
        ]}
      />
      {rejects > 0 && <p>{t('person.rejects', { n: rejects })}</p>}
      {failed.length > 0 && <p role="alert">{t('person.importsFailed', { ids: list(failed) })}</p>}
      {running.length > 0 && (
        <p role="alert">{t('person.importsRunning', { ids: list(running) })}</p>
      )}
      <p className="muted">{t('person.backups')}</p>
      <div className="dialog-end">
        <button type="button" className="button primary" onClick={onClose}>
          {t('shell.close')}
        </button>
      </div>
    </>
  )
}

function Form({
  wish,
  leads,
  onDone,
  onClose,
}: {
  wish: Wish
  leads: number
  onDone: () => void
  onClose: () => void
}) {
  const t = useText()
  const erase = useErase()
  const [typed, setTyped] = useState('')
  const [name = ''] = Object.values(wish)
  if (erase.data) return <Done erased={erase.data} onClose={onClose} />
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        if (typed.trim() === name) erase.mutate(wish, { onSuccess: onDone })
      }}
    >
      <Notice isBad title={t('person.forGood', { n: leads })}>
        <p>{t('person.goes')}</p>
      </Notice>
      <p>{t('person.stays')}</p>
      <TextField
        label={t.rich('person.confirm', { name: () => <bdi className="mono">{name}</bdi> })}
        dir="auto"
        value={typed}
        onChange={setTyped}
      />
      <FormEnd
        label={t('person.erase')}
        isReady={typed.trim() === name && !erase.isPending}
        error={erase.error}
        onCancel={onClose}
      />
    </form>
  )
}

export function Erase({
  wish,
  leads,
  onErased,
}: {
  wish: Wish
  leads: number
  onErased: () => void
}) {
  const t = useText()
  const [isOpen, setOpen] = useState(false)
  const [isDone, setDone] = useState(false)
  const close = () => {
    setOpen(false)
    if (isDone) onErased()
  }
  return (
    <>
      <button type="button" className="button danger" onClick={() => setOpen(true)}>
        {t('person.erase')}
      </button>
      <Dialog title={t('person.erase')} isOpen={isOpen} onClose={close}>
        {isOpen && <Form {...{ wish, leads }} onDone={() => setDone(true)} onClose={close} />}
      </Dialog>
    </>
  )
}
