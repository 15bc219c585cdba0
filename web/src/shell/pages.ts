// The pages, each loaded when it is wanted; Today comes with the frame.
import { type ComponentType, lazy } from 'react'
import { Today } from '@/pages/today/Today'

type Page = { default: ComponentType }

const LOADS: Partial<Record<string, () => Promise<Page>>> = {
  funnel: () => import('@/pages/funnel/Funnel'),
  cell: () => import('@/pages/funnel/CellLeads'),
  leads: () => import('@/pages/leads/Leads'),
  lead: () => import('@/pages/lead/Lead'),
  load: () => import('@/pages/load/Load'),
  expiry: () => import('@/pages/expiry/Expiry'),
  channels: () => import('@/pages/channels/Channels'),
  policy: () => import('@/pages/policy/Policy'),
  imports: () => import('@/pages/imports/Imports'),
  status: () => import('@/pages/status/Status'),
  admin: () => import('@/pages/admin/Admin'),
  account: () => import('@/pages/account/Account'),
}

const PAGES: Partial<Record<string, ComponentType>> = {
  today: Today,
  ...Object.fromEntries(
    Object.entries(LOADS).flatMap(([name, load]) => (load ? [[name, lazy(load)]] : [])),
  ),
}

export const isPage = (name: string): boolean => name in PAGES

export const pageOf = (name: string): ComponentType => PAGES[name] ?? Today

/** Fetches the page's part of the program; one that cannot be had is asked for again when shown. */
export function preload(name: string): void {
  LOADS[name]?.().catch(() => undefined)
}
