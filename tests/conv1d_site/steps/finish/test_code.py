"""Short code in sentences."""

from __future__ import annotations

from conv1d_site.steps.finish.code import keep_short_code_whole


def test_short_code_in_a_sentence_is_not_broken_over_two_lines() -> None:
    block = "<pre><code>a b</code></pre>"
    html = f"<p><code>x = x + 1</code> <code>stride</code> <code>a line that is longer</code></p>{block}"
    assert keep_short_code_whole(html) == html.replace("<code>x", '<code class="site-whole">x')
