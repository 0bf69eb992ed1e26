"""The small server-rendered window officers work in; everything it does is a call into pipelines."""
