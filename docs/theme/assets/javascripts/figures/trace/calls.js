// What can be called: modules, classes of the text, methods of tensors, functions of torch and of Python.
import { bind, float, isList, isWhole, numeric, repr, roomFor, sequence, signature, unknown } from "./arguments.js"
import { MODULES } from "./modules.js"
import { combine, join, MEMBERS, QUIETLY, stack, STEPS, TELLS } from "./operations.js"
import { Refused, type } from "./refuse.js"
import { tensor } from "./tensor.js"
import { DEEPEST, Enough, isTensor, note, record } from "./world.js"

const CONTAINERS = ["Sequential", "ModuleList", "ModuleDict"]

// ---- Modules.

// A module of torch.nn, with its arguments bound. What torch refuses here is kept: the row of its first use tells it.
export const createModule = (w, name, { args, named, node }) => {
  const made = { type: "module", kind: name, node, label: w.text.slice(node.start, node.end), args: null, used: false }
  const rule = Object.hasOwn(MODULES, name) ? MODULES[name] : null
  if (!rule) return { ...made, foreign: true, given: args }
  made.rule = rule
  try {
    made.args = rule.takes.startsWith("*") ? {} : bind(rule.init || name, rule.takes, args, named)
    for (const [key, value] of Object.entries(made.args)) if (value?.type === "unknown") made.args[key] = assumed(w, made, key, value.why)
    rule.make?.(made.args)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    made.refused = error
    w.broken ??= made
  }
  return made
}

export const createContainer = (w, name, items, at) => {
  for (const { item } of items) if (item?.type === "unknown") note(w, "kept", at, { name: item.why })
  return { type: "module", kind: name, items: items.filter(({ item }) => item?.type === "module") }
}
// What stands in a container, with its name and its place in the text.
export const contents = (args, node) => {
  const [only] = args
  if (args.length === 1 && only?.type === "dictionary") return only.pairs.map(([name, each]) => ({ name: String(name), item: each, start: each?.node?.start }))
  const list = args.length === 1 && isList(only) ? only.items : args
  if (list.every(each => each?.type === "tuple")) return list.map(({ items: [name, each] }) => ({ name: String(name), item: each, start: each?.node?.start }))
  return list.map((each, n) => ({ name: String(n), item: each, start: each?.node?.start ?? node.args[n]?.start }))
}
export const isContainer = name => CONTAINERS.includes(name)

export const itemsOf = value => value?.items?.map(each => (value.type === "module" ? each.item : each)) ?? []
export const firstOf = value => (value?.type === "tuple" && isTensor(value.items[0]) ? value.items[0] : value)
// A value that nothing says: what fits, where the input tells it; else the usual one, or ten.
const FITTING = ["in_channels", "in_features", "num_features"]
const assumed = (w, { node, rule }, key, name) => {
  const { usual } = signature(rule.takes).find(each => each.name === key), value = usual ?? (key === "kernel_size" ? 3 : 10)
  note(w, FITTING.includes(key) ? "no-value-fits" : "no-value", node.start, { name, value: repr(value) })
  return FITTING.includes(key) ? undefined : value
}
// Once the input is there, what fits is known.
const fit = (args, x) => {
  for (const key of FITTING) if (Object.hasOwn(args, key)) args[key] ??= key === "in_features" ? x.shape.at(-1) : key === "in_channels" ? x.shape.at(-2) : x.shape[1]
}

const first = value => (value?.type === "tuple" ? value.items[0] : value)

const applyKnown = (w, module, x, call) => {
  const { rule, args, kind, label, node } = module
  const row = { label, kind, module, x, at: (call.node ?? node).start, site: call.site, shared: module.used, training: w.training }
  return record(w, row, () => {
    if (module.refused) throw module.refused
    fit(args, x)
    const y = rule.run(x, w.training ? args : { ...args, evaluating: true })
    Object.assign(w.rows.at(-1), { parameters: module.used ? 0 : (rule.parameters?.(args, x) ?? 0) + normed(module, x), madds: rule.madds?.(args, x, y) ?? 0 })
    if (args.in_channels === undefined && rule.takes.startsWith("out_channels")) module.args = { ...args, in_channels: x.shape.at(-2) }
    module.used = true
    if (rule.states) return sequence("tuple", [y, rule.states(x, args)])
    return args.return_indices ? sequence("tuple", [y, { ...y, long: true }]) : y
  })
}

// What weight_norm adds: a length for each entry of the weight's first axis.
const normed = ({ normed: is, kind, args }, x) => (is ? (kind.includes("Transpose") ? args.in_channels ?? x.shape.at(-2) : args.out_channels ?? args.out_features ?? 0) : 0)

// A module that is not known: its shape is what a comment `# -> (8, 64, 50)` at the end of its line says, else as it was.
const applyForeign = (w, module, x, call) => {
  const at = (call.node ?? module.node).start, end = w.text.indexOf("\n", at), line = w.text.slice(at, end < 0 ? undefined : end)
  const said = /#[^\n]*(?:->|→)\s*[([]([\d\s,]+)[)\]]/.exec(line)?.[1].match(/\d+/g)?.map(Number)
  note(w, said ? "given-by-hand" : "kept", at, { name: module.kind })
  const shape = said ?? x.shape, axes = shape.length === x.shape.length ? x.axes : [["L"], ["L"], ["N", "F"], ["N", "C", "L"]][shape.length] ?? shape.map(() => "F")
  return record(w, { label: module.label, kind: module.kind, module, x, at, site: call.site, foreign: true }, () => tensor(shape, axes, { links: [{ of: x, all: true }], step: x.step }))
}

export const applyModule = (w, module, given, call, runOwn) => {
  const x = given
  if (module.own) return runOwn(module, [x], call)
  if (module.items) return applyItems(w, module, x, call, runOwn)
  if (!isTensor(x)) {
    if (x?.type !== "tuple" || module.foreign) {
      note(w, "no-shape", (call.node ?? module.node).start, { name: module.label })
      return unknown(module.kind)
    }
    return record(w, { label: module.label, kind: module.kind, module, x: first(x), at: module.node.start, site: call.site }, () =>
      type("tuple", `${FUNCTIONS_OF[module.kind] ?? `${module.kind.toLowerCase()}()`}: argument 'input' (position 1) must be Tensor, not tuple`, { name: module.kind }))
  }
  return module.foreign ? applyForeign(w, module, x, call) : applyKnown(w, module, x, call)
}
const FUNCTIONS_OF = { Linear: "linear()", Conv1d: "conv1d()" }

const applyItems = (w, module, x, call, runOwn) => {
  if (w.path.length >= DEEPEST) throw new Enough()
  let value = x
  for (const { name, item, start, printed } of module.items) {
    if (item?.type !== "module") continue
    w.path.push(name)
    value = applyModule(w, item, value, { site: start === undefined ? call.site : { kind: "item", start, printed }, node: item.node }, runOwn)
    w.path.pop()
  }
  return value
}

// ---- Functions of torch.nn.functional that are modules without parameters.

const AS_MODULE = {
  relu: "ReLU", relu_: "ReLU", gelu: "GELU", elu: "ELU", selu: "SELU", leaky_relu: "LeakyReLU", silu: "SiLU", mish: "Mish", tanh: "Tanh",
  sigmoid: "Sigmoid", softmax: "Softmax", log_softmax: "LogSoftmax", softplus: "Softplus", hardtanh: "Hardtanh", relu6: "ReLU6",
  hardswish: "Hardswish", dropout: "Dropout", dropout1d: "Dropout1d", max_pool1d: "MaxPool1d", avg_pool1d: "AvgPool1d",
  adaptive_avg_pool1d: "AdaptiveAvgPool1d", adaptive_max_pool1d: "AdaptiveMaxPool1d", interpolate: "Upsample", glu: "GLU",
  logsigmoid: "LogSigmoid", alpha_dropout: "AlphaDropout", softsign: "Softsign",
}
const PADS = { constant: "ConstantPad1d", reflect: "ReflectionPad1d", replicate: "ReplicationPad1d", circular: "CircularPad1d" }

const padAsModule = (w, { args, named, node }) => {
  const [pads, mode = named.get("mode") ?? "constant", value = named.get("value") ?? 0] = args.slice(1), given = pads ?? named.get("pad")
  if (!isList(given) || given.items.length !== 2 || !Object.hasOwn(PADS, mode)) return null
  return createModule(w, PADS[mode], { args: mode === "constant" ? [given, value] : [given], named: [], node })
}

export const applyFunction = (w, name, call, runOwn) => {
  const { args, named, node } = call, [x] = args
  const without = [...named].filter(([key]) => key !== "training" && key !== "input")
  const module = name === "pad" ? padAsModule(w, call)
    : Object.hasOwn(AS_MODULE, name) ? createModule(w, AS_MODULE[name], { args: args.slice(1).filter((_, n) => !(name.startsWith("dropout") && n > 0)), named: without, node }) : null
  if (!module) return null
  module.inline = true
  return applyModule(w, module, x, { site: { kind: "argument", start: node.args[0]?.start, end: node.args[0]?.end }, node }, runOwn)
}

// ---- Methods of tensors, and the functions of torch that are the same.

export const callMethod = (w, x, name, { args, named, node }, site) => {
  const given = { positions: args, named: Object.fromEntries(named) }
  if (Object.hasOwn(QUIETLY, name)) return x
  if (Object.hasOwn(TELLS, name)) return TELLS[name](x, given)
  if (Object.hasOwn(AS_MODULE, name))
    return applyModule(w, createModule(w, AS_MODULE[name], { args, named: [...named], node }), x, { node, site })
  if (!Object.hasOwn(STEPS, name)) {
    note(w, "method", node.start, { name })
    return x
  }
  if ([...args, ...Object.values(given.named)].some(each => each?.type === "unknown" || (isList(each) && each.items.some(one => one?.type === "unknown")))) return unknown(name)
  return record(w, { label: w.text.slice(node.start, node.end), kind: name, x, at: node.start, site, node, operation: { name, args, named } }, () => STEPS[name](x, given))
}

export const memberOf = (x, name) => (Object.hasOwn(MEMBERS, name) ? MEMBERS[name](x) : null)

// Methods of lists, containers, modules and dictionaries.
const LISTS = {
  append: (items, [value]) => grow(items, items.length, [value]),
  extend: (items, [values]) => grow(items, items.length, itemsOf(values)),
  insert: (items, [at, value]) => grow(items, at, [value]),
  pop: (items, [at = -1]) => items.splice(at, 1)[0],
  reverse: items => void items.reverse(),
  copy: items => sequence("list", [...items]),
}
const grow = (items, at, more) => {
  roomFor(items.length + more.length)
  items.splice(at, 0, ...more)
}
const BUILDS = ["append", "extend", "insert", "add_module", "register_module"]
export const callObject = (w, of, name, { args, node }) => {
  if (of.type === "list" && Object.hasOwn(LISTS, name)) return LISTS[name](of.items, args) ?? null
  if (of.type === "module" && of.items && (name === "append" || name === "add_module")) {
    const value = args.at(-1)
    of.items.push({ name: name === "append" ? String(of.items.length) : args[0], item: value, start: value?.node?.start })
  } else if (of.type === "module" && (name === "eval" || name === "train")) {
    w.training = name === "train"
    return of
  } else if (of.type === "module" && /^(?:to|cuda|cpu|float|half|double|requires_grad_|apply)$/.test(name)) return of
  else if (of.type === "dictionary") return sequence("list", of.pairs.map(([key, value]) => (name === "items" ? sequence("tuple", [key, value]) : name === "keys" ? key : value)))
  else if (of.type === "list" || BUILDS.includes(name)) note(w, "list", node.start, { name }) // what it builds would be missing in silence
  return null
}

const tensorsOf = value => (isList(value) && value.items.every(isTensor) ? value.items : null)
export const torchFunction = (w, name, call) => {
  const { args, named, node } = call, [x] = args
  if (name === "cat" || name === "concat" || name === "concatenate" || name === "stack") {
    const parts = tensorsOf(x), dim = args[1] ?? named.get("dim") ?? 0
    if (!parts?.length) return unknown(name)
    const act = name === "stack" ? stack : join
    return record(w, { label: w.text.slice(node.start, node.end), kind: name, x: parts[0], at: node.start, node, operation: { name, args: [dim], parts } }, () => act(parts, dim))
  }
  if (["add", "mul", "sub"].includes(name) && isTensor(x) && isTensor(args[1])) return addTensors(w, { add: "+", mul: "*", sub: "-" }[name], x, args[1], node)
  return isTensor(x) ? callMethod(w, x, name, { ...call, args: args.slice(1) }, { kind: "argument", start: node.args[0].start, end: node.args[0].end }) : null
}

export const addTensors = (w, sign, x, y, node) =>
  record(w, { label: w.text.slice(node.start, node.end), kind: sign, x, at: node.start, node, operation: { name: sign, args: [], parts: [x, y] } }, () => combine(x, y))

// ---- Python's own functions, as far as sizes are worked out with them.

const numbers = args => (args.length === 1 && isList(args[0]) ? args[0].items : args)
export const PYTHON = {
  int: ([value]) => (typeof value === "string" ? Number.parseInt(value, 10) : Math.trunc(numeric(value))), float: ([value]) => float(numeric(value)),
  len: ([value]) => value?.items?.length ?? value?.shape?.[0] ?? unknown("len"),
  max: args => numbers(args).reduce((a, b) => (numeric(b) > numeric(a) ? b : a)),
  min: args => numbers(args).reduce((a, b) => (numeric(b) < numeric(a) ? b : a)),
  abs: ([value]) => (isWhole(value) ? Math.abs(value) : float(Math.abs(numeric(value)))), round: ([value]) => Math.round(numeric(value)),
  sum: ([value]) => value.items.reduce((a, b) => a + b, 0), tuple: ([value]) => sequence("tuple", value?.items ?? []), list: ([value]) => sequence("list", value?.items ?? []),
  floor: ([value]) => Math.floor(numeric(value)), ceil: ([value]) => Math.ceil(numeric(value)), sqrt: ([value]) => float(Math.sqrt(numeric(value))),
  log2: ([value]) => float(Math.log2(numeric(value))), prod: ([value]) => value.items.reduce((a, b) => a * b, 1),
  range: args => {
    const [from, to, by] = args.length === 1 ? [0, args[0], 1] : [args[0], args[1], args[2] ?? 1]
    if (![from, to, by].every(isWhole) || by === 0) return unknown("range")
    const length = Math.max(0, Math.ceil((to - from) / by))
    roomFor(length)
    return sequence("list", Array.from({ length }, (_, i) => from + i * by))
  },
  enumerate: ([value]) => sequence("list", (value?.items ?? []).map((each, i) => sequence("tuple", [i, each?.item ?? each]))),
  zip: args => sequence("list", (args[0]?.items ?? []).map((_, i) => sequence("tuple", args.map(each => each?.items?.[i] ?? null)))),
  reversed: ([value]) => sequence("list", [...(value?.items ?? [])].reverse()),
  OrderedDict: ([value]) => value ?? { type: "dictionary", pairs: [] }, dict: ([value]) => value ?? { type: "dictionary", pairs: [] },
}

// ---- What is not known.

// weight_norm(nn.Conv1d(…)) and the like give the module back; what else they do to it is not known here.
export const wrapped = (w, name, { args, node }) => {
  const module = args.find(each => each?.type === "module")
  if (module && name === "weight_norm") module.normed = true
  else if (module) note(w, "wrapped", node.start, { name })
  return module
}

export const foreign = (w, name, { args, node }) => {
  const x = args.find(isTensor)
  if (x && !/loss|entropy/.test(name)) note(w, "method", node.start, { name })
  return x ?? unknown(name)
}
