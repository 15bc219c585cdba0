// Names of stages are all over a policy: a change of one is a change of all.
import { type Table, tableOf, tablesOf, textOf, textsOf, withValue } from './toml'

const TRIGGERS = ['stage_breach', 'load_imbalance', 'delay_surge', 'expiry'] as const

/** The open stages: as written, else the usual ones. What is resolved may be of a moment ago. */
export function stagesOf(policy: Table, resolved: Table): readonly string[] {
  const own = tableOf(policy, 'funnel')
  return textsOf(own['stages'] === undefined ? tableOf(resolved, 'funnel') : own, 'stages')
}

/** What has the stage's name anywhere with another one; without it where that is null. */
function withName(policy: Table, from: string, to: string | null): Table {
  const named = (list: readonly string[]) => list.flatMap((s) => (s !== from ? [s] : (to ?? [])))
  let next = policy
  const funnel = tableOf(policy, 'funnel')
  if (funnel['load'] !== undefined) {
    next = withValue(next, ['funnel', 'load'], named(textsOf(funnel, 'load')))
  }
  const rules = tablesOf(tableOf(policy, 'sla'), 'rule')
  if (rules.length > 0) {
    const kept = rules.flatMap((rule) =>
      textOf(rule['stage']) !== from ? [rule] : to === null ? [] : [{ ...rule, stage: to }],
    )
    next = withValue(next, ['sla', 'rule'], kept)
  }
  const weights = tableOf(policy, 'score')['stage_weights']
  if (weights !== undefined) {
    const kept = Object.entries(weights as Table).flatMap(([stage, weight]) =>
      stage !== from ? [[stage, weight]] : to === null ? [] : [[to, weight]],
    )
    next = withValue(next, ['score', 'stage_weights'], Object.fromEntries(kept))
  }
  for (const trigger of TRIGGERS) {
    const table = tableOf(tableOf(policy, 'trigger'), trigger)
    if (textsOf(table, 'stages').length === 0) continue
    const kept = named(textsOf(table, 'stages'))
    next = withValue(next, ['trigger', trigger, 'stages'], kept)
    // None would mean all: what watched this stage alone has nothing left to watch.
    if (kept.length === 0) next = withValue(next, ['trigger', trigger, 'enabled'], false)
  }
  return next
}

/** The policy with the stages that it had, one of them by another name. */
export function renamed(policy: Table, stages: readonly string[], at: number, to: string): Table {
  const from = stages[at]
  if (from === undefined) return policy
  const next = withName(policy, from, to)
  return withValue(next, ['funnel', 'stages'], stages.with(at, to))
}

/** Without one of its stages, and without what was said of that stage alone. */
export function without(policy: Table, stages: readonly string[], at: number): Table {
  const from = stages[at]
  if (from === undefined) return policy
  const next = withName(policy, from, null)
  return withValue(next, ['funnel', 'stages'], stages.toSpliced(at, 1))
}

/** With one more at the end; weights by stage name all of them. */
export function withStage(policy: Table, stages: readonly string[], name: string): Table {
  const next = withValue(policy, ['funnel', 'stages'], [...stages, name])
  return tableOf(policy, 'score')['stage_weights'] === undefined
    ? next
    : withValue(next, ['score', 'stage_weights', name], 1)
}

/** With one of them a place further up or down. */
export function moved(policy: Table, stages: readonly string[], at: number, by: -1 | 1): Table {
  const next = [...stages]
  const [stage] = next.splice(at, 1)
  if (stage === undefined) return policy
  next.splice(at + by, 0, stage)
  return withValue(policy, ['funnel', 'stages'], next)
}
