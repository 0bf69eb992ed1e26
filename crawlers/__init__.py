"""Pages in, Listings and Captures out; the only package that knows Scrapy and Playwright."""
