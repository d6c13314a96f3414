"""The text classifier: a sentence has the same logits alone, in any batch, and by the definition."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from recipe import DTYPES, close, graph_size, held, load, seeds
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everywhere

TextClassifier = load("text_classifier").TextClassifier
same_alone = load("tests").same_alone
widths = st.lists(st.integers(1, 6), min_size=1, max_size=3)
sentences = st.lists(st.lists(st.integers(0, 8), max_size=9), max_size=5)


def by_numbers(net: nn.Module, words: list[int]) -> Tensor:
    """Logits of one sentence: every window by itself, with one filled up where the sentence is shorter."""
    vectors = net.embedding.weight.double()[words]
    features = []
    for conv in net.convs:
        taps = conv.kernel_size[0]
        rows = torch.cat([vectors, vectors.new_zeros(max(taps - len(words), 0), vectors.shape[1])])
        best = torch.zeros(conv.out_channels, dtype=torch.float64)
        for t in range(len(rows) - taps + 1):
            total = conv.bias.double() + torch.einsum("oek,ke->o", conv.weight.double(), rows[t : t + taps])
            best = torch.maximum(best, total)
        features.append(best if words else torch.zeros_like(best))
    return net.out.weight.double() @ torch.cat(features) + net.out.bias.double()


def make(blank: int = 0, dtype: torch.dtype = torch.float64, **more: object) -> nn.Module:
    return TextClassifier(10, 3, size=4, channels=5, padding_idx=blank, **more).to(dtype).eval()


@held
@given(widths, sentences, seeds, st.sampled_from([0, 9, -1]), st.integers(0, 4), st.booleans())
def test_a_sentence_has_its_logits_whatever_it_is_padded_with(
    taps: list[int], rows: list[list[int]], seed: int, blank: int, more: int, left: bool
) -> None:
    torch.manual_seed(seed)
    net = make(blank, widths=taps)
    pad = blank % 10
    rows = [[word + (pad == 0) for word in row] for row in rows]
    longest = max(map(len, rows), default=0) + more
    filled = [[pad] * (longest - len(row)) for row in rows]
    table = [fill + row if left else row + fill for row, fill in zip(rows, filled, strict=True)]
    tokens = torch.tensor(table, dtype=torch.long).reshape(len(rows), longest)
    logits = net(tokens)
    assert logits.shape == (len(rows), 3)
    for row, logit in zip(rows, logits, strict=True):
        close(logit.detach(), by_numbers(net, row).detach())
        close(net(torch.tensor([row], dtype=torch.int32).reshape(1, -1))[0], logit)
    loss = F.cross_entropy(logits, torch.zeros(len(rows)).long(), reduction="sum")
    loss.backward()
    assert loss.isfinite()
    assert all(p.grad is None or p.grad.isfinite().all() for p in net.parameters())
    assert net.embedding.weight.grad is None or not net.embedding.weight.grad[pad].any()


def test_it_passes_the_test_alone_or_in_a_batch() -> None:
    torch.manual_seed(0)
    tokens = torch.tensor([[1, 2, 3, 4, 5, 6], [3, 1, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        net = make(dtype=dtype).train()
        assert same_alone(net, tokens, [6, 2, 1, 0], hand_over=False)
        assert net.training


def test_short_sentences_are_told_apart() -> None:
    torch.manual_seed(0)
    logits = make()(torch.tensor([[1, 0], [2, 0], [0, 0], [1, 2], [2, 1]]))
    for i in range(5):
        assert sum(torch.allclose(logits[i], other) for other in logits) == 1


def test_what_stands_in_the_table_for_padding_is_not_read() -> None:
    net = make()
    tokens = torch.tensor([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
    before = net(tokens)
    net.embedding.weight.data[0] = torch.nan
    close(net(tokens), before)
    net(tokens).sum().backward()
    assert net.embedding.weight.grad.isfinite().all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_devices_copies_and_graphs(dtype: torch.dtype) -> None:
    net = make(dtype=dtype)
    tokens = torch.randint(10, (3, 7))
    kept = tokens.clone()
    logits = net(tokens)
    assert logits.dtype == dtype
    close(copy.deepcopy(net)(tokens), logits)
    other = make(dtype=dtype)
    other.load_state_dict(net.state_dict())
    close(other(tokens), logits)
    assert graph_size(net(tokens)) == graph_size(logits)
    assert tokens.equal(kept)
    assert net.to("meta")(tokens.to("meta")).shape == (3, 3)


def test_it_learns_what_only_order_tells() -> None:
    torch.manual_seed(0)
    net = TextClassifier(4, 2, size=8, channels=8, widths=(2, 3), dropout=0.1).train()
    tokens = torch.tensor([[1, 2, 0, 0], [2, 1, 0, 0], [3, 1, 2, 0], [3, 2, 1, 3]])
    labels = torch.tensor([0, 1, 0, 1])
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        F.cross_entropy(net(tokens), labels).backward()
        optimizer.step()
    assert net.eval()(tokens).argmax(1).equal(labels)


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"padding_idx": None}, "padding_idx=None"),
        ({"widths": ()}, r"widths=\(\): an id and widths of at least 1 are needed"),
        ({"widths": (0,)}, r"widths=\(0,\): an id and widths of at least 1"),
        ({"widths": [3, -1]}, r"widths=\(3, -1\): an id and widths"),
    ],
)
def test_what_cannot_be_built_is_refused(more: dict, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        TextClassifier(10, 3, **more)


def test_one_sentence_without_a_batch_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"tokens are \(5,\), but \(N, L\) is needed"):
        make()(torch.ones(5).long())


def test_it_exports_with_any_length_and_number_of_sentences() -> None:
    net = make()
    dims = {0: torch.export.Dim("n", max=100), 1: torch.export.Dim("length", max=1000)}
    exported = torch.export.export(net, (torch.randint(10, (3, 20)),), dynamic_shapes=(dims,)).module()
    for shape in ((2, 3), (5, 33)):
        tokens = torch.randint(10, shape)
        close(exported(tokens), net(tokens))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.uint16, torch.int32])
def test_tokens_may_be_in_any_whole_dtype(dtype: torch.dtype) -> None:
    net, tokens = make(), torch.randint(10, (3, 7))
    close(net(tokens.to(dtype)), net(tokens))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.complex64])
def test_tokens_that_are_no_whole_numbers_are_refused(dtype: torch.dtype) -> None:
    with pytest.raises(ValueError, match=f"tokens are {dtype}, but whole numbers are needed"):
        make()(torch.ones(2, 3, dtype=dtype))
