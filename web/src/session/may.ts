// What the reader may do, so that nothing is offered that would be refused. The server decides.
import type { Messages } from '@/i18n'
import { type Role, useSession } from './session'

const ACTS: readonly Role[] = ['admin', 'region_manager', 'dealer_manager', 'sales']

export function useMay() {
  const session = useSession().data
  const role = session?.user.role ?? 'read_only'
  const isWhole = session?.scope.everything === true && !session.scope.owner
  const isAdmin = role === 'admin'
  return {
    act: ACTS.includes(role),
    /** Tables of the whole network, for who sees all of it. */
    readNetwork: isWhole,
    readPolicy: role !== 'sales',
    setPolicy: isAdmin && isWhole,
    tryPolicy: (isAdmin || role === 'analyst') && isWhole,
    import: isAdmin,
    operate: isAdmin,
    administer: isAdmin,
    erase: isAdmin && isWhole,
  }
}

/** Whether a page has anything for the reader. */
export function useMayOpen(): (page: keyof Messages['pages']) => boolean {
  const may = useMay()
  return (page) => {
    switch (page) {
      case 'channels':
        return may.readNetwork
      case 'policy':
        return may.readPolicy
      case 'imports':
        return may.import
      case 'status':
        return may.operate
      case 'admin':
        return may.administer
      default:
        return true
    }
  }
}
