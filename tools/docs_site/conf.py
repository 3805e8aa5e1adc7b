"""How Sphinx makes the documentation into a site that works from a folder, with no network.

The pages are plain Markdown in docs/, readable without the site. The theme brings its own styles, scripts and icons
and uses the reader's own typefaces.
"""

from __future__ import annotations

from campaignflow._version import __version__

project = "campaignflow"
copyright = "2026, the campaignflow authors"
release = __version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["**/_*"]

myst_enable_extensions = ["colon_fence", "deflist"]
# Headings are link targets, as where the pages are read without the site.
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
# Pages are the same wherever and whenever they are built.
html_theme_options = {"source_edit_link": ""}
