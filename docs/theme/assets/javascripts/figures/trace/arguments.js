// Python's values, and how a call's arguments find their names.
import { type } from "./refuse.js"
import { Enough } from "./world.js"

// Whole numbers, truth values, texts and None are JavaScript's own; the others carry their type.
export const float = value => ({ type: "float", value })
const LONGEST = 3000 // items: a list that doubles in a loop would fill the memory
export const roomFor = count => {
  if (count > LONGEST) throw new Enough()
}
export const sequence = (type, items) => {
  roomFor(items.length)
  return { type, items }
}
export const unknown = why => ({ type: "unknown", why })
export const isWhole = value => Number.isInteger(value)
export const isNumber = value => typeof value === "number" || value?.type === "float"
export const numeric = value => (value?.type === "float" ? value.value : Number(value))
export const isList = value => value?.type === "tuple" || value?.type === "list"
export const wholes = value => (isList(value) && value.items.every(isWhole) ? value.items : null)

// As Python writes it; what lies deep, or far along, is left out: a list may hold itself.
export const repr = value => written(value, 3)
const written = (value, deep) => {
  if (value === null || value === undefined) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value === "string") return `'${value}'`
  if (typeof value === "number") return String(value)
  if (value.type === "float") return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value)
  if (!isList(value) || !deep) return "…"
  const items = value.items.slice(0, 50).map(each => written(each, deep - 1)).join(", ") + (value.items.length > 50 ? ", …" : "")
  return value.type === "list" ? `[${items}]` : `(${items}${value.items.length === 1 ? "," : ""})`
}

const signatures = new Map()

// "a, b=1, *, c=True" → [{ name, usual, keyword }]; a usual value is Python's text for a simple value.
export const signature = text => {
  if (signatures.has(text)) return signatures.get(text)
  const parts = text ? text.split(", ") : []
  const bar = parts.indexOf("*")
  const made = parts.filter(part => part !== "*").map((part, n) => {
    const [name, usual] = part.split("=")
    return { name, usual: usual === undefined ? undefined : constant(usual), keyword: bar >= 0 && n >= bar }
  })
  signatures.set(text, made)
  return made
}
const WORDS = { None: null, True: true, False: false }
const constant = text => {
  if (Object.hasOwn(WORDS, text)) return WORDS[text]
  if (/^-?\d+$/.test(text)) return Number(text)
  return /^-?[\d.]/.test(text) ? float(Number(text)) : text.replaceAll("'", "")
}

const named = names => {
  const all = names.map(name => `'${name}'`)
  if (all.length < 3) return all.join(" and ")
  return `${all.slice(0, -1).join(", ")}, and ${all.at(-1)}`
}

// { name: value } of a call, as Python binds it to the parameters of `owner`.__init__; Python's own words where it cannot.
export const bind = (owner, takes, args, keywords) => {
  const all = signature(takes), places = all.filter(each => !each.keyword), bound = {}
  const needed = places.filter(each => each.usual === undefined).length + 1, most = places.length + 1
  if (args.length > places.length)
    type("too-many", `${owner}.__init__() takes ${needed === most ? most : `from ${needed} to ${most}`} positional arguments but ${args.length + 1} were given`, { most: places.length })
  args.forEach((value, n) => {
    bound[places[n].name] = value
  })
  for (const [name, value] of keywords) {
    if (!all.some(each => each.name === name))
      type("keyword", `${owner}.__init__() got an unexpected keyword argument '${name}'`, { name, owner })
    if (Object.hasOwn(bound, name)) type("twice", `${owner}.__init__() got multiple values for argument '${name}'`, { name })
    bound[name] = value
  }
  const lost = all.filter(({ name, usual }) => !Object.hasOwn(bound, name) && usual === undefined).map(each => each.name)
  if (lost.length)
    type("missing", `${owner}.__init__() missing ${lost.length} required positional argument${lost.length > 1 ? "s" : ""}: ${named(lost)}`, { name: lost[0], lost: lost.join(", ") })
  for (const { name, usual } of all) if (!Object.hasOwn(bound, name)) bound[name] = usual
  return bound
}
