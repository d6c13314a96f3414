// What names mean: those of the text, by scopes, and those that Python and torch are used to.

export const scope = (parent = null) => ({ names: new Map(), parent })
export const find = (where, name) => (where.names.has(name) ? where.names.get(name) : where.parent ? find(where.parent, name) : undefined)

export const ROOTS = { nn: "torch.nn", torch: "torch", F: "torch.nn.functional", functional: "torch.nn.functional", math: "math", np: "numpy", collections: "collections" }
export const WORDS = { None: null, True: true, False: false }
export const PRINTED = ["same", "valid", "zeros", "reflect", "replicate", "circular", "none", "nearest", "linear"]
export const TENSORS = ["x", "X", "input", "inputs", "data", "batch", "signal", "tokens"]
export const CREATORS = ["rand", "randn", "zeros", "ones", "empty", "randint", "full", "arange", "tensor"]
