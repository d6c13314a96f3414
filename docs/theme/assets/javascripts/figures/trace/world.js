// What one reading of a text comes to: rows of the table, what could not be read, and how much has been done so far.
const MOST = 3000 // loops and calls together: a loop of a million steps is nonsense that was pasted
const ROWS = 300
export const DEEPEST = 40 // modules in modules, functions in functions: one may hold or call itself

export class Enough extends Error {}

export const world = text => ({
  text, given: null, input: null, current: null, rows: [], made: [], problems: [], notes: new Map(), left: MOST, training: true,
  depth: 0, path: [], broken: null,
})

export const spend = w => {
  if (--w.left < 0) throw new Enough()
}

// Something that could not be read, or that is assumed; each is said once.
export const note = (w, id, at, values = {}) => {
  const key = `${id} ${values.name ?? ""}`
  if (!w.notes.has(key)) w.notes.set(key, { id, at, values })
}

// A row: what was done to `x`, where it stands in the text, and what came out, or the refusal. `site` is where a change of
// the input can be put in: { kind: "argument" | "item" | "line" | "input", start, end }.
export const record = (w, row, act) => {
  spend(w)
  if (w.rows.length === ROWS) throw new Enough()
  const full = { path: w.path.join("."), parameters: 0, madds: 0, ...row }
  w.rows.push(full)
  try {
    full.y = act()
  } catch (error) {
    full.refused = error
    throw error
  }
  const out = full.y.type === "tuple" ? full.y.items[0] : full.y
  full.out = out
  if (out.shape.includes(0)) full.empty = true
  w.made.push(out)
  return full.y
}

export const isTensor = value => Array.isArray(value?.shape)
