// What the figure says: the question, what the reader missed, what an output reads, the published case, a program.
import { lengthOut, parameters, reads, WAYS } from "../axes.js"
import { fill, range, script } from "../kit.js"

const { format } = new Intl.NumberFormat("en") // made once: the locale is looked up only here
export const grouped = format

const nameOf = t => `y[0, :, ${t}]`

const sayGraphdta = ({ graphdta, published }, texts) => {
  const [swapped, , written] = published
  return fill(texts.say_graphdta, {
    ...graphdta, written: grouped(written.parameters), swapped: grouped(swapped.parameters),
    written_shape: `(N, ${written.output.join(", ")})`, swapped_shape: `(N, ${swapped.output.join(", ")})`,
  })
}

// Gives the two functions that say something: of a scene, and the longest of what its sizes can bring.
export const speaker = (data, texts) => {
  const named = list => list.map(w => `${w} ${data.words[w]}`).join(texts.comma) || texts.none
  const ask = (t, marked) =>
    [fill(texts.say_ask, { name: nameOf(t) }), fill(texts.say_marked, { list: named(marked) })].join(texts.between)
  const compared = (missed, extra) =>
    (missed.length + extra.length ? fill(texts.say_wrong, { missed: named(missed), extra: named(extra) }) : texts.say_right) + texts.between
  const read = (way, p, t) => {
    const found = reads(way, p, t), read = range(p.L).filter(w => found[w].length), name = nameOf(t)
    if (read.every(w => found[w].length === p.E)) return fill(texts.say_whole, { name, count: p.E, list: named(read) })
    if (read.length === p.L && found.every(each => each.join() === found[0].join()))
      return fill(texts.say_numbers, { name, list: found[0].join(texts.comma) })
    return fill(texts.say_parts, { name, list: read.map(w => `${named([w])} (${found[w].join(", ")})`).join(texts.comma) })
  }
  return {
    say: ({ p, way, t, mode, found, marked }) => {
      if (!found) return sayGraphdta(data, texts)
      const guess = [...marked].sort()
      if (mode === "guess") return ask(t, guess)
      if (mode === "shown") return read(way, p, t)
      const missed = range(p.L).filter(w => found[w].length && !marked.has(w))
      return compared(missed, guess.filter(w => !found[w].length)) + read(way, p, t)
    },
    // Any way, any output, no word guessed.
    longest: ({ p, t, found }) => {
      if (!found) return [sayGraphdta(data, texts)]
      const all = range(p.L), nothing = compared(all, [])
      return [ask(t, all), ...WAYS.flatMap(way => range(lengthOut(way, p)).map(each => nothing + read(way, p, each)))]
    },
  }
}

// What a word more does: the layer takes it, or refuses in torch's own words.
export const sayLonger = (p, data, texts) => {
  const longer = { ...p, L: p.L + 1 }
  const square = p.L === p.E ? texts.between + texts.say_square : ""
  const refused = fill(data.refused, { ...p, longer: longer.L })
  return {
    more: fill(texts.say_longer, { length: lengthOut("permute", p), more: lengthOut("permute", longer) }) + square,
    refused: fill(texts.say_refused, { words: refused }) + square,
  }
}

export const count = ({ p, way, channels }) =>
  `C_out · C_in · K + C_out = ${p.C_out} · ${channels} · ${p.K} + ${p.C_out} = ${grouped(parameters(way, p))}`

export const program = ({ p, way, channels, positions, length }, texts) => script(
  "",
  `# ${texts.comment}`,
  `vectors = torch.rand(1, ${p.L}, ${p.E})`,
  `x = vectors${{ permute: ".permute(0, 2, 1)", view: `.view(1, ${p.E}, ${p.L})`, nothing: "" }[way]}`,
  `print(x.shape)  # (1, ${channels}, ${positions})`, // a line of its own: all ways then have as many lines on a phone
  `layer = nn.Conv1d(${channels}, ${p.C_out}, kernel_size=${p.K})`,
  `y = layer(x)  # (1, ${p.C_out}, ${length})`,
)
