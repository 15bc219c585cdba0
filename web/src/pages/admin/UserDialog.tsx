// A user: name, role and what they see; new, or changed. A new one gets a link that is shown once.
import { useState } from 'react'
import { FormEnd, SelectField, TextField } from '@ui/fields'
import { Dialog } from '@ui/overlays'
import { useText } from '@/i18n'
import { ROLES, type Role } from '@/session/session'
import { type User, useChange } from './admin'
import { EVERYTHING, type Scope, ScopeFields } from './ScopeFields'
import { Secret, linkOf } from './Secret'

function Form({ user, onClose }: { user: User | null; onClose: () => void }) {
  const t = useText()
  const [name, setName] = useState(user?.name ?? '')
  const [display, setDisplay] = useState(user?.display_name ?? '')
  const [role, setRole] = useState<Role>(user?.role ?? 'sales')
  const [scope, setScope] = useState<Scope>(user?.scope ?? EVERYTHING)
  const change = useChange<{ link?: string }>()
  if (change.data?.link) {
    return <Secret hint={t('admin.linkHint')} text={linkOf(change.data.link)} onClose={onClose} />
  }
  const send = () => {
    const body = { display_name: display, role, scope }
    if (!user) return change.mutate({ method: 'POST', path: 'users', body: { name, ...body } })
    change.mutate({ method: 'PATCH', path: `users/${user.id}`, body }, { onSuccess: onClose })
  }
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      {!user && <TextField label={t('signIn.name')} value={name} onChange={setName} />}
      <TextField label={t('admin.display')} value={display} onChange={setDisplay} />
      <SelectField
        label={t('admin.role')}
        value={role}
        choices={ROLES.map((r) => [r, t(`admin.roles.${r}`)])}
        onChange={setRole}
      />
      <ScopeFields scope={scope} onChange={setScope} />
      <FormEnd
        label={user ? t('admin.change') : t('admin.add')}
        isReady={name !== '' && !change.isPending}
        error={change.error}
        onCancel={onClose}
      />
    </form>
  )
}

/** `user`: the one to change, 'new' for another, null: closed. */
export function UserDialog({ user, onClose }: { user: User | 'new' | null; onClose: () => void }) {
  const t = useText()
  const known = user === 'new' ? null : user
  const title = known ? t('admin.changeOf', { name: known.name }) : t('admin.add')
  return (
    <Dialog title={title} isOpen={user !== null} onClose={onClose}>
      {user !== null && <Form user={known} onClose={onClose} />}
    </Dialog>
  )
}
