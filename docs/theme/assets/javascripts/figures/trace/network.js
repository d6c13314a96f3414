// The reader's text and input in, the table out.
import { applyModule, firstOf } from "./calls.js"
import { currentFor, firstLeaf, readInput } from "./input.js"
import { evaluate, execute, runOwn } from "./interpret.js"
import { scope } from "./names.js"
import { Refused } from "./refuse.js"
import { parse } from "./statements.js"
import { field, unread } from "./tensor.js"
import { LONGEST, lineFinder, plain } from "./tokens.js"
import { Enough, isTensor, note, world } from "./world.js"

// ---- Which names are called, or stand in a list of modules: such a module is applied there, not where it is created.

const TALK = ["print", "summary", "len", "Adam", "AdamW", "SGD", "parameters", "isinstance", "torchinfo", "type"]
const nameOf = node => (node?.type === "name" || node?.type === "member" ? node.name : "")

const usesOf = statements => {
  const found = new Set()
  const visit = node => {
    if (!node || typeof node !== "object") return
    if (Array.isArray(node)) {
      for (const each of node) visit(each)
      return
    }
    if (node.type === "call") {
      found.add(nameOf(node.value))
      if (node.value.type === "member" && ["forward", "append"].includes(node.value.name)) found.add(nameOf(node.value.value))
      if (!TALK.includes(nameOf(node.value))) for (const each of [...node.args, ...node.named.map(({ value }) => value)]) found.add(nameOf(each.type === "star" ? each.value : each))
    }
    if (node.type === "list" || node.type === "tuple" || node.type === "dictionary") for (const each of node.items ?? node.pairs.flat()) found.add(nameOf(each))
    if (node.type === "for" || node.type === "each") found.add(nameOf(node.over))
    if (node.type === "item") found.add(nameOf(node.value))
    for (const value of Object.values(node)) if (typeof value === "object") visit(value)
  }
  visit(statements)
  return found
}

// ---- Statement by statement at the outermost level: a module that nothing else uses is applied at once.

// A fragment of a class, without its first line, is a class all the same.
const whole = statements => {
  const own = statements.filter(each => each.type === "def" && each.given[0]?.name === "self")
  if (!own.length) return statements
  const rest = statements.filter(each => !own.includes(each))
  return [...rest, { type: "class", name: "Net", start: own[0].start, end: own.at(-1).end, block: true, body: own, comment: "" }]
}

const follow = (w, statements) => {
  const root = scope(), uses = usesOf(statements), apply = runOwn(w), implicit = { type: "module", own: { methods: new Map(), name: "" }, fields: new Map() }
  root.names.set("self", implicit)
  const act = (value, name, node) => {
    const list = value?.type === "tuple" || value?.type === "list" ? value.items : [value]
    for (const each of list) {
      if (each?.type !== "module" || each.kind === "ModuleList" || each.kind === "ModuleDict") continue
      if (name) note(w, "in-order", node.start)
      if (name) w.path.push(name)
      const x = firstOf(currentFor(w, firstLeaf(each)))
      w.current = firstOf(applyModule(w, each, x, { site: { kind: "line", start: node.start }, node }, apply))
      for (const [key, old] of root.names) if (old === x) root.names.set(key, w.current)
      if (name) w.path.pop()
    }
  }
  for (const node of statements) {
    const target = node.type === "assign" ? nameOf(node.targets[0]) : ""
    if (node.type === "expression") {
      const value = evaluate(w, node.value, root)
      if (nameOf(node.value.value) !== "pop") act(value, "", node) // what is taken out of a list is thrown away
    }
    else if (node.type === "return") break
    else {
      execute(w, [node], root)
      const value = target && (node.targets[0].type === "member" ? implicit.fields : root.names).get(target)
      if (isTensor(value)) w.current = value
      else if (value?.type === "module" && !uses.has(target)) act(value, target, node)
    }
  }
  const classes = [...root.names.values()].filter(each => each?.type === "class" && each.methods.size && !uses.has(each.name))
  if (!w.rows.length && !w.broken && classes.length) act(evaluate(w, callOf(classes.at(-1)), root), "", classes.at(-1))
}
const callOf = cls => ({ type: "call", start: cls.start, end: cls.start, value: { type: "name", name: cls.name, start: cls.start, end: cls.start }, args: [], named: [] })

// ---- The whole.

// The last text, parsed: for cures and the shortest input the same one is followed many times over. Nothing changes a tree.
let known = { text: null, statements: null }
const parsed = text => {
  if (known.text !== text) known = { text, statements: whole(parse(text)) }
  return known.statements
}

export const trace = (code, input = "", length = null) => {
  const text = plain(code), given = readInput(plain(input)), w = world(text)
  if (given) w.given = length === null ? given : { ...given, shape: given.shape.with(-1, length) }
  let refused = null
  try {
    follow(w, parsed(text))
  } catch (error) {
    if (error instanceof Refused) refused = error
    else if (error instanceof Enough) note(w, "enough", 0)
    else {
      note(w, "lost", 0)
      w.lost = error
    }
  }
  return result(w, refused, code)
}

const PROBLEMS = 5 // lines named that could not be read; of a log that was pasted, thousands could not

const result = (w, refused, code) => {
  const rows = w.rows.filter(row => row.out || row.refused)
  const broken = w.broken && rows.at(-1)?.module !== w.broken
  const shown = broken ? [...rows.filter(row => !row.refused), { label: w.broken.label, kind: w.broken.kind, module: w.broken, at: w.broken.node.start, refused: w.broken.refused, path: "", parameters: 0, madds: 0 }] : rows
  const empty = shown.findIndex(row => row.empty), cut = empty < 0 ? shown : shown.slice(0, empty + 1), last = cut.at(-1)
  const lineAt = lineFinder(w.text), more = w.problems.length - PROBLEMS
  const notes = [...w.notes.values(), ...w.problems.slice(0, PROBLEMS).map(each => ({ ...each, values: {} }))].map(each => ({ ...each, line: lineAt(each.at) }))
  if (more > 0) notes.push({ id: more === 1 ? "unread-one" : "unread-more", at: 0, line: 1, values: { count: more } })
  if (code.length > LONGEST) notes.push({ id: "long", at: LONGEST, line: lineAt(LONGEST), values: { count: LONGEST } })
  return {
    text: w.text, input: w.input, given: w.given, rows: cut.map(row => ({ ...row, line: lineAt(row.at), field: row.out ? field(row.out) : null })),
    refused: last?.refused ?? null, notes, lost: w.lost ?? null, made: w.made,
    parameters: cut.reduce((sum, row) => sum + row.parameters, 0), madds: cut.reduce((sum, row) => sum + row.madds, 0),
    unread: !refused && !last?.refused && last && w.input ? unread(last.out, w.input, w.made) : null,
  }
}
