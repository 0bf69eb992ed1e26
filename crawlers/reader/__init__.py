"""The strict reader of recipes: tables of keys, from which files are read and the JSON Schema is made."""
