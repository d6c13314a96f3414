// Follows the text as Python would, with tensors that have shapes and no numbers. Nothing of it is evaluated as code: each
// node of the tree has its function here, and what has none is unknown.
import { float, isList, isNumber, isWhole, sequence, unknown } from "./arguments.js"
import { compute, isArithmetic } from "./arithmetic.js"
import {
  addTensors, applyFunction, applyModule, callMethod, callObject, contents, createContainer, createModule, firstOf,
  foreign, isContainer, itemsOf, memberOf, PYTHON, torchFunction, wrapped,
} from "./calls.js"
import { MODULES } from "./modules.js"
import { item, QUIETLY, STEPS, TELLS } from "./operations.js"
import { tensor } from "./tensor.js"
import { currentFor, firstLeaf, inputFor, nameAxes } from "./input.js"
import { CREATORS, find, PRINTED, ROOTS, scope, TENSORS, WORDS } from "./names.js"
import { DEEPEST, Enough, isTensor, note, record, spend } from "./world.js"

const EVALUATE = {
  number: (_w, { text }) => (/[.eE]/.test(text) ? float(Number(text.replaceAll("_", ""))) : Number(text.replaceAll("_", ""))),
  text: (_w, { text }) => text.replace(/^[a-zA-Z]*('''|"""|'|")/, "").replace(/('''|"""|'|")$/, ""),
  dots: () => "…",
  name: (w, { name }, where) => {
    if (Object.hasOwn(WORDS, name)) return WORDS[name]
    const found = find(where, name)
    if (found !== undefined) return found
    if (Object.hasOwn(ROOTS, name)) return { type: "path", path: ROOTS[name] }
    if (Object.hasOwn(MODULES, name) || isContainer(name)) return { type: "path", path: `torch.nn.${name}` }
    if (Object.hasOwn(PYTHON, name)) return { type: "path", path: `python.${name}` }
    if (TENSORS.includes(name) && (w.given || w.current)) return currentFor(w) // nothing has said what it is: the input
    return PRINTED.includes(name) ? name : unknown(name)
  },
  tuple: (w, node, where) => sequence("tuple", spread(w, node.items, where)),
  list: (w, node, where) => sequence("list", spread(w, node.items, where)),
  star: (w, node, where) => evaluate(w, node.value, where),
  dictionary: (w, { pairs }, where) => ({ type: "dictionary", pairs: pairs.map(pair => pair.map(each => evaluate(w, each, where))) }),
  each: (w, node, where) => sequence("list", through(w, node.over, where).map(value => {
    spend(w)
    const inner = scope(where)
    assign(w, node.target, value, inner)
    return evaluate(w, node.value, inner)
  })),
  unary: (w, node, where) => {
    const value = evaluate(w, node.value, where)
    if (node.sign === "not") return typeof value === "object" ? unknown("not") : !value
    if (isTensor(value) || !isNumber(value)) return value
    return node.sign === "-" ? (value?.type === "float" ? float(-value.value) : -value) : value
  },
  choice: (w, node, where) => {
    const test = evaluate(w, node.test, where)
    return evaluate(w, test?.type === "unknown" || test ? node.yes : node.no, where)
  },
  binary: (w, node, where) => binary(w, node, evaluate(w, node.left, where), evaluate(w, node.right, where)),
  member: (w, node, where) => member(w, node, evaluate(w, node.value, where), where),
  item: (w, node, where) => itemOf(w, node, evaluate(w, node.value, where), where),
  slice: (w, node, where) => ({ type: "slice", ...Object.fromEntries(["first", "last", "step"].map(key => [key, node[key] ? evaluate(w, node[key], where) : null])) }),
  call: (w, node, where) => call(w, node, where),
}

export const evaluate = (w, node, where) => EVALUATE[node.type]?.(w, node, where) ?? null
const spread = (w, nodes, where) => nodes.flatMap(node => {
  const value = evaluate(w, node, where)
  return node.type === "star" || node.type === "each" ? itemsOf(value) : [value]
})
const through = (w, node, where) => itemsOf(evaluate(w, node, where))

const binary = (w, node, a, b) => {
  const { sign } = node
  if (isTensor(a) && isTensor(b) && isArithmetic(sign)) return addTensors(w, sign, a, b, node)
  return isTensor(a) ? a : isTensor(b) ? b : compute(sign, a, b)
}

const member = (w, node, value, where) => {
  const { name } = node
  if (value?.type === "path") return { type: "path", path: `${value.path}.${name}` }
  if (isTensor(value)) return memberOf(value, name) ?? { type: "method", of: value, name, node: node.value }
  if (value?.type === "unknown" && node.value.type === "name" && [STEPS, QUIETLY, TELLS].some(all => Object.hasOwn(all, name)))
    return { type: "method", of: bound(w, node.value, where, name), name, node: node.value }
  if (value?.type === "unknown" && node.value.type === "name" && ["shape", "ndim"].includes(name)) return memberOf(bound(w, node.value, where), name)
  if (value?.fields instanceof Map && value.fields.has(name)) return value.fields.get(name)
  if (value?.own) return { type: "bound", of: value, def: value.own.methods.get(name), name }
  if (value?.fields && Object.hasOwn(value.fields, name)) return value.fields[name]
  if (value?.type === "module" && value.args && Object.hasOwn(value.args, name)) return value.args[name]
  if (value && typeof value === "object") return { type: "method", of: value, name, node: node.value }
  return unknown(name)
}
// An undefined name that is used as a tensor is the input.
const bound = (w, node, where, kind) => {
  const x = currentFor(w, kind && { kind })
  if (node?.type === "name" && where.parent) where.names.set(node.name, x) // outermost, it is whatever came last
  return x
}

const itemOf = (w, node, value, where) => {
  const given = evaluate(w, node.item, where)
  if (isTensor(value)) {
    const items = given?.type === "tuple" ? given.items : [given]
    if (items.some(each => each?.type === "unknown")) return value
    return record(w, { label: w.text.slice(node.start, node.end), kind: "[]", x: value, at: node.start, node, operation: { name: "[]", args: items } }, () => item(value, items))
  }
  if (value?.type === "dictionary") return value.pairs.find(([key]) => key === given)?.[1] ?? unknown("[]")
  const items = itemsOf(value)
  if (isWhole(given)) return items.at(given) ?? unknown("[]")
  if (given?.type === "slice" && items.length) return sequence(value.type === "tuple" ? "tuple" : "list", items.slice(given.first ?? 0, given.last ?? undefined))
  return unknown("[]")
}

// ---- Calls.
const argumentsOf = (w, node, where) => {
  const args = spread(w, node.args, where), named = new Map()
  for (const { name, value, printed } of node.named) if (!printed) named.set(name, evaluate(w, value, where))
  return { args, named, node }
}

const call = (w, node, where) => {
  spend(w)
  if (node.value.type === "name" && node.value.name === "super") return { type: "super" }
  const callee = evaluate(w, node.value, where)
  if (callee?.type === "method" && callee.of?.type === "super") return null
  const printed = node.named.filter(each => each.printed)
  if (printed.length) return createContainer(w, "Sequential", printed.map(({ name, value }) => ({ name, printed: name, start: value.start, item: evaluate(w, value, where) })), node.start)
  const given = argumentsOf(w, node, where)
  if (callee?.type === "module") return callModule(w, callee, given, where)
  if (callee?.type === "path") return callPath(w, callee.path, given, where)
  if (callee?.type === "class") return instantiate(w, callee, given)
  if (callee?.type === "bound") return callBound(w, callee, given, where)
  if (callee?.type === "function") return runFunction(w, callee.def, given.args, given.named, callee.where)
  if (callee?.type === "method") return callMethodOf(w, callee, given, where)
  return callUnknown(w, callee, given)
}

// What a layer or function is given: the input, where nothing says what it is, which inside a function is a name that the
// text never sets. Something else that is not known there stays so.
const givenTo = (w, value, node, where) => {
  const unset = !where.parent || (node?.type === "name" && find(where, node.name) === undefined)
  return value === undefined || (value?.type === "unknown" && unset) ? bound(w, node, where) : value
}

const callModule = (w, module, { args, named, node }, where) => {
  const argument = node.args[0] ?? node.named[0]?.value
  const x = givenTo(w, args[0] ?? [...named.values()][0], argument, where)
  if (!w.input || (x === w.input && !w.named)) inputFor(w, firstLeaf(module))
  const site = argument && { kind: "argument", start: argument.start, end: argument.end }
  return within(w, module.name, () => applyModule(w, module, x, { site, node }, runOwn(w)))
}
const within = (w, name, act) => {
  if (name) w.path.push(name)
  const y = act()
  if (name) w.path.pop()
  return y
}

const LIKE_CLASS = /^[A-Z]\w*$/
const callPath = (w, path, given, where) => {
  const name = path.slice(path.lastIndexOf(".") + 1), { args, named, node } = given
  if (args.length && (path.startsWith("torch.nn.functional.") || (path.startsWith("torch.") && Object.hasOwn(STEPS, name)))) args[0] = givenTo(w, args[0], node.args[0], where)
  if (path.startsWith("torch.nn.functional.")) return applyFunction(w, name, given, runOwn(w)) ?? foreign(w, name, given)
  if (isContainer(name)) return createContainer(w, name, named.size ? [] : contents(args, node), node.start)
  if (/^torch\.nn\.(?:utils|init|parameter|Parameter)/.test(path)) return wrapped(w, name, given) ?? args[0] ?? unknown(name)
  if (LIKE_CLASS.test(name) && path.startsWith("torch.nn.")) return createModule(w, name, given)
  if (Object.hasOwn(PYTHON, name) && /^(?:python|math|numpy|collections)\./.test(path)) return args.some(each => each?.type === "unknown") ? unknown(args.find(each => each?.type === "unknown").why) : PYTHON[name](args)
  if (path.startsWith("torch.") && CREATORS.includes(name)) return create(w, name, given, where)
  if (path.startsWith("torch.")) return torchFunction(w, name, given) ?? applyFunction(w, name, given, runOwn(w)) ?? foreign(w, name, given)
  return unknown(name)
}

// A tensor that the text creates: at its outermost level, the first one is the input.
const create = (w, name, { args, named }, where) => {
  const list = args.length && isList(args[0]) ? args[0].items : args.filter(isWhole)
  const shape = name === "randint" ? (args.find(isList) ?? named.get("size"))?.items ?? [] : name === "tensor" || name === "arange" ? [] : list
  if (!shape.length || !shape.every(isWhole)) return unknown(name)
  if (where.parent) return tensor(shape, nameAxes(shape.length))
  w.given ??= { shape, long: name === "randint" }
  return inputFor(w)
}

const callUnknown = (w, callee, given) => {
  const name = callee?.why ?? ""
  if (LIKE_CLASS.test(name) && !given.args.some(isTensor)) return createModule(w, name, given)
  if (["print", "summary", "isinstance", "setattr", "hasattr"].includes(name)) return null
  return wrapped(w, name, given) ?? foreign(w, name, given)
}

const callMethodOf = (w, { of, name, node: base }, given, where) => {
  if (isTensor(of)) {
    if (of === w.input && !w.named) inputFor(w, { kind: name })
    return callMethod(w, of, name, given, base && { kind: "argument", start: base.start, end: base.end })
  }
  return of.type === "module" && name === "forward" ? callModule(w, of, given, where) : callObject(w, of, name, given)
}

// ---- Classes and functions of the text.
const instantiate = (w, cls, { args, named, node }) => {
  const made = { type: "module", kind: cls.name, own: cls, fields: new Map(), node, label: w.text.slice(node.start, node.end) }
  const init = cls.methods.get("__init__")
  if (init) runFunction(w, init, [made, ...args], named, cls.where)
  return made
}

const callBound = (w, { of, def, name }, { args, named, node }, where) => {
  if (name === "forward" || name === "__call__") return callModule(w, of, { args, named, node }, where)
  if (name === "add_module") {
    of.fields.set(args[0], args[1])
    return null
  }
  if (def) return runFunction(w, def, [of, ...args], named, of.own.where)
  const x = args.find(isTensor)
  if (x) note(w, "method", node.start, { name })
  if (x || !["eval", "train", "to", "cuda", "cpu", "float"].includes(name)) return x ?? unknown(name)
  if (name === "eval" || name === "train") w.training = name === "train"
  return of
}

// Applies a module of the text: by its forward, or, where there is none, its layers in their order.
export const runOwn = w => (module, args, outer) => {
  spend(w)
  const forward = module.own.methods.get("forward")
  if (forward) return runFunction(w, forward, [module, ...args], outer?.named ?? new Map(), module.own.where)
  note(w, "in-order", module.own.start, { name: module.kind })
  let x = args[0]
  for (const [name, each] of module.fields)
    if (each?.type === "module" && each.kind !== "ModuleList") x = within(w, name, () => applyModule(w, each, firstOf(x), { site: each.node && { kind: "line", start: each.node.start }, node: each.node }, runOwn(w)))
  return x
}

const runFunction = (w, def, args, named, where) => {
  spend(w)
  if (++w.depth > DEEPEST) throw new Enough()
  const inner = scope(where)
  let n = 0
  for (const { name, usual, star } of def.given) {
    if (star === "*") inner.names.set(name, sequence("tuple", args.slice(n)))
    else if (star === "**") inner.names.set(name, { type: "dictionary", pairs: [] })
    else if (n < args.length && args[n] !== undefined) inner.names.set(name, args[n++])
    else if (named.has(name)) inner.names.set(name, named.get(name))
    else inner.names.set(name, usual ? evaluate(w, usual, where) : unknown(name))
  }
  const value = execute(w, def.body, inner)?.value ?? null
  w.depth--
  return value
}

// ---- Statements. A result { value } means that the block returned.
export const assign = (w, target, value, where) => {
  if (target.type === "name") where.names.set(target.name, value)
  else if (target.type === "tuple" || target.type === "list") {
    const items = itemsOf(value)
    for (const [n, each] of target.items.entries()) assign(w, each, items[n] ?? unknown("unpacked"), where)
  } else if (target.type === "member") {
    const owner = evaluate(w, target.value, where)
    if (!(owner?.fields instanceof Map)) return
    owner.fields.set(target.name, value)
    if (value?.type === "module" && !value.name) value.name = target.name
  }
}

const classOf = (node, where) => ({
  type: "class", name: node.name, where, start: node.start,
  methods: new Map(node.body.filter(each => each.type === "def").map(each => [each.name, each])),
})

const RUN = {
  class: (_w, node, where) => void where.names.set(node.name, classOf(node, where)),
  def: (_w, node, where) => void where.names.set(node.name, { type: "function", def: node, where, name: node.name }),
  assign: (w, node, where) => {
    const value = evaluate(w, node.value, where)
    for (const target of node.targets) assign(w, target, value, where)
  },
  expression: (w, node, where) => void evaluate(w, node.value, where),
  return: (w, node, where) => ({ value: node.value ? evaluate(w, node.value, where) : null }),
  for: (w, node, where) => {
    for (const value of through(w, node.over, where)) {
      spend(w)
      assign(w, node.target, value, where)
      const done = execute(w, node.body, where)
      if (done) return done
    }
    return undefined
  },
  with: (w, node, where) => execute(w, node.body, where), try: (w, node, where) => execute(w, node.body, where),
  while: (w, node) => note(w, "not-followed", node.start, { name: "while" }),
  jump: (w, node) => note(w, "not-followed", node.start, { name: node.name }),
  unread: (w, node) => void w.problems.push({ id: "unread", at: node.start }),
}

export const execute = (w, body, where) => {
  let taken = true
  for (const node of body) {
    spend(w)
    if (node.type === "if" || node.type === "elif") {
      if (node.type === "elif" && taken) continue
      const test = evaluate(w, node.test, where)
      if (test?.type === "unknown") note(w, "branch", node.start, { name: w.text.slice(node.test.start, node.test.end) })
      taken = Boolean(test)
    }
    const choice = ["if", "elif", "else"].includes(node.type)
    if (choice && taken === (node.type === "else")) continue
    const done = choice ? execute(w, node.body, where) : RUN[node.type]?.(w, node, where)
    if (done?.value !== undefined) return done
  }
  return undefined
}
