"""Addresses come from the environment, so that a fork needs no edit.

COURSE_REPO_URL     shows the repository, issue and Colab/Binder buttons
COURSE_REPO_BRANCH  the branch that these point to (default: main)
COURSE_SITE_URL     writes canonical links, social cards and sitemap.xml
"""

import os


def read_environment(app, config):
    options = config.html_theme_options
    repository = os.environ.get("COURSE_REPO_URL", "").rstrip("/")
    options["repository_url"] = repository
    options["repository_branch"] = os.environ.get("COURSE_REPO_BRANCH") or "main"
    options["use_repository_button"] = bool(repository)
    options["use_issues_button"] = bool(repository)
    options["launch_buttons"] = {}
    if repository:
        options["launch_buttons"] = {
            "colab_url": "https://colab.research.google.com",
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        }

    site = os.environ.get("COURSE_SITE_URL", "")
    if site and not site.endswith("/"):
        site += "/"
    config.html_baseurl = config.ogp_site_url = site
    config.ogp_social_cards = {"enable": bool(site)}
    # The 404 page is served under any address, so its links start at the root.
    config.notfound_urls_prefix = "/" + site.split("/", 3)[3] if site else "/"


def setup(app):
    if os.environ.get("COURSE_SITE_URL"):
        app.setup_extension("sphinx_sitemap")
        app.connect("config-inited", sitemap_scheme, priority=90)
    # After jupyter-book and the theme have put their own values in.
    app.connect("config-inited", read_environment, priority=100)


def sitemap_scheme(app, config):
    config.sitemap_url_scheme = "{link}"
    config.sitemap_show_lastmod = False
