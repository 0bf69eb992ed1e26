"""Three local demo platforms (board, ads, feed) with known ground truth, to crawl without touching anybody's site."""
