"""Scrapy's settings with its unsafe defaults reversed. Recipes can change none of these; tests name each."""

from __future__ import annotations

from typing import Any

from crawlers.recipe import DELAY_FLOOR_S, Recipe

BOT_NAME = "mingcha"
#: What robots.txt files may address us by.
ROBOTS_TOKEN = "MingchaBot"  # noqa: S105  # a robot's name, not a secret
MEGABYTE = 1024 * 1024
MAX_PAGE_BYTES = 5 * MEGABYTE
MAX_REDIRECTS = 5

SPIDER_MODULES = ["crawlers.spiders"]
#: One broken spider file must not stop the others.
SPIDER_LOADER_WARN_ONLY = True

# Who we are, and that we say so.
USER_AGENT = f"{ROBOTS_TOKEN}/0.1"
ROBOTSTXT_USER_AGENT = ROBOTS_TOKEN
# Ours replaces Scrapy's middleware, which lets everything through when robots.txt cannot be read.
ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
REFERER_ENABLED = False
HTTPPROXY_ENABLED = False
HTTPCACHE_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
}

# TLS is checked.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"

# Only http and https; no local files, no data URIs, no FTP, no S3.
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawlers.browser.handler.PageHandler",
    "https": "crawlers.browser.handler.PageHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# Bounds. Decompressed sizes are held to the same limit.
DOWNLOAD_MAXSIZE = MAX_PAGE_BYTES
DOWNLOAD_WARNSIZE = 2 * MEGABYTE
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 15
URLLENGTH_LIMIT = 2000
DEPTH_LIMIT = 0
MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 2048
MEMUSAGE_WARNING_MB = 1024
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 20 * MEGABYTE

# Pace: one request at a time and host; the floor is enforced again in middlewares/politeness.py.
DOWNLOAD_DELAY = DELAY_FLOOR_S
DOWNLOAD_DELAY_JITTER = 0.0
CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = False

# Items of one answer on their way at once: ours have one, and Scrapy starts as many tasks an answer as this says.
CONCURRENT_ITEMS = 2

# Redirects are followed by middlewares/redirects.py, which checks each hop; pages cannot redirect by meta tags.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
# Servers in trouble get two more chances; 403, 429 and walls get none.
RETRY_ENABLED = True
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
# Spiders see every answer, since the state of a page decides, not its status.
HTTPERROR_ALLOW_ALL = True

# Doors that stay shut.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
FEED_STORAGES: dict[str, str | None] = {
    "": None,
    "file": None,
    "ftp": None,
    "ftps": None,
    "gs": None,
    "s3": None,
    "stdout": None,
}
HTTPAUTH_USER = ""
LOG_ENABLED = False
STATS_DUMP = False

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# Progress lives in the store (lists + pages), never in a job folder, which a kill would leave torn.
JOBDIR = None

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    # From the engine to the network: stop after a wall, guard, robots, budget and pace, conditional GET …
    "crawlers.middlewares.wall_stop.WallStopMiddleware": 20,
    "crawlers.middlewares.guard.GuardMiddleware": 40,
    "crawlers.middlewares.robots.RobotsMiddleware": 100,
    "crawlers.middlewares.politeness.PolitenessMiddleware": 150,
    "crawlers.middlewares.conditional.ConditionalMiddleware": 420,
    # … and back: raw bytes first, then (decompressed by Scrapy at 590) redirects.
    "crawlers.middlewares.redirects.RedirectsMiddleware": 600,
    "crawlers.middlewares.wire.WireMiddleware": 880,
}
# What counts or checks for people who write spiders and watch them; each is a step more for every page.
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
ITEM_PIPELINES = {"crawlers.item_pipeline.StorePipeline": 100}
EXTENSIONS: dict[str, int | None] = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
}


def user_agent(recipe: Recipe) -> str:
    """Our name, and where the site's owner finds us."""
    contact = recipe.contact if recipe.contact.startswith("https://") else f"mailto:{recipe.contact}"
    return f"{USER_AGENT} (+{contact})"


def crawl_settings(recipe: Recipe) -> dict[str, Any]:
    """Settings of one source's crawl: this module's, with the recipe's name tag and its (never lower) delay."""
    own = {name: value for name, value in globals().items() if name.isupper() and name not in _NOT_SETTINGS}
    return own | {
        "USER_AGENT": user_agent(recipe),
        "DOWNLOAD_DELAY": max(recipe.polite.delay_s, DELAY_FLOOR_S),
    }


_NOT_SETTINGS = frozenset({"ROBOTS_TOKEN", "MEGABYTE", "MAX_PAGE_BYTES", "MAX_REDIRECTS", "DELAY_FLOOR_S"})
