"""One file a page: parse, call one function of pipelines, render."""
