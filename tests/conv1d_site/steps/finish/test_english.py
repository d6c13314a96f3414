"""English on pages in another script."""

from __future__ import annotations

import pytest

from conv1d_site.steps.finish.english import mark_english


@pytest.mark.parametrize(
    "message",
    [
        "expected input[…] to have 3 channels, but got 10 channels instead",
        "Output channels &gt; 65536 not supported at the MPS device",
        "Can't call numpy() on Tensor that requires grad",
        "\"slow_conv2d_cpu\" not implemented for 'Half'",
    ],
)
def test_a_message_in_a_sentence_is_english_and_its_quotes_are_not(message: str) -> None:
    html = f"<p>报错“{message}”：维度顺序反了。</p>"
    assert mark_english(html) == html.replace(message, f'<span lang="en">{message}</span>')


@pytest.mark.parametrize("tag", ["h3", "a", "strong"])
def test_wherever_it_stands(tag: str) -> None:
    html = f"<{tag}>Output size is too small</{tag}>"
    assert mark_english(html) == f'<{tag}><span lang="en">Output size is too small</span></{tag}>'


@pytest.mark.parametrize(
    "html",
    [
        "<p>用 PyTorch Lightning 训练，见 Understanding Convolution。</p>",  # names, said within the sentence
        "<p>形状 (N, C_in, L)，<code>this is some code</code></p>",
        '<a title="one two three four" href="x">步幅</a>',
        "<pre><code># one two three four</code></pre>",
        "<math><mtext>one two three four</mtext></math>",
        '<table class="insync-table"><tr><td>one two three four</td></tr></table>',
    ],
)
def test_names_code_and_attributes_are_left_alone(html: str) -> None:
    assert mark_english(html) == html


def test_an_error_is_english_unless_it_is_said_in_the_pages_language() -> None:
    block = '<div class="insync-error highlight"><pre><code>ValueError: {}</code></pre></div>'
    english, chinese = block.format("it is too short"), block.format("太短")
    assert mark_english(english + chinese) == english.replace('">', '" lang="en">', 1) + chinese
