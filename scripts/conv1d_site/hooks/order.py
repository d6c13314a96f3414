"""When the hooks are called: a class for each event, in MkDocs' order, and the highest number first.

Where nothing else is said, plugins are called at 0, before our own hooks with the same number.
"""


class Startup:
    """The command begins."""

    WHOLE_SITE = 100


class Config:
    """The configuration has been read."""

    NUMBERS = 150  # snippets then run while all else goes on
    LANGUAGES = 140  # the others ask which language this is
    WHOLE_SITE = 130
    SERVING = 125
    SEARCH = 120
    PAGES = 110
    BLOG = 100
    NOTEBOOKS = 90
    # 0: the search makes its index
    SEARCH_INDEX = -10
    PIECES = -200  # when nobody changes it any more


class Files:
    """The files of the site are known, and the folder that it is written into is empty."""

    OTHER_LANGUAGES = 120
    NOTEBOOKS = 110
    SCRIPTS = 105
    DOWNLOADS = 104
    FOUND = 103
    SEARCH = 100
    # 0: mkdocs-jupyter takes its pages; -50: the blog takes its posts
    NOTEBOOKS_AGAIN = -100
    BLOG = -110
    PAGES = -120


class Nav:
    """The navigation is made, and it is settled which files are published, and where."""

    # -50: the blog publishes its posts
    ADDRESSES = -100
    PIECES = -200  # when nobody changes them any more
    LANGUAGES = -210
    PROGRESS = -220


class PrePage:
    """A page is about to be read."""

    SERVING = 120  # which may end the build
    NOTEBOOKS = 100
    # 0: mkdocs-jupyter reads the notebook


class PageMarkdown:
    """A page has been read."""

    NUMBERS = 100
    PROGRESS = -190
    PIECES = -200  # when nobody changes it any more


class PageContent:
    """A page has been converted."""

    NUMBERS = -10
    NOTEBOOKS = -20
    PAGES = -30


class Env:
    """All pages have been converted; nothing of them is written yet."""

    SERVING_NOTES = 200
    # 100: lists of tags are filled in
    NUMBERS = -10  # ends a build
    ADDRESSES = -15  # does so as well
    NOTEBOOKS = -20
    PAGE_END = -25
    PAGES = -26
    SERVING = -30


class TemplateContext:
    """A template that is no page is about to be filled."""

    LANGUAGES = 0
    FOUND = -10


class PageContext:
    """A page's template is about to be filled."""

    SERVING = 120  # which may end the build
    PROGRESS = 115
    LANGUAGES = 110
    SEARCH_SEES_WORDS = 100
    NOTEBOOKS = 90
    SCRIPTS = 80
    FOUND = 70
    PAGE_END = 60  # which asks what the head says
    # 0: the search reads the page
    READERS_SEE_ALL = -10
    # -100: the blog


class PostPage:
    """A page is finished, and about to be written."""

    PAGES = -50
    NUMBERS = -100  # behind all that may still change it


class PostBuild:
    """All pages of this language have been written."""

    # 0: the search writes its index
    SEARCH = -80
    NUMBERS = -90  # ends a build
    NOTEBOOKS = -100
    FOUND = -104
    LIGHTER = -105  # behind all that may still change a page
    OTHER_LANGUAGES = -110
    PIECES = -112
    ADDRESSES = -115
    PROGRESS = -117
    SERVING = -118
    WHOLE_SITE = -120  # publishes what the others have finished


class BuildError:
    """A build has failed."""

    PROGRESS = 30
    OTHER_LANGUAGES = 20
    WHOLE_SITE = -100  # says it in its own words, which ends the event


class Serve:
    """The first build of `serve` is done."""

    NUMBERS = 20
    SERVING = 10


class Shutdown:
    """The command ends, however it went."""

    PROGRESS = 30
    OTHER_LANGUAGES = 20
    WHOLE_SITE = 10
