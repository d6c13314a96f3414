// The tower in words: the sentence that says what is chosen, the formula and the three numbers, a program that does it.
import { fill, longer, options, script, unbroken } from "../kit.js"
import { field } from "../tower.js"

const range = (list, texts) => (list.length === 1 ? list[0] : fill(texts.range, { first: list[0], last: list.at(-1) }))

const sayInput = ({ i, levels, all }, texts) => {
  const hit = levels.at(-1), list = hit.map(each => `y[${each}]`)
  if (!hit.length) return fill(texts.say_nowhere, { i })
  return fill(texts.say_input, { i, count: hit.length, all: all.at(-1), list: range(list, texts) })
}

const sayOutput = ({ t, view, all }, texts) => {
  const { inputs, holes, own, future, ends } = view
  if (!inputs.length) return [fill(texts.say_padding, { t })]
  const list = range(inputs.map(each => `x[${each}]`), texts)
  return [
    fill(texts.say_output, { t, count: inputs.length, all: all[0], list }),
    holes.length ? fill(texts.say_holes, { count: holes.length }) : texts.say_no_holes,
    future.length ? fill(texts.say_future, { own, count: future.length }) : fill(texts.say_past, { own }),
    ...(ends ? [fill(texts.say_ends, { count: ends })] : []),
  ]
}

export const say = (scene, data, texts) => {
  const { layers, i, pinned, refused } = scene
  if (refused) {
    const words = fill(data.refusals[refused.reason], refused.values)
    return fill(texts.say_refused, { l: refused.layer, words, all: field(layers).sum })
  }
  const parts = i === null ? sayOutput(scene, texts) : [sayInput(scene, texts)]
  return [...parts, ...(pinned ? [texts.say_pinned] : [])].join(texts.between)
}

// The longest sentences that these settings can bring, with the largest numbers in all places.
export const longest = ({ length, mode, layers, all }, texts) => {
  const t = all.at(-1) - 1, own = t * field(layers).jump
  const list = fill(texts.range, { first: `x[${length - 1}]`, last: `x[${length - 1}]` })
  const between = longer(texts.say_no_holes, fill(texts.say_holes, { count: length }))
  const later = longer(fill(texts.say_past, { own }), fill(texts.say_future, { own, count: length }))
  const output = [
    fill(texts.say_output, { t, count: length, all: length, list }), between, later,
    ...(mode === "none" ? [] : [fill(texts.say_ends, { count: length })]), texts.say_pinned,
  ]
  const input = [fill(texts.say_input, { i: length - 1, count: t + 1, all: t + 1, list }), texts.say_pinned]
  return [output, input].map(parts => parts.join(texts.between))
}

export const formulaOf = ({ layers }) => {
  const { terms, sum } = field(layers)
  const own = terms.map(([kernel, dilation, strides]) => `(${kernel} − 1)·${dilation}·${strides}`)
  return unbroken(`R = 1 + ${own.join(" + ")} = ${sum}`)
}

// By the formula, by the paths that are drawn, and as gradients measured it: each number as a text, and its label.
export const amountsOf = ({ layers, t, refused, view }, data, texts) => {
  const measured = data.measured[layers.flat().join("")]
  const [all, some] = measured ?? []
  return {
    formula: [String(field(layers).sum), texts.by_formula],
    paths: [refused ? "–" : String(view.inputs.length), fill(texts.by_paths, { t: refused ? "t" : t })],
    measured: [
      !measured ? "–" : all === some ? String(all) : fill(texts.of, { some, all }),
      measured ? texts.by_measured : texts.not_measured,
    ],
  }
}

const lineOf = ([kernel, dilation, stride], mode) => {
  const call = options(
    `1, 1, ${kernel}`, ["stride", stride, 1], ["dilation", dilation, 1], ["padding", mode === "same" ? "'same'" : 0, 0],
  )
  const layer = `    nn.Conv1d(${call}),`
  if (mode !== "causal" || kernel === 1) return [layer]
  return [`    nn.ConstantPad1d((${dilation * (kernel - 1)}, 0), 0.0),`, layer]
}

export const program = ({ length, mode, layers, t, all, refused, view }) => script(
  "",
  "net = nn.Sequential(",
  ...layers.flatMap(layer => lineOf(layer, mode)),
  ")",
  "for p in net.parameters():",
  "    nn.init.ones_(p)",
  `x = torch.ones(1, 1, ${length}, requires_grad=True)`,
  `y = net(x)${refused ? "" : `  # (1, 1, ${all.at(-1)})`}`,
  `y[0, 0, ${t}].backward()`,
  "reads = x.grad[0, 0].nonzero().flatten().tolist()",
  `print(len(reads), reads)${refused ? "" : `  # ${view.inputs.length}`}`,
)
