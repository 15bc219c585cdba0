// A browser's name, out of what it says of itself.
/** What a browser says of itself, in a word or two. */
export function agentName(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1]
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1]
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' }
  const parts = [browser, system].flatMap((p) => (p ? [names[p] ?? p] : []))
  return parts.join(' · ') || agent.slice(0, 40) || '–'
}
